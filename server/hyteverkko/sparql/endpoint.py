"""``/sparql``: negotiates, lets the gate look, and hands the question to a worker."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import Response

from hyteverkko.errors import BadRequest, NotAcceptable
from hyteverkko.formats import GRAPH_FORMATS, HTML, RESULT_FORMATS, Format
from hyteverkko.negotiation import best_format
from hyteverkko.sparql.gate import admit
from hyteverkko.sparql.protocol import QueryRequest, read_query
from hyteverkko.store.workers import Answer, Question

Ask = Callable[[Question], Awaitable[Answer]]
Form = Callable[[Request, str], Response]
ANY: Final = (*RESULT_FORMATS, *GRAPH_FORMATS)


def sparql_routes(ask: Ask, form: Form, text_kib: int) -> APIRouter:
    """Give the endpoint; ``ask`` answers questions, ``form`` shows the page for people."""
    router = APIRouter()

    @router.api_route("/sparql", methods=["GET", "HEAD", "POST"])
    async def sparql(request: Request) -> Response:
        """Answer a SPARQL 1.1 query; without one, show the form."""
        asked = await read_query(request, text_kib * 1024)
        if not asked.text.strip():
            if request.method != "POST" and _wants_page(request):
                return form(request, "")
            raise BadRequest("There is no query. Send one as the parameter 'query'.")
        admit(asked.text)
        results, graph = _formats(request, asked)
        question = Question(
            asked.text,
            _iris(asked.default_graphs),
            _iris(asked.named_graphs),
            results.media_type if results else "",
            graph.media_type if graph else "",
        )
        answer = await ask(question)
        chosen = graph if answer.kind == "graph" else results
        if answer.kind == "unacceptable" or chosen is None:
            offered = GRAPH_FORMATS if answer.detail == "graph" else RESULT_FORMATS
            raise NotAcceptable(
                "None of the formats asked for is offered for this kind of query. There are: "
                "{formats}.",
                formats=", ".join(format_.media_type for format_ in offered),
            )
        headers = {"Vary": "Accept", "Access-Control-Allow-Origin": "*"}
        return Response(answer.content, 200, headers, chosen.content_type)

    return router


def _wants_page(request: Request) -> bool:
    accept = request.headers.get("accept")
    return best_format(accept, (HTML, *RESULT_FORMATS, *GRAPH_FORMATS)) is HTML


def _formats(request: Request, asked: QueryRequest) -> tuple[Format | None, Format | None]:
    """Choose the best result format and the best graph format: the query decides between them."""
    if asked.format:
        chosen = next((one for one in ANY if asked.format in {one.ending, one.media_type}), None)
        if chosen is None:
            raise NotAcceptable(
                "The format {format} is not offered. There are: {formats}.",
                format=asked.format,
                formats=", ".join(format_.ending for format_ in ANY),
            )
        return (
            chosen if chosen in RESULT_FORMATS else None,
            chosen if chosen in GRAPH_FORMATS else None,
        )
    accept = request.headers.get("accept")
    if _wants_page(request):
        # A browser accepts anything at last: it gets what it can show.
        return RESULT_FORMATS[0], GRAPH_FORMATS[0]
    return best_format(accept, RESULT_FORMATS), best_format(accept, GRAPH_FORMATS)


def _iris(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        try:
            NamedNode(text)
        except ValueError:
            raise BadRequest("{iri} is not an IRI.", iri=text) from None
    return texts
