"""Permalinks: a query and the release that answered it, frozen in an address that can be cited.

Nothing is kept here: the address carries the query, packed, with the release, its day, the number
of rows and the checksum of the answer. Asked again, the page says whether the answer changed.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.answers import language_of, page_answer
from hyteverkko.errors import BadRequest
from hyteverkko.sparql.asking import AskFor
from hyteverkko.sparql.gate import admit
from hyteverkko.sparql.outcome import (
    LONGEST_ADDRESS,
    Answered,
    Outcome,
    outcome_of,
    sparql_address,
    status_of,
    with_headers,
)
from hyteverkko.sparql.table import Table, table_question
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.releases import Release
from hyteverkko.translations import catalogue, marked

PATH: Final = "/queries/permalink"
MOST_PACKED: Final = LONGEST_ADDRESS
MOST_UNPACKED: Final = 64 * 1024
FORMS: Final = {
    "release": re.compile(r"[0-9a-f]{12}"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "rows": re.compile(r"[0-9]{1,9}"),
    "result": re.compile(r"[0-9a-f]{16}"),
}
"""What each part of a permalink looks like."""

TITLE: Final = re.compile(r"\s*#+[ \t]*(\S[^\n]*)")

UNREADABLE: Final = marked("The query of the permalink cannot be read. Copy the address again.")
UNTITLED: Final = marked("SPARQL query")
SAME: Final = marked("The answer is the same today.")
CHANGED: Final = marked("The answer has changed. Rows then: {before}, now: {now}.")
CHANGED_VALUES: Final = marked("The answer has changed. Rows: {now}, as many as then, but others.")
UNSTABLE: Final = marked(
    "The answer differs although the release is the same: the query gives another answer each "
    "time, or the address has been altered."
)
UNKNOWN: Final = marked("Whether the answer has changed cannot be said now.")


@dataclass(frozen=True, slots=True)
class Permalink:
    """What a permalink holds: the query, and what it was answered with, by which release."""

    text: str
    release: str
    date: str
    rows: int
    result: str

    @property
    def href(self) -> str:
        """Give the address; empty when it would be too long."""
        parts = {
            "q": pack(self.text),
            "release": self.release,
            "date": self.date,
            "rows": self.rows,
            "result": self.result,
        }
        href = f"{PATH}?{urlencode(parts)}"
        return href if len(href) <= LONGEST_ADDRESS else ""

    @property
    def title(self) -> str:
        """Give the comment a query begins with: what its author calls it."""
        found = TITLE.match(self.text)
        return found[1].strip() if found else ""


@dataclass(frozen=True, slots=True)
class PermalinkPage:
    """A permalink with its citation and what the query is answered with today."""

    link: Permalink
    day: str
    citation: str
    verdict: str
    outcome: Outcome
    present: Release
    newer: str


def permalink_routes(ask_for: AskFor, current: CurrentRelease, base_url: str) -> APIRouter:
    """Give the route of permalinks; ``base_url`` is where the server says it is."""
    router = APIRouter(include_in_schema=False)

    @router.api_route(PATH, methods=["GET", "HEAD"])
    async def permalink(request: Request) -> Response:
        link, serving = read_permalink(request.query_params), current.serving()
        language, question = language_of(request), table_question(link.text)
        address = sparql_address(question)
        csv_address = base_url + address if address else ""
        outcome = await outcome_of(question, ask_for(request), serving, language, csv_address)
        page = PermalinkPage(
            link,
            format_date(date.fromisoformat(link.date), locale=language),
            citation(link, base_url, language),
            verdict(link, outcome, serving.graph.release.id, language),
            outcome,
            serving.graph.release,
            _newer(link, outcome, serving.graph.release),
        )
        status = status_of(outcome)
        response = await run_in_threadpool(
            page_answer, request, "permalink.html", page, status=status
        )
        return with_headers(response, outcome)

    return router


def permalink_to(text: str, release: Release, table: Table) -> Permalink | None:
    """Freeze a query with its answer; None when one is too large, or the answer never settles."""
    if not table.checksum:
        return None
    link = Permalink(text, release.id, release.built[:10], table.total, table.checksum)
    return link if link.href and admit(text) else None


def read_permalink(parameters: Mapping[str, str]) -> Permalink:
    """Read a permalink; raise BadRequest for what no permalink of ours can be."""
    parts = {name: parameters.get(name, "") for name in FORMS}
    day = parts["date"]
    if not all(form.fullmatch(parts[name]) for name, form in FORMS.items()) or not _is_day(day):
        raise BadRequest("The permalink is not whole. Copy the address again, from end to end.")
    text = unpack(parameters.get("q", ""))
    link = Permalink(text, parts["release"], day, int(parts["rows"]), parts["result"])
    if not link.href:
        raise BadRequest(UNREADABLE)
    return link


def pack(text: str) -> str:
    """Write a query so that it fits into an address."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(packed: str) -> str:
    """Read a packed query back, to a bound; raise BadRequest when it is none."""
    unreadable = BadRequest(UNREADABLE)
    if not 0 < len(packed) <= MOST_PACKED:
        raise unreadable
    try:
        data = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(data, MOST_UNPACKED)
        if not unpacker.eof or unpacker.unused_data:
            raise unreadable
        return text.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        raise unreadable from None


def citation(link: Permalink, base_url: str, language: str) -> str:
    """Give the sentence by which the answer is cited."""
    translate = catalogue(language).gettext
    day = format_date(date.fromisoformat(link.date), locale=language)
    sentence = translate("hyteverkko: {title}. Release {release} of {date}, rows: {rows}. {href}")
    return sentence.format(
        title=link.title or translate(UNTITLED),
        release=link.release,
        date=day,
        rows=format_decimal(link.rows, locale=language),
        href=base_url + link.href,
    )


def verdict(link: Permalink, outcome: Outcome, present: str, language: str) -> str:
    """Say whether the answer of today is the one that was frozen."""
    if not isinstance(outcome, Answered) or not outcome.table.checksum:
        sentence = UNKNOWN
    elif outcome.table.checksum == link.result:
        sentence = SAME
    elif present == link.release:
        sentence = UNSTABLE
    else:
        sentence = CHANGED if outcome.table.total != link.rows else CHANGED_VALUES
    now = outcome.table.total if isinstance(outcome, Answered) else 0
    return (
        catalogue(language)
        .gettext(sentence)
        .format(
            before=format_decimal(link.rows, locale=language),
            now=format_decimal(now, locale=language),
        )
    )


def _newer(link: Permalink, outcome: Outcome, present: Release) -> str:
    """Give a permalink to today's answer, where that is another one."""
    if not isinstance(outcome, Answered):
        return ""
    newer = permalink_to(link.text, present, outcome.table)
    return newer.href if newer and newer.result != link.result else ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
