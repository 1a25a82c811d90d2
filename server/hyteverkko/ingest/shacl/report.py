"""Findings as a validation report of SHACL, in RDF."""

from collections.abc import Iterator, Sequence
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.ingest.shacl.graph import FIRST, NIL, REST, TYPE, Term, named
from hyteverkko.ingest.shacl.names import lengthened
from hyteverkko.ingest.shacl.paths import (
    ALTERNATIVE,
    INVERSE,
    REPEATS,
    Chain,
    Choice,
    Inverse,
    Path,
    Repeat,
    Step,
    parse_path,
)

REPORT: Final = BlankNode("report")
BOOLEAN: Final = named("xsd:boolean")
MARKED: Final = {mark: predicate for predicate, mark in REPEATS.items()}


def report_triples(findings: Sequence[Finding]) -> list[Triple]:
    """Give the report: whether the data conforms, and each finding as a result.

    A finding that no shape has made has no source shape; its rule is named in its message.
    """
    return list(_report(findings))


def _report(findings: Sequence[Finding]) -> Iterator[Triple]:
    yield Triple(REPORT, TYPE, named("sh:ValidationReport"))
    conforms = "false" if findings else "true"
    yield Triple(REPORT, named("sh:conforms"), Literal(conforms, datatype=BOOLEAN))
    for number, finding in enumerate(findings, start=1):
        result = BlankNode(f"result-{number}")
        yield Triple(REPORT, named("sh:result"), result)
        yield from _result(result, finding)


def _result(result: BlankNode, finding: Finding) -> Iterator[Triple]:
    def stated(name: str, term: Term) -> Triple:
        return Triple(result, named(f"sh:{name}"), term)

    yield Triple(result, TYPE, named("sh:ValidationResult"))
    yield stated("resultSeverity", named(f"sh:{Severity(finding.severity)}"))
    if finding.component:
        yield stated("sourceShape", lengthened(finding.rule))
        yield stated("sourceConstraintComponent", lengthened(finding.component))
    if finding.focus:
        yield stated("focusNode", read_term(finding.focus))
    if finding.value:
        yield stated("value", read_term(finding.value))
    if finding.path:
        steps = _Steps(str(result.value))
        node = steps.node(parse_path(finding.path))
        yield stated("resultPath", node)
        yield from steps.triples
    for language, text in finding.messages.items():
        literal = Literal(text, language=language) if language else Literal(text)
        yield stated("resultMessage", literal)


def read_term(text: str) -> Term:
    """Read a term from its N-Triples text, where a finding keeps it."""
    (quad,) = parse(f"<urn:x> <urn:x> {text} .", format=RdfFormat.N_TRIPLES)
    term: Term = quad.object
    return term


class _Steps:
    """The triples of a path, with blank nodes of one result."""

    def __init__(self, result: str) -> None:
        self.result = result
        self.triples: list[Triple] = []
        self._count = 0

    def node(self, path: Path) -> NamedNode | BlankNode:
        match path:
            case Step(predicate):
                return predicate
            case Chain(paths):
                return self._list(paths)
            case Choice(paths):
                return self._said(ALTERNATIVE, self._list(paths))
            case Inverse(inner):
                return self._said(INVERSE, self.node(inner))
            case Repeat(inner, mark):
                return self._said(MARKED[mark], self.node(inner))

    def _list(self, paths: Sequence[Path]) -> NamedNode | BlankNode:
        if not paths:
            return NIL
        node = self._fresh()
        self.triples.append(Triple(node, FIRST, self.node(paths[0])))
        self.triples.append(Triple(node, REST, self._list(paths[1:])))
        return node

    def _said(self, predicate: NamedNode, inner: NamedNode | BlankNode) -> BlankNode:
        node = self._fresh()
        self.triples.append(Triple(node, predicate, inner))
        return node

    def _fresh(self) -> BlankNode:
        self._count += 1
        return BlankNode(f"{self.result}-path-{self._count}")
