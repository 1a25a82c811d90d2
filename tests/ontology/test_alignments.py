"""Terms of other vocabularies are listed, with labels, each in the file of its vocabulary."""

from pathlib import Path

import pytest
from hyteverkko.namespaces import BASE, PREFIXES
from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "ontology" / "alignments").glob("*.ttl"))
LANGUAGES = {"fi", "sv", "en"}

# The languages in which vocabularies themselves are written need no list.
BASIC = tuple(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
JOINING = (RDFS.subClassOf, RDFS.subPropertyOf, OWL.disjointWith, OWL.equivalentClass)
LEADING = (
    RDFS.domain,
    RDFS.range,
    RDFS.seeAlso,
    URIRef(PREFIXES["schema"] + "domainIncludes"),
    URIRef(PREFIXES["schema"] + "rangeIncludes"),
)


def listed(alignment: Graph) -> set[Node]:
    """Give the terms that a file lists: all that have a class there."""
    return set(alignment.subjects(RDF.type))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_terms_labelled(file: Path) -> None:
    alignment = Graph().parse(file)
    for term in listed(alignment):
        labels = list(alignment.objects(term, RDFS.label))
        assert {label.language for label in labels if isinstance(label, Literal)} == LANGUAGES, term
        assert len(labels) == len(LANGUAGES), term


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_terms_of_one_vocabulary(file: Path) -> None:
    alignment = Graph().parse(file)
    (vocabulary,) = set(alignment.objects(None, RDFS.isDefinedBy))
    namespaces = {
        iri for iri in PREFIXES.values() for term in listed(alignment) if str(term).startswith(iri)
    }
    assert len(namespaces) == 1
    assert set(alignment.subjects(RDFS.isDefinedBy, vocabulary)) == listed(alignment)
    assert not [term for term in listed(alignment) if str(term).startswith(BASE)]


def test_terms_listed() -> None:
    ontology = Graph()
    for file in sorted((ROOT / "ontology").rglob("*.ttl")):
        ontology.parse(file)
    referred = {
        value
        for property_ in JOINING + LEADING
        for value in ontology.objects(None, property_)
        if isinstance(value, URIRef) and not str(value).startswith((BASE, *BASIC))
    }
    assert referred - set(ontology.subjects(RDF.type)) == set()
