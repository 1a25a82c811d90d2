"""The addresses of reconciliation, each answered from the release being served."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from hyteverkko.addresses import link_of
from hyteverkko.answers import VARY, cacheable, kept, language_of, page_answer
from hyteverkko.errors import BadRequest, Busy, NotFound, TimedOut
from hyteverkko.harvest.reconcile.about import about_page
from hyteverkko.harvest.reconcile.entities import DEFAULT_TYPES, thing_of
from hyteverkko.harvest.reconcile.extending import extended
from hyteverkko.harvest.reconcile.manifest import PATH, manifest
from hyteverkko.harvest.reconcile.matching import Matcher
from hyteverkko.harvest.reconcile.preview import FRAMED, preview_page
from hyteverkko.harvest.reconcile.reading import (
    MOST_PROPERTIES,
    Parameters,
    callback_of,
    known_type,
    parameters_of,
    read_batch,
    read_extension,
    whole_number,
)
from hyteverkko.harvest.reconcile.suggesting import (
    MOST,
    proposed_properties,
    suggested_properties,
    suggested_things,
    suggested_types,
)
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.settings import Settings
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.search.opened import Indexes

JSON: Final = "application/json"
JAVASCRIPT: Final = "text/javascript; charset=utf-8"
LINE_ENDS: Final = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What JSON may hold and a script of old may not."""

BATCH_SECONDS: Final = 10.0
"""Seconds a batch may take."""

AT_ONCE: Final = 2
"""Batches that are worked out at once, so that pages are not kept waiting by them."""

WAIT_SECONDS: Final = 10.0
"""Seconds a batch waits for its turn."""

PREFLIGHT: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type",
    "Access-Control-Max-Age": "86400",
}


def reconcile_routes(current: CurrentRelease, settings: Settings) -> APIRouter:
    """Give the routes of reconciliation over the current release."""
    router = APIRouter(include_in_schema=False)
    indexes, turns = Indexes(), asyncio.Semaphore(AT_ONCE)

    def matcher(language: str) -> Matcher:
        serving = current.serving()
        return Matcher(serving, indexes.of(serving), language, settings.today.isoformat())

    async def in_turn(
        work: Callable[[Matcher, Parameters], dict[str, Any]], asking: Matcher, asked: Parameters
    ) -> dict[str, Any]:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await turns.acquire()
        except TimeoutError:
            raise Busy(
                "Many tables are being matched at the moment. Ask again in a few seconds."
            ) from None
        try:
            return await run_in_threadpool(work, asking, asked)
        finally:
            turns.release()

    def suggested(
        request: Request, language: str, suggest: Callable[[Matcher, str, int], list[Any]]
    ) -> Response:
        asked = dict(request.query_params)
        cursor = whole_number(asked.get("cursor") or "0", "cursor", MOST)
        asking = matcher(_language(request, language))
        found = suggest(asking, asked.get("prefix", ""), cursor)
        return _answer(request, asking, {"result": found}, asked)

    @router.api_route(PATH, methods=["GET", "HEAD", "POST"])
    async def reconcile(request: Request) -> Response:
        asked = await parameters_of(request)
        asking = matcher(language_of(request))
        if asked.keys() & {"queries", "extend"}:
            data = await in_turn(_worked_out, asking, asked)
        elif request.method == "POST":
            raise BadRequest("There are no queries. Send them as the field 'queries' or 'extend'.")
        else:
            data = manifest(asking.serving, asking.language, settings.base_url)
        return _answer(request, asking, data, asked)

    @router.api_route(PATH + "/suggest/entity", methods=["GET", "HEAD"])
    @router.api_route(PATH + "/{language}/suggest/entity", methods=["GET", "HEAD"])
    def suggest_entity(request: Request, language: str = "") -> Response:
        named = request.query_params.getlist("type")
        types = tuple(known_type(one) for one in named if one) or DEFAULT_TYPES
        return suggested(
            request, language, lambda asking, text, at: suggested_things(asking, text, types, at)
        )

    @router.api_route(PATH + "/suggest/type", methods=["GET", "HEAD"])
    @router.api_route(PATH + "/{language}/suggest/type", methods=["GET", "HEAD"])
    def suggest_type(request: Request, language: str = "") -> Response:
        return suggested(request, language, suggested_types)

    @router.api_route(PATH + "/suggest/property", methods=["GET", "HEAD"])
    @router.api_route(PATH + "/{language}/suggest/property", methods=["GET", "HEAD"])
    def suggest_property(request: Request, language: str = "") -> Response:
        type_ = _type_of(request)
        return suggested(
            request,
            language,
            lambda asking, text, at: suggested_properties(asking.language, text, type_, at),
        )

    @router.api_route(PATH + "/properties", methods=["GET", "HEAD"])
    @router.api_route(PATH + "/{language}/properties", methods=["GET", "HEAD"])
    def propose_properties(request: Request, language: str = "") -> Response:
        asked, type_ = dict(request.query_params), _type_of(request)
        asking = matcher(_language(request, language))
        limit = whole_number(asked.get("limit") or str(MOST_PROPERTIES), "limit", MOST_PROPERTIES)
        proposed = proposed_properties(asking.language, type_, limit)
        found = {"type": type_, "limit": limit, "properties": proposed}
        return _answer(request, asking, found, asked)

    @router.api_route(PATH + "/preview", methods=["GET", "HEAD"])
    def preview(request: Request) -> Response:
        serving, id_ = current.serving(), request.query_params.get("id", "")
        page = preview_page(serving, id_, language_of(request), settings.today.isoformat())
        response = page_answer(request, "preview.html", page, release=serving.graph.release.id)
        response.headers["Content-Security-Policy"] = FRAMED
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @router.api_route(PATH + "/about", methods=["GET", "HEAD"])
    def about(request: Request) -> Response:
        serving, language = current.serving(), language_of(request)
        address = f"{settings.base_url}{PATH}?lang={language}"
        page = about_page(serving, language, address)
        return page_answer(request, "matching.html", page, release=serving.graph.release.id)

    @router.api_route(PATH + "/view", methods=["GET", "HEAD"])
    def view(request: Request) -> Response:
        thing = thing_of(request.query_params.get("id", ""))
        path = link_of(thing.value) if thing else None
        if path is None:
            raise NotFound("Nothing has this id.")
        headers = {"Vary": VARY, "Access-Control-Allow-Origin": "*"}
        return RedirectResponse(kept(path, language_of(request)), 303, headers)

    @router.api_route(PATH, methods=["OPTIONS"])
    @router.api_route(PATH + "/{part:path}", methods=["OPTIONS"])
    async def preflight() -> Response:
        return Response(status_code=204, headers=PREFLIGHT)

    return router


def _worked_out(asking: Matcher, asked: Parameters) -> dict[str, Any]:
    """Work out a batch of queries, or what is to be fetched."""
    until = time.monotonic() + BATCH_SECONDS

    def in_time() -> None:
        if time.monotonic() > until:
            raise TimedOut(
                "The batch took over {seconds} seconds. Send fewer queries at once.",
                seconds=int(BATCH_SECONDS),
            )

    if "queries" not in asked:
        return extended(asking, read_extension(asked["extend"]), in_time)
    found = {}
    for key, query in read_batch(asked["queries"]).items():
        in_time()
        found[key] = {"result": asking.matched(query)}
    return found


def _language(request: Request, language: str) -> str:
    """Give the language that an address names in its path, else that of the request."""
    if language and language not in LANGUAGES:
        raise NotFound("Nothing is known under this address.")
    return language or language_of(request)


def _type_of(request: Request) -> str:
    asked = request.query_params.get("type", "")
    return known_type(asked) if asked else ""


def _answer(request: Request, asking: Matcher, data: object, asked: Parameters) -> Response:
    """Answer with JSON, or hand it to the function that the client names (JSONP)."""
    callback = callback_of(asked)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # The comment keeps the name from being the first bytes of anything but a script.
    body = f"/**/{callback}({text.translate(LINE_ENDS)});" if callback else text
    media_type = JAVASCRIPT if callback else JSON
    headers = {
        "Vary": "Accept-Language",
        "Content-Language": asking.language,
        "Access-Control-Allow-Origin": "*",
    }
    if request.method == "POST":
        headers["Cache-Control"] = "no-store"
        return Response(body, 200, headers, media_type)
    return cacheable(request, body.encode(), media_type, asking.serving.graph.release.id, headers)
