"""The W3C test suite of SHACL: its reports, from the compiled shapes and from pySHACL."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from hyteverkko.ingest.findings import Finding
from hyteverkko.ingest.shacl.graph import IllFormedShape
from hyteverkko.ingest.shacl.oracle import data_graph, oracle_findings, shapes_graph
from hyteverkko.ingest.shacl.report import report_triples
from hyteverkko.ingest.shacl.shapes import compiled
from pyoxigraph import RdfFormat, Store, parse, serialize
from rdflib import RDF, SH, Graph, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
SUITE = Path(__file__).resolve().parents[4] / "shared" / "judges" / "w3c" / "shacl"

STRUCTURE = {SH.result, SH.resultPath, RDF.first, RDF.rest, SH.inversePath, SH.alternativePath} | {
    SH.zeroOrMorePath,
    SH.oneOrMorePath,
    SH.zeroOrOnePath,
}
"""Where a report goes on in a node of its own."""

COMPILED_DEFECTS = {
    "core/property/datatype-ill-formed": "the engine keeps a well-formed xsd:byte as xsd:integer",
    "core/misc/severity-002": "a severity of a shape's own counts as a violation",
    "sparql/pre-binding/shapesGraph-001": "it is left to pySHACL, which does not pass it",
}
ORACLE_DEFECTS = {
    "core/property/uniqueLang-002": "pySHACL takes 1 for true",
    "core/misc/severity-002": "a severity of a shape's own counts as a violation",
    "sparql/node/prefixes-001": "pySHACL does not follow owl:imports from sh:prefixes",
    "sparql/pre-binding/shapesGraph-001": "pySHACL has no shapes graph to ask",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One test: shapes, data and the report that is expected; none where it is a failure."""

    data: Path
    shapes: Path
    report: Graph | None


def files() -> list[Path]:
    return sorted(path for path in SUITE.rglob("*.ttl") if b"sht:Validate" in path.read_bytes())


def named(path: Path) -> str:
    return str(path.relative_to(SUITE).with_suffix(""))


def cases(defects: dict[str, str]) -> list[ParameterSet]:
    if not SUITE.is_dir():
        return [pytest.param(SUITE, marks=pytest.mark.skip("the W3C suites are not at hand"))]
    return [
        pytest.param(
            path,
            id=named(path),
            marks=[pytest.mark.xfail(reason=defects[named(path)], strict=True)]
            if named(path) in defects
            else [],
        )
        for path in files()
    ]


def read(path: Path) -> Case:
    graph = Graph().parse(path)
    (test,) = graph.subjects(RDF.type, SHT.Validate)
    action, result = graph.value(test, MF.action), graph.value(test, MF.result)
    data, shapes = (
        Path(str(graph.value(action, part)).removeprefix("file://"))
        for part in (SHT.dataGraph, SHT.shapesGraph)
    )
    return Case(data, shapes, None if result == SHT.Failure else part_below(graph, result))


def part_below(graph: Graph, report: Node | None) -> Graph:
    """Give what is said of a report, of its results and of their paths."""
    found, waiting = Graph(), [report]
    while waiting:
        subject = waiting.pop()
        for predicate, value in graph.predicate_objects(subject):
            if predicate != SH.sourceConstraint and subject is not None:
                found.add((subject, predicate, value))
            if predicate in STRUCTURE and not isinstance(value, URIRef):
                waiting.append(value)
    return found


def report(findings: list[Finding], expected: Graph) -> Graph:
    """Give the report as RDF; the messages only where the suite expects some."""
    graph = Graph().parse(serialize(report_triples(findings), format=RdfFormat.N_TRIPLES))
    if not any(expected.triples((None, SH.resultMessage, None))):
        graph.remove((None, SH.resultMessage, None))
    return graph


def same(found: Graph, expected: Graph) -> bool:
    """Compare reports; literals as the engine writes them, which is not always as they came."""
    return isomorphic(as_kept(found), as_kept(expected))


def as_kept(graph: Graph) -> Graph:
    store = Store()
    store.load(graph.serialize(format="nt"), format=RdfFormat.N_TRIPLES)
    text = serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES)
    return Graph().parse(text, format="nt")


def with_compiled(data: Path, shapes: Path) -> list[Finding]:
    store = Store()
    store.extend(parse(data.read_bytes(), format=RdfFormat.TURTLE, base_iri=data.as_uri()))
    return list(compiled([shapes]).findings(store))


def with_oracle(data: Path, shapes: Path) -> list[Finding]:
    quads = parse(data.read_bytes(), format=RdfFormat.TURTLE, base_iri=data.as_uri())
    return list(oracle_findings(data_graph(quads), shapes_graph([shapes])))


@pytest.mark.parametrize("path", cases(COMPILED_DEFECTS))
def test_compiled(path: Path) -> None:
    case = read(path)
    if case.report is None:
        with pytest.raises(IllFormedShape):
            compiled([case.shapes])
        return
    found = report(with_compiled(case.data, case.shapes), case.report)
    assert same(found, case.report), found.serialize() + case.report.serialize()


@pytest.mark.parametrize("path", cases(ORACLE_DEFECTS))
def test_oracle(path: Path) -> None:
    case = read(path)
    if case.report is None:
        with pytest.raises(IllFormedShape):
            with_oracle(case.data, case.shapes)
        return
    found = report(with_oracle(case.data, case.shapes), case.report)
    assert same(found, case.report), found.serialize() + case.report.serialize()


def test_whole_suite_is_run(shared: Path) -> None:
    assert len(files()) == 121, shared
