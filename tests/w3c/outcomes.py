"""Answers read into values that can be compared: tables of solutions, truth values, graphs.

JSON and XML are read here by the letter of their specifications, not by the engine's own readers,
so that the engine does not judge itself.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias
from xml.etree import ElementTree

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Row: TypeAlias = tuple[Term | None, ...]

SRX: Final = "{http://www.w3.org/2005/sparql-results#}"
XML: Final = "{http://www.w3.org/XML/1998/namespace}"
RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
SOLUTION: Final = NamedNode("urn:test:solution")


@dataclass(frozen=True, slots=True)
class Table:
    """The solutions of a SELECT; a cell without a value is None."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """The triples of a CONSTRUCT."""

    triples: frozenset[Triple]


DOUBLE: Final = NamedNode("http://www.w3.org/2001/XMLSchema#double")
EXPONENT: Final = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
"""Text that is a number with an exponent: CSV does not say so, and the engine writes it its way."""

Outcome: TypeAlias = Table | Graph | bool


# ---- comparing


def same(expected: Outcome, got: Outcome, *, ordered: bool = False) -> bool:
    """Say whether two answers are the same, whatever their blank nodes are called.

    Terms are compared as the engine stores them: "01"^^xsd:integer is 1, "a"@EN is "a"@en.
    """
    match expected, got:
        case Table(), Table():
            return set(expected.variables) == set(got.variables) and _same_dataset(
                _solutions(expected, ordered), _solutions(got, ordered)
            )
        case Graph(), Graph():
            return _same_dataset(_quads(expected), _quads(got))
        case bool(), bool():
            return expected is got
        case _:
            return False


def _same_dataset(one: Iterable[Quad], other: Iterable[Quad]) -> bool:
    datasets = Dataset(one), Dataset(other)
    for dataset in datasets:
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return datasets[0] == datasets[1]


def _solutions(table: Table, ordered: bool) -> Iterable[Quad]:
    """Give a node for each solution, so that solutions are a bag and blank nodes can be renamed."""
    for position, row in enumerate(table.rows):
        node = BlankNode()
        yield Quad(node, SOLUTION, Literal(str(position if ordered else 0)))
        for name, term in zip(table.variables, row, strict=True):
            if term is not None:
                yield Quad(node, NamedNode(f"urn:test:variable:{name}"), canonical(term))


def _quads(graph: Graph) -> Iterable[Quad]:
    for triple in graph.triples:
        yield Quad(triple.subject, triple.predicate, canonical(triple.object))


@cache
def canonical(term: Term) -> Term:
    """Give a term as the engine gives it back once it has stored it."""
    if not isinstance(term, Literal):
        return term
    store = Store()
    store.add(Quad(SOLUTION, SOLUTION, term))
    stored: Term = next(iter(store)).object
    return stored


# ---- answers and expected results


def read(content: bytes, format_: str, base: str = "") -> Outcome:
    """Read an answer or an expected result by the ending of its format."""
    return READERS[format_](content, base)


def _read_json(content: bytes, _base: str) -> Outcome:
    answer = json.loads(content)
    if "boolean" in answer:
        return bool(answer["boolean"])
    names = tuple(answer["head"]["vars"])
    rows = answer["results"]["bindings"]
    assert all(row.keys() <= set(names) for row in rows)
    return Table(names, tuple(tuple(_json_term(row.get(name)) for name in names) for row in rows))


def _json_term(cell: dict[str, str] | None) -> Term | None:
    match cell:
        case None:
            return None
        case {"type": "uri", "value": value}:
            return NamedNode(value)
        case {"type": "bnode", "value": value}:
            return BlankNode(value)
        case {"type": "literal" | "typed-literal", "value": value}:
            return _literal(value, cell.get("xml:lang"), cell.get("datatype"))
        case _:
            raise ValueError(f"not a term: {cell}")


def _read_xml(content: bytes, _base: str) -> Outcome:
    root = ElementTree.fromstring(content)
    assert root.tag == f"{SRX}sparql", root.tag
    truth = root.findtext(f"{SRX}boolean")
    if truth is not None:
        return {"true": True, "false": False}[truth.strip()]
    names = tuple(node.attrib["name"] for node in root.iterfind(f"{SRX}head/{SRX}variable"))
    rows = tuple(_xml_row(node, names) for node in root.iterfind(f"{SRX}results/{SRX}result"))
    return Table(names, rows)


def _xml_row(result: ElementTree.Element, names: Sequence[str]) -> Row:
    cells = {node.attrib["name"]: _xml_term(node[0]) for node in result.iterfind(f"{SRX}binding")}
    assert cells.keys() <= set(names)
    return tuple(cells.get(name) for name in names)


def _xml_term(node: ElementTree.Element) -> Term:
    value = node.text or ""
    match node.tag.removeprefix(SRX):
        case "uri":
            return NamedNode(value)
        case "bnode":
            return BlankNode(value)
        case "literal":
            return _literal(value, node.get(f"{XML}lang"), node.get("datatype"))
        case tag:
            raise ValueError(f"not a term: {tag}")


def _literal(value: str, language: str | None, datatype: str | None) -> Literal:
    if language:
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value)


def _read_tsv(content: bytes, _base: str) -> Outcome:
    if content.strip() in {b"true", b"false"}:
        return content.strip() == b"true"
    # Its terms are written as in Turtle, which only a parser of Turtle reads.
    solutions = parse_query_results(content, QueryResultsFormat.TSV)
    assert isinstance(solutions, QuerySolutions)
    names = tuple(variable.value for variable in solutions.variables)
    return Table(names, tuple(tuple(row) for row in solutions))


def _read_csv(content: bytes, _base: str) -> Outcome:
    if content.strip() in {b"true", b"false"}:
        return content.strip() == b"true"
    names, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    # An empty line is a cell without a value, unless there are no columns.
    empty = [""] * len(names[:1])
    return Table(tuple(names), tuple(tuple(map(_csv_term, row or empty)) for row in rows))


def _csv_term(cell: str) -> Term | None:
    if cell.startswith("_:"):
        return BlankNode(cell.removeprefix("_:"))
    return Literal(cell) if cell else None


def as_csv(table: Table) -> Table:
    """Give what CSV can carry of a table: the text of each term, and nothing for an empty one."""
    return Table(table.variables, tuple(tuple(map(_as_csv, row)) for row in table.rows))


def _as_csv(term: Term | None) -> Term | None:
    match canonical(term) if term else None:
        case Literal(value=value) if EXPONENT.fullmatch(value):
            return Literal(_value(canonical(Literal(value, datatype=DOUBLE))))
        case Literal(value=value) | NamedNode(value=value):
            return Literal(value) if value else None
        case other:
            return other


def _value(term: Term) -> str:
    return "" if isinstance(term, Triple) else term.value


def _read_graph(format_: RdfFormat) -> Callable[[bytes, str], Outcome]:
    def read_graph(content: bytes, base: str) -> Outcome:
        quads = list(parse(content, format=format_, base_iri=base or None))
        if any(quad.object == NamedNode(f"{RS}ResultSet") for quad in quads):
            return _result_set(quads)
        return Graph(frozenset(quad.triple for quad in quads))

    return read_graph


def _result_set(quads: list[Quad]) -> Table:
    """Read a result written in the vocabulary of the suites, without its order."""

    def values(subject: object, name: str) -> list[Any]:
        term = NamedNode(RS + name)
        return [q.object for q in quads if q.predicate == term and subject in (None, q.subject)]

    names = tuple(variable.value for variable in values(None, "resultVariable"))
    rows = []
    for solution in values(None, "solution"):
        cells = {
            values(binding, "variable")[0].value: values(binding, "value")[0]
            for binding in values(solution, "binding")
        }
        rows.append(tuple(cells.get(name) for name in names))
    return Table(names, tuple(rows))


READERS: Final[dict[str, Callable[[bytes, str], Outcome]]] = {
    "json": _read_json,
    "srj": _read_json,
    "xml": _read_xml,
    "srx": _read_xml,
    "csv": _read_csv,
    "tsv": _read_tsv,
    "ttl": _read_graph(RdfFormat.TURTLE),
    "nt": _read_graph(RdfFormat.N_TRIPLES),
    "rdf": _read_graph(RdfFormat.RDF_XML),
    "jsonld": _read_graph(RdfFormat.JSON_LD),
}
