"""``/tables``: each kind of table, empty or filled with what a graph holds, to be sent back.

What answers is not async, so that it is run in a thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from hyteverkko.answers import cacheable, language_of, page_answer
from hyteverkko.errors import BadRequest, NotFound
from hyteverkko.ingest.bodies import TABLE_TYPES
from hyteverkko.ingest.contributors import NAME, contributors
from hyteverkko.ingest.tables.kinds import TableKind, kind_named, kinds
from hyteverkko.ingest.tables.writing import write_table
from hyteverkko.store.current import CurrentRelease

EMPTY: Final = "taulukko"
"""The graph an empty table is written for: it holds nothing."""

MEDIA: Final = {ending: kind for kind, ending in TABLE_TYPES.items()}


@dataclass(frozen=True, slots=True)
class TablesPage:
    """The kinds of table, and the graphs that have filled ones."""

    kinds: Sequence[tuple[str, str]]
    graphs: Sequence[str]


def table_routes(root: Path, home: Path, current: CurrentRelease) -> APIRouter:
    """Give the routes of the tables."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/tables", methods=["GET", "HEAD"])
    def tables(request: Request) -> Response:
        page = _page(root, home, language_of(request))
        return page_answer(request, "tables.html", page)

    @router.api_route("/tables/{name}.{ending}", methods=["GET", "HEAD"])
    def table(request: Request, name: str, ending: str) -> Response:
        kind = _kind(root, name)
        if ending not in {"csv", "xlsx"}:
            raise NotFound("A table is offered as .csv and as .xlsx.")
        graph = request.query_params.get("graph", "")
        if graph and not NAME.fullmatch(graph):
            raise BadRequest("'{graph}' is not the name of a graph.", graph=graph)
        language, held = language_of(request), current.serving().graph
        content = write_table(kind, held, graph or EMPTY, ending, language, filled=bool(graph))
        packed = ending == "csv" and content[:2] == b"PK"
        shown = "zip" if packed else ending
        headers = {
            "Content-Disposition": f'attachment; filename="{name}.{shown}"',
            "Content-Language": language,
            "Vary": "Accept-Language",
        }
        return cacheable(request, content, MEDIA[f".{shown}"], held.release.id, headers)

    return router


def _page(root: Path, home: Path, language: str) -> TablesPage:
    graphs = sorted(graph for one in contributors(home) for graph in one.graphs)
    return TablesPage([(kind.name, kind.title(language)) for kind in kinds(root)], graphs)


def _kind(root: Path, name: str) -> TableKind:
    kind = kind_named(root, name)
    if kind is None:
        raise NotFound("There is no kind of table of this name. /tables lists them.")
    return kind
