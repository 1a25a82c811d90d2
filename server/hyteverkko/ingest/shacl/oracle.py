"""pySHACL: the second opinion on compiled shapes, and the only one on what does not compile.

Shapes and data both come through rdflib's own parser; a mix of parsers makes equal literals
unequal.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Final

import rdflib
from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)
from pyshacl import validate
from rdflib import SH, Graph, URIRef

from hyteverkko.ingest.findings import Finding, severity_of
from hyteverkko.ingest.shacl.graph import TYPE, IllFormedShape, ShapesGraph, Term, named
from hyteverkko.ingest.shacl.model import CLASSES, TARGETS, Shape
from hyteverkko.ingest.shacl.names import shortened
from hyteverkko.ingest.shacl.paths import read_path

AIMS: Final = frozenset(named(f"sh:{kind}") for kind in TARGETS)


def data_graph(quads: Iterable[Quad]) -> Graph:
    """Give the union of the quads' graphs as the graph that is validated."""
    return _rdflib(Triple(quad.subject, quad.predicate, quad.object) for quad in quads)


def shapes_graph(paths: Iterable[Path]) -> Graph:
    """Read files of shapes as one graph, for pySHACL."""
    graph = Graph(bind_namespaces="none")
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


def oracle_findings(data: Graph, shapes: Graph) -> Iterator[Finding]:
    """Validate data with pySHACL; give a finding for each result."""
    _, found, text = validate(
        data, shacl_graph=shapes, inference="none", advanced=False, inplace=True, meta_shacl=False
    )
    if not isinstance(found, Graph):
        raise IllFormedShape("", str(text).partition("\n")[0])
    report = _report(found)
    for node in report.instances(named("sh:ValidationReport")):
        for result in report.objects(node, named("sh:result")):
            yield _finding(report, result, shapes)


def only(graph: ShapesGraph, kept: Set[Term], shapes: Mapping[Term, Shape]) -> str:
    """Write the graph with the targets of those shapes alone, as N-Triples."""
    others = shapes.keys() - kept
    left = (
        triple
        for triple in graph.triples
        if triple.subject not in others
        or not (triple.predicate in AIMS or (triple.predicate == TYPE and triple.object in CLASSES))
    )
    return (serialize(left, format=RdfFormat.N_TRIPLES) or b"").decode()


def rest_findings(rest: str, store: Store) -> Iterator[Finding]:
    """Validate the default graph of a store with shapes that were written down."""
    data = data_graph(store.quads_for_pattern(None, None, None, DefaultGraph()))
    yield from oracle_findings(data, Graph(bind_namespaces="none").parse(data=rest, format="nt"))


def _rdflib(triples: Iterable[Triple]) -> Graph:
    text = io.BytesIO(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
    return Graph(bind_namespaces="none").parse(text, format="nt")


def _report(graph: Graph) -> ShapesGraph:
    text = graph.serialize(format="nt")
    return ShapesGraph.of(
        Triple(quad.subject, quad.predicate, quad.object)
        for quad in parse(text, format=RdfFormat.N_TRIPLES)
    )


def _messages(report: ShapesGraph, result: Term, shape: Term, shapes: Graph) -> dict[str, str]:
    # pySHACL tells a constraint in SPARQL without a message in words of its own, not the shape's.
    texts = {
        text.language or "": text.value
        for text in report.objects(result, named("sh:resultMessage"))
        if isinstance(text, Literal)
    }
    own = {
        text.language or "": str(text)
        for text in shapes.objects(URIRef(str(shape)[1:-1]), SH.message)
        if isinstance(text, rdflib.Literal)
    }
    return own if own and set(texts) <= {""} else texts


def _finding(report: ShapesGraph, result: Term, shapes: Graph) -> Finding:
    def value(name: str) -> Term | None:
        return report.value(result, named(f"sh:{name}"))

    shape, component, severity = (
        value(name) for name in ("sourceShape", "sourceConstraintComponent", "resultSeverity")
    )
    path, found = value("resultPath"), value("value")
    if shape is None or component is None or not isinstance(severity, NamedNode):
        raise TypeError(f"the result {result} is incomplete")
    return Finding(
        severity_of(severity),
        shortened(shape),
        _messages(report, result, shape, shapes),
        focus=str(value("focusNode")),
        path="" if path is None else str(read_path(report, path, shape)),
        value="" if found is None else str(found),
        component=shortened(component),
    )
