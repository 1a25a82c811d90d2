"""What came of a query, as a page tells it: a table, or in a sentence why there is none."""

import re
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter
from typing import Final, TypeAlias
from urllib.parse import urlencode

from babel.numbers import format_decimal
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.errors import RequestError
from hyteverkko.formats import ANSWER_FORMATS, RESULT_FORMATS, RESULTS_CSV, Format
from hyteverkko.ready_code import ReadyCode, ready_code
from hyteverkko.sparql.asking import Asking
from hyteverkko.sparql.prefixes import missing_lines
from hyteverkko.sparql.table import Table, table_of
from hyteverkko.store.current import Serving
from hyteverkko.store.frames import Question
from hyteverkko.translations import catalogue, marked

LONGEST_ADDRESS: Final = 7000
"""Characters an address of ours may have, so that the whole stays under 8 KiB everywhere."""

EXCERPT: Final = 100
"""Characters of a faulty line that are shown on each side of the fault."""

POSITION: Final = re.compile(r"\b(\d+):(\d+)\b")

HEADINGS: Final = {
    400: marked("The query cannot be run"),
    403: marked("The query is not allowed"),
    413: marked("The answer is too large"),
    429: marked("Too many questions at once"),
    503: marked("The server is busy"),
    504: marked("The query took too long and was stopped"),
}
OTHERWISE: Final = marked("There is no answer")


@dataclass(frozen=True, slots=True)
class Download:
    """The whole answer in one format; where the query is too long, the address is empty."""

    name: str
    ending: str
    href: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A query that was answered: the table, how it can be had, and how long it took."""

    table: Table
    seconds: str
    total: str
    shown: str
    downloads: tuple[Download, ...]
    codes: tuple[ReadyCode, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A query without an answer: the status, why, and where in the text."""

    status: int
    heading: str
    sentence: str
    retry_after: int | None
    line: int
    column: int
    before: str
    after: str
    prefixes: str


Outcome: TypeAlias = Answered | Failed


async def outcome_of(
    question: Question, asking: Asking, serving: Serving, language: str, csv_address: str
) -> Outcome:
    """Let a table question through the gate and ask it; give its table, or why there is none."""
    began = perf_counter()
    try:
        await asking.admit(question.text)
        answer = await asking.answer(question)
    except RequestError as error:
        return failed(error, question.text, language)
    seconds = perf_counter() - began
    with closing(answer):
        table = await run_in_threadpool(table_of, answer, serving, language)
    is_rows = table.truth is None and not table.is_graph
    return Answered(
        table,
        format_decimal(seconds, format="0.00", locale=language),
        format_decimal(table.total, locale=language),
        format_decimal(len(table.rows), locale=language),
        downloads_of(question, ANSWER_FORMATS if table.is_graph else RESULT_FORMATS),
        ready_code(csv_address, table.codes) if csv_address and is_rows else (),
    )


def failed(error: RequestError, text: str, language: str) -> Failed:
    """Tell why a query has no answer, and in which line and column where that is known."""
    sentence = error.sentence(catalogue(language).gettext)
    line, column = position_of(error)
    before, after = excerpt(text, line, column)
    return Failed(
        error.status,
        HEADINGS.get(error.status, OTHERWISE),
        sentence,
        getattr(error, "retry_after", None),
        line,
        column,
        before,
        after,
        missing_lines(text) if error.status == 400 else "",
    )


def position_of(error: RequestError) -> tuple[int, int]:
    """Give line and column of a syntax error, counted from 1, or zeros."""
    values = error.values
    if {"line", "column"} <= set(values):
        return int(values["line"]), int(values["column"])
    found = POSITION.search(str(values.get("reason", "")))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def excerpt(text: str, line: int, column: int) -> tuple[str, str]:
    """Give what stands in the line before and from the column on, as much as can be read."""
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return "", ""
    before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
    return before[-EXCERPT:], after[:EXCERPT]


def downloads_of(question: Question, formats: tuple[Format, ...]) -> tuple[Download, ...]:
    """Give the whole answer in each format; without addresses when the query is too long."""
    return tuple(
        Download(format_.name, format_.ending, sparql_address(question, format_.ending))
        for format_ in formats
    )


def sparql_address(question: Question, ending: str = RESULTS_CSV.ending) -> str:
    """Give the address that answers a question in a format; empty when it would be too long."""
    parameters = [
        ("query", question.text),
        *(("default-graph-uri", iri) for iri in question.default_graphs),
        *(("named-graph-uri", iri) for iri in question.named_graphs),
        ("format", ending),
    ]
    address = f"/sparql?{urlencode(parameters)}"
    return address if len(address) <= LONGEST_ADDRESS else ""


def status_of(outcome: Outcome | None) -> int:
    """Give the status a page with this outcome is answered with."""
    return outcome.status if isinstance(outcome, Failed) else 200


def with_headers(response: Response, outcome: Outcome | None) -> Response:
    """Say when to ask again, and that strangers' questions are not for search engines."""
    if isinstance(outcome, Failed) and outcome.retry_after is not None:
        response.headers["Retry-After"] = str(outcome.retry_after)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
