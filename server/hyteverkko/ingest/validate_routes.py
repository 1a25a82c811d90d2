"""``/validate``: anybody may have a file checked as if it were sent in; nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.answers import language_of, page_answer
from hyteverkko.errors import RequestError
from hyteverkko.formats import GRAPH_FORMATS, HTML
from hyteverkko.ingest.bodies import ENDINGS, Room, Share, read_body
from hyteverkko.ingest.contribution import PUT, Contribution
from hyteverkko.ingest.contributors import Contributor, contributor_of, contributors
from hyteverkko.ingest.forms import SentForm, is_form, read_form
from hyteverkko.ingest.report_answer import REPORT_FORMATS, State, report_answer
from hyteverkko.ingest.routes import Doors, graph_name
from hyteverkko.ingest.tables.kinds import kinds
from hyteverkko.namespaces import ID
from hyteverkko.negotiation import best_format
from hyteverkko.presence import while_present
from hyteverkko.settings import Settings
from hyteverkko.translations import catalogue

TRIAL: Final = "validation"
"""The graph for which is read what names no graph of its own."""

TRIAL_MIB: Final = 10
"""MiB that anybody may have validated at once."""

PASTED: Final = (*((one.ending, one.name) for one in GRAPH_FORMATS), ("csv", "CSV"))
"""The formats of a pasted text: the ending of a file of each, and what it is called."""


@dataclass(frozen=True, slots=True)
class ValidatePage:
    """The form: what can be chosen, and what was wrong with what was sent."""

    kinds: Sequence[tuple[str, str]]
    graphs: Sequence[str]
    formats: Sequence[tuple[str, str]]
    endings: Sequence[str]
    most_mib: int
    error: str = ""


def validate_routes(doors: Doors) -> APIRouter:
    """Give the form and what it is sent to."""
    router = APIRouter(include_in_schema=False)
    most = min(doors.settings.ingest_body_mib, TRIAL_MIB)
    room = Room(most)

    @router.api_route("/validate", methods=["GET", "HEAD"])
    async def form(request: Request) -> Response:
        return await form_answer(request, "", 200)

    @router.post("/validate")
    async def validate(request: Request) -> Response:
        with doors.turn(request) as client, room.share() as share:
            try:
                sent = _contribution(await _sent(request, share), doors.settings)
            except RequestError as error:
                if not _is_for_a_person(request):
                    raise
                sentence = error.sentence(catalogue(language_of(request)).gettext)
                return await form_answer(request, sentence, error.status)
            with while_present(request.receive):
                outcome = await doors.intake.tried(sent, client)
            return await run_in_threadpool(report_answer, request, outcome, State.TRIED)

    async def form_answer(request: Request, error: str, status: int) -> Response:
        language = language_of(request)

        def drawn() -> Response:
            page = _page(doors.settings, language, most, error)
            return page_answer(request, "validate.html", page, status=status)

        return await run_in_threadpool(drawn)

    return router


async def _sent(request: Request, share: Share) -> SentForm:
    """Read what is sent, as a form or as it is; what the form leaves open the address may say."""
    table, graph = (request.query_params.get(name, "") for name in ("table", "graph"))
    if is_form(request):
        form = await read_form(request, share)
        return SentForm(
            form.content, form.ending, form.name, form.table or table, form.graph or graph
        )
    body = await read_body(request, share)
    return SentForm(body.content, body.ending, "", table, graph)


def _contribution(sent: SentForm, settings: Settings) -> Contribution:
    """Give it as a contribution of whose data it would be."""
    graph = graph_name(sent.graph or TRIAL)
    owner = contributor_of(settings.home, graph)
    return Contribution(
        contributor=owner or Contributor(TRIAL, (graph,), "", f"{ID}agent/hyteverkko"),
        graph=graph,
        action=PUT,
        today=settings.today,
        name=sent.name or graph,
        ending=sent.ending,
        table=sent.table,
        content=sent.content,
    )


def _is_for_a_person(request: Request) -> bool:
    """Say whether a form was sent from a page, and its faults are to be shown on that page."""
    return is_form(request) and best_format(request.headers.get("accept"), REPORT_FORMATS) is HTML


def _page(settings: Settings, language: str, most_mib: int, error: str) -> ValidatePage:
    return ValidatePage(
        [(kind.name, kind.title(language)) for kind in kinds(settings.root)],
        sorted(graph for one in contributors(settings.home) for graph in one.graphs),
        PASTED,
        sorted(ENDINGS),
        most_mib,
        error,
    )
