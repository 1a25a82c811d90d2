"""An answer as a table for people: names beside IRIs, so many rows and no more, and a checksum."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import merge
from itertools import islice
from typing import Final, TypeAlias

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from hyteverkko.addresses import link_of
from hyteverkko.formats import N_TRIPLES, RESULTS_TSV
from hyteverkko.labels import best_text
from hyteverkko.namespaces import BASE, PREFIXES
from hyteverkko.store.current import Serving
from hyteverkko.store.frames import Question
from hyteverkko.store.spool import Answer

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Names: TypeAlias = dict[str, tuple[Literal, ...]]

MOST_ROWS: Final = 1000
MOST_CELLS: Final = 20_000
MOST_CHARACTERS: Final = 500
"""What a page shows of an answer; the whole is a download."""

MOST_SUMMED: Final = 10 * 1024 * 1024
"""A larger answer has no checksum: sorting it would take a thread from others for too long."""

PART: Final = 128 * 1024
"""Bytes that are sorted at once."""

AT_ONCE: Final = 50_000
"""Lines that are hashed at once. Hashing lets go of the interpreter: if it did so for a moment
every millisecond, who waits for it would never ask for it in time.
"""

PIECE: Final = 1024 * 1024

XSD: Final = PREFIXES["xsd"]
PLAIN: Final = frozenset(
    XSD + name
    for name in (
        "string",
        "integer",
        "decimal",
        "double",
        "boolean",
        "date",
        "gYearMonth",
        "gYear",
    )
)
"""Datatypes that a reader sees from the value itself."""

NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
LOCAL_NAME: Final = re.compile(r"(?:\w(?:[\w.-]*[\w-])?)?", re.ASCII)
BLANK: Final = re.compile(rb"(^|[ \t])_:[0-9A-Za-z]+", re.MULTILINE)
BY_LENGTH: Final = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


@dataclass(frozen=True, slots=True)
class Cell:
    """One term: what is read, in which language, where it leads, and how a query writes it."""

    text: str
    language: str = ""
    href: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """An answer as it is shown: its first rows, how many there are, and the truth of an ASK.

    ``codes`` names the columns whose texts look like numbers, such as codes with leading zeros.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    total: int
    truth: bool | None
    is_graph: bool
    codes: tuple[str, ...]
    checksum: str


def table_question(
    text: str, default_graphs: tuple[str, ...] = (), named_graphs: tuple[str, ...] = ()
) -> Question:
    """Ask in the formats in which a row is a line, so that the rest need not be read."""
    return Question(
        text, default_graphs, named_graphs, RESULTS_TSV.media_type, N_TRIPLES.media_type
    )


def table_of(answer: Answer, serving: Serving, language: str) -> Table:
    """Read the answer to a table question, for a reader of ``language``."""
    columns, terms, truth = _read(answer)
    names = _names(_iris(terms), serving)
    return Table(
        columns=columns,
        rows=tuple(tuple(_cell(term, names, language) for term in row) for row in terms),
        total=_total(answer),
        truth=truth,
        is_graph=answer.kind == "graph",
        codes=tuple(
            column
            for column, values in zip(columns, zip(*terms, strict=True), strict=False)
            if _are_codes(values)
        ),
        checksum=checksum(answer),
    )


def checksum(answer: Answer) -> str:
    """Give the start of the SHA-256 of the header and the sorted lines; empty when too large.

    ``curl …&format=tsv | (sed -u 1q; LC_ALL=C sort) | sha256sum`` gives the same. Blank nodes have
    new labels in every answer, so their labels do not count.
    """
    if answer.spool.length > MOST_SUMMED:
        return ""
    content = answer.content
    begin = 0 if answer.kind == "graph" else content.find(b"\n") + 1
    found = hashlib.sha256(content[:begin])
    lines = merge(*_sorted_parts(content[begin:]))
    for some in iter(lambda: list(islice(lines, AT_ONCE)), []):
        found.update(b"\n".join(some) + b"\n")
    return found.hexdigest()[:16]


def code_of(iri: str) -> str:
    """Write an IRI as a query does: with a prefix of the project where it has one."""
    for prefix, namespace in BY_LENGTH:
        local = iri.removeprefix(namespace)
        if local != iri and LOCAL_NAME.fullmatch(local):
            return f"{prefix}:{local}"
    return f"<{iri}>"


def _read(answer: Answer) -> tuple[tuple[str, ...], list[tuple[Term | None, ...]], bool | None]:
    if answer.kind == "graph":
        triples = parse(answer.spool.opened(), format=RdfFormat.N_TRIPLES)
        rows = [(quad.subject, quad.predicate, quad.object) for quad in islice(triples, MOST_ROWS)]
        return ("subject", "predicate", "object"), list(rows), None
    results = parse_query_results(answer.spool.opened(), format=QueryResultsFormat.TSV)
    if isinstance(results, QueryBoolean):
        return (), [], bool(results)
    columns = tuple(variable.value for variable in results.variables)
    most = min(MOST_ROWS, MOST_CELLS // max(len(columns), 1))
    return columns, [tuple(solution) for solution in islice(results, most)], None


def _total(answer: Answer) -> int:
    """Count the rows by their line ends: a string has none of its own in these formats."""
    pieces = iter(partial(answer.spool.opened().read, PIECE), b"")
    ends = sum(piece.count(b"\n") for piece in pieces)
    return ends if answer.kind == "graph" or not ends else ends - 1


def _sorted_parts(text: bytes) -> Iterator[list[bytes]]:
    """Give the lines in parts, each sorted by itself: between two of them others have their turn.

    Python does nothing else while it sorts or splits, in whatever thread.
    """
    start = 0
    while start < len(text):
        end = text.find(b"\n", start + PART) + 1 or len(text)
        lines = BLANK.sub(rb"\1_:", text[start:end]).removesuffix(b"\n").split(b"\n")
        yield sorted(lines)
        start = end


def _iris(rows: Iterable[Sequence[Term | None]]) -> Iterator[str]:
    return (term.value for row in rows for term in row if isinstance(term, NamedNode))


def _names(iris: Iterable[str], serving: Serving) -> Names:
    names: Names = {}
    for iri in iris:
        if iri not in names:
            names[iri] = serving.names.get(iri) or _names_of(iri, serving)
    return names


def _names_of(iri: str, serving: Serving) -> tuple[Literal, ...]:
    if not iri.startswith(BASE):
        return ()
    rows = serving.graph.rows("names", thing=NamedNode(iri))
    return tuple(name for row in rows if isinstance(name := row["name"], Literal))


def _cell(term: Term | None, names: Names, language: str) -> Cell | None:
    match term:
        case None:
            return None
        case NamedNode():
            return _iri_cell(term.value, names, language)
        case Literal():
            datatype = "" if term.language or term.datatype.value in PLAIN else term.datatype.value
            code = code_of(datatype) if datatype else ""
            return Cell(_shortened(term.value), term.language or "", code=code)
        case _:
            return Cell(_shortened(str(term)))


def _iri_cell(iri: str, names: Names, language: str) -> Cell:
    name, code = best_text(names[iri], language), _shortened(code_of(iri))
    if name is None:
        return Cell(code, href=link_of(iri))
    return Cell(_shortened(name.value), name.language, link_of(iri), code)


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"


def _are_codes(terms: Iterable[Term | None]) -> bool:
    values = [term for term in terms if term is not None]
    return bool(values) and all(
        isinstance(term, Literal)
        and term.datatype.value == XSD + "string"
        and NUMBER.fullmatch(term.value)
        for term in values
    )
