"""Puts the rooms together: one app on one release, one place where errors are answered."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hyteverkko import __version__
from hyteverkko.answers import Site, graph_answer, language_of, page_answer
from hyteverkko.errors import Busy, RequestError, TooMany
from hyteverkko.formats import HTML, Format
from hyteverkko.harvest.routes import harvest_routes
from hyteverkko.ingest.contributors import Unauthorised
from hyteverkko.ingest.expiry import keep_expiring
from hyteverkko.ingest.history_routes import history_routes
from hyteverkko.ingest.intake import Intake, IntakeLimits
from hyteverkko.ingest.job import MODULE
from hyteverkko.ingest.routes import Doors as IntakeDoors
from hyteverkko.ingest.routes import intake_routes
from hyteverkko.ingest.table_routes import table_routes
from hyteverkko.ingest.validate_routes import validate_routes
from hyteverkko.kept_pages import KeptPages
from hyteverkko.negotiation import best_format
from hyteverkko.pages.routes import page_routes
from hyteverkko.pages.search import search_routes
from hyteverkko.settings import Settings
from hyteverkko.sparql.asking import Asking
from hyteverkko.sparql.description import description
from hyteverkko.sparql.editor import editor_answer
from hyteverkko.sparql.endpoint import Doors, SparqlEndpoint, check_graphs
from hyteverkko.sparql.examples import query_routes
from hyteverkko.sparql.fairuse import FairUse
from hyteverkko.sparql.protocol import QueryRequest
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.following import Following
from hyteverkko.store.releases import Release
from hyteverkko.store.workers import Limits
from hyteverkko.translations import catalogue, marked
from hyteverkko.turns import InTurn, Turns

PROBLEM: Final = Format("problem", "json", "application/problem+json", "application/problem+json")

THREADS: Final = 8
"""Pages drawn at once: each more only takes the processor from those that answer."""

SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

REASONS: Final = {
    404: marked("Nothing is known under this address."),
    405: marked("This address does not take that method."),
}


def create_app(settings: Settings) -> FastAPI:
    """Make the app over the current release; raise NoRelease when there is none."""
    current = CurrentRelease(settings.home, settings.store)
    following = Following(current, settings.store, _limits(settings), f"{MODULE} {settings.root}")
    intake = Intake(
        settings.home,
        following,
        lambda: current.serving().graph.release.id,
        IntakeLimits(settings.ingest_seconds, settings.ingest_memory_mib),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        await following.start()
        await intake.start()
        expiring = asyncio.create_task(keep_expiring(settings, release))
        yield
        expiring.cancel()
        await intake.close()
        await following.close()

    app = FastAPI(
        title="hyteverkko",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # A redirect to the address without its last slash would lead to whatever Host says.
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )

    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> dict[str, str | int]:
        """Say which release is served."""
        release = current.serving().graph.release
        return {"status": "ok", "release": release.id, "number": release.number}

    def release() -> Release:
        return current.serving().graph.release

    def describe(request: Request, format_: Format) -> Response:
        graph = current.serving().graph
        triples = description(graph, settings)
        return graph_answer(request, triples, format_, release=graph.release.id)

    fair = FairUse(settings.client_seconds, settings.client_queries, settings.trusted_proxies)

    gate = Turns(1, 1)

    def ask_for(request: Request) -> Asking:
        return Asking(
            request, fair, gate, lambda question: check_graphs(question, release()), following.ask
        )

    async def sparql_page(request: Request, asked: QueryRequest) -> Response:
        return await editor_answer(request, asked, ask_for(request), current, settings.base_url)

    doors = Doors(ask_for, release, describe, sparql_page, answer_error)
    app.include_router(query_routes(ask_for, current, settings.base_url))
    app.include_router(history_routes(settings.home, current))
    app.include_router(table_routes(settings.root, settings.home, current))
    app.include_router(search_routes(current))
    app.include_router(harvest_routes(current, settings))
    app.include_router(page_routes(current, settings))
    intake_doors = IntakeDoors(current, settings, intake, fair.turn)
    app.include_router(validate_routes(intake_doors))
    app.include_router(intake_routes(intake_doors))
    app.state.site = Site(settings.base_url, settings.operator, settings.feedback)
    app.state.release = release
    app.add_middleware(InTurn, who=fair.address, refuse=answer_error, apart=_goes_apart)
    app.add_middleware(
        KeptPages,
        release=lambda: f"{release().id} {release().number} {settings.today}",
        most=settings.page_cache_mib * 1024 * 1024,
    )
    app.add_middleware(SparqlEndpoint, doors=doors, settings=settings)
    app.add_middleware(Secured)
    for error in (RequestError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, _handle)
    return app


def _goes_apart(scope: Scope) -> bool:
    """Say whether a request takes no work here, or waits for others: cells, or makers of dumps."""
    path = scope["path"]
    if scope["method"] not in {"GET", "HEAD"}:
        return bool(path.startswith(("/validate", "/graphs")))
    asks_cells = path.startswith("/queries/") and not path.endswith((".rq", "/terms.json"))
    return bool(path == "/health" or asks_cells or path.startswith("/dumps/"))


class Secured:
    """Adds the headers that keep a browser safe to every answer that has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand in front of ``app``."""
        self._app = app
        self._headers = [(k.lower().encode(), v.encode()) for k, v in SECURITY.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add to what comes back."""

        async def secured(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                own = {name for name, _ in headers}
                added = (header for header in self._headers if header[0] not in own)
                message = {**message, "headers": [*headers, *added]}
            await send(message)

        await self._app(scope, receive, secured if scope["type"] == "http" else send)


def _limits(settings: Settings) -> Limits:
    return Limits(
        seconds=settings.query_seconds,
        memory_mib=settings.query_memory_mib,
        result_mib=settings.query_result_mib,
        rows=settings.query_rows,
        cells=settings.query_cells,
        quick_cells=settings.query_quick_cells,
        client_cells=settings.client_cells,
        queue=settings.query_queue,
        spool_mib=settings.query_spool_mib,
    )


async def _handle(request: Request, error: Exception) -> Response:
    return answer_error(request, error)


def answer_error(request: Request, error: Exception) -> Response:
    """Answer an error raised on purpose: a page for people, problem details for programs."""
    status, sentence = _status_and_sentence(error, language_of(request))
    title = HTTPStatus(status).phrase
    if best_format(request.headers.get("accept"), (PROBLEM, HTML)) is HTML:
        page = {"status": status, "title": title, "sentence": sentence}
        response = page_answer(request, "error.html", page, status=status)
    else:
        body = {"status": status, "title": title, "detail": sentence}
        response = JSONResponse(body, status, media_type=PROBLEM.content_type)
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Access-Control-Allow-Origin"] = "*"
    if isinstance(error, Busy | TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorised):
        response.headers["WWW-Authenticate"] = 'Bearer realm="hyteverkko"'
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _status_and_sentence(error: Exception, language: str) -> tuple[int, str]:
    translate = catalogue(language).gettext
    match error:
        case RequestError():
            return error.status, error.sentence(translate)
        case HTTPException():
            return error.status_code, translate(REASONS.get(error.status_code, error.detail))
        case RequestValidationError():
            return 400, translate("A parameter of the address cannot be read.")
        case _:
            raise TypeError(f"not an error of a request: {error!r}")
