"""The ways in: the front page, the list of the things of a kind, and the ontology on one page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Final

from babel.numbers import format_decimal
from pyoxigraph import Literal, NamedNode

from hyteverkko.errors import NotFound
from hyteverkko.labels import Text, best_text, short_iri
from hyteverkko.namespaces import KINDS
from hyteverkko.pages.structured import catalogue_data
from hyteverkko.pages.terms import Shown, shown
from hyteverkko.pages.titles import KIND_TITLES, MODULE_TITLES, TERM_KINDS
from hyteverkko.store.current import Serving, names_by_iri
from hyteverkko.store.datasets import datasets_of
from hyteverkko.store.graph import ReleaseGraph, Row, text_of

FRONT_KINDS: Final = (
    "municipality",
    "network",
    "body",
    "organisation",
    "document",
    "goal",
    "project",
    "model",
    "event",
    "service",
    "post",
    "person",
    "region",
    "county",
    "province",
    "change",
    "source",
)
"""The kinds a reader looks for; the rest are parts of these."""

WAYS: Final = MappingProxyType(
    {
        "municipality": "/municipalities",
        "network": "/networks",
        "body": "/networks",
        "organisation": "/organisations",
        "document": "/plans",
        "project": "/projects",
        "model": "/projects",
        "region": "/regions",
    }
)
"""The kinds that have a list with facets."""

THINGS_PER_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Counted:
    """A way in and how much lies behind it."""

    title: str
    href: str
    count: int


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What is here: datasets, kinds of thing, and the release it comes from."""

    datasets: tuple[tuple[Shown, Text | None], ...]
    kinds: tuple[Counted, ...]
    municipalities: tuple[Shown, ...]
    themes: tuple[tuple[Shown, str], ...]
    release: Shown
    quads: str
    base_url: str
    structured: str


@dataclass(frozen=True, slots=True)
class KindPage:
    """The things of one kind, by name."""

    title: str
    things: tuple[Shown, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the ontology with its definition and what it joins."""

    shown: Shown
    kind: str
    anchor: str
    definition: Text | None
    domains: tuple[Shown, ...]
    ranges: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """The terms of one subject."""

    name: str
    title: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class DefinitionsPage:
    """The ontology: its terms by module, and the concept schemes."""

    modules: tuple[Module, ...]
    schemes: tuple[tuple[Shown, int], ...]


@lru_cache(maxsize=2)
def kind_counts(graph: ReleaseGraph) -> Mapping[str, int]:
    """Count the things of each kind in a release, once: all of them are looked at."""
    rows = graph.rows("kinds")
    return MappingProxyType({text_of(row["kind"]): int(text_of(row["things"])) for row in rows})


def front_page(serving: Serving, language: str, base_url: str) -> FrontPage:
    """Put together the front page."""
    counts = kind_counts(serving.graph)
    release, reader = serving.graph.release, Literal(language)
    return FrontPage(
        datasets=tuple(_datasets(serving, language)),
        kinds=tuple(
            Counted(KIND_TITLES[kind], WAYS.get(kind, f"/doc/{kind}"), counts[kind])
            for kind in FRONT_KINDS
            if kind in counts
        ),
        municipalities=_named(serving.graph.rows("best_known", language=reader), "municipality"),
        themes=tuple(
            (one, f"/networks?theme=theme/{short_iri(one.iri)}")
            for one in _named(serving.graph.rows("themes", language=reader), "theme")
        ),
        release=Shown(Text(str(release.number)), f"/doc/release/{release.id}", release.id),
        quads=format_decimal(release.quads, locale=language),
        base_url=base_url,
        structured=catalogue_data(datasets_of(serving.graph), language, base_url),
    )


def _named(rows: Iterable[Row], variable: str) -> tuple[Shown, ...]:
    """Show the things of rows that hold their name beside them."""
    found = []
    for row in rows:
        name = row.get(f"{variable}Name")
        names = (name,) if isinstance(name, Literal) else ()
        found.append(shown(row[variable], names, ""))
    return tuple(found)


def kind_page(serving: Serving, kind: str, language: str, page: int) -> KindPage:
    """Put together the list of the things of a kind; raise NotFound for an unknown kind."""
    rows = serving.graph.rows("things_of_kind", kind=Literal(kind)) if kind in KINDS else []
    names = names_by_iri(rows, "thing")
    things = {row["thing"] for row in rows}
    found = sorted(
        (
            shown(thing, names.get(thing.value, ()), language)
            for thing in things
            if isinstance(thing, NamedNode)
        ),
        key=lambda one: (one.text.value.casefold(), one.iri),
    )
    pages = -(-len(found) // THINGS_PER_PAGE)
    if not 1 <= page <= pages:
        raise NotFound("Nothing is known under this address.")
    part = found[(page - 1) * THINGS_PER_PAGE : page * THINGS_PER_PAGE]
    return KindPage(KIND_TITLES[kind], tuple(part), page, pages, len(found))


def definitions_page(serving: Serving, language: str) -> DefinitionsPage:
    """Put together the page of the ontology."""
    rows = serving.graph.rows("definitions")
    by_module = groupby(rows, key=lambda row: text_of(row["module"]))
    schemes = serving.graph.rows("schemes")
    titles = names_by_iri(({"term": r["scheme"], "name": r["title"]} for r in schemes), "term")
    counts = {str(r["scheme"])[1:-1]: int(text_of(r["concepts"])) for r in schemes}
    return DefinitionsPage(
        modules=tuple(
            Module(name, MODULE_TITLES[name], tuple(_terms(list(group), serving, language)))
            for name, group in by_module
        ),
        schemes=tuple(
            (shown(NamedNode(iri), names, language), counts[iri]) for iri, names in titles.items()
        ),
    )


def _datasets(serving: Serving, language: str) -> Iterable[tuple[Shown, Text | None]]:
    rows = serving.graph.rows("datasets")
    for dataset, group in groupby(rows, key=lambda row: row["dataset"]):
        held = list(group)
        titles = [row["title"] for row in held if isinstance(row["title"], Literal)]
        texts = [row.get("description") for row in held]
        yield (
            shown(dataset, titles, language),
            best_text([text for text in texts if isinstance(text, Literal)], language),
        )


def _terms(rows: list[Row], serving: Serving, language: str) -> Iterable[Term]:
    for term, group in groupby(sorted(rows, key=_by_term), key=lambda row: row["term"]):
        held = list(group)
        definitions = [row.get("definition") for row in held]
        kind = held[0]["kind"]
        yield Term(
            shown=shown(term, _names(serving, term), language),
            kind=TERM_KINDS[short_iri(kind.value)] if isinstance(kind, NamedNode) else "",
            anchor=short_iri(str(term)[1:-1]),
            definition=best_text([d for d in definitions if isinstance(d, Literal)], language),
            domains=_joined(held, "domain", serving, language),
            ranges=_joined(held, "range", serving, language),
        )


def _by_term(row: Row) -> tuple[str, str]:
    return str(row["kind"]), str(row["term"])


def _joined(rows: list[Row], end: str, serving: Serving, language: str) -> tuple[Shown, ...]:
    terms = {row[end] for row in rows if end in row}
    found = {shown(term, _names(serving, term), language) for term in terms}
    return tuple(sorted(found, key=lambda one: one.text.value.casefold()))


def _names(serving: Serving, term: object) -> tuple[Literal, ...]:
    return serving.names.get(term.value, ()) if isinstance(term, NamedNode) else ()
