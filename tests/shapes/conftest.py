"""An example as validation sees it: beside the ontology, with all that follows from both."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import pytest
from hyteverkko.ingest.findings import Finding
from hyteverkko.ingest.rules import derive
from hyteverkko.ingest.shacl.run import CompiledShapes, union
from hyteverkko.ingest.shacl.shapes import compiled, shape_files
from hyteverkko.namespaces import DEF, GRAPHS
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse
from rdflib import RDF, RDFS, SH, Graph
from rdflib.term import BNode, Node, URIRef

EXPECTED = "urn:expected:"
CONCEPTS = DEF + "/"
SUBCLASS = NamedNode(RDFS.subClassOf)


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """One result of validation. The path is empty where it is not a single property."""

    focus: str
    path: str
    component: str
    shape: str
    severity: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """Take what a finding says."""
        single = finding.path.count("<") == 1 and finding.path.startswith("<")
        return cls(
            finding.focus.strip("<>"),
            finding.path.strip("<>") if single else "",
            finding.component.removeprefix("sh:"),
            finding.rule.removeprefix("hsh:"),
            finding.severity,
        )

    @classmethod
    def expected(cls, graph: Graph, node: Node) -> Self:
        """Read a result that an example expects."""
        path = graph.value(node, SH.resultPath)
        return cls(
            str(graph.value(node, SH.focusNode)),
            "" if path is None or isinstance(path, BNode) else str(path),
            short(graph.value(node, SH.sourceConstraintComponent)),
            short(graph.value(node, SH.sourceShape)),
            short(graph.value(node, SH.resultSeverity)),
        )


@dataclass(frozen=True, slots=True)
class Ontology:
    """The ontology with what follows from it: all of it, its class tree, its concepts by IRI."""

    quads: frozenset[Quad]
    classes: Sequence[Quad]
    concepts: Mapping[str, Sequence[Quad]]

    @classmethod
    def of(cls, store: Store) -> Self:
        """Take the ontology from a store."""
        concepts = defaultdict(list)
        for quad in store:
            if quad.subject.value.startswith(CONCEPTS):
                concepts[quad.subject.value].append(quad)
        classes = list(store.quads_for_pattern(None, SUBCLASS, None, None))
        return cls(frozenset(store), classes, concepts)

    def beside(self, example: Sequence[Quad]) -> Iterator[Quad]:
        """Give the example with the classes and the concepts it leads to; the rest costs time."""
        yield from example
        yield from self.classes
        waiting, seen = list(example), set[str]()
        while waiting:
            mentioned = waiting.pop().object
            if isinstance(mentioned, NamedNode) and mentioned.value not in seen:
                seen.add(mentioned.value)
                found = self.concepts.get(mentioned.value, ())
                yield from found
                waiting.extend(found)


def short(term: Node | None) -> str:
    """Give the name of a term without its namespace."""
    return str(term).rpartition("#")[2]


def triples_of(path: Path, graph: str) -> list[Quad]:
    """Read a Turtle file, without the results that an example expects of itself."""
    name = NamedNode(GRAPHS + graph)
    return [
        Quad(quad.subject, quad.predicate, quad.object, name)
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
        if not str(quad.subject.value).startswith(EXPECTED)
    ]


@pytest.fixture(scope="session")
def shapes(root: Path) -> Graph:
    """Give all shapes as one graph."""
    graph = Graph()
    for path in sorted((root / "shapes").glob("*.ttl")):
        graph.parse(path)
    return graph


@pytest.fixture(scope="session")
def ontology(root: Path) -> Ontology:
    """Give the ontology and what follows from it alone."""
    store = Store()
    for path in sorted((root / "ontology").rglob("*.ttl")):
        store.extend(triples_of(path, "ontology"))
    derive(store, root)
    return Ontology.of(store)


@pytest.fixture(scope="session")
def compiled_shapes(root: Path) -> CompiledShapes:
    """Give all shapes, compiled."""
    return compiled(shape_files(root))


@pytest.fixture(scope="session")
def example_data(root: Path, ontology: Ontology) -> Callable[[Path], Store]:
    """Give a reader of examples: the example, the ontology and what follows from the two."""

    @cache
    def read(path: Path) -> Store:
        store = Store()
        store.extend(ontology.quads)
        store.extend(triples_of(path, "example"))
        derive(store, root)
        return union(ontology.beside([quad for quad in store if quad not in ontology.quads]))

    return read


@pytest.fixture(scope="session")
def results(compiled_shapes: CompiledShapes) -> Callable[[Store], list[Result]]:
    """Give the validator: all shapes on some data, as sorted results."""

    def run(data: Store) -> list[Result]:
        return sorted(Result.of(finding) for finding in compiled_shapes.findings(data))

    return run


@pytest.fixture(scope="session")
def expected() -> Callable[[Path], list[Result]]:
    """Give a reader of the results that an example expects."""

    def read(path: Path) -> list[Result]:
        graph = Graph().parse(path)
        nodes = graph.subjects(RDF.type, SH.ValidationResult)
        return sorted(Result.expected(graph, node) for node in nodes if isinstance(node, URIRef))

    return read
