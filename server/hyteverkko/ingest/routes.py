"""Where data comes in: graphs to be written, by the SPARQL 1.1 Graph Store Protocol."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.errors import BadRequest, NotFound, RequestError
from hyteverkko.ingest.bodies import Body, Room, Share, read_body
from hyteverkko.ingest.contribution import DELETE, POST, PUT, Contribution
from hyteverkko.ingest.contributors import NAME, PERSONS, authorised
from hyteverkko.ingest.intake import Intake
from hyteverkko.ingest.publisher import Deed
from hyteverkko.ingest.report_answer import State, report_answer
from hyteverkko.namespaces import GRAPHS
from hyteverkko.presence import while_present
from hyteverkko.settings import Settings
from hyteverkko.store.admission import Client
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.releases import Release

ACTIONS: Final = {"PUT": PUT, "POST": POST, "DELETE": DELETE}
LONGEST_WHY: Final = 1000
YES: Final = frozenset({"true", "1", ""})


class PreconditionFailed(RequestError):
    """The graph is not what the sender thinks it is: 412."""

    status = 412


@dataclass(frozen=True, slots=True)
class Doors:
    """What the intake works with.

    ``turn`` keeps a client to its share of processing while it holds.
    """

    current: CurrentRelease
    settings: Settings
    intake: Intake
    turn: Callable[[Request], AbstractContextManager[Client]]


def intake_routes(doors: Doors) -> APIRouter:
    """Give the routes that take data in."""
    router = APIRouter(include_in_schema=False)
    room = Room(doors.settings.ingest_body_mib)

    @router.api_route("/graphs/{name:path}", methods=list(ACTIONS))
    async def write_direct(request: Request, name: str) -> Response:
        with room.share() as share:
            return await _written(request, name, doors, share)

    @router.api_route("/graphs", methods=list(ACTIONS))
    async def write_indirect(request: Request) -> Response:
        iri = request.query_params.get("graph")
        if iri is None:
            raise BadRequest(
                "The default graph is the union of all graphs and is not written. Name a graph: "
                "/graphs?graph=IRI"
            )
        with room.share() as share:
            return await _written(request, iri.removeprefix(GRAPHS), doors, share)

    return router


async def _written(request: Request, name: str, doors: Doors, share: Share) -> Response:
    """Answer a request to write a graph."""
    graph = graph_name(name)
    settings = doors.settings
    header = request.headers.get("authorization")
    sender = authorised(settings.home, header, graph, settings.today)
    action = ACTIONS[request.method]
    body = Body("", b"") if action == DELETE else await read_body(request, share)
    table = request.query_params.get("table", "")
    sent = Contribution(
        sender, graph, action, settings.today, graph, body.ending, table, body.content
    )
    if request.query_params.get("dry-run", "false") in YES:
        _check_conditions(request, doors, graph)
        with while_present(request.receive):
            outcome = await doors.intake.tried(sent)
        return await run_in_threadpool(report_answer, request, outcome, State.TRIED)
    why = request.headers.get("x-reason", "")[:LONGEST_WHY]
    deed = Deed(sender.name, action, why, settings.today.isoformat())
    existed = False

    def allowed() -> None:
        nonlocal existed
        _check_conditions(request, doors, graph)
        existed = graph in _release(doors).graphs
        if action == DELETE and not existed:
            raise NotFound("There is no graph of this name.")

    done = await doors.intake.accepted(sent, deed, allowed)
    if not done.release:
        return await run_in_threadpool(report_answer, request, done.outcome, State.TRIED)
    if not done.is_current:
        later = _later_headers(graph)
        return await run_in_threadpool(report_answer, request, done.outcome, State.ACCEPTED, later)
    is_new = not existed and graph in _release(doors).graphs
    state = State.CREATED if is_new else State.PUBLISHED
    headers = _published_headers(doors, graph, done.release)
    return await run_in_threadpool(report_answer, request, done.outcome, state, headers)


def _later_headers(graph: str) -> Mapping[str, str]:
    """Give where to see what became of it (RFC 9110, 15.3.3); there is no tag of it yet."""
    return {"Location": f"/graphs/{graph}", "Link": f'</graphs/{graph}/history>; rel="monitor"'}


def _published_headers(doors: Doors, graph: str, release: str) -> Mapping[str, str]:
    headers = {
        "Location": f"/graphs/{graph}",
        "Link": f'</releases/{release}>; rel="latest-version"',
    }
    tag = graph_tag(_release(doors), graph)
    return {**headers, "ETag": tag} if tag else headers


def graph_tag(release: Release, graph: str) -> str:
    """Give the entity tag of what a graph holds, empty when it holds nothing."""
    checksum = release.objects.get(graph, "")
    return f'"{checksum[:20]}"' if checksum else ""


def _check_conditions(request: Request, doors: Doors, graph: str) -> None:
    """Raise PreconditionFailed when the graph is not what the sender says (RFC 9110, 13.1)."""
    tag = graph_tag(_release(doors), graph).strip('"')
    wanted = request.headers.get("if-match")
    if wanted is not None and not _matches(wanted, tag):
        raise PreconditionFailed(
            "The graph has changed since you read it. Read it again, and send your change to that."
        )
    unwanted = request.headers.get("if-none-match")
    if unwanted is not None and _matches(unwanted, tag):
        raise PreconditionFailed("The graph is there already.")


def _matches(header: str, tag: str) -> bool:
    """Say whether a list of tags names what a graph holds, in whichever format it was read."""
    if header.strip() == "*":
        return bool(tag)
    tags = (one.strip().removeprefix("W/").strip('"') for one in header.split(","))
    return bool(tag) and any(one.partition("-")[0] == tag for one in tags)


def graph_name(name: str) -> str:
    """Give the name of a graph that could be written; raise NotFound for what is none."""
    if not NAME.fullmatch(name) or name.endswith(PERSONS):
        raise NotFound("There is no graph of this name that could be written.")
    return name


def _release(doors: Doors) -> Release:
    return doors.current.serving().graph.release
