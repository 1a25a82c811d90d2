"""Puts the rooms together: one app on one release, one place where errors are answered."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from hyteverkko import __version__
from hyteverkko.answers import language_of, page_answer
from hyteverkko.errors import Busy, RequestError
from hyteverkko.formats import HTML, Format
from hyteverkko.negotiation import best_format
from hyteverkko.pages.routes import page_routes
from hyteverkko.settings import Settings
from hyteverkko.sparql.endpoint import sparql_routes
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.workers import Answer, Limits, Question, Workers
from hyteverkko.translations import catalogue, marked

PROBLEM: Final = Format("problem", "json", "application/problem+json", "application/problem+json")

SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
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
    pool = _Pool(current, settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        pool.close()

    app = FastAPI(title="hyteverkko", version=__version__, lifespan=lifespan, docs_url=None)

    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> dict[str, str | int]:
        """Say which release is served."""
        release = current.serving().graph.release
        return {"status": "ok", "release": release.id, "number": release.number}

    app.include_router(sparql_routes(pool.ask, _sparql_form, settings.query_text_kib))
    app.include_router(page_routes(current))
    app.middleware("http")(_secured)
    for error in (RequestError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, _answer_error)
    return app


class _Pool:
    """The query workers of the release being served; started when first asked."""

    def __init__(self, current: CurrentRelease, settings: Settings) -> None:
        self._current, self._count = current, settings.query_workers
        self._limits = Limits(
            settings.query_seconds, settings.query_memory_mib, settings.query_result_mib
        )
        self._snapshot = ""
        self._workers: Workers | None = None

    async def ask(self, question: Question) -> Answer:
        snapshot = self._current.serving().snapshot
        if self._workers is None or snapshot != self._snapshot:
            self.close()
            self._snapshot = snapshot
            self._workers = Workers(snapshot, self._count, self._limits)
        return await self._workers.ask(question)

    def close(self) -> None:
        if self._workers is not None:
            self._workers.close()


def _sparql_form(request: Request, _text: str) -> Response:
    return page_answer(request, "sparql.html", None)


async def _secured(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await call_next(request)
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    return response


async def _answer_error(request: Request, error: Exception) -> Response:
    """Answer every error raised on purpose: a page for people, problem details for programs."""
    status, sentence = _status_and_sentence(error, language_of(request))
    accept = request.headers.get("accept")
    if best_format(accept, (PROBLEM, HTML)) is HTML:
        title = HTTPStatus(status).phrase
        page = {"status": status, "title": title, "sentence": sentence}
        response = page_answer(request, "error.html", page, status=status)
    else:
        body = {"status": status, "title": HTTPStatus(status).phrase, "detail": sentence}
        response = JSONResponse(body, status, media_type=PROBLEM.content_type)
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Access-Control-Allow-Origin"] = "*"
    if isinstance(error, Busy):
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
