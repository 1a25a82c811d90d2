"""Findings as a report of SHACL in RDF, that other tools can read."""

from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.ingest.shacl.report import report_triples
from pyoxigraph import RdfFormat, serialize
from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.collection import Collection

from .conftest import Written, stored


def report(findings: list[Finding]) -> Graph:
    return Graph().parse(serialize(report_triples(findings), format=RdfFormat.TURTLE))


def test_nothing_found() -> None:
    graph = report([])
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert list(graph.predicate_objects(node, unique=True)) != []
    assert graph.value(node, SH.conforms) == Literal(True)
    assert graph.value(node, SH.result) is None


def test_result(written: Written) -> None:
    shapes = written(
        ":s sh:targetNode :n1 ; sh:path ( :p [ sh:inversePath :q ] ) ; sh:nodeKind sh:Literal ;"
        ' sh:severity sh:Warning ; sh:message "Väärin"@fi, "Fel"@sv, "Wrong"@en .'
    )
    graph = report(list(shapes.findings(stored(":n1 :p 1 . :n2 :q 1 ."))))
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    (result,) = graph.objects(node, SH.result)
    assert graph.value(node, SH.conforms) == Literal(False)
    assert graph.value(result, SH.focusNode) == URIRef("urn:x:n1")
    assert graph.value(result, SH.value) == URIRef("urn:x:n2")
    assert graph.value(result, SH.sourceShape) == URIRef("urn:x:s")
    assert graph.value(result, SH.sourceConstraintComponent) == SH.NodeKindConstraintComponent
    assert graph.value(result, SH.resultSeverity) == SH.Warning
    wanted = {Literal("Väärin", lang="fi"), Literal("Fel", lang="sv"), Literal("Wrong", lang="en")}
    assert set(graph.objects(result, SH.resultMessage)) == wanted
    (path,) = graph.objects(result, SH.resultPath)
    first, second = Collection(graph, path)
    assert first == URIRef("urn:x:p")
    assert graph.value(second, SH.inversePath) == URIRef("urn:x:q")


def test_finding_of_a_reader_has_no_shape() -> None:
    finding = Finding(Severity.VIOLATION, "readable", {"en": "It cannot be read."}, file="a.ttl")
    graph = report([finding])
    (result,) = graph.subjects(RDF.type, SH.ValidationResult)
    assert graph.value(result, SH.sourceShape) is None
    assert str(graph.value(result, SH.resultMessage)) == "It cannot be read."
