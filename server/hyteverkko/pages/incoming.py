"""What leads to a thing: counted by relation, shown while it is little, else paged."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from hyteverkko.errors import NotFound
from hyteverkko.labels import short_iri
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.store.current import names_by_iri
from hyteverkko.store.graph import iri_of

FEW: Final = 200
"""So many things are shown on the page itself; more are counted there and paged elsewhere."""

PER_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Relation:
    """The things related to one by a property; not shown when there are many in all."""

    property: Shown
    count: int
    things: tuple[Shown, ...]
    href: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """All relations that lead to a thing and are not told elsewhere on its page."""

    total: int
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of how many, and of how many things."""

    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class IncomingPage:
    """The things related to one by one property, a page of them."""

    thing: Shown
    property: Shown
    things: tuple[Shown, ...]
    paging: Paging
    path: str


def incoming_of(reader: Reader, thing: NamedNode, path: str, told: frozenset[str]) -> Incoming:
    """Count what leads to a thing, beside what the panels tell, and show it while it is little."""
    counts = {
        row["property"]: int(count.value)
        for row in reader.rows("incoming_counts", thing=thing)
        if isinstance(count := row["things"], Literal)
        and isinstance(row["property"], NamedNode)
        and short_iri(row["property"].value) not in told
    }
    total = sum(counts.values())
    things = _things(reader, thing) if 0 < total <= FEW else {}
    relations = [
        Relation(shown, count, things.get(shown.iri, ()), f"{path}?in={_parameter(shown.iri)}")
        for shown, count in ((reader.shown(one), count) for one, count in counts.items())
    ]
    return Incoming(total, tuple(sorted(relations, key=lambda one: by_name(one.property))))


def incoming_page(
    reader: Reader, thing: Shown, node: NamedNode, property_: NamedNode, path: str, number: int
) -> IncomingPage:
    """Give one page of the things related to a thing; raise NotFound beyond the last."""
    rows = reader.rows("incoming_by", thing=node, property=property_)
    names = names_by_iri(rows, "subject")
    subjects = {row["subject"] for row in rows}
    found = sorted((reader.shown(one, names.get(iri_of(one), ())) for one in subjects), key=by_name)
    paging = Paging(number, max(1, -(-len(found) // PER_PAGE)), len(found))
    if not found:
        raise NotFound("Nothing is known under this address.")
    if number > paging.pages:
        raise NotFound("There are only {pages} pages.", pages=paging.pages)
    part = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return IncomingPage(thing, reader.shown(property_), tuple(part), paging, path)


def _things(reader: Reader, thing: NamedNode) -> dict[str, tuple[Shown, ...]]:
    rows = reader.rows("incoming", thing=thing)
    names = names_by_iri(rows, "subject")
    pairs = sorted({(iri_of(row["property"]), iri_of(row["subject"])) for row in rows})
    return {
        property_: tuple(
            sorted(
                (reader.shown(NamedNode(subject), names.get(subject, ())) for _, subject in group),
                key=by_name,
            )
        )
        for property_, group in groupby(pairs, key=lambda pair: pair[0])
    }


def _parameter(iri: str) -> str:
    return quote(iri, safe="")
