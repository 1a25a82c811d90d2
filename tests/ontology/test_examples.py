"""The example of each term is Turtle that uses the term, and uses nothing that is not declared."""

from pathlib import Path

import pytest
from hyteverkko.namespaces import DEF, ID, PREFIXES
from rdflib import RDF, SKOS, Graph, Literal, URIRef

ROOT = Path(__file__).resolve().parents[2]
HYTE = PREFIXES["hyte"]
PROLOGUE = f"@base <{ID}> .\n" + "".join(
    f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items()
)


def read_ontology() -> Graph:
    """Read every file of the ontology into one graph."""
    ontology = Graph()
    for file in sorted((ROOT / "ontology").rglob("*.ttl")):
        ontology.parse(file)
    return ontology


ONTOLOGY = read_ontology()
EXAMPLES = sorted(
    (str(term), str(example))
    for term, example in ONTOLOGY.subject_objects(SKOS.example)
    if str(term).startswith(HYTE)
)


def terms_of(example: str) -> set[str]:
    """Parse an example and give every address in it."""
    graph = Graph().parse(data=PROLOGUE + example, format="turtle")
    return {str(node) for triple in graph for node in triple if isinstance(node, URIRef)}


@pytest.mark.parametrize(
    ("term", "example"), EXAMPLES, ids=[term.removeprefix(HYTE) for term, _ in EXAMPLES]
)
def test_example(term: str, example: str) -> None:
    terms = terms_of(example)
    assert term in terms
    ours = {used for used in terms if used.startswith((HYTE, DEF + "/"))}
    declared = {str(subject) for subject in ONTOLOGY.subjects(RDF.type)}
    assert ours <= declared


def test_examples_are_found() -> None:
    assert len(EXAMPLES) > 100


def test_examples_are_plain_text() -> None:
    for term, example in ONTOLOGY.subject_objects(SKOS.example):
        assert isinstance(example, Literal) and example.language is None, term
