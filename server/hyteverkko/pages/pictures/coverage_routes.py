"""The addresses of coverage: a page, and the same choice as a picture and as its data."""

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.answers import drawn, page_answer
from hyteverkko.errors import NotFound
from hyteverkko.pages.documents import Desk, query_answer
from hyteverkko.pages.pictures.coverage_page import (
    PATH,
    CoverageChoice,
    chart_of,
    coverage_choice,
    coverage_page,
    coverage_seen,
    coverage_table,
)
from hyteverkko.pages.pictures.map_indicators import TOPIC
from hyteverkko.pages.questions import asked
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.taken import OF_A_PICTURE, SVG, file_answer, table_files


def pictures_coverage_routes(desk: Desk) -> APIRouter:
    """Give the routes of coverage."""
    router = APIRouter(include_in_schema=False)

    @router.api_route(PATH, methods=["GET", "HEAD"])
    @router.api_route(PATH + ".{ending}", methods=["GET", "HEAD"])
    async def coverage(request: Request, ending: str = "") -> Response:
        return await run_in_threadpool(_answer, request, desk, ending)

    return router


def _answer(request: Request, desk: Desk, ending: str) -> Response:
    if ending and ending not in OF_A_PICTURE:
        raise NotFound("Nothing is known under this address.")
    reader = desk.reader(request)
    choice = coverage_choice(request.query_params.multi_items())
    if ending:
        seen = coverage_seen(reader, choice)

        def picture() -> bytes:
            chart = chart_of(reader, seen)
            return drawn("_coverage.html", reader.language, alone=True, chart=chart).encode()

        files = {**table_files(lambda: coverage_table(reader, seen)), SVG: picture}
        return file_answer(request, reader, "coverage", ending, files)
    if "query" in request.query_params:
        coverage_seen(reader, choice)
        return query_answer(_query(reader, choice), reader.language)
    page = coverage_page(reader, choice, desk.frame.base_url)
    return page_answer(request, "coverage.html", page, release=reader.serving.graph.release.id)


def _query(reader: Reader, choice: CoverageChoice) -> str:
    """Give the query behind what is seen; topics are those that are followed, so they are IRIs."""
    nodes = ", ".join(str(NamedNode(TOPIC + one)) for one in sorted(choice.topics))
    return asked("coverage_statements", reader.terms, [f"?topic IN ({nodes})"] if nodes else [])
