"""``/sparql``: reads what is asked, lets the gate look, hands the question to a cell, and answers.

It is an ASGI application of its own, so that an answer kept from before costs one look-up.
"""

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Final, NamedTuple

from pyoxigraph import NamedNode
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hyteverkko.answers import CACHE, http_date
from hyteverkko.conditions import is_named
from hyteverkko.errors import BadRequest, NotAcceptable, RequestError, WrongMethod
from hyteverkko.formats import ANSWER_FORMATS, GRAPH_FORMATS, HTML, RESULT_FORMATS, Format
from hyteverkko.kept import AnswerCache, Headers, Kept
from hyteverkko.negotiation import best_format, first_of_each, remembered, takes_gzip
from hyteverkko.settings import Settings
from hyteverkko.sparql.asking import AskFor, Asking
from hyteverkko.sparql.gate import graphs_of
from hyteverkko.sparql.protocol import QueryRequest, read_query
from hyteverkko.sparql.streaming import Spooled
from hyteverkko.store.frames import Question
from hyteverkko.store.graph import RELEASE_GRAPH
from hyteverkko.store.releases import Release, graph_label
from hyteverkko.store.spool import Answer
from hyteverkko.store.workers import Unacceptable

Page = Callable[[Request, QueryRequest], Awaitable[Response]]
Refuse = Callable[[Request, RequestError], Response]

PATH: Final = "/sparql"
METHODS: Final = "GET, HEAD, POST, OPTIONS"
ANY: Final = (*RESULT_FORMATS, *ANSWER_FORMATS)
CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
}
VARY: Final = "Accept, Accept-Encoding, Accept-Language"
SAME: Final = tuple(
    (name.lower().encode(), value.encode()) for name, value in ({"Vary": VARY} | CORS).items()
)
"""The header fields that all answers to queries have."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the endpoint is given to work with.

    ``ask_for`` gives the way to ask for one client's request, ``release`` the current release;
    ``describe`` answers programs that send no query and ``page`` people, ``refuse`` puts a refusal
    into words.
    """

    ask_for: AskFor
    release: Callable[[], Release]
    describe: Callable[[Request, Format], Response]
    page: Page
    refuse: Refuse


class SparqlEndpoint:
    """The endpoint, in front of the application that answers every other address."""

    def __init__(self, app: ASGIApp, doors: Doors, settings: Settings) -> None:
        """Stand in front of ``app``."""
        self._app, self._doors, self._settings = app, doors, settings
        self._cache = AnswerCache(settings.query_cache_mib * 1024 * 1024)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for the endpoint; pass every other one on."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        key = self._raw_key(scope)
        kept = self._cache.get(key) if key else None
        if kept is not None:
            await kept(scope, receive, send)
            return
        request = Request(scope, receive)
        response: ASGIApp
        try:
            response = await self._answered(request, key)
        except RequestError as error:
            response = self._doors.refuse(request, error)
        if isinstance(response, Response):
            response.headers.update(CORS)
        await response(scope, receive, send)

    def _raw_key(self, scope: Scope) -> tuple[bytes, ...] | None:
        """Give what decides the answer of a GET, unread; None where more has to be looked at."""
        release = self._doors.release().id
        self._cache.turn_to(release)
        if scope["method"] != "GET":
            return None
        headers = first_of_each(scope["headers"])
        if b"if-none-match" in headers:
            return None
        names = (b"accept", b"accept-encoding", b"accept-language")
        wishes = (headers.get(name, b"") for name in names)
        return (release.encode(), scope["query_string"], *wishes)

    async def _answered(self, request: Request, key: tuple[bytes, ...] | None) -> ASGIApp:
        match request.method:
            case "OPTIONS":
                return _options()
            case "GET" | "HEAD" | "POST":
                pass
            case _:
                refused = WrongMethod("This address takes {methods}.", methods=METHODS)
                response = self._doors.refuse(request, refused)
                response.headers["Allow"] = METHODS
                return response
        asked = await read_query(request, self._settings.query_text_kib * 1024)
        if not asked.text.strip():
            return await self._without_query(request, asked)
        if not asked.format and wishes_of(request.headers.get("accept")).page:
            return await self._doors.page(request, asked)
        asking = self._doors.ask_for(request)
        stable = await asking.admit(asked.text)
        return await self._data(request, asked, asking, key if stable else None, stable=stable)

    async def _without_query(self, request: Request, asked: QueryRequest) -> Response:
        if request.method == "POST":
            raise BadRequest("There is no query. Send one as the parameter 'query'.")
        if wishes_of(request.headers.get("accept")).page:
            return await self._doors.page(request, asked)
        chosen = best_format(request.headers.get("accept"), GRAPH_FORMATS)
        if chosen is None:
            raise BadRequest("There is no query. Send one as the parameter 'query'.")
        return await run_in_threadpool(self._doors.describe, request, chosen)

    async def _data(
        self,
        request: Request,
        asked: QueryRequest,
        asking: Asking,
        key: tuple[bytes, ...] | None,
        *,
        stable: bool,
    ) -> ASGIApp:
        results, graph = _formats(request, asked)
        question = Question(
            asked.text,
            asked.default_graphs,
            asked.named_graphs,
            results.media_type if results else "",
            graph.media_type if graph else "",
            "gzip" if takes_gzip(request.headers.get("accept-encoding")) else "",
        )
        release = self._doors.release()
        tag = _tag(question, release.id) if stable else ""
        known = request.headers.get("if-none-match", "") if request.method != "POST" else ""
        # Whether there is any answer, as an asterisk asks, is not known before there is one.
        is_any = stable and known.strip() == "*"
        if stable and not is_any and is_named(tag, known):
            return _unchanged(tag, release.built)
        try:
            answer = await asking.answer(question)
        except Unacceptable as unacceptable:
            raise _not_acceptable(unacceptable.kind) from None
        chosen = graph if answer.kind == "graph" else results
        if chosen is None:
            raise TypeError("an answer of a kind that was not asked for")
        built = release.built
        if answer.release != release.id:
            # Another release was published meanwhile: the answer is of that one.
            key, built = None, ""
            tag = _tag(question, answer.release) if stable else ""
        if is_any:
            answer.close()
            return _unchanged(tag, built)
        headers = _headers(answer, chosen.content_type, tag, built)
        if not answer.spool.is_small and (key is None or not self._cache.has_room_for(answer)):
            return Spooled(answer, headers)
        with closing(answer):
            kept = Kept(headers, answer.content)
        if key is not None:
            self._cache.keep(key, kept)
        return kept


def _unchanged(tag: str, built: str) -> Response:
    headers = {"Vary": VARY, "Cache-Control": CACHE, "ETag": tag}
    if built:
        headers["Last-Modified"] = http_date(built)
    return Response(status_code=304, headers=headers)


def _tag(question: Question, release: str) -> str:
    asked = "\0".join(
        (
            *(question.text, question.results, question.graph, question.encoding),
            *(*question.default_graphs, "\0", *question.named_graphs),
        )
    )
    return f'"{release}-{hashlib.sha256(asked.encode()).hexdigest()[:20]}"'


def _headers(answer: Answer, content_type: str, tag: str, built: str) -> Headers:
    """Give the header of a whole answer; without a tag it is not to be kept by anybody."""
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", b"%d" % answer.spool.length),
        *SAME,
    ]
    if answer.encoding:
        headers.append((b"content-encoding", answer.encoding.encode()))
    if tag:
        headers += ((b"cache-control", CACHE.encode()), (b"etag", tag.encode()))
    else:
        headers.append((b"cache-control", b"no-store"))
    if tag and built:
        headers.append((b"last-modified", http_date(built).encode()))
    return tuple(headers)


def check_graphs(question: Question, release: Release) -> None:
    """Raise BadRequest when a question is about a graph that is not in the release."""
    named = (*question.default_graphs, *question.named_graphs)
    for iri in named:
        try:
            NamedNode(iri)
        except ValueError:
            raise BadRequest("{iri} is not an IRI.", iri=iri) from None
    # SPARQL 1.1 Protocol, section 2.1.4: the dataset of the protocol is asked, not the query's.
    for iri in named or graphs_of(question.text):
        if iri != RELEASE_GRAPH and graph_label(iri) not in release.graphs:
            raise BadRequest(
                "The graph {iri} is not in this release. The service description lists the "
                "graphs that are.",
                iri=iri,
            )


def _options() -> Response:
    headers = {
        "Allow": METHODS,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=headers)


class Wishes(NamedTuple):
    """What a client accepts: a page first, and which formats of results and of graphs."""

    page: bool
    results: Format | None
    graph: Format | None


@remembered
def wishes_of(accept: str | None) -> Wishes:
    """Read an Accept header."""
    return Wishes(
        bool(accept) and best_format(accept, (*ANY, HTML)) is HTML,
        best_format(accept, RESULT_FORMATS),
        best_format(accept, ANSWER_FORMATS),
    )


def _formats(request: Request, asked: QueryRequest) -> tuple[Format | None, Format | None]:
    """Choose the best result format and the best graph format: the query decides between them."""
    if not asked.format:
        wishes = wishes_of(request.headers.get("accept"))
        return wishes.results, wishes.graph
    named = [one for one in ANY if asked.format in _names(one)]
    if not named:
        raise NotAcceptable(
            "The format {format} is not offered. There are: {formats}.",
            format=asked.format,
            formats=", ".join(format_.ending for format_ in ANY),
        )
    return (
        next((one for one in named if one in RESULT_FORMATS), None),
        next((one for one in named if one in ANSWER_FORMATS), None),
    )


def _names(format_: Format) -> set[str]:
    """Give the names a format goes by in an address: ours, and those that clients send."""
    return {format_.ending, format_.media_type, *format_.aliases, *format_.other_names}


def _not_acceptable(kind: str) -> NotAcceptable:
    offered = ANSWER_FORMATS if kind == "graph" else RESULT_FORMATS
    return NotAcceptable(
        "None of the formats asked for is offered for this kind of query. There are: {formats}.",
        formats=", ".join(format_.media_type for format_ in offered),
    )
