"""The concept schemes as a vocabulary service takes them: named, connected, dated."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.harvest.concepts import schemes
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.namespaces import DEF, GRAPHS, SCHEMES
from hyteverkko.settings import Settings
from hyteverkko.store.releases import all_releases, graph_iri, read_release
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from rdflib import DCTERMS, RDF, RDFS, SKOS, VOID, Graph, URIRef
from rdflib.compare import isomorphic

from tests.harvest.conftest import Get

LANGUAGES = {"fi", "sv", "en"}


def graph_of(get: Get, scheme: str) -> Graph:
    return Graph().parse(data=get(f"concepts/{scheme}.ttl"), format="turtle")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_scheme_is_whole(get: Get, root: Path, dump_settings: Settings, scheme: str) -> None:
    graph, node = graph_of(get, scheme), URIRef(f"{DEF}/{scheme}")
    assert list(graph.subjects(RDF.type, SKOS.ConceptScheme)) == [node]
    assert {label.language for label in graph.objects(node, RDFS.label)} == LANGUAGES  # type: ignore[attr-defined]
    assert str(graph.value(node, VOID.uriSpace)) == f"{DEF}/{scheme}/"
    dump = f"{dump_settings.base_url}/dumps/latest/concepts/{scheme}.ttl"
    assert str(graph.value(node, VOID.dataDump)) == dump
    assert graph.value(node, DCTERMS.license) is not None
    stated = Graph().parse(root / "ontology" / "schemes" / f"{scheme}.ttl")
    concepts = set(stated.subjects(RDF.type, SKOS.Concept))
    assert set(graph.subjects(RDF.type, SKOS.Concept)) == concepts
    for concept in concepts:
        labels = [label.language for label in graph.objects(concept, SKOS.prefLabel)]  # type: ignore[attr-defined]
        assert sorted(labels) == sorted(LANGUAGES)
        assert (concept, SKOS.inScheme, node) in graph
        broader = set(graph.objects(concept, SKOS.broader))
        assert broader <= concepts
        is_top = (concept, SKOS.topConceptOf, node) in graph
        assert is_top == ((node, SKOS.hasTopConcept, concept) in graph)
        assert is_top or broader


def test_all_schemes_in_one_file(get: Get) -> None:
    whole = Graph().parse(data=get("concepts.ttl.gz"), format="turtle")
    parts = Graph()
    for scheme in SCHEMES:
        parts += graph_of(get, scheme)
    assert isomorphic(whole, parts)
    assert isomorphic(whole, Graph().parse(data=get("concepts.rdf.gz"), format="xml"))


def test_a_scheme_is_dated_by_what_changed_in_it(
    settings: Settings, home: Path, tmp_path: Path
) -> None:
    own = tmp_path / "home"
    first = read_release(home / "current")
    quads = [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(graph_iri(name)))
        for name in ("ontology",)
        for path in [home / "objects" / first.objects[name][:2] / f"{first.objects[name][2:]}.nt"]
        for quad in parse(path=str(path), format=RdfFormat.N_TRIPLES)
    ]
    label = NamedNode(SKOS.altLabel)
    added = Quad(
        NamedNode(f"{DEF}/role/chair"), label, Literal("pj", language="fi"),
        NamedNode(GRAPHS + "ontology"),
    )  # fmt: skip
    other = Quad(NamedNode("urn:x"), label, Literal("x"), NamedNode(GRAPHS + "other"))
    for number, held in enumerate(([*quads], [*quads, added], [*quads, added, other]), start=1):
        publish_quads(held, own)
        date_record(own, number)
    newest = all_releases(own)[0]
    days = {
        scheme: next(str(one.object.value) for one in triples if one.predicate.value == MODIFIED)  # type: ignore[union-attr]
        for scheme, triples in schemes(own, newest, settings.base_url).items()
    }
    assert days.pop("role") == "2026-02-01"
    assert set(days.values()) == {"2026-01-01"}
    with TestClient(create_app(replace(settings, home=own))) as client:
        assert "2026-02-01" in client.get("/dumps/3/concepts/role.ttl").text
    shutil.rmtree(own)


MODIFIED = str(DCTERMS.modified)


def date_record(home: Path, number: int) -> None:
    """Say that a release was built in a month of its own."""
    for path in (home / "history" / f"{number:08}.json", home / "current" / "release.json"):
        text = path.read_text(encoding="utf-8")
        start = text.index('"built": "') + len('"built": "')
        path.write_text(f"{text[:start]}2026-{number:02}-01{text[start + 10 :]}", encoding="utf-8")
