"""Shapes as values: their targets, constraints, severity and messages."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from hyteverkko.ingest.shacl.graph import IllFormedShape, ShapesGraph, Term, named
from hyteverkko.ingest.shacl.paths import Path, read_path
from hyteverkko.ingest.shacl.queries import Query, ask, select
from hyteverkko.namespaces import PREFIXES

SH: Final = PREFIXES["sh"]
CLASSES: Final = (named("rdfs:Class"), named("owl:Class"))
TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")


@dataclass(frozen=True, slots=True)
class Target:
    """What a shape is for; ``kind`` is the property that says so."""

    kind: str
    term: Term


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a shape asks: the component, the property that asks, and what is asked.

    ``terms`` are the values of parameters, lists laid out; ``shapes`` the shapes referred to;
    ``query`` is what a constraint or component in SPARQL asks.
    """

    component: NamedNode
    parameter: str
    terms: tuple[Term, ...] = ()
    shapes: tuple[Term, ...] = ()
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape, or a property shape where it has a path."""

    id: Term
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    properties: tuple[Term, ...]
    severity: NamedNode
    messages: Mapping[str, str]
    deactivated: bool


def read_shapes(graph: ShapesGraph) -> Mapping[Term, Shape]:
    """Read the shapes that have targets, and all that they refer to."""
    return _Reader.of(graph).shapes()


def texts(graph: ShapesGraph, node: Term) -> dict[str, str]:
    """Give the messages of a node by language; a text without one stands under ''."""
    return {
        term.language or "": term.value
        for term in graph.objects(node, named("sh:message"))
        if isinstance(term, Literal)
    }


def is_true(term: Term | None) -> bool:
    """Say whether a parameter is exactly ``true``; ``1`` is another literal and asks nothing."""
    return isinstance(term, Literal) and term.value == "true"


@dataclass(frozen=True, slots=True)
class _Component:
    """A constraint component of the shapes' own."""

    id: NamedNode
    needed: tuple[NamedNode, ...]
    optional: tuple[NamedNode, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    graph: ShapesGraph
    implicit: frozenset[Term]
    components: tuple[_Component, ...]

    @classmethod
    def of(cls, graph: ShapesGraph) -> "_Reader":
        kinds = (named("sh:NodeShape"), named("sh:PropertyShape"))
        shapes = {node for kind in kinds for node in graph.instances(kind)}
        classes = {node for kind in CLASSES for node in graph.instances(kind)}
        return cls(graph, frozenset(shapes & classes), tuple(_components(graph)))

    def shapes(self) -> Mapping[Term, Shape]:
        found: dict[Term, Shape] = {}
        waiting = [node for node in self.graph.index if node in self.implicit or self._aims(node)]
        while waiting:
            node = waiting.pop(0)
            if node not in found:
                found[node] = shape = self._shape(node)
                waiting.extend(shape.properties)
                waiting.extend(other for one in shape.constraints for other in one.shapes)
        return MappingProxyType(found)

    def _aims(self, node: Term) -> bool:
        return any(self.graph.objects(node, NamedNode(SH + kind)) for kind in TARGETS)

    def _shape(self, node: Term) -> Shape:
        graph = self.graph
        path = graph.value(node, named("sh:path"))
        severity = graph.value(node, named("sh:severity"))
        read = None if path is None else read_path(graph, path, node)
        return Shape(
            node,
            read,
            tuple(self._targets(node)),
            tuple(self._constraints(node, read)),
            tuple(graph.objects(node, named("sh:property"))),
            severity if isinstance(severity, NamedNode) else named("sh:Violation"),
            texts(graph, node),
            is_true(graph.value(node, named("sh:deactivated"))),
        )

    def _targets(self, node: Term) -> Iterator[Target]:
        for kind in TARGETS:
            for term in self.graph.objects(node, NamedNode(SH + kind)):
                yield Target(kind, term)
        if node in self.implicit:
            yield Target("targetClass", node)

    def _constraints(self, node: Term, path: Path | None) -> Iterator[Constraint]:
        for parameter, read in PARAMETERS.items():
            component = NamedNode(f"{SH}{parameter[0].upper()}{parameter[1:]}ConstraintComponent")
            for term in self.graph.objects(node, NamedNode(SH + parameter)):
                for terms, shapes in read(self.graph, node, term):
                    yield Constraint(component, parameter, terms, shapes)
        for term in self.graph.objects(node, named("sh:sparql")):
            if not is_true(self.graph.value(term, named("sh:deactivated"))):
                query = select(self.graph, term, path, texts(self.graph, term), ())
                component = named("sh:SPARQLConstraintComponent")
                yield Constraint(component, "sparql", query=query)
        for own in self.components:
            yield from self._own(node, path, own)

    def _own(self, node: Term, path: Path | None, own: _Component) -> Iterator[Constraint]:
        given = {
            parameter: self.graph.objects(node, parameter)
            for parameter in (*own.needed, *own.optional)
        }
        if not all(given[parameter] for parameter in own.needed):
            return
        if any(len(terms) > 1 for terms in given.values()) and len(given) > 1:
            raise IllFormedShape(node, f"{own.id} has several values for one parameter")
        for bound in _combinations(given):
            query = self._validator(node, path, own, bound)
            yield Constraint(own.id, "ask" if query.asks else "select", query=query)

    def _validator(
        self, node: Term, path: Path | None, own: _Component, bound: Sequence[tuple[str, Term]]
    ) -> Query:
        wanted = "sh:nodeValidator" if path is None else "sh:propertyValidator"
        for predicate in (named(wanted), named("sh:validator")):
            for validator in self.graph.objects(own.id, predicate):
                messages = texts(self.graph, validator) or texts(self.graph, own.id)
                if self.graph.value(validator, named("sh:ask")):
                    return ask(self.graph, validator, path, messages, bound)
                return select(self.graph, validator, path, messages, bound)
        raise IllFormedShape(node, f"{own.id} has no validator for it")


Asked = Iterator[tuple[tuple[Term, ...], tuple[Term, ...]]]
"""The terms and the shapes of each constraint that a parameter's value stands for."""


def _one(_graph: ShapesGraph, _shape: Term, term: Term) -> Asked:
    yield (term,), ()


def _list(graph: ShapesGraph, _shape: Term, term: Term) -> Asked:
    yield tuple(graph.items(term)), ()


def _reference(_graph: ShapesGraph, _shape: Term, term: Term) -> Asked:
    yield (), (term,)


def _references(graph: ShapesGraph, _shape: Term, term: Term) -> Asked:
    yield (), tuple(graph.items(term))


def _flag(_graph: ShapesGraph, _shape: Term, term: Term) -> Asked:
    if is_true(term):
        yield (), ()


def _pattern(graph: ShapesGraph, shape: Term, term: Term) -> Asked:
    flags = graph.value(shape, named("sh:flags"))
    yield (term,) if flags is None else (term, flags), ()


def _closed(graph: ShapesGraph, shape: Term, term: Term) -> Asked:
    if not is_true(term):
        return
    ignored = graph.value(shape, named("sh:ignoredProperties"))
    paths = [
        graph.value(other, named("sh:path")) for other in graph.objects(shape, named("sh:property"))
    ]
    allowed = [*paths, *(() if ignored is None else graph.items(ignored))]
    yield tuple(term for term in allowed if isinstance(term, NamedNode)), ()


def _qualified(graph: ShapesGraph, shape: Term, term: Term) -> Asked:
    for qualified in graph.objects(shape, named("sh:qualifiedValueShape")):
        yield (term,), (qualified, *_siblings(graph, shape, qualified))


def _siblings(graph: ShapesGraph, shape: Term, qualified: Term) -> Iterator[Term]:
    if not is_true(graph.value(shape, named("sh:qualifiedValueShapesDisjoint"))):
        return
    parents = [
        node
        for node, properties in graph.index.items()
        if shape in properties.get(named("sh:property"), ())
    ]
    siblings = {
        other: None
        for parent in parents
        for prop in graph.objects(parent, named("sh:property"))
        for other in graph.objects(prop, named("sh:qualifiedValueShape"))
        if other != qualified
    }
    yield from siblings


PARAMETERS: Final[Mapping[str, Callable[[ShapesGraph, Term, Term], Asked]]] = MappingProxyType(
    {
        "class": _one,
        "datatype": _one,
        "nodeKind": _one,
        "minCount": _one,
        "maxCount": _one,
        "minExclusive": _one,
        "minInclusive": _one,
        "maxExclusive": _one,
        "maxInclusive": _one,
        "minLength": _one,
        "maxLength": _one,
        "pattern": _pattern,
        "languageIn": _list,
        "uniqueLang": _flag,
        "equals": _one,
        "disjoint": _one,
        "lessThan": _one,
        "lessThanOrEquals": _one,
        "not": _reference,
        "and": _references,
        "or": _references,
        "xone": _references,
        "node": _reference,
        "qualifiedMinCount": _qualified,
        "qualifiedMaxCount": _qualified,
        "closed": _closed,
        "hasValue": _one,
        "in": _list,
    }
)
"""Every parameter that makes a constraint of SHACL Core, and how its value is read."""


def _components(graph: ShapesGraph) -> Iterator[_Component]:
    for component in graph.instances(named("sh:ConstraintComponent")):
        if not isinstance(component, NamedNode) or component.value.startswith(SH):
            continue
        needed: list[NamedNode] = []
        optional: list[NamedNode] = []
        for parameter in graph.objects(component, named("sh:parameter")):
            path = graph.value(parameter, named("sh:path"))
            if not isinstance(path, NamedNode):
                raise IllFormedShape(component, "a parameter has no property")
            is_optional = is_true(graph.value(parameter, named("sh:optional")))
            (optional if is_optional else needed).append(path)
        yield _Component(component, tuple(needed), tuple(optional))


def _combinations(given: Mapping[NamedNode, Sequence[Term]]) -> Iterator[list[tuple[str, Term]]]:
    count = max(len(terms) for terms in given.values())
    for number in range(count):
        yield [
            (_local(parameter), terms[min(number, len(terms) - 1)])
            for parameter, terms in given.items()
            if terms
        ]


def _local(iri: NamedNode) -> str:
    return re.split("[#/:]", iri.value)[-1]


def is_blank(term: Term) -> bool:
    """Say whether a term is a blank node, which a query cannot name."""
    return isinstance(term, BlankNode)
