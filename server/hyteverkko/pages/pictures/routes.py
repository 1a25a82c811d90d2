"""The addresses of the pictures: a page, and the same choice as a drawing, tables and a graph."""

from itertools import islice
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from hyteverkko.answers import VARY, page_answer
from hyteverkko.errors import BadRequest
from hyteverkko.pages.documents import Desk, query_answer
from hyteverkko.pages.pictures import compare, network, timeline
from hyteverkko.pages.pictures.compare_drawing import comparison_drawing
from hyteverkko.pages.pictures.network_drawing import network_drawing
from hyteverkko.pages.pictures.network_graphml import graphml
from hyteverkko.pages.pictures.shapes import Svg, svg_file
from hyteverkko.pages.pictures.timeline_drawing import timeline_drawing
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.taken import SVG, file_answer, table_files
from hyteverkko.pages.terms import Shown
from hyteverkko.store.search.opened import Indexes

MUNICIPALITY: Final = "municipality"
FOUND: Final = 10
"""Municipalities that are offered for a name."""

CONSIDERED: Final = 60
"""Things whose names begin so among which municipalities are looked for."""


def pictures_routes(desk: Desk) -> APIRouter:
    """Give the routes of the network, the timeline and the comparison."""
    router = APIRouter(include_in_schema=False)
    _add_comparison(router, desk)
    _add_timeline(router, desk)
    _add_network(router, desk)
    return router


def _add_comparison(router: APIRouter, desk: Desk) -> None:
    indexes = Indexes()

    @router.api_route("/compare", methods=["GET", "HEAD"])
    @router.api_route("/compare.{ending}", methods=["GET", "HEAD"])
    async def compared(request: Request, ending: str = "") -> Response:
        return await run_in_threadpool(_compared, request, desk, indexes, ending)


def _compared(request: Request, desk: Desk, indexes: Indexes, ending: str) -> Response:
    reader, base_url = desk.reader(request), desk.frame.base_url
    choice = compare.chosen_by(request.query_params.multi_items())
    if ending:
        return _comparison_file(request, reader, choice, base_url, ending)
    found: tuple[Shown, ...] = ()
    if choice.words and len(choice.codes) < compare.MOST:
        found, sure = _found(reader, choice, indexes)
        if sure:
            return RedirectResponse(found[0].href or compare.PATH, 303, {"Vary": VARY})
    comparison, drawn = None, Svg("")
    if len(choice.codes) >= compare.FEWEST:
        comparison = compare.comparison_of(choice, reader, base_url)
        drawn = comparison_drawing(comparison, reader)
    page = compare.compare_page(choice, reader, base_url, found, drawn, comparison)
    return page_answer(request, "compare.html", page, release=_release(reader))


def _comparison_file(
    request: Request, reader: Reader, choice: compare.Choice, base_url: str, ending: str
) -> Response:
    if len(choice.codes) < compare.FEWEST:
        raise BadRequest(
            "Name two to five municipalities by their codes, such as /compare.csv?m=284&m=297."
        )
    comparison = compare.comparison_of(choice, reader, base_url)
    shown = compare.narrowed(comparison, choice)
    files = {
        **table_files(lambda: compare.comparison_table(shown, reader)),
        SVG: lambda: svg_file(comparison_drawing(comparison, reader), base_url),
    }
    return file_answer(request, reader, f"compare-{'-'.join(choice.codes)}", ending, files)


def _found(
    reader: Reader, choice: compare.Choice, indexes: Indexes
) -> tuple[tuple[Shown, ...], bool]:
    """Find municipalities by a name or its beginning; say whether it can be one alone."""
    index = indexes.of(reader.serving)
    found = index.find(choice.words, reader.language, (MUNICIPALITY,), FOUND)
    hits = [hit for group in found.groups for hit in group.hits]
    hits += index.suggest(choice.words, reader.language, CONSIDERED)
    municipalities = dict.fromkeys(hit.iri for hit in hits if hit.kind == MUNICIPALITY)
    offered = compare.offered(islice(municipalities, FOUND), choice, reader)
    changed = found.instead or found.without
    return offered, len(offered) == len(municipalities) == 1 and not changed


def _add_timeline(router: APIRouter, desk: Desk) -> None:
    @router.api_route("/timeline", methods=["GET", "HEAD"])
    @router.api_route("/timeline.{ending}", methods=["GET", "HEAD"])
    async def in_time(request: Request, ending: str = "") -> Response:
        return await run_in_threadpool(_in_time, request, desk, ending)


def _in_time(request: Request, desk: Desk, ending: str) -> Response:
    reader, base_url = desk.reader(request), desk.frame.base_url
    choice = timeline.chosen_by(request.query_params.multi_items())
    if "query" in request.query_params:
        return query_answer(timeline.timeline_query(choice, reader), reader.language)
    items = timeline.items_of(choice, reader)
    ordered = timeline.in_order(items, choice)
    lines = timeline.part_of(timeline.lines_of(ordered, choice, reader), choice)
    if ending:
        files = {
            **table_files(lambda: timeline.timeline_table(ordered, reader)),
            SVG: lambda: svg_file(timeline_drawing(lines, choice, reader), base_url),
        }
        return file_answer(request, reader, "timeline", ending, files)
    drawn = timeline_drawing(lines, choice, reader)
    page = timeline.timeline_page(choice, reader, base_url, items, drawn)
    return page_answer(request, "timeline.html", page, release=_release(reader))


def _add_network(router: APIRouter, desk: Desk) -> None:
    @router.api_route("/network", methods=["GET", "HEAD"])
    @router.api_route("/network.{ending}", methods=["GET", "HEAD"])
    async def connected(request: Request, ending: str = "") -> Response:
        return await run_in_threadpool(_connected, request, desk, ending)


def _connected(request: Request, desk: Desk, ending: str) -> Response:
    reader, base_url = desk.reader(request), desk.frame.base_url
    choice = network.chosen_by(request.query_params.multi_items())
    if "query" in request.query_params:
        return query_answer(network.network_query(reader), reader.language)
    whole = network.whole_network(reader)
    part = network.narrowed(whole, choice, reader)
    if ending:
        files = {
            **table_files(lambda: network.edge_table(part, reader)),
            SVG: lambda: svg_file(network_drawing(part, choice, reader)[1], base_url),
            "json": lambda: network.network_json(part, reader),
            "graphml": lambda: graphml(part),
        }
        return file_answer(request, reader, "network", ending, files)
    drawn = network_drawing(part, choice, reader)
    page = network.network_page(choice, reader, base_url, whole, part, drawn)
    return page_answer(request, "network.html", page, release=_release(reader))


def _release(reader: Reader) -> str:
    return reader.serving.graph.release.id
