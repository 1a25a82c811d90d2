"""Concept schemes: complete in three languages, without clashes or cycles, mapped to YSO."""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hyteverkko.namespaces import DEF, PREFIXES, SCHEMES
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS, VOID

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "ontology" / "schemes").glob("*.ttl"))
REFERENCE = ROOT.parent / "shared" / "reference" / "yso_terms.tsv"

LANGUAGES = {"fi", "sv", "en"}
MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
YSO_CONCEPT = re.compile(re.escape(PREFIXES["yso"]) + r"p[1-9][0-9]*")

each_scheme = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@cache
def scheme(path: Path) -> Graph:
    """Read one scheme file."""
    return Graph().parse(path, format="turtle")


def concepts(graph: Graph) -> list[URIRef]:
    """Give the concepts of a scheme in the order of their IRIs."""
    return sorted(
        node for node in graph.subjects(RDF.type, SKOS.Concept) if isinstance(node, URIRef)
    )


def texts(graph: Graph, node: URIRef, predicate: URIRef) -> list[Literal]:
    """Give the language-tagged texts that a node has."""
    return [text for text in graph.objects(node, predicate) if isinstance(text, Literal)]


def languages(graph: Graph, node: URIRef, predicate: URIRef) -> list[str]:
    """Give the language of every text that a node has, sorted."""
    return sorted(text.language or "" for text in texts(graph, node, predicate))


def yso_links(graph: Graph) -> set[str]:
    """Give the addresses of all foreign concepts that a scheme is mapped to."""
    return {str(target) for match in MATCHES for target in graph.objects(None, match)}


def test_every_scheme_has_a_file() -> None:
    assert {path.stem for path in FILES} == set(SCHEMES)


@each_scheme
def test_scheme_is_described(path: Path) -> None:
    graph, node = scheme(path), URIRef(f"{DEF}/{path.stem}")
    assert (node, RDF.type, SKOS.ConceptScheme) in graph
    assert (node, RDFS.isDefinedBy, URIRef(DEF)) in graph
    assert (node, VOID.uriSpace, Literal(f"{node}/")) in graph
    for name in ("title", "description"):
        assert languages(graph, node, URIRef(PREFIXES["dct"] + name)) == sorted(LANGUAGES)


@each_scheme
def test_concept_has_one_label_and_definition_per_language(path: Path) -> None:
    graph = scheme(path)
    assert concepts(graph)
    for concept in concepts(graph):
        for predicate in (SKOS.prefLabel, SKOS.definition):
            assert languages(graph, concept, predicate) == sorted(LANGUAGES), (concept, predicate)


@each_scheme
def test_concept_lies_in_its_scheme(path: Path) -> None:
    graph, node = scheme(path), URIRef(f"{DEF}/{path.stem}")
    for concept in concepts(graph):
        assert str(concept).startswith(f"{node}/")
        assert list(graph.objects(concept, SKOS.inScheme)) == [node]
        is_top = (concept, SKOS.topConceptOf, node) in graph
        assert is_top != ((concept, SKOS.broader, None) in graph), concept


@each_scheme
def test_label_names_one_concept(path: Path) -> None:
    graph = scheme(path)
    labels = Counter(
        (str(label).casefold(), label.language)
        for concept in concepts(graph)
        for predicate in (SKOS.prefLabel, SKOS.altLabel)
        for label in texts(graph, concept, predicate)
    )
    assert [label for label, count in labels.items() if count > 1] == []


@each_scheme
def test_hierarchy_has_no_cycle(path: Path) -> None:
    graph = scheme(path)
    known = set(concepts(graph))
    for concept in known:
        parents = set(graph.objects(concept, SKOS.broader))
        assert parents <= known, concept
        above = {
            node for parent in parents for node in graph.transitive_objects(parent, SKOS.broader)
        }
        assert concept not in above


@each_scheme
def test_match_is_a_yso_concept(path: Path) -> None:
    assert [link for link in yso_links(scheme(path)) if not YSO_CONCEPT.fullmatch(link)] == []


@each_scheme
def test_concept_is_matched_one_way(path: Path) -> None:
    graph = scheme(path)
    pairs = Counter((s, o) for match in MATCHES for s, o in graph.subject_objects(match))
    assert [pair for pair, count in pairs.items() if count > 1] == []
    targets = Counter(graph.objects(None, SKOS.exactMatch))
    assert [target for target, count in targets.items() if count > 1] == []


def test_matched_yso_concept_is_in_the_reference_list() -> None:
    if not REFERENCE.exists():
        pytest.skip("the list of YSO concepts is not beside this repository")
    with REFERENCE.open(encoding="utf-8", newline="") as lines:
        listed = {row["iri"] for row in csv.DictReader(lines, delimiter="\t")}
    assert {link for path in FILES for link in yso_links(scheme(path))} <= listed
