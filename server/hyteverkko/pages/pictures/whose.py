"""Whose a picture is: a municipality, an area with its municipalities of a day, another owner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.answers import kept
from hyteverkko.errors import NotFound
from hyteverkko.pages.entity import kind_of
from hyteverkko.pages.lists import compact, nodes_of
from hyteverkko.pages.reading import DAY, Reader
from hyteverkko.pages.terms import Shown, by_name, shown
from hyteverkko.store.graph import ReleaseGraph
from hyteverkko.translations import marked

HEADINGS: Final = MappingProxyType(
    {
        "region": marked("Regions"),
        "county-area": marked("Wellbeing services counties"),
        "province": marked("Provinces"),
        "municipality": marked("Municipalities"),
        "": marked("Others"),
    }
)
"""The groups of the choice, in order; what is no area and no municipality stands last."""


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas on a day: what each is called, and the municipalities in it."""

    names: tuple[Shown, ...]
    within: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Option:
    """One that can be chosen, by its value in an address."""

    value: str
    shown: Shown
    chosen: bool


@dataclass(frozen=True, slots=True)
class Options:
    """Those that can be chosen under one heading."""

    heading: str
    options: tuple[Option, ...]


def named(value: str, reader: Reader) -> Shown:
    """Give the thing that an address names by its kind and key; raise NotFound for none."""
    nodes = nodes_of(value)
    names = [row["name"] for node in nodes for row in reader.rows("names", thing=node)]
    if not names or value.startswith("person/"):
        raise NotFound("Nothing is called {name} here.", name=value[:80])
    node = nodes[0]
    return reader.shown(node, [name for name in names if isinstance(name, Literal)])


def within(iri: str, reader: Reader) -> frozenset[str]:
    """Give a thing and, where it is an area, the municipalities that are in it on the day."""
    areas = _areas(reader.serving.graph, reader.language, reader.day)
    return areas.within.get(iri, frozenset()) | {iri}


def options_of(held: Iterable[Shown], chosen: Shown | None, reader: Reader) -> tuple[Options, ...]:
    """Give those that can be chosen: the ones a picture has, and the areas they are in."""
    owners = {one.iri: one for one in held if one.iri}
    if chosen:
        owners[chosen.iri] = chosen
    areas = _areas(reader.serving.graph, reader.language, reader.day)
    found = {one.iri: one for one in areas.names if areas.within[one.iri] & set(owners)} | owners
    groups: dict[str, list[Shown]] = {heading: [] for heading in HEADINGS}
    for iri, one in found.items():
        kind = kind_of(NamedNode(iri))
        groups[kind if kind in HEADINGS else ""].append(one)
    return tuple(
        Options(
            HEADINGS[kind],
            tuple(
                Option(compact(one.iri), one, chosen is not None and one.iri == chosen.iri)
                for one in sorted(ones, key=by_name)
            ),
        )
        for kind, ones in groups.items()
        if ones
    )


@lru_cache(maxsize=12)
def _areas(graph: ReleaseGraph, language: str, day: str) -> Areas:
    """Read the areas of a day: every picture that is narrowed needs them."""
    rows = graph.rows(
        "municipality_areas_on", language=Literal(language), day=Literal(day, datatype=DAY)
    )
    names: dict[str, Shown] = {}
    inside: dict[str, set[str]] = {}
    for row in rows:
        area, municipality, name = row["area"], row["municipality"], row["areaName"]
        if not (isinstance(area, NamedNode) and isinstance(municipality, NamedNode)):
            continue
        names[area.value] = shown(area, [name] if isinstance(name, Literal) else (), language)
        for one in (area, row.get("county")):
            if isinstance(one, NamedNode):
                inside.setdefault(one.value, set()).add(municipality.value)
    return Areas(
        tuple(names.values()),
        MappingProxyType({iri: frozenset(held) for iri, held in inside.items()}),
    )


def with_day(href: str, reader: Reader) -> str:
    """Give a path of ours with the reader's language and day; a whole address as it is."""
    return href if "lang=" in href else kept(href, reader.language, reader.at)
