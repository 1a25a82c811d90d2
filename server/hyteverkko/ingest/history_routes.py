"""The addresses of what was: releases, what changed between two, and who has changed a graph.

What answers is not async, so that it is run in a thread: all of it reads files.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from hyteverkko.answers import VARY, cacheable, page_answer
from hyteverkko.errors import NotFound
from hyteverkko.formats import HTML, JSON, Format
from hyteverkko.ingest import ledger
from hyteverkko.ingest.history import GraphChange, changes_between, entries_about, entry_graph
from hyteverkko.negotiation import offered_format
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.releases import Release, all_releases, record_of_number, release_named

SHOWN: Final = 200
"""How many statements of each kind a page shows; the JSON form has all."""

A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Step:
    """A release in the list: its record and the entries of the ledger that led to it."""

    release: Release
    entries: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """All releases, the newest first, a page at a time."""

    steps: Sequence[Step]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """One release: its graphs, and what changed since another."""

    release: Release
    since: Release | None
    changes: Sequence[GraphChange]
    shown: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """What has been accepted for one graph, the newest first."""

    graph: str
    entries: Sequence[ledger.Entry]


def history_routes(home: Path, current: CurrentRelease) -> APIRouter:
    """Give the routes over the releases and the ledger in ``home``."""
    router = APIRouter(include_in_schema=False)

    def served() -> str:
        return current.serving().graph.release.id

    @router.api_route("/releases", methods=["GET", "HEAD"])
    def releases(request: Request, page: int = 1) -> Response:
        found = _releases_page(home, page)
        if _negotiated(request) is HTML:
            return page_answer(request, "releases.html", found, release=served())
        return _json(request, [asdict(step.release) for step in found.steps], served())

    @router.api_route("/releases/{name}", methods=["GET", "HEAD"])
    def release(request: Request, name: str) -> Response:
        since, graph = (request.query_params.get(key, "") for key in ("since", "graph"))
        found = _release_page(home, name, since, graph)
        if _negotiated(request) is HTML:
            return page_answer(request, "release.html", found, release=served())
        changes = [asdict(change) for change in found.changes]
        of = found.since.id if found.since else None
        value = {**asdict(found.release), "since": of, "changes": changes}
        return _json(request, value, served())

    @router.api_route("/graphs/{name}/history", methods=["GET", "HEAD"])
    def history(request: Request, name: str) -> Response:
        entries = entries_about(home, name)
        if not entries and name not in current.serving().graph.release.graphs:
            raise NotFound("There is no graph of this name.")
        if _negotiated(request) is HTML:
            return page_answer(
                request, "history.html", HistoryPage(name, entries), release=served()
            )
        return _json(request, [asdict(entry) for entry in entries], served())

    return router


def _releases_page(home: Path, number: int) -> ReleasesPage:
    known = all_releases(home)
    by_release: dict[int, list[ledger.Entry]] = {}
    for entry in ledger.entries(home):
        by_release.setdefault(entry.number, []).append(entry)
    pages = max(1, -(-len(known) // A_PAGE))
    number = min(max(number, 1), pages)
    steps = [
        Step(one, [_told(entry) for entry in by_release.get(one.ledger, ()) if one.base])
        for one in islice(known, (number - 1) * A_PAGE, number * A_PAGE)
    ]
    return ReleasesPage(steps, number, pages)


def _told(entry: ledger.Entry) -> Mapping[str, str]:
    return {"graph": entry_graph(entry), "by": entry.by, "action": entry.action, "why": entry.why}


def _release_page(home: Path, name: str, since: str, graph: str) -> ReleasePage:
    release = release_named(home, name)
    before = release_named(home, since) if since else _one_before(home, release)
    changes = list(changes_between(home, before, release, graph)) if before else []
    return ReleasePage(release, before, changes, SHOWN)


def _one_before(home: Path, release: Release) -> Release | None:
    before = (record_of_number(home, one) for one in range(release.number - 1, 0, -1))
    return next((one for one in before if one), None)


def _negotiated(request: Request) -> Format:
    return offered_format(request.headers.get("accept"), (HTML, JSON))


def _json(request: Request, value: object, release: str) -> Response:
    headers = {"Vary": VARY, "Access-Control-Allow-Origin": "*"}
    text = json.dumps(value, ensure_ascii=False).encode()
    return cacheable(request, text, JSON.content_type, release, headers)
