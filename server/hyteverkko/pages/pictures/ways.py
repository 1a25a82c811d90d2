"""The ways from the page of a thing to the pictures that show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from hyteverkko.labels import Text
from hyteverkko.namespaces import DEF, ID
from hyteverkko.pages.terms import Shown
from hyteverkko.translations import marked

COMPARE: Final = marked("Compare with…")
TIMELINE: Final = marked("Timeline")
NETWORK: Final = marked("Network")
AREAS: Final = frozenset({"municipality", "region", "province", "county", "county-area"})
NODES: Final = frozenset({"body", "network", "organisation", "unit", "described", "project"})
IN_TIME: Final = AREAS | {"body", "network", "organisation", "project", "model"}
NEIGHBOURS: Final = 4
"""So many of the nearest municipalities are offered to compare with."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The pictures that show a thing, and for a municipality those it can be compared with."""

    pictures: tuple[tuple[str, str], ...] = ()
    compared: tuple[tuple[Text, str], ...] = ()


def ways_to_pictures(kind: str, thing: NamedNode, nearest: Iterable[Shown]) -> Ways:
    """Give the pictures of a thing of a kind; ``nearest`` are the municipalities around it."""
    name = thing.value.removeprefix(ID).removeprefix(f"{DEF}/")
    pictures = []
    if kind == "municipality":
        pictures.append((COMPARE, f"/compare?m={_code(thing.value)}"))
    if kind in IN_TIME:
        pictures.append((TIMELINE, f"/timeline?of={name}"))
    if kind in AREAS:
        pictures.append((NETWORK, f"/network?of={name}"))
    if kind in NODES or kind == "def/office":
        pictures.append((NETWORK, f"/network?around={name}"))
    compared = [
        (one.text, f"/compare?m={_code(thing.value)}&m={_code(one.iri)}") for one in nearest
    ]
    return Ways(tuple(pictures), tuple(compared[:NEIGHBOURS]))


def _code(iri: str) -> str:
    return iri.rpartition("/")[2]
