"""Search by name: what has the words in a name, a former name, a spelling or a code."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.namespaces import ID
from hyteverkko.pages.terms import Shown, shown
from hyteverkko.pages.titles import KIND_TITLES
from hyteverkko.store.current import Serving, names_by_iri
from hyteverkko.store.graph import Row
from hyteverkko.translations import marked

LONGEST: Final = 200
"""A longer text is searched by its beginning."""

MOST: Final = 200
CONCEPTS: Final = marked("Concepts")


@dataclass(frozen=True, slots=True)
class Hits:
    """The things of one kind that were found."""

    title: str
    things: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was asked for and what was found; ``total`` counts what is not shown too."""

    words: str
    hits: tuple[Hits, ...]
    total: int


def search_page(serving: Serving, text: str, language: str) -> SearchPage:
    """Find the things with the words in a name; the whole name comes first, then its beginning."""
    words = " ".join("".join(c for c in text[:LONGEST] if c.isprintable()).split())
    if not words:
        return SearchPage("", (), 0)
    rows = serving.graph.rows("search", words=Literal(words.casefold()))
    names = names_by_iri(rows, "thing")
    ranks = _ranks(rows, words.casefold())
    found = sorted(ranks, key=lambda iri: (ranks[iri], iri))[:MOST]
    things = [(_kind(iri), shown(NamedNode(iri), names.get(iri, ()), language)) for iri in found]
    order = list(dict.fromkeys(kind for kind, _ in things))
    things.sort(key=lambda pair: order.index(pair[0]))
    hits = tuple(
        Hits(KIND_TITLES.get(kind, CONCEPTS), tuple(one for _, one in group))
        for kind, group in groupby(things, key=lambda pair: pair[0])
    )
    return SearchPage(words, hits, len(ranks))


def _ranks(rows: list[Row], words: str) -> dict[str, int]:
    """Rank each thing by its best name: 0 the whole of it, 1 its beginning, 2 anywhere."""
    ranks: dict[str, int] = {}
    for row in rows:
        thing, found = row["thing"], row["found"]
        if isinstance(thing, NamedNode) and isinstance(found, Literal):
            name = found.value.casefold()
            rank = 0 if name == words else 1 if name.startswith(words) else 2
            ranks[thing.value] = min(rank, ranks.get(thing.value, rank))
    return ranks


def _kind(iri: str) -> str:
    return iri.removeprefix(ID).partition("/")[0] if iri.startswith(ID) else ""
