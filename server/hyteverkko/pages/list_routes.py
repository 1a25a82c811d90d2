"""The addresses of the lists: a page, and the same choice as CSV, JSON and a workbook."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.answers import page_answer
from hyteverkko.pages.catalogue import LISTINGS, Listing
from hyteverkko.pages.documents import Desk, query_answer
from hyteverkko.pages.lists import (
    Choice,
    chosen_by,
    list_objects,
    list_page,
    list_query,
    list_table,
)
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.tables import json_table
from hyteverkko.pages.taken import Files, file_answer, table_files


def list_routes(desk: Desk) -> APIRouter:
    """Give the routes of the lists."""
    router = APIRouter(include_in_schema=False)
    for listing in LISTINGS.values():
        _add_list(router, desk, listing)
    return router


def _add_list(router: APIRouter, desk: Desk, listing: Listing) -> None:
    @router.api_route(listing.path, methods=["GET", "HEAD"])
    @router.api_route(listing.path + ".{ending}", methods=["GET", "HEAD"])
    async def listed(request: Request, ending: str = "") -> Response:
        return await run_in_threadpool(_answer, request, desk, listing, ending)


def _answer(request: Request, desk: Desk, listing: Listing, ending: str) -> Response:
    reader = desk.reader(request)
    parameters = request.query_params.multi_items()
    choice = chosen_by(listing, parameters, dated=bool(reader.at))
    if ending:
        return file_answer(request, reader, listing.key, ending, _files(listing, reader, choice))
    if "query" in request.query_params:
        return query_answer(list_query(listing, reader, choice), reader.language)
    page = list_page(listing, reader, choice, desk.frame.base_url, reader.in_words(reader.at))
    release = reader.serving.graph.release.id
    return page_answer(request, "list.html", page, release=release)


def _files(listing: Listing, reader: Reader, choice: Choice) -> Files:
    return {
        **table_files(lambda: list_table(listing, reader, choice)),
        "json": lambda: json_table(list_objects(listing, reader, choice)),
    }
