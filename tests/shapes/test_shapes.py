"""The shapes themselves: explained, shown by examples, and in step with the ontology."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hyteverkko.ingest.shacl.oracle import data_graph
from hyteverkko.ingest.shacl.run import union
from hyteverkko.namespaces import PREFIXES
from pyoxigraph import DefaultGraph, NamedNode, Store
from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from .conftest import Ontology, Result, short, triples_of

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "shapes").glob("*.ttl"))
EXAMPLES = sorted((ROOT / "shapes" / "examples").glob("*.ttl"))
HSH, SCHEMA = PREFIXES["hsh"], Namespace(PREFIXES["schema"])
LANGUAGES = ["en", "fi", "sv"]
DESCRIPTIVE = {
    SH.path,
    SH.property,
    SH.name,
    SH.group,
    SH.order,
    SH.message,
    SH.severity,
    SH.targetClass,
    SH.targetSubjectsOf,
    SH.qualifiedValueShape,
}
"""What is said of a shape and is not a constraint by itself."""


def languages(graph: Graph, node: Node, predicate: URIRef) -> list[str]:
    """Give the languages of a node's texts, sorted."""
    terms = graph.objects(node, predicate)
    return sorted(term.language or "" for term in terms if isinstance(term, Literal))


def shapes_of(graph: Graph, kind: URIRef) -> list[URIRef]:
    """Give the node shapes, the property shapes or the groups; each has an address of its own."""
    found = set(graph.subjects(RDF.type, kind))
    named = [node for node in found if isinstance(node, URIRef) and node.startswith(HSH)]
    assert len(named) == len(found)
    return sorted(named)


def components(graph: Graph, shape: Node) -> Iterator[str]:
    """Give the constraint components of a shape: the component is named after its parameter."""
    for predicate in graph.predicates(shape, unique=True):
        name = short(predicate)
        if str(predicate).startswith(str(SH)) and predicate not in DESCRIPTIVE:
            start = "SPARQL" if name == "sparql" else name[0].upper() + name[1:]
            yield f"{start}ConstraintComponent"


def test_property_shapes_explain_themselves(shapes: Graph) -> None:
    groups = set(shapes.subjects(RDF.type, SH.PropertyGroup))
    for shape in shapes_of(shapes, SH.PropertyShape):
        assert languages(shapes, shape, SH.name) == LANGUAGES, shape
        assert languages(shapes, shape, SH.message) == LANGUAGES, shape
        assert shapes.value(shape, SH.group, any=False) in groups, shape
        assert shapes.value(shape, SH.order, any=False) is not None, shape


def test_node_shapes_explain_themselves(shapes: Graph) -> None:
    for shape in shapes_of(shapes, SH.NodeShape):
        assert languages(shapes, shape, RDFS.label) == LANGUAGES, shape
        wanted = LANGUAGES if any(components(shapes, shape)) else []
        assert languages(shapes, shape, SH.message) == wanted, shape


def test_groups_have_labels_and_an_order(shapes: Graph) -> None:
    groups = shapes_of(shapes, SH.PropertyGroup)
    for group in groups:
        assert languages(shapes, group, RDFS.label) == LANGUAGES, group
    assert len({shapes.value(group, SH.order) for group in groups}) == len(groups)


def test_property_shapes_belong_to_one_node_shape(shapes: Graph) -> None:
    for shape in shapes_of(shapes, SH.PropertyShape):
        owner = shapes.value(predicate=SH.property, object=shape, any=False)
        assert short(shape).startswith(f"{short(owner)}-"), shape


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_stands_alone_beside_the_groups(path: Path) -> None:
    graph = Graph().parse(path)
    shared = Graph().parse(path.with_name("groups.ttl"))
    defined = {*graph.subjects(), *shared.subjects()}
    assert {term for term in graph.objects() if str(term).startswith(HSH)} <= defined


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_has_the_name_of_a_module(path: Path) -> None:
    module = ROOT / "ontology" / path.name
    assert module.is_file() or path.stem in {"concept", "groups"}


def test_every_constraint_has_an_invalid_example(
    shapes: Graph, expected: Callable[[Path], list[Result]]
) -> None:
    found = {(r.shape, r.component) for path in EXAMPLES for r in expected(path)}
    kinds = (SH.NodeShape, SH.PropertyShape)
    wanted = {
        (short(shape), component)
        for kind in kinds
        for shape in shapes_of(shapes, kind)
        for component in components(shapes, shape)
    }
    assert sorted(wanted - found) == []
    assert sorted(found - wanted) == []


def test_every_node_shape_has_a_valid_example(
    shapes: Graph, example_data: Callable[[Path], Store]
) -> None:
    valid = [(path, example_data(path)) for path in EXAMPLES if path.stem.endswith("_valid")]
    for shape in shapes_of(shapes, SH.NodeShape):
        assert any(shows(path, shape, shapes, data) for path, data in valid), shape


def shows(path: Path, shape: Node, shapes: Graph, data: Store) -> bool:
    """Say whether an example describes a thing that the shape is for."""
    described = {str(quad.subject).strip("<>") for quad in triples_of(path, "example")}
    targets = {
        *(n for c in shapes.objects(shape, SH.targetClass) for n in subjects(data, RDF.type, c)),
        *(n for p in shapes.objects(shape, SH.targetSubjectsOf) for n in subjects(data, p, None)),
    }
    return not targets.isdisjoint(described)


def subjects(data: Store, predicate: Node, value: Node | None) -> set[str]:
    """Give what has a property, with this value where there is one."""
    term = None if value is None else NamedNode(str(value))
    quads = data.quads_for_pattern(None, NamedNode(str(predicate)), term, DefaultGraph())
    return {str(quad.subject).strip("<>") for quad in quads}


def test_the_ontology_satisfies_the_shapes(
    ontology: Ontology, results: Callable[[Store], list[Result]]
) -> None:
    assert results(union(ontology.quads)) == []


def test_shapes_use_declared_terms_only(shapes: Graph, ontology: Ontology) -> None:
    terms = data_graph(iter(ontology.quads))
    used = {term for triple in shapes for term in triple if isinstance(term, URIRef)}
    own = {term for term in used if term.startswith(PREFIXES["hyte"])}
    assert sorted(own - set(terms.subjects(RDFS.isDefinedBy))) == []


def test_every_property_is_shaped_in_its_domain(shapes: Graph, ontology: Ontology) -> None:
    terms = data_graph(iter(ontology.quads))
    shaped = {
        (shapes.value(prop, SH.path), target)
        for shape, prop in shapes.subject_objects(SH.property)
        for target in shapes.objects(shape, SH.targetClass)
    }
    missing = [
        (short(prop), short(domain))
        for prop, domain in domains(terms)
        if not any((prop, target) in shaped for target in kin(terms, domain))
    ]
    assert sorted(missing) == []


def domains(terms: Graph) -> Iterator[tuple[Node, Node]]:
    """Give each property of ours with each class it is said to be used on."""
    annotations = set(terms.subjects(RDF.type, OWL.AnnotationProperty))
    for predicate in (RDFS.domain, SCHEMA.domainIncludes):
        for prop, domain in terms.subject_objects(predicate):
            if str(prop).startswith(PREFIXES["hyte"]) and prop not in annotations:
                yield prop, domain


def kin(terms: Graph, cls: Node) -> set[Node | None]:
    """Give a class with the classes above and below it."""
    above = terms.transitive_objects(cls, RDFS.subClassOf)
    below = terms.transitive_subjects(RDFS.subClassOf, cls)
    return {*above, *below}
