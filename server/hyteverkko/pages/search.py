"""Search: the page, the same as data, and suggestions for who is typing.

What answers is not async, so that it is run in a thread.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from hyteverkko.addresses import link_of
from hyteverkko.answers import VARY, cacheable, language_of, page_answer
from hyteverkko.errors import BadRequest, NotFound
from hyteverkko.formats import JSON
from hyteverkko.pages.documents import PageNumber
from hyteverkko.pages.terms import day_text
from hyteverkko.pages.titles import KIND_TITLES
from hyteverkko.store.current import CurrentRelease, Serving
from hyteverkko.store.search import COUNTED, Found, Group, Hit, Marked
from hyteverkko.store.search.asked import LONGEST, MOST_WORDS
from hyteverkko.store.search.opened import Indexes
from hyteverkko.store.search.things import CONCEPT, INDEXED, OFFICE, TERM
from hyteverkko.translations import catalogue, marked

PER_GROUP: Final = 5
PER_PAGE: Final = 20
SUGGESTED: Final = 10

UNTIL: Final = marked("until {day}")

TITLES: Final = {
    **KIND_TITLES,
    OFFICE: marked("Offices"),
    CONCEPT: marked("Concepts"),
    TERM: marked("Terms of the ontology"),
}


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A thing on the page of what was found."""

    hit: Hit
    href: str
    until: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """The things of one kind on the page, and the address of all of them."""

    title: str
    kind: str
    count: str
    href: str
    is_chosen: bool
    hits: tuple[ShownHit, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was asked for, what was found, and what there is to say about it."""

    text: str
    kind: str
    notes: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    groups: tuple[ShownGroup, ...]
    everything: str
    page: int
    previous: str
    next: str
    data: str

    @property
    def shown(self) -> tuple[ShownGroup, ...]:
        """Give the groups of which things are shown."""
        return tuple(group for group in self.groups if group.hits)


def search_routes(current: CurrentRelease) -> APIRouter:
    """Give the routes of search over the current release."""
    router = APIRouter(include_in_schema=False)
    indexes = Indexes()

    def found_in(request: Request, number: int) -> tuple[Serving, str, str, Found | None]:
        text, kind = request.query_params.get("q", ""), request.query_params.get("kind", "")
        if kind and kind not in INDEXED:
            raise BadRequest(
                "There is no kind of thing called '{kind}'. There are: {kinds}.",
                kind=kind[:LONGEST],
                kinds=", ".join(INDEXED),
            )
        serving = current.serving()
        index = indexes.of(serving)
        if not text.strip():
            return serving, "", kind, None
        kinds, limit = ((kind,), PER_PAGE) if kind else ((), PER_GROUP)
        offset = (number - 1) * PER_PAGE
        if offset >= COUNTED or (offset and not kind):
            raise NotFound("Nothing is known under this address.")
        language = language_of(request)
        found = index.find(text, language, kinds, limit, offset)
        if offset and not any(group.hits for group in found.groups):
            raise NotFound("Nothing is known under this address.")
        return serving, text, kind, found

    @router.api_route("/search", methods=["GET", "HEAD"])
    def search(request: Request, number: PageNumber = 1) -> Response:
        serving, _, kind, found = found_in(request, number)
        page = search_page(found, kind, language_of(request), number)
        # The data is linked in the page only: a reader's text does not go into a header.
        return page_answer(request, "search.html", page, release=serving.graph.release.id)

    @router.api_route("/search.json", methods=["GET", "HEAD"])
    def search_data(request: Request, number: PageNumber = 1) -> Response:
        serving, _, kind, found = found_in(request, number)
        data = found_data(found, kind, language_of(request), number)
        return _json_answer(request, serving, data)

    @router.api_route("/suggest", methods=["GET", "HEAD"])
    def suggest(request: Request) -> Response:
        serving, language = current.serving(), language_of(request)
        index = indexes.of(serving)
        text = request.query_params.get("q", "")
        hits = index.suggest(text, language, SUGGESTED)
        data = {"text": text[:LONGEST], "suggestions": list(_suggestions(hits, language))}
        return _json_answer(request, serving, data)

    return router


def search_page(found: Found | None, kind: str, language: str, number: int) -> SearchPage:
    """Put together the page of what was found; None is a page on which nothing was asked."""
    if found is None:
        return SearchPage("", kind, (), (), (), "", 1, "", "", "")
    text = found.asked.text

    def address(**more: str | int) -> str:
        return "/search?" + urlencode({"q": text, **more, "lang": language})

    groups = tuple(
        ShownGroup(
            title=TITLES[group.kind],
            kind=group.kind,
            count=_count(group, language),
            href=address(kind=group.kind),
            is_chosen=group.kind == kind,
            hits=tuple(_shown(hit, language) for hit in group.hits),
            is_whole=bool(kind) or len(group.hits) == group.count,
        )
        for group in found.groups
    )
    chosen = next((group for group in found.groups if group.kind == kind), None)
    has_next = chosen is not None and number * PER_PAGE < chosen.count
    return SearchPage(
        text=text,
        kind=kind,
        notes=tuple(_notes(found, kind, catalogue(language).gettext)),
        others=tuple(
            (other, "/search?" + urlencode({"q": other, "lang": language}))
            for other in found.others
        ),
        groups=groups,
        everything=address(),
        page=number,
        previous=address(kind=kind, page=number - 1) if number > 1 else "",
        next=address(kind=kind, page=number + 1) if has_next else "",
        data=address(kind=kind, page=number).replace("/search?", "/search.json?", 1),
    )


def found_data(found: Found | None, kind: str, language: str, number: int) -> dict[str, Any]:
    """Give what was found as data; ``more`` says that a count is only the least there is."""
    if found is None:
        return {"text": "", "groups": []}
    translate = catalogue(language).gettext
    return {
        "text": found.asked.text,
        "cut": found.asked.cut,
        "instead": [{"word": word, "closest": closest} for word, closest in found.instead],
        "without": list(found.without),
        "others": list(found.others),
        "page": number,
        "groups": [
            {
                "kind": group.kind,
                "title": translate(TITLES[group.kind]),
                "count": group.count,
                "more": group.more,
                "hits": [_hit_data(hit, language) for hit in group.hits],
            }
            for group in found.groups
            if not kind or group.kind == kind
        ],
    }


def _notes(found: Found, kind: str, translate: Callable[[str], str]) -> Iterator[str]:
    """Say what a reader should know of how it was searched."""
    if found.asked.cut:
        text = translate(
            "The text is longer than what is searched: only its first {words} words, "
            "up to {letters} characters, were searched for."
        )
        yield text.format(words=MOST_WORDS, letters=LONGEST)
    for word, closest in found.instead:
        text = translate("Nothing was found with “{word}”. Shown is the closest: “{closest}”.")
        yield text.format(word=word, closest=closest)
    if found.without:
        text = translate("Nothing has all the words. Left out: {words}.")
        yield text.format(words=", ".join(found.without))
    if not found.asked.words:
        yield translate("There is no word in the text to search for.")
    elif not found.groups:
        yield translate("Nothing was found, not even close.")
    elif kind and not any(group.kind == kind for group in found.groups):
        yield translate("Nothing of this kind was found.")


def _count(group: Group, language: str) -> str:
    translate = catalogue(language).gettext
    return translate("over {count}").format(count=group.count) if group.more else str(group.count)


def _shown(hit: Hit, language: str) -> ShownHit:
    return ShownHit(hit, _href(hit, language), _until(hit, language))


def _until(hit: Hit, language: str) -> str:
    if not hit.ends:
        return ""
    day = day_text(hit.ends, language)
    return day if hit.starts == hit.ends else catalogue(language).gettext(UNTIL).format(day=day)


def _href(hit: Hit, language: str) -> str:
    path, mark, fragment = (link_of(hit.iri) or "").partition("#")
    return f"{path}?lang={language}{mark}{fragment}"


def _hit_data(hit: Hit, language: str) -> dict[str, Any]:
    return {
        "iri": hit.iri,
        "href": _href(hit, language),
        "name": _text(hit.name),
        "also": _text(hit.also) if hit.also else None,
        "text": _text(hit.text) if hit.text else None,
        "places": [_text(place) for place in hit.places],
        "starts": hit.starts or None,
        "ends": hit.ends or None,
    }


def _text(text: Marked) -> dict[str, Any]:
    """Give a text with its language; every second of its pieces is what was found."""
    return {"value": text.value, "language": text.language, "pieces": list(text.pieces)}


def _suggestions(hits: tuple[Hit, ...], language: str) -> Iterator[dict[str, Any]]:
    translate = catalogue(language).gettext
    for hit in hits:
        yield {
            "href": _href(hit, language),
            "kind": translate(TITLES[hit.kind]),
            "name": _text(hit.name),
            "also": _text(hit.also) if hit.also else None,
            "places": [_text(place) for place in hit.places[:1]],
        }


def _json_answer(request: Request, serving: Serving, data: dict[str, Any]) -> Response:
    body = JSONResponse(data).body
    headers = {
        "Vary": VARY,
        "Content-Language": language_of(request),
        "Access-Control-Allow-Origin": "*",
    }
    return cacheable(request, bytes(body), JSON.content_type, serving.graph.release.id, headers)
