"""The sitemap: every page in every language with the time of its last change (sitemaps.org).

The index names files of a bounded size; each is written from a part of the pages, so that none
needs the memory of all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from hyteverkko.addresses import path_of
from hyteverkko.errors import NotFound
from hyteverkko.namespaces import ID
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.store.chronicle import Chronicle

PAGES: Final = 2000
"""Pages in one file, each once in every language: some 3 MiB, where 50 are allowed."""

INDEX: Final = "/sitemap.xml"
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML: Final = "http://www.w3.org/1999/xhtml"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'

WAYS: Final = (
    "/",
    "/municipalities",
    "/networks",
    "/plans",
    "/projects",
    "/regions",
    "/roles",
    "/organisations",
    "/search",
    "/def",
    "/queries",
    "/sparql",
    "/tables",
    "/catalog",
    "/releases",
    "/accessibility",
    "/privacy",
)
"""The pages that are no thing: ways in, lists and statements."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path, and when what it shows last changed; empty where that is not known."""

    path: str
    modified: str


class Sitemap:
    """Gives the pages of the release that is served, put in order once for each release."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._last: tuple[Chronicle, tuple[Page, ...]] | None = None

    def pages(self, chronicle: Chronicle) -> Sequence[Page]:
        """Give all pages: the ways in and the lists first, then every thing by its address."""
        if self._last is None or self._last[0] is not chronicle:
            self._last = (chronicle, (*_ways(chronicle), *_things(chronicle)))
        return self._last[1]


def index(pages: Sequence[Page], base_url: str) -> Iterator[str]:
    """Write the index: each file with the last change of a page in it."""
    yield f'{HEAD}<sitemapindex xmlns="{NAMESPACE}">\n'
    for number, start in enumerate(range(0, len(pages), PAGES), 1):
        latest = max(page.modified for page in pages[start : start + PAGES])
        address = f"{escape(base_url)}/sitemap/{number}.xml"
        yield f"<sitemap><loc>{address}</loc>{_lastmod(latest)}</sitemap>\n"
    yield "</sitemapindex>\n"


def part(pages: Sequence[Page], number: int, base_url: str) -> Iterator[str]:
    """Write one file of the sitemap; raise NotFound for one that the index does not name."""
    held = pages[(number - 1) * PAGES : number * PAGES] if number > 0 else ()
    if not held:
        raise NotFound("Nothing is known under this address.")
    return _written(held, base_url)


def _written(pages: Sequence[Page], base_url: str) -> Iterator[str]:
    yield f'{HEAD}<urlset xmlns="{NAMESPACE}" xmlns:xhtml="{XHTML}">\n'
    for page in pages:
        address = escape(base_url + page.path, {'"': "&quot;"})
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{one}" href="{address}?lang={one}"/>'
            for one in LANGUAGES
        )
        for language in LANGUAGES:
            yield (
                f"<url><loc>{address}?lang={language}</loc>{_lastmod(page.modified)}{others}</url>\n"
            )
    yield "</urlset>\n"


def _lastmod(time: str) -> str:
    return f"<lastmod>{time}</lastmod>" if time else ""


def _ways(chronicle: Chronicle) -> Iterator[Page]:
    for path in WAYS:
        yield Page(path, chronicle.latest)
    latest: dict[str, str] = {}
    for iri, state in chronicle.states.items():
        if iri.startswith(ID) and not state.gone:
            kind = iri.removeprefix(ID).partition("/")[0]
            latest[kind] = max(latest.get(kind, ""), state.modified)
    for kind in sorted(latest):
        yield Page(f"/doc/{kind}", latest[kind])


def _things(chronicle: Chronicle) -> Iterator[Page]:
    for iri in sorted(chronicle.states):
        state, path = chronicle.states[iri], path_of(iri)
        if path is not None and "#" not in path and path != "/def" and not state.gone:
            yield Page(path, state.modified)
