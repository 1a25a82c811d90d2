"""The addresses of the pages: things, definitions, graphs, and the ways in."""

from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pyoxigraph import NamedNode, Triple
from starlette.responses import FileResponse, RedirectResponse, Response

from hyteverkko import addresses
from hyteverkko.answers import (
    VARY,
    alternates_of,
    graph_answer,
    language_of,
    page_answer,
    split_ending,
)
from hyteverkko.errors import NotAcceptable, NotFound
from hyteverkko.formats import HTML, PAGE_FORMATS, Format
from hyteverkko.negotiation import best_format
from hyteverkko.pages.entity import entity_page, refuse_withdrawn
from hyteverkko.pages.overview import definitions_page, front_page, kind_page
from hyteverkko.store.current import CurrentRelease, Serving

STATIC: Final = Path(__file__).parents[1] / "static"
STATIC_FILES: Final = {
    str(path.relative_to(STATIC)): path for path in sorted(STATIC.rglob("*")) if path.is_file()
}
"""What is served from static/: no other name reaches the file system."""

STATIC_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}

PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000)]


def page_routes(current: CurrentRelease) -> APIRouter:
    """Give the routes of the pages over the current release."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    async def front(request: Request) -> Response:
        serving = current.serving()
        page = front_page(serving, language_of(request))
        return page_answer(request, "front.html", page, release=serving.graph.release.id)

    @router.api_route("/id/{path:path}", methods=["GET", "HEAD"])
    async def see_other(request: Request, path: str) -> Response:
        chosen = _negotiated(request)
        query = f"?{request.url.query}" if request.url.query else ""
        ending = "" if chosen is HTML else f".{chosen.ending}"
        kind, _, key = path.partition("/")
        target = addresses.path_of(addresses.thing(kind, key).value)
        return RedirectResponse(f"{target}{ending}{query}", 303, {"Vary": VARY})

    @router.api_route("/doc/{kind}", methods=["GET", "HEAD"])
    async def things(request: Request, kind: str, number: PageNumber = 1) -> Response:
        serving = current.serving()
        page = kind_page(serving, kind, language_of(request), number)
        return page_answer(request, "kind.html", page, release=serving.graph.release.id)

    @router.api_route("/doc/{kind}/{key:path}", methods=["GET", "HEAD"])
    async def document(request: Request, kind: str, key: str, number: PageNumber = 1) -> Response:
        name, ending = split_ending(key)
        thing = addresses.thing(kind, name)
        return _document(request, current.serving(), thing, ending, number)

    @router.api_route("/def", methods=["GET", "HEAD"])
    @router.api_route("/def.{ending}", methods=["GET", "HEAD"])
    async def ontology(request: Request, ending: str = "") -> Response:
        serving = current.serving()
        format_ = _by_ending(ending) if ending else _negotiated(request)
        links = alternates_of("/def")
        release = serving.graph.release.id
        if format_ is HTML:
            page = definitions_page(serving, language_of(request))
            return page_answer(request, "definitions.html", page, release=release, alternates=links)
        triples = serving.graph.triples("ontology")
        return graph_answer(request, triples, format_, release=release, alternates=links)

    @router.api_route("/def/{key:path}", methods=["GET", "HEAD"])
    async def definition(request: Request, key: str, number: PageNumber = 1) -> Response:
        name, ending = split_ending(key)
        return _document(request, current.serving(), addresses.definition(name), ending, number)

    @router.api_route("/graphs/{key:path}", methods=["GET", "HEAD"])
    async def graph(request: Request, key: str, number: PageNumber = 1) -> Response:
        name, ending = split_ending(key)
        serving, node = current.serving(), addresses.graph(name)
        format_ = ending or _negotiated(request)
        if format_ is HTML:
            return _document(request, serving, node, HTML, number)
        triples = serving.graph.triples("graph", graph=node)
        return _graph(request, serving, node, triples, format_)

    @router.api_route("/static/{name:path}", methods=["GET", "HEAD"])
    async def static(name: str) -> Response:
        path = STATIC_FILES.get(name)
        if path is None:
            raise NotFound("Nothing is known under this address.")
        return FileResponse(
            path,
            media_type=STATIC_TYPES[path.suffix],
            headers={"Cache-Control": "public, max-age=3600"},
        )

    return router


def _document(
    request: Request, serving: Serving, thing: NamedNode, ending: Format | None, number: int
) -> Response:
    format_ = ending or _negotiated(request)
    if format_ is HTML:
        page = entity_page(serving, thing, language_of(request), number)
        links = alternates_of(_path(thing))
        release = serving.graph.release.id
        return page_answer(request, "entity.html", page, release=release, alternates=links)
    refuse_withdrawn(serving, thing)
    triples = serving.graph.triples("describe", thing=thing)
    return _graph(request, serving, thing, triples, format_)


def _graph(
    request: Request, serving: Serving, thing: NamedNode, triples: list[Triple], format_: Format
) -> Response:
    if not triples:
        raise NotFound("Nothing is known under this address.")
    links = alternates_of(_path(thing))
    release = serving.graph.release.id
    return graph_answer(request, triples, format_, release=release, alternates=links)


def _path(thing: NamedNode) -> str:
    path = addresses.path_of(thing.value)
    if path is None:
        raise NotFound("Nothing is known under this address.")
    return path


def _negotiated(request: Request) -> Format:
    chosen = best_format(request.headers.get("accept"), PAGE_FORMATS)
    if chosen is None:
        raise NotAcceptable(
            "None of the formats asked for is offered. There are: {formats}.",
            formats=", ".join(format_.media_type for format_ in PAGE_FORMATS),
        )
    return chosen


def _by_ending(ending: str) -> Format:
    chosen = next((one for one in PAGE_FORMATS if one.ending == ending), None)
    if chosen is None:
        raise NotFound("Nothing is known under this address.")
    return chosen
