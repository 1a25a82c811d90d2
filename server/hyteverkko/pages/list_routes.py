"""The addresses of the lists: a page, and the same choice as CSV, JSON and a workbook."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.answers import VARY, cacheable, page_answer
from hyteverkko.errors import NotFound
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
from hyteverkko.pages.tables import csv_table, json_table, workbook
from hyteverkko.translations import catalogue

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": XLSX,
}


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
        return _table(request, reader, listing, choice, ending)
    if "query" in request.query_params:
        return query_answer(list_query(listing, reader, choice), reader.language)
    page = list_page(listing, reader, choice, desk.frame.base_url, reader.in_words(reader.at))
    release = reader.serving.graph.release.id
    return page_answer(request, "list.html", page, release=release)


def _table(
    request: Request, reader: Reader, listing: Listing, choice: Choice, ending: str
) -> Response:
    if ending not in CONTENT_TYPES:
        raise NotFound("Nothing is known under this address.")
    headers = {
        "Vary": VARY,
        "Content-Language": reader.language,
        "Access-Control-Allow-Origin": "*",
        "Content-Disposition": f'inline; filename="{listing.key}.{ending}"',
    }
    body = _body(reader, listing, choice, ending)
    release = reader.serving.graph.release.id
    return cacheable(request, body, CONTENT_TYPES[ending], release, headers)


def _body(reader: Reader, listing: Listing, choice: Choice, ending: str) -> bytes:
    if ending == "json":
        return json_table(list_objects(listing, reader, choice))
    names, rows = list_table(listing, reader, choice)
    if ending == "csv":
        return csv_table(names, rows)
    translate = catalogue(reader.language).gettext
    headings = {column.key: translate(column.heading) for column in listing.columns}
    numbers = {column.key for column in listing.columns if column.number}
    titles = [headings.get(name.removesuffix("_iri"), name) for name in names]
    heads = [
        f"{title} (IRI)" if name.endswith("_iri") else title
        for name, title in zip(names, titles, strict=True)
    ]
    cells = [
        [
            int(cell) if name in numbers and cell.isdecimal() else cell
            for name, cell in zip(names, row, strict=True)
        ]
        for row in rows
    ]
    return workbook(translate(listing.title), heads, cells)
