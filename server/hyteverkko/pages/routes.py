"""The addresses of the pages: things, definitions, graphs, and the ways in.

What asks the release is not async, so that it is run in a thread.
"""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from hyteverkko import addresses
from hyteverkko.answers import VARY, alternates_of, graph_answer, language_of, page_answer
from hyteverkko.errors import BadRequest, NotFound
from hyteverkko.formats import HTML, PAGE_FORMATS, by_ending
from hyteverkko.namespaces import GRAPHS
from hyteverkko.pages.documents import (
    Desk,
    PageNumber,
    document_answer,
    graph_data_answer,
    negotiated,
    parted,
)
from hyteverkko.pages.entity import Frame
from hyteverkko.pages.layout import layout_of
from hyteverkko.pages.list_routes import list_routes
from hyteverkko.pages.overview import definitions_page, front_page, kind_page
from hyteverkko.pages.pictures.coverage_routes import pictures_coverage_routes
from hyteverkko.pages.pictures.map_routes import pictures_map_routes
from hyteverkko.pages.pictures.routes import pictures_routes
from hyteverkko.pages.statements import statement_page
from hyteverkko.settings import Settings
from hyteverkko.static_files import TYPES, static_file
from hyteverkko.store.current import CurrentRelease

A_YEAR: Final = "public, max-age=31536000, immutable"
AN_HOUR: Final = "public, max-age=3600"


def page_routes(current: CurrentRelease, settings: Settings) -> APIRouter:
    """Give the routes of the pages over the current release."""
    router = APIRouter(include_in_schema=False)
    frame = Frame(layout_of(settings.root / "shapes"), settings.base_url)
    desk = Desk(current, frame, settings)
    _add_ways_in(router, desk)
    _add_documents(router, desk)
    _add_definitions(router, desk)
    router.include_router(list_routes(desk))
    router.include_router(pictures_map_routes(desk))
    router.include_router(pictures_coverage_routes(desk))
    router.include_router(pictures_routes(desk))
    return router


def _add_ways_in(router: APIRouter, desk: Desk) -> None:
    current = desk.current

    @router.api_route("/", methods=["GET", "HEAD"])
    def front(request: Request) -> Response:
        serving = current.serving()
        page = front_page(serving, language_of(request), desk.frame.base_url)
        return page_answer(request, "front.html", page, release=serving.graph.release.id)

    @router.api_route("/accessibility", methods=["GET", "HEAD"])
    @router.api_route("/privacy", methods=["GET", "HEAD"])
    def statement(request: Request) -> Response:
        template = f"{request.url.path.strip('/')}.html"
        page = statement_page(language_of(request))
        return page_answer(request, template, page, release=current.serving().graph.release.id)

    @router.api_route("/static/{name:path}", methods=["GET", "HEAD"])
    async def static(name: str) -> Response:
        found = static_file(name)
        if found is None:
            raise NotFound("Nothing is known under this address.")
        path, hashed = found
        headers = {"Cache-Control": A_YEAR if hashed else AN_HOUR}
        return FileResponse(path, media_type=TYPES[path.suffix], headers=headers)


def _add_documents(router: APIRouter, desk: Desk) -> None:
    @router.api_route("/id/{path:path}", methods=["GET", "HEAD"])
    async def see_other(request: Request, path: str) -> Response:
        chosen = negotiated(request)
        query = f"?{request.url.query}" if request.url.query else ""
        ending = "" if chosen is HTML else f".{chosen.ending}"
        kind, _, key = path.partition("/")
        target = addresses.path_of(addresses.thing(kind, key).value)
        return RedirectResponse(f"{target}{ending}{query}", 303, {"Vary": VARY})

    @router.api_route("/doc/{kind}", methods=["GET", "HEAD"])
    def things(request: Request, kind: str, number: PageNumber = 1) -> Response:
        serving = desk.current.serving()
        page = kind_page(serving, kind, language_of(request), number)
        return page_answer(request, "kind.html", page, release=serving.graph.release.id)

    @router.api_route("/doc/{kind}/{key:path}", methods=["GET", "HEAD"])
    def document(request: Request, kind: str, key: str, number: PageNumber = 1) -> Response:
        name, ending = parted(key)
        return document_answer(request, desk, addresses.thing(kind, name), ending, number)

    @router.api_route("/graphs", methods=["GET", "HEAD"])
    def named_graph(request: Request) -> Response:
        """Answer for a graph by its IRI (SPARQL 1.1 Graph Store Protocol, section 4.2)."""
        iri = request.query_params.get("graph", "")
        if not iri:
            raise BadRequest(
                "Name a graph: /graphs?graph=IRI. The default graph is the union of all, and is "
                "asked at /sparql; /doc/dataset lists the datasets and their graphs."
            )
        return graph(request, iri.removeprefix(GRAPHS))

    @router.api_route("/graphs/{key:path}", methods=["GET", "HEAD"])
    def graph(request: Request, key: str, number: PageNumber = 1) -> Response:
        name, ending = parted(key)
        node = addresses.graph(name)
        format_ = ending or negotiated(request)
        if format_ is HTML or (ending is not None and ending not in PAGE_FORMATS):
            return document_answer(request, desk, node, format_, number)
        return graph_data_answer(request, desk.current.serving(), name, format_)


def _add_definitions(router: APIRouter, desk: Desk) -> None:
    @router.api_route("/def", methods=["GET", "HEAD"])
    @router.api_route("/def.{ending}", methods=["GET", "HEAD"])
    def ontology(request: Request, ending: str = "") -> Response:
        serving = desk.current.serving()
        format_ = by_ending(ending, PAGE_FORMATS) if ending else negotiated(request)
        links = alternates_of("/def")
        release = serving.graph.release.id
        if format_ is HTML:
            page = definitions_page(serving, language_of(request))
            return page_answer(request, "definitions.html", page, release=release, alternates=links)
        triples = serving.graph.triples("ontology")
        return graph_answer(request, triples, format_, release=release, alternates=links)

    @router.api_route("/def/{key:path}", methods=["GET", "HEAD"])
    def definition(request: Request, key: str, number: PageNumber = 1) -> Response:
        name, ending = parted(key)
        return document_answer(request, desk, addresses.definition(name), ending, number)
