"""The report of a contribution as an answer: for people, for programs, and as SHACL has it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pyoxigraph import Quad, RdfFormat, serialize
from starlette.requests import Request
from starlette.responses import Response

from hyteverkko.answers import VARY, language_of, page_answer
from hyteverkko.formats import GRAPH_FORMATS, HTML, JSON, Format
from hyteverkko.ingest.contribution import Outcome
from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.ingest.report import STYLES, findings_json, summary
from hyteverkko.ingest.shacl.report import report_triples
from hyteverkko.namespaces import GRAPHS, PREFIXES
from hyteverkko.negotiation import offered_format
from hyteverkko.translations import catalogue, marked

REPORT_FORMATS: Final = (JSON, HTML, *GRAPH_FORMATS)
SHOWN: Final = 500
"""How many statements that come and go a report shows; the counts are of all."""


class State(Enum):
    """What became of a contribution, with the status of the answer; violations are always 422."""

    TRIED = 200, marked("It can be published."), ""
    PUBLISHED = 200, marked("It is published."), ""
    CREATED = 201, marked("It is published."), ""
    ACCEPTED = (
        202,
        marked("It is accepted, and not published yet."),
        marked(
            "It is kept safely, and becomes public as soon as the disk of the server has room. "
            "There is no need to send it again: the history of the graph shows it."
        ),
    )
    REFUSED = 422, marked("It cannot be published as it is."), ""

    def __init__(self, status: int, heading: str, note: str) -> None:
        """Keep the status and the sentences, as texts of the catalogues."""
        self.status, self.heading, self.note = status, heading, note

    def of(self, outcome: Outcome) -> "State":
        """Give the state of an outcome, which is this one unless it was refused."""
        return self if outcome.conforms else State.REFUSED


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What the page of a report shows: findings in the reader's language, and the change."""

    heading: str
    note: str
    summary: str
    findings: Sequence[Mapping[str, str]]
    removed: Sequence[str]
    added: Sequence[str]
    counts: tuple[int, int]


def report_answer(
    request: Request, outcome: Outcome, state: State, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with the report in the format that the client likes best."""
    state = state.of(outcome)
    chosen = offered_format(request.headers.get("accept"), REPORT_FORMATS)
    language = language_of(request)
    if chosen is HTML:
        response = page_answer(
            request, "report.html", report_page(outcome, state, language), status=state.status
        )
    elif chosen is JSON:
        text = json.dumps(report_value(outcome, state, language), ensure_ascii=False, indent=1)
        response = Response(text, state.status, media_type=JSON.content_type)
    else:
        response = Response(_graph(outcome, chosen), state.status, media_type=chosen.content_type)
    response.headers.update({"Vary": VARY, "Cache-Control": "no-store", **(headers or {})})
    return response


def report_value(outcome: Outcome, state: State, language: str) -> dict[str, Any]:
    """Give the report as JSON has it."""
    removed, added = shown_change(outcome)
    return {
        "conforms": outcome.conforms,
        "state": state.of(outcome).name.lower(),
        "summary": summary(outcome.findings, language),
        "findings": json.loads(findings_json(outcome.findings)),
        "change": {
            "removed": outcome.stated[0],
            "added": outcome.stated[1],
            "statementsRemoved": removed[:SHOWN],
            "statementsAdded": added[:SHOWN],
        },
    }


def report_page(outcome: Outcome, state: State, language: str) -> ReportPage:
    """Give what the page shows."""
    translate = catalogue(language).gettext
    removed, added = shown_change(outcome)
    return ReportPage(
        translate(state.heading),
        translate(state.note) if state.note else "",
        summary(outcome.findings, language),
        [_shown(finding, language) for finding in outcome.findings],
        removed[:SHOWN],
        added[:SHOWN],
        outcome.stated,
    )


def shown_change(outcome: Outcome) -> tuple[list[str], list[str]]:
    """Give the statements that go and come, as N-Triples, without what is derived or recorded."""
    removed, added = (
        sorted(f"{quad.triple} ." for quad in quads if _is_stated(quad))
        for quads in (outcome.change.removed, outcome.change.added)
    )
    return removed, added


def _is_stated(quad: Quad) -> bool:
    name = str(quad.graph_name)[1:-1].removeprefix(GRAPHS)
    return name not in {"derived", "contributions"} and not name.endswith("-evidence")


def _shown(finding: Finding, language: str) -> Mapping[str, str]:
    word, _ = STYLES[Severity(finding.severity)]
    return {
        "severity": finding.severity.lower(),
        "word": catalogue(language).gettext(word),
        "place": finding.file,
        "line": str(finding.line) if finding.line else "",
        "column": getattr(finding, "column", ""),
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "message": finding.message(language),
        "rule": finding.rule,
    }


def _graph(outcome: Outcome, format_: Format) -> bytes:
    if not isinstance(format_.engine, RdfFormat):
        raise TypeError(f"not a graph format: {format_.name}")
    prefixes = {name: PREFIXES[name] for name in ("sh", "hsh", "hyte", "xsd")}
    return (
        serialize(report_triples(outcome.findings), format=format_.engine, prefixes=prefixes) or b""
    )
