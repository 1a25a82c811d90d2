"""SHACL: the shapes of ``shapes/``, run by pySHACL over the whole dataset.

Shapes and data both come through rdflib's own parser; a mix of parsers makes equal literals
unequal.
"""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import Quad, RdfFormat, Triple, serialize
from pyshacl import validate
from rdflib import RDF, SH, Graph, URIRef
from rdflib.term import BNode, Literal, Node

from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.namespaces import PREFIXES

SHARED: Final = "groups.ttl"
"""The file of what the shapes of every subject share: groups, and the prefixes of constraints."""


def shape_files(root: Path) -> list[Path]:
    """Give the files of shapes, one a subject."""
    return sorted(path for path in (root / "shapes").glob("*.ttl") if path.name != SHARED)


def data_graph(quads: Iterator[Quad]) -> Graph:
    """Give the union of the quads' graphs as the graph that is validated."""
    triples = (Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
    text = io.BytesIO(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
    return Graph(bind_namespaces="none").parse(text, format="nt")


def shape_findings(data: Graph, path: Path) -> Iterator[Finding]:
    """Validate the data against one file of shapes; give a finding for each result."""
    shapes = Graph(bind_namespaces="none").parse(path, format="turtle")
    shapes.parse(path.with_name(SHARED), format="turtle")
    _, report, _ = validate(
        data, shacl_graph=shapes, inference="none", advanced=False, inplace=True, meta_shacl=False
    )
    if not isinstance(report, Graph):
        raise TypeError(f"{path.name}: no report of the validation: {report}")
    for result in report.subjects(RDF.type, SH.ValidationResult):
        yield _finding(report, shapes, result)


def _finding(report: Graph, shapes: Graph, result: Node) -> Finding:
    shape = report.value(result, SH.sourceShape)
    severity = report.value(result, SH.resultSeverity)
    component = report.value(result, SH.sourceConstraintComponent)
    messages = {
        literal.language: str(literal)
        for literal in (
            *shapes.objects(shape, SH.message),
            *report.objects(result, SH.resultMessage),
        )
        if isinstance(literal, Literal) and literal.language
    }
    return Finding(
        Severity(str(severity).rpartition("#")[2]),
        _short(shape),
        messages or {"en": str(report.value(result, SH.resultMessage))},
        focus=_text(report.value(result, SH.focusNode)),
        path=_path_text(report, report.value(result, SH.resultPath)),
        value=_text(report.value(result, SH.value)),
        component=_short(component),
    )


def _path_text(report: Graph, path: Node | None) -> str:
    if isinstance(path, BNode):
        steps = list(report.items(path))
        return " / ".join(_text(step) for step in steps)
    return _text(path)


def _text(term: Node | None) -> str:
    return "" if term is None else term.n3()


def _short(term: Node | None) -> str:
    if not isinstance(term, URIRef):
        return _text(term)
    return next(
        (
            f"{prefix}:{term.removeprefix(iri)}"
            for prefix, iri in _longest_first()
            if term.startswith(iri)
        ),
        str(term),
    )


@cache
def _longest_first() -> list[tuple[str, str]]:
    return sorted(PREFIXES.items(), key=lambda item: -len(item[1]))
