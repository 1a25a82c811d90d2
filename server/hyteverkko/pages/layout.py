"""How the shapes lay out a page: what a property is called, its place, and under which heading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from hyteverkko.namespaces import PREFIXES
from hyteverkko.store.graph import Term

SH: Final = PREFIXES["sh"]
LABEL: Final = NamedNode(PREFIXES["rdfs"] + "label")
LAST: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Group:
    """A heading that properties stand under."""

    iri: str
    order: float
    names: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A property as the shape of a class shows it."""

    names: tuple[Literal, ...]
    order: float
    group: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The headings, and for each class its properties."""

    groups: Mapping[str, Group]
    fields: Mapping[str, Mapping[str, Field]]

    def field(self, classes: Iterable[str], path: str) -> Field | None:
        """Give a property's place on the page of a thing of these classes, the own ones first."""
        for one in classes:
            field = self.fields.get(one, {}).get(path)
            if field is not None:
                return field
        return None


@cache
def layout_of(folder: Path) -> Layout:
    """Read the layout from the shapes in a folder."""
    store = Store()
    for path in sorted(folder.glob("*.ttl")):
        store.load(path=str(path), format=RdfFormat.TURTLE)
    fields: dict[str, dict[str, Field]] = {}
    for quad in store.quads_for_pattern(None, _sh("targetClass"), None):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            held = fields.setdefault(quad.object.value, {})
            for place in store.quads_for_pattern(quad.subject, _sh("property"), None):
                iri, field = _field(store, place.object)
                # Of several shapes of one property the first by order names it; others only check.
                if iri and (iri not in held or field.order < held[iri].order):
                    held[iri] = field
    return Layout(_groups(store), MappingProxyType(fields))


def _field(store: Store, shape: Term) -> tuple[str, Field]:
    path = _value(store, shape, "path")
    group = _value(store, shape, "group")
    field = Field(
        _literals(store, shape, _sh("name")),
        _number(_value(store, shape, "order")),
        group.value if isinstance(group, NamedNode) else "",
    )
    return (path.value if isinstance(path, NamedNode) and field.names else ""), field


def _groups(store: Store) -> Mapping[str, Group]:
    kind = NamedNode(PREFIXES["rdf"] + "type")
    found = {}
    for quad in store.quads_for_pattern(None, kind, _sh("PropertyGroup")):
        if isinstance(quad.subject, NamedNode):
            iri = quad.subject.value
            order = _number(_value(store, quad.subject, "order"))
            found[iri] = Group(iri, order, _literals(store, quad.subject, LABEL))
    return MappingProxyType(found)


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


def _value(store: Store, shape: Term, name: str) -> Term | None:
    if not isinstance(shape, NamedNode):
        return None
    found = [quad.object for quad in store.quads_for_pattern(shape, _sh(name), None)]
    return found[0] if found else None


def _literals(store: Store, shape: Term, predicate: NamedNode) -> tuple[Literal, ...]:
    if not isinstance(shape, NamedNode):
        return ()
    found = store.quads_for_pattern(shape, predicate, None)
    return tuple(quad.object for quad in found if isinstance(quad.object, Literal))


def _number(term: Term | None) -> float:
    return float(term.value) if isinstance(term, Literal) else LAST
