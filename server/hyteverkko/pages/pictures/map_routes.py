"""The addresses of the map: a page, and the same choice as a picture and as its data."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.answers import drawn, page_answer
from hyteverkko.errors import NotFound
from hyteverkko.geography.boundaries import read_boundaries
from hyteverkko.pages.documents import Desk, query_answer
from hyteverkko.pages.pictures.map_page import (
    PATH,
    heading,
    map_choice,
    map_page,
    map_seen,
    map_table,
)
from hyteverkko.pages.pictures.map_picture import Outlines, outlines_of
from hyteverkko.pages.pictures.map_values import terms_of
from hyteverkko.pages.questions import asked
from hyteverkko.pages.taken import OF_A_PICTURE, SVG, file_answer, table_files


def pictures_map_routes(desk: Desk) -> APIRouter:
    """Give the routes of the map; raise BadBoundaries when the boundaries set cannot be used."""
    router = APIRouter(include_in_schema=False)
    file = desk.settings.boundaries
    outlines = outlines_of(read_boundaries(file)) if file else None

    @router.api_route(PATH, methods=["GET", "HEAD"])
    @router.api_route(PATH + ".{ending}", methods=["GET", "HEAD"])
    async def shown_map(request: Request, ending: str = "") -> Response:
        return await run_in_threadpool(_answer, request, desk, outlines, ending)

    return router


def _answer(request: Request, desk: Desk, outlines: Outlines | None, ending: str) -> Response:
    if ending and ending not in OF_A_PICTURE:
        raise NotFound("Nothing is known under this address.")
    reader = desk.reader(request)
    wanted = {name: request.query_params.get(name, "") for name in ("indicator", "form")}
    choice = map_choice(reader, wanted["indicator"], wanted["form"], outlines)
    if ending:
        seen = map_seen(reader, choice, outlines)

        def picture() -> bytes:
            return drawn(
                "_map.html",
                reader.language,
                alone=True,
                picture=seen.picture,
                bands=seen.scale.bands,
                heading=heading(reader, choice),
                at=reader.at,
                root=desk.frame.base_url,
            ).encode()

        files = {**table_files(lambda: map_table(choice, seen, reader.language)), SVG: picture}
        return file_answer(request, reader, "map", ending, files)
    if "query" in request.query_params:
        text = asked(choice.indicator.query, terms_of(choice.indicator, reader))
        return query_answer(text, reader.language)
    page = map_page(reader, choice, outlines, desk.frame.base_url)
    return page_answer(request, "map.html", page, release=reader.serving.graph.release.id)
