"""What the graphs of a table hold now: its statements, by the thing they are about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from hyteverkko.ingest.tables.cells import Value
from hyteverkko.ingest.tables.columns import TYPE, Column
from hyteverkko.namespaces import GRAPHS, ID
from hyteverkko.store.graph import Asked

PERSONS: Final = "-persons"
"""What is added to the name of a graph for the graph of its persons' names."""

PERSON: Final = ID + "person/"


@dataclass(slots=True)
class Holdings:
    """The statements of one graph or of several."""

    about: dict[str, set[Quad]] = field(default_factory=dict)
    _leading: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, quads: Iterable[Quad]) -> None:
        """Add statements."""
        for quad in quads:
            if isinstance(quad.subject, NamedNode):
                self.about.setdefault(quad.subject.value, set()).add(quad)
                if isinstance(quad.object, NamedNode):
                    key = (quad.predicate.value, quad.object.value)
                    self._leading[key].append(quad.subject.value)

    def of(self, thing: str) -> set[Quad]:
        """Give the statements about a thing."""
        return self.about.get(thing, set())

    def values(self, thing: str, path: str) -> list[Value]:
        """Give the values of a property of a thing."""
        return [value_of(quad) for quad in self.of(thing) if quad.predicate.value == path]

    def classes(self, thing: str) -> frozenset[str]:
        """Give the classes of a thing."""
        found = self.values(thing, TYPE)
        return frozenset(value.value for value in found if isinstance(value, NamedNode))

    def person(self, thing: str, path: str) -> str:
        """Give the person that a property of a thing leads to, if there is one."""
        found = (value.value for value in self.values(thing, path))
        return next((person for person in sorted(found) if person.startswith(PERSON)), "")

    def leading(self, path: str, to: str) -> list[Value]:
        """Give the things that lead to a thing by a property."""
        return [NamedNode(thing) for thing in self._leading.get((path, to), ())]

    def column_values(self, thing: str, column: Column) -> list[Value]:
        """Give the values that a column of a thing's row is about."""
        if column.inverse:
            return self.leading(column.path, thing)
        return self.values(thing, column.path)

    def all(self) -> Iterator[Quad]:
        """Give every statement."""
        for quads in self.about.values():
            yield from quads


def held_in(held: Asked, graphs: Iterable[str]) -> Holdings:
    """Read what graphs, given by their names, hold."""
    found = Holdings()
    for graph in graphs:
        node = graph_node(graph)
        triples = held.triples("graph", graph=node)
        found.add(Quad(t.subject, t.predicate, t.object, node) for t in triples)
    return found


def graph_node(name: str) -> NamedNode:
    """Give the IRI of a graph from its name."""
    return NamedNode(GRAPHS + name)


def value_of(quad: Quad) -> Value:
    """Give the object of a statement, which is never a blank node."""
    if isinstance(quad.object, NamedNode | Literal):
        return quad.object
    raise TypeError(f"neither an IRI nor a literal: {quad.object}")
