"""The shapes as they are written: triples that are asked by subject and property."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from hyteverkko.errors import HyteError
from hyteverkko.namespaces import expanded

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple


def named(name: str) -> NamedNode:
    """Give the IRI of a prefixed name."""
    return NamedNode(expanded(name))


TYPE: Final = named("rdf:type")
SUBCLASS: Final = named("rdfs:subClassOf")
FIRST: Final = named("rdf:first")
REST: Final = named("rdf:rest")
NIL: Final = named("rdf:nil")


class IllFormedShape(HyteError):
    """A shape cannot mean anything, so nothing can be validated with it."""

    def __init__(self, shape: object, reason: str) -> None:
        """Say which shape, and what is wrong with it."""
        super().__init__("The rule {shape} is ill-formed: {reason}.", shape=shape, reason=reason)


@dataclass(frozen=True, slots=True)
class ShapesGraph:
    """A graph of shapes. Its literals are as written, not as a store would write them."""

    triples: Sequence[Triple]
    index: Mapping[Term, Mapping[NamedNode, Sequence[Term]]]

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Self:
        """Index triples, each once, in the order of their first mention."""
        once = tuple(dict.fromkeys(triples))
        index: dict[Term, dict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for triple in once:
            index[triple.subject][triple.predicate].append(triple.object)
        return cls(once, {subject: dict(found) for subject, found in index.items()})

    @classmethod
    def read(cls, paths: Iterable[Path]) -> Self:
        """Read Turtle files as one graph."""
        return cls.of(
            Triple(quad.subject, quad.predicate, quad.object)
            for path in paths
            for quad in parse(
                path.read_bytes(),
                format=RdfFormat.TURTLE,
                base_iri=path.absolute().as_uri(),
                rename_blank_nodes=True,
            )
        )

    def objects(self, subject: Term, predicate: NamedNode) -> Sequence[Term]:
        """Give what a subject has for a property."""
        return self.index.get(subject, {}).get(predicate, ())

    def value(self, subject: Term, predicate: NamedNode) -> Term | None:
        """Give the only value of a property, or none."""
        found = self.objects(subject, predicate)
        if len(found) > 1:
            raise IllFormedShape(subject, f"{predicate} has {len(found)} values")
        return found[0] if found else None

    def items(self, node: Term) -> Iterator[Term]:
        """Give the members of an RDF list."""
        seen: set[Term] = set()
        while node != NIL:
            first, rest = self.value(node, FIRST), self.value(node, REST)
            if first is None or rest is None or node in seen:
                raise IllFormedShape(node, "this is not a list")
            seen.add(node)
            yield first
            node = rest

    def is_list(self, node: Term) -> bool:
        """Say whether a node begins an RDF list."""
        return node == NIL or bool(self.objects(node, FIRST))

    def instances(self, cls: NamedNode) -> Iterator[Term]:
        """Give the instances of a class and of those below it."""
        classes = set[Term]()
        waiting: list[Term] = [cls]
        while waiting:
            found = waiting.pop()
            if found not in classes:
                classes.add(found)
                waiting.extend(
                    triple.subject
                    for triple in self.triples
                    if triple.predicate == SUBCLASS and triple.object == found
                )
        for subject, properties in self.index.items():
            if not classes.isdisjoint(properties.get(TYPE, ())):
                yield subject
