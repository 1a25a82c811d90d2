"""The published example queries: a file each, a page each, and the answer to take away."""

import re
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.answers import VARY, cacheable, language_of, page_answer
from hyteverkko.errors import NotFound
from hyteverkko.formats import HTML, RESULT_FORMATS, RESULTS_CSV, Format, by_ending
from hyteverkko.namespaces import sparql_prologue, with_prologue
from hyteverkko.negotiation import offered_format
from hyteverkko.sparql.asking import AskFor
from hyteverkko.sparql.outcome import Answered, Outcome, outcome_of, status_of
from hyteverkko.sparql.permalinks import Permalink, permalink_routes, permalink_to
from hyteverkko.sparql.table import table_question
from hyteverkko.sparql.terms import terms_json
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.frames import Question
from hyteverkko.store.releases import Release

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
HEAD: Final = re.compile(r"# (title|text)@(\w+): (.+)\n")
SPARQL_TYPE: Final = "application/sparql-query; charset=utf-8"
PAGE_AND_RESULTS: Final = (HTML, *RESULT_FORMATS)
JSON_TYPE: Final = "application/json"
OPEN: Final = {"Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True, slots=True)
class Example:
    """A published query: its name in addresses, its titles and explanations, and its text."""

    name: str
    titles: Mapping[str, str]
    explanations: Mapping[str, str]
    source: str
    body: str

    @property
    def href(self) -> str:
        """Give the path of its page."""
        return f"/queries/{self.name}"

    @property
    def file(self) -> str:
        """Give the whole file, ready to run: the head, the PREFIX lines, the query."""
        head = self.source.removesuffix(self.body)
        return head + with_prologue(self.body)

    def text(self, language: str) -> str:
        """Give the query as it is shown and run: its title, its PREFIX lines, itself."""
        return f"# {self.titles[language]}\n{sparql_prologue(self.body)}\n{self.body}"


@dataclass(frozen=True, slots=True)
class ExamplePage:
    """An example with what it is answered with today."""

    example: Example
    text: str
    outcome: Outcome
    permalink: Permalink | None
    release: Release


@cache
def examples() -> Mapping[str, Example]:
    """Read the examples, by name."""
    return {path.stem: read_example(path) for path in sorted(EXAMPLES.glob("*.rq"))}


def examples_in(language: str) -> tuple[Example, ...]:
    """Give the examples by their titles in a language."""
    return tuple(sorted(examples().values(), key=lambda one: one.titles[language].casefold()))


def read_example(path: Path) -> Example:
    """Read an example; its first lines are titles and explanations in each language."""
    source = path.read_text(encoding="utf-8")
    heads: dict[str, dict[str, str]] = defaultdict(dict)
    position = 0
    while head := HEAD.match(source, position):
        heads[head[1]][head[2]] = head[3]
        position = head.end()
    return Example(path.stem, heads["title"], heads["text"], source, source[position:])


def example_named(name: str) -> Example:
    """Give the example of a name; raise NotFound when there is none."""
    found = examples().get(name)
    if found is None:
        raise NotFound("There is no example query of this name.")
    return found


def query_routes(ask_for: AskFor, current: CurrentRelease, base_url: str) -> APIRouter:
    """Give the routes under ``/queries``; ``base_url`` is where the server says it is."""
    router = APIRouter(include_in_schema=False)
    # Before the examples, whose addresses would swallow it.
    router.include_router(permalink_routes(ask_for, current, base_url))

    @router.api_route("/queries", methods=["GET", "HEAD"])
    def all_queries(request: Request) -> Response:
        release = current.serving().graph.release.id
        page = examples_in(language_of(request))
        return page_answer(request, "queries.html", page, release=release)

    @router.api_route("/queries/terms.json", methods=["GET", "HEAD"])
    def terms(request: Request) -> Response:
        serving = current.serving()
        body = terms_json(serving, language_of(request))
        headers = {**OPEN, "Vary": VARY}
        return cacheable(request, body, JSON_TYPE, serving.graph.release.id, headers)

    @router.api_route("/queries/{name}.rq", methods=["GET", "HEAD"])
    async def file(request: Request, name: str) -> Response:
        body = example_named(name).file.encode()
        release = current.serving().graph.release.id
        return cacheable(request, body, SPARQL_TYPE, release, OPEN)

    @router.api_route("/queries/{name}", methods=["GET", "HEAD"])
    async def one_query(request: Request, name: str) -> Response:
        stem, _, ending = name.partition(".")
        example, serving = example_named(stem), current.serving()
        format_ = by_ending(ending, PAGE_AND_RESULTS) if ending else _negotiated(request)
        asking, release = ask_for(request), serving.graph.release
        if format_ is not HTML:
            text = with_prologue(example.body)
            headers = {**OPEN, "Vary": VARY}
            question = Question(text, results=format_.media_type)
            with closing(await asking.answer(question)) as answer:
                body = answer.content
            return cacheable(request, body, format_.content_type, release.id, headers)
        language = language_of(request)
        text = example.text(language)
        csv_address = f"{base_url}{example.href}.{RESULTS_CSV.ending}"
        outcome = await outcome_of(table_question(text), asking, serving, language, csv_address)
        link = permalink_to(text, release, outcome.table) if isinstance(outcome, Answered) else None
        page = ExamplePage(example, text, outcome, link, release)
        links = [(format_, f"{example.href}.{format_.ending}") for format_ in RESULT_FORMATS]
        return await run_in_threadpool(
            page_answer,
            request,
            "query.html",
            page,
            status=status_of(outcome),
            alternates=links,
        )

    return router


def _negotiated(request: Request) -> Format:
    return offered_format(request.headers.get("accept"), PAGE_AND_RESULTS)
