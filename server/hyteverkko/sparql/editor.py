"""``/sparql`` for people: a form that needs no script, and the answer on the same page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hyteverkko.answers import language_of, page_answer
from hyteverkko.sparql.asking import Asking
from hyteverkko.sparql.examples import Example, example_named, examples_in
from hyteverkko.sparql.outcome import (
    LONGEST_ADDRESS,
    Answered,
    Outcome,
    outcome_of,
    sparql_address,
    status_of,
    with_headers,
)
from hyteverkko.sparql.permalinks import Permalink, permalink_to
from hyteverkko.sparql.protocol import QueryRequest
from hyteverkko.sparql.table import table_question
from hyteverkko.store.current import CurrentRelease, Serving
from hyteverkko.store.queries import shown_query

MANIFEST: Final = Path(__file__).parents[1] / "static" / "vendor" / "MANIFEST.json"
START: Final = "names_of_networks"
"""The stored query that the form begins with."""


@dataclass(frozen=True, slots=True)
class EditorPage:
    """The form with its text, the examples to pick, and what came of the query, if one was run.

    ``dataset`` holds the graphs that the query was asked about, by parameter.
    """

    text: str
    examples: tuple[Example, ...]
    outcome: Outcome | None
    permalink: Permalink | None
    dataset: tuple[tuple[str, str], ...]
    has_editor: bool


async def editor_answer(
    request: Request, asked: QueryRequest, asking: Asking, current: CurrentRelease, base_url: str
) -> Response:
    """Answer a browser: the form, and below it what came of the query when there is one.

    A form is posted, because a long query fits into no address; a short one is sent on to an
    address of its own, which can be kept and shared.
    """
    text, language = asked.text.replace("\r\n", "\n"), language_of(request)
    if not text.strip():
        return _form(request, language)
    here = f"/sparql?{urlencode([('query', text), *_dataset(asked), ('lang', language)])}"
    if request.method == "POST" and len(here) <= LONGEST_ADDRESS:
        return RedirectResponse(f"{here}#answer", 303)
    question = table_question(text, asked.default_graphs, asked.named_graphs)
    address, serving = sparql_address(question), current.serving()
    csv_address = base_url + address if address else ""
    outcome = await outcome_of(question, asking, serving, language, csv_address)
    page = EditorPage(
        text,
        examples_in(language),
        outcome,
        _permalink(asked, text, serving, outcome),
        _dataset(asked),
        MANIFEST.is_file(),
    )
    response = await run_in_threadpool(
        page_answer, request, "sparql.html", page, status=status_of(outcome)
    )
    return with_headers(response, outcome)


def _form(request: Request, language: str) -> Response:
    name = request.query_params.get("example", "")
    text = example_named(name).text(language) if name else shown_query(START)
    page = EditorPage(text, examples_in(language), None, None, (), MANIFEST.is_file())
    return page_answer(request, "sparql.html", page)


def _dataset(asked: QueryRequest) -> tuple[tuple[str, str], ...]:
    return (
        *(("default-graph-uri", iri) for iri in asked.default_graphs),
        *(("named-graph-uri", iri) for iri in asked.named_graphs),
    )


def _permalink(
    asked: QueryRequest, text: str, serving: Serving, outcome: Outcome
) -> Permalink | None:
    # A permalink holds the query alone: graphs belong into its FROM clause.
    if not isinstance(outcome, Answered) or _dataset(asked):
        return None
    return permalink_to(text, serving.graph.release, outcome.table)
