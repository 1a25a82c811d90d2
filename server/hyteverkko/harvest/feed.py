"""The change feed: each version of each thing in order of time, as a Linked Data Event Stream.

The root leads to months, a month to pages. A page is a part of what one release brought, so it is
complete as soon as it exists and never changes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from hyteverkko.errors import NotFound
from hyteverkko.harvest.stating import moment, stated, term, typed
from hyteverkko.store.chronicle import Brought
from hyteverkko.store.versions import Version, version_iri, version_lines, versions_of

PATH: Final = "/feed"
MEMBERS: Final = 250
"""Members on a page: some 500 kB, where a client takes pages of any size."""

FOR_EVER: Final = "P1000Y"
"""How long every version is kept; none is ever taken out."""

BEFORE, FROM, UNTIL = (
    "tree:LessThanRelation",
    "tree:GreaterThanOrEqualToRelation",
    "tree:LessThanOrEqualToRelation",
)


@dataclass(frozen=True, slots=True)
class Feed:
    """The feed of a release as a site serves it, node by node."""

    home: Path
    base_url: str
    brought: tuple[Brought, ...]

    @property
    def root(self) -> NamedNode:
        """Give the node that a client starts from."""
        return NamedNode(self.base_url + PATH)

    @property
    def stream(self) -> NamedNode:
        """Give the stream itself."""
        return NamedNode(f"{self.root.value}#stream")

    def root_triples(self) -> Iterator[Triple]:
        """Describe the stream, and lead to each month."""
        retention = NamedNode(f"{self.root.value}#retention")
        yield from typed(self.stream, "ldes:EventStream")
        yield from stated(self.stream, "ldes:timestampPath", [term("as:published")])
        yield from stated(self.stream, "ldes:versionOfPath", [term("as:object")])
        for kind in ("Create", "Update", "Delete"):
            yield from stated(self.stream, f"ldes:version{kind}Object", [term(f"as:{kind}")])
        yield from stated(self.stream, "tree:shape", [NamedNode(f"{self.root.value}/shape")])
        yield from stated(self.stream, "tree:view", [self.root])
        yield from typed(self.root, "tree:Node")
        yield from stated(self.root, "ldes:retentionPolicy", [retention])
        yield from typed(retention, "ldes:RetentionPolicy")
        duration = Literal(FOR_EVER, datatype=term("xsd:duration"))
        yield from stated(retention, "ldes:fullLogDuration", [duration])
        for month in dict.fromkeys(map(_month, self.brought)):
            node = NamedNode(f"{self.root.value}/{month}")
            start, end = _bounds(month)
            yield from _relation(self.root, FROM, start, node)
            yield from _relation(self.root, BEFORE, end, node)

    def month_triples(self, month: str) -> Iterator[Triple]:
        """Lead to each page of a month; raise NotFound for one in which nothing was brought."""
        brought = [one for one in self.brought if _month(one) == month]
        if not brought:
            raise _nothing()
        own = NamedNode(f"{self.root.value}/{month}")
        yield from typed(own, "tree:Node")
        for one in brought:
            for page in range(1, _pages(one) + 1):
                node = self._page(one.number, page)
                yield from _relation(own, FROM, one.time, node)
                yield from _relation(own, UNTIL, one.time, node)

    def page_quads(self, number: int, page: int) -> Iterator[Quad]:
        """Give a page: its members, each described in a graph of its own."""
        versions = self._versions(number, page)
        node = self._page(number, page)
        true = Literal("true", datatype=term("xsd:boolean"))
        members = [NamedNode(version_iri(number, one.place)) for one in versions]
        for triple in (
            *typed(node, "tree:Node"),
            *stated(node, "ldes:immutable", [true]),
            *stated(self.stream, "tree:member", members),
        ):
            yield Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())
        yield from parse(version_lines(self.home, versions), format=RdfFormat.N_QUADS)

    def time_of(self, number: int) -> str:
        """Give the time of a release; raise NotFound for one that has brought nothing."""
        for one in self.brought:
            if one.number == number:
                return one.time
        raise _nothing()

    def page_with(self, number: int, place: int) -> str:
        """Give the address of the page on which a version stands; raise NotFound for none."""
        for one in self.brought:
            if one.number == number and 1 <= place <= one.versions:
                return f"{PATH}/{number}/{-(-place // MEMBERS)}"
        raise _nothing()

    def _versions(self, number: int, page: int) -> list[Version]:
        known = any(one.number == number and 1 <= page <= _pages(one) for one in self.brought)
        if not known:
            raise _nothing()
        return versions_of(self.home, number)[(page - 1) * MEMBERS : page * MEMBERS]

    def _page(self, number: int, page: int) -> NamedNode:
        return NamedNode(f"{self.root.value}/{number}/{page}")


def shape_triples(base_url: str) -> Iterator[Triple]:
    """Give the SHACL shape of a member: what happened, to which thing, and when."""
    shape = NamedNode(f"{base_url}{PATH}/shape")
    yield from typed(shape, "sh:NodeShape")
    for path, constraint, value in (
        ("as:object", "sh:nodeKind", term("sh:IRI")),
        ("as:published", "sh:datatype", term("xsd:dateTime")),
        ("rdf:type", "sh:nodeKind", term("sh:IRI")),
    ):
        property_ = NamedNode(f"{shape.value}#{path.partition(':')[2]}")
        yield from stated(shape, "sh:property", [property_])
        yield from typed(property_, "sh:PropertyShape")
        yield from stated(property_, "sh:path", [term(path)])
        yield from stated(property_, constraint, [value])
        for bound in ("sh:minCount", "sh:maxCount"):
            yield from stated(property_, bound, [Literal(1)])


def in_default_graph(triples: Iterable[Triple]) -> Iterator[Quad]:
    """Give triples as quads of the default graph."""
    return (Quad(one.subject, one.predicate, one.object, DefaultGraph()) for one in triples)


def _pages(brought: Brought) -> int:
    return -(-brought.versions // MEMBERS)


def _month(brought: Brought) -> str:
    """Give the month of a release, as in ``2026-11``."""
    return brought.time[:7]


def _relation(node: NamedNode, kind: str, value: str, other: NamedNode) -> Iterator[Triple]:
    key = kind.partition(":")[2]
    relation = NamedNode(f"{node.value}#{key}-{other.value.partition(PATH + '/')[2]}")
    yield from stated(node, "tree:relation", [relation])
    yield from typed(relation, kind)
    yield from stated(relation, "tree:path", [term("as:published")])
    yield from stated(relation, "tree:value", [moment(value)])
    yield from stated(relation, "tree:node", [other])


def _bounds(month: str) -> tuple[str, str]:
    start = date.fromisoformat(f"{month}-01")
    after = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return f"{start}T00:00:00Z", f"{after}T00:00:00Z"


def _nothing() -> NotFound:
    return NotFound("Nothing is known under this address.")
