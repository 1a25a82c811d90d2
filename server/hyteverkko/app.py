"""Puts the rooms together: one app on one release, one place where errors are answered."""

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hyteverkko import __version__
from hyteverkko.answers import graph_answer, language_of, page_answer
from hyteverkko.errors import Busy, RequestError, TooMany
from hyteverkko.formats import HTML, Format
from hyteverkko.negotiation import best_format
from hyteverkko.pages.routes import page_routes
from hyteverkko.settings import Settings
from hyteverkko.sparql.description import description
from hyteverkko.sparql.editor import editor_answer
from hyteverkko.sparql.endpoint import Ask, Doors, SparqlEndpoint, check_graphs
from hyteverkko.sparql.examples import query_routes
from hyteverkko.sparql.fairuse import FairUse
from hyteverkko.sparql.protocol import QueryRequest
from hyteverkko.store.admission import Client
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.frames import Question
from hyteverkko.store.releases import Release
from hyteverkko.store.spool import Answer
from hyteverkko.store.workers import Limits, Workers
from hyteverkko.translations import catalogue, marked

PROBLEM: Final = Format("problem", "json", "application/problem+json", "application/problem+json")

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
    pool = Pool(current, settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await pool.start()
        yield
        await pool.close()

    app = FastAPI(
        title="hyteverkko",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
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
        triples = description(release(), settings)
        return graph_answer(request, triples, format_, release=release().id)

    fair = FairUse(settings.client_seconds, settings.client_queries, settings.trusted_proxies)

    def ask_for(request: Request) -> Ask:
        async def ask(question: Question) -> Answer:
            check_graphs(question, release())
            with fair.turn(request) as client:
                return await pool.ask(question, client)

        return ask

    async def sparql_page(request: Request, asked: QueryRequest) -> Response:
        return await editor_answer(request, asked, ask_for(request), current, settings.base_url)

    doors = Doors(ask_for, release, describe, sparql_page, answer_error)
    app.include_router(query_routes(ask_for, current, settings.base_url))
    app.include_router(page_routes(current))
    app.add_middleware(SparqlEndpoint, doors=doors, settings=settings)
    app.add_middleware(Secured)
    for error in (RequestError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, _handle)
    return app


class Pool:
    """The query workers of the release being served."""

    def __init__(self, current: CurrentRelease, settings: Settings) -> None:
        """Hold what the workers of each release are made with."""
        self._current, self._engine = current, settings.store
        self._limits = Limits(
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
        self._folder = current.serving().folder
        self._workers: Workers | None = None

    async def start(self) -> None:
        """Start the workers of the current release; those of the one before end."""
        await self.close()
        self._folder = self._current.serving().folder
        self._workers = Workers(self._folder, self._engine, self._limits)
        self._workers.start()

    async def ask(self, question: Question, client: Client) -> Answer:
        """Answer a client's question on the current release."""
        if self._workers is None or self._current.serving().folder != self._folder:
            await self.start()
        workers = self._workers
        if workers is None:
            raise TypeError("the workers were not started")
        return await workers.ask(question, client)

    async def close(self) -> None:
        """End the workers; a question that is being answered is answered to its end."""
        workers, self._workers = self._workers, None
        if workers is not None:
            await workers.close()


class Secured:
    """Adds the headers that keep a browser safe to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand in front of ``app``."""
        self._app = app
        self._headers = [(k.lower().encode(), v.encode()) for k, v in SECURITY.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add to what comes back."""

        async def secured(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *self._headers]}
            await send(message)

        await self._app(scope, receive, secured if scope["type"] == "http" else send)


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
