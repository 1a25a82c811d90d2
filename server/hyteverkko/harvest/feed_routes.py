"""The addresses of the change feed.

What answers is not async, so that it is run in a thread: what has been is read from files.
"""

import re
from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter, Request
from pyoxigraph import Quad, RdfFormat, serialize
from starlette.responses import RedirectResponse, Response

from hyteverkko.answers import cacheable, graph_answer, http_date, site_of
from hyteverkko.errors import NotFound
from hyteverkko.formats import GRAPH_FORMATS, HTML, JSON_LD, N_QUADS, TRIG, TURTLE, Format
from hyteverkko.harvest.feed import PATH, Feed, in_default_graph, shape_triples
from hyteverkko.harvest.numbers import NUMBER
from hyteverkko.namespaces import PREFIXES
from hyteverkko.negotiation import offered_format
from hyteverkko.store.chronicle import Chronicles
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.objects import checksum_of

FORMATS: Final = (TRIG, N_QUADS, JSON_LD)
"""Formats that can hold the members' own graphs, the preferred one first."""

MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
FOR_A_WEEK: Final = "public, max-age=604800, immutable"


def feed_routes(current: CurrentRelease, chronicles: Chronicles) -> APIRouter:
    """Give the routes of the feed up to the current release."""
    router = APIRouter(include_in_schema=False)

    def feed(request: Request) -> Feed:
        chronicle = chronicles.of(current.serving().graph.release)
        return Feed(chronicles.home, site_of(request).base_url, chronicle.brought)

    def answer(request: Request, quads: Iterable[Quad], closed: str = "") -> Response:
        """Answer with a node of the feed; one that is ``closed``, at that time, never changes."""
        format_ = _format(request)
        release = current.serving().graph.release.id
        body = _written(quads, format_)
        headers = {"Vary": "Accept", "Access-Control-Allow-Origin": "*"}
        tag = checksum_of(body)[:16] if closed else ""
        response = cacheable(request, body, format_.content_type, release, headers, tag)
        if closed:
            response.headers["Cache-Control"] = FOR_A_WEEK
            response.headers["Last-Modified"] = http_date(closed)
        return response

    @router.api_route(PATH, methods=["GET", "HEAD"])
    def root(request: Request) -> Response:
        return answer(request, in_default_graph(feed(request).root_triples()))

    @router.api_route(f"{PATH}/shape", methods=["GET", "HEAD"])
    def shape(request: Request) -> Response:
        accepted = request.headers.get("accept")
        format_ = offered_format(accepted, (*GRAPH_FORMATS, HTML), GRAPH_FORMATS)
        triples = shape_triples(site_of(request).base_url)
        release = current.serving().graph.release.id
        chosen = TURTLE if format_ is HTML else format_
        return graph_answer(request, triples, chosen, release=release)

    @router.api_route(f"{PATH}/{{month}}", methods=["GET", "HEAD"])
    def month(request: Request, month: str) -> Response:
        if MONTH.fullmatch(month) is None:
            raise NotFound("Nothing is known under this address.")
        return answer(request, in_default_graph(feed(request).month_triples(month)))

    @router.api_route(f"{PATH}/{{number:{NUMBER}}}/{{page:{NUMBER}}}", methods=["GET", "HEAD"])
    def page(request: Request, number: int, page: int) -> Response:
        held = feed(request)
        return answer(request, held.page_quads(number, page), held.time_of(number))

    @router.api_route(
        f"/id/version/{{number:{NUMBER}}}/{{place:{NUMBER}}}", methods=["GET", "HEAD"]
    )
    def version(request: Request, number: int, place: int) -> Response:
        return RedirectResponse(feed(request).page_with(number, place), 303)

    return router


def _written(quads: Iterable[Quad], format_: Format) -> bytes:
    if not isinstance(format_.engine, RdfFormat):
        raise TypeError(f"not a graph format: {format_.name}")
    ordered = sorted(quads, key=lambda quad: (str(quad.graph_name), str(quad)))
    prefixes = {name: PREFIXES[name] for name in ("as", "ldes", "tree", "xsd")}
    body = serialize(ordered, format=format_.engine, prefixes=prefixes)
    return body or b""


def _format(request: Request) -> Format:
    chosen = offered_format(request.headers.get("accept"), (*FORMATS, HTML), FORMATS)
    return TRIG if chosen is HTML else chosen
