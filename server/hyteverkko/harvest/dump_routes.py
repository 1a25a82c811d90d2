"""The addresses of the dumps: every release, what it has to be downloaded, and the files.

What lists them is not async, so that it is run in a thread: it reads files.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from hyteverkko.answers import VARY, cacheable, page_answer
from hyteverkko.errors import NotFound
from hyteverkko.formats import HTML, JSON, Format
from hyteverkko.harvest.dump_answers import file_answer, head_answer
from hyteverkko.harvest.dump_files import FORMATS, DumpFile, dump_files, whole_files
from hyteverkko.harvest.makers import Makers
from hyteverkko.harvest.making import shelf
from hyteverkko.harvest.tables import TABLES
from hyteverkko.negotiation import offered_format
from hyteverkko.settings import Settings
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.releases import Release, all_releases, release_named
from hyteverkko.store.shelf import Made
from hyteverkko.translations import marked

LATEST: Final = "latest"
INDEX: Final = "index.json"
A_PAGE: Final = 50
REVALIDATED: Final = "no-cache"
"""What is listed grows as files are made, so nobody keeps a list without asking."""

PARTS: Final = {
    "whole": marked("Everything"),
    "tables": marked("Tables"),
    "concepts": marked("Concept schemes (SKOS)"),
    "datasets": marked("By dataset"),
    "graphs": marked("By graph"),
    "checksums": marked("Checksums of all files"),
}
TITLES: Final = {table.kind: table.title for table in TABLES}
PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as a list shows it; ``made`` is None until it is made for the first time."""

    file: DumpFile
    href: str
    label: str
    made: Made | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A release in the list of releases, with the files of all it holds."""

    release: Release
    href: str
    files: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """The releases that can be downloaded, the newest first, a page at a time."""

    releases: Sequence[Shown]
    formats: Sequence[Format]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Row:
    """The files of one thing: its name, what it is, and a file for each format."""

    key: str
    title: str
    files: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the files of a release."""

    key: str
    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """The files of one release."""

    release: Release
    is_current: bool
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was asked for: of which release, and where it lies when it has been made."""

    release: Release
    file: DumpFile
    path: Path
    made: Made | None


def dump_routes(current: CurrentRelease, settings: Settings) -> APIRouter:
    """Give the routes of the dumps of every release in the home of ``settings``."""
    router = APIRouter(include_in_schema=False)
    makers = Makers(settings)

    def served() -> Release:
        return current.serving().graph.release

    @router.api_route("/dumps", methods=["GET", "HEAD"])
    @router.api_route("/dumps.json", methods=["GET", "HEAD"])
    def releases(request: Request, page: PageNumber = 1) -> Response:
        found = _releases_page(settings, page)
        page_mark = f"?page={found.page}" if found.page > 1 else ""
        alternates = ((JSON, f"/dumps.json{page_mark}"),)
        if _format(request) is HTML:
            answer = page_answer(
                request, "dumps.html", found, release=served().id, alternates=alternates
            )
        else:
            answer = _json(request, _releases_json(settings, found), served())
        answer.headers["Cache-Control"] = REVALIDATED
        return answer

    @router.api_route("/dumps/latest", methods=["GET", "HEAD"])
    @router.api_route("/dumps/latest/{path:path}", methods=["GET", "HEAD"])
    async def latest(request: Request, path: str = "") -> Response:
        return _redirect(request, _path(served().id, path), 307)

    @router.api_route("/dumps/{name}", methods=["GET", "HEAD"])
    async def without_slash(request: Request, name: str) -> Response:
        return _redirect(request, _path(name, ""), 308)

    @router.api_route("/dumps/{name}/", methods=["GET", "HEAD"])
    @router.api_route("/dumps/{name}/index.json", methods=["GET", "HEAD"])
    def release(request: Request, name: str) -> Response:
        found = release_named(settings.home, name)
        files = _all_listed(settings, found)
        if _format(request) is HTML:
            page = ReleasePage(found, found.number == served().number, _sections(files))
            alternates = ((JSON, f"/dumps/{quote(name)}/{INDEX}"),)
            answer = page_answer(
                request, "dumps_of_release.html", page, release=found.id, alternates=alternates
            )
        else:
            answer = _json(request, _release_json(settings, found, files), served())
        answer.headers["Cache-Control"] = REVALIDATED
        return answer

    @router.api_route("/dumps/{name}/{path:path}", methods=["GET", "HEAD"])
    async def file(request: Request, name: str, path: str) -> Response:
        found = await run_in_threadpool(_found, settings, name, path)
        if isinstance(found, str):
            return _redirect(request, _path(name, found), 308)
        if found.made is None or not found.path.is_file():
            if request.method == "HEAD":
                return head_answer(found.release, found.file, found.made)
            is_old = found.release.number != served().number
            await makers.make(found.release.number, found.file.unit, is_old=is_old)
            # An erasure may have come between: what is there now is asked for again.
            found = await run_in_threadpool(_found, settings, name, path)
        if isinstance(found, str) or found.made is None:
            raise NotFound("This release has no such file. /dumps lists what it has.")
        return await run_in_threadpool(
            file_answer, request, found.release, found.file, found.made, found.path
        )

    return router


def _found(settings: Settings, name: str, path: str) -> Found | str:
    """Find a file of a release, or the address of the graph of that name."""
    release = release_named(settings.home, name)
    files = dump_files(settings.home, release)
    file = files.get(path)
    if file is None:
        if f"graphs/{path}" in files:
            return f"graphs/{path}"
        raise NotFound("This release has no such file. /dumps lists what it has.")
    place = shelf(settings, release)
    return Found(release, file, place.path(path), place.made().get(path))


def _releases_page(settings: Settings, number: int) -> ReleasesPage:
    known = all_releases(settings.home)
    pages = max(1, -(-len(known) // A_PAGE))
    number = min(number, pages)
    shown = [
        Shown(
            one,
            f"/dumps/{one.id}/",
            _listed(settings, one, whole_files(tuple(sorted(one.objects)))),
        )
        for one in islice(known, (number - 1) * A_PAGE, number * A_PAGE)
    ]
    return ReleasesPage(shown, FORMATS, number, pages)


def _all_listed(settings: Settings, release: Release) -> list[Listed]:
    return _listed(settings, release, dump_files(settings.home, release).values())


def _listed(settings: Settings, release: Release, files: Iterable[DumpFile]) -> list[Listed]:
    made = shelf(settings, release).made()
    return [
        Listed(
            file,
            _path(release.id, file.address),
            _label(file),
            made.get(file.address),
        )
        for file in files
    ]


def _label(file: DumpFile) -> str:
    if file.format is not None:
        return file.format.name
    ending = file.address.rpartition("/")[2].partition(".")[2]
    return {"csv": "CSV", "csv.gz": "CSV (gzip)", "parquet": "Parquet", "json": "JSON"}.get(
        ending, file.key
    )


def _sections(files: Sequence[Listed]) -> list[Section]:
    parts: dict[str, dict[str, list[Listed]]] = {part: {} for part in PARTS}
    for one in files:
        parts[one.file.part].setdefault(one.file.key, []).append(one)
    return [
        Section(part, PARTS[part], [Row(key, TITLES.get(key, key), own) for key, own in of.items()])
        for part, of in parts.items()
        if of
    ]


def _releases_json(settings: Settings, page: ReleasesPage) -> Mapping[str, object]:
    following = page.page + 1 if page.page < page.pages else None
    return {
        "page": page.page,
        "pages": page.pages,
        "next": f"{settings.base_url}/dumps.json?page={following}" if following else None,
        "releases": [
            _release_json(settings, shown.release, shown.files) for shown in page.releases
        ],
    }


def _release_json(
    settings: Settings, release: Release, files: Sequence[Listed]
) -> Mapping[str, object]:
    return {
        "release": release.id,
        "number": release.number,
        "built": release.built,
        "quads": release.quads,
        "erased": release.erased,
        "url": f"{settings.base_url}/dumps/{release.id}/",
        "files": list(_files_json(settings, files)),
    }


def _files_json(settings: Settings, files: Sequence[Listed]) -> Iterator[Mapping[str, object]]:
    for one in files:
        yield {
            "path": one.file.address,
            "url": f"{settings.base_url}{one.href}",
            "part": one.file.part,
            "key": one.file.key,
            "mediaType": one.file.content_type.partition(";")[0],
            "bytes": one.made.size if one.made else None,
            "sha256": one.made.sha256 if one.made else None,
        }


def _path(name: str, address: str) -> str:
    """Give the path of a file; a graph's name may have slashes and dots, which stay one segment."""
    folder, slash, rest = address.partition("/")
    return f"/dumps/{quote(name, safe='')}/{quote(folder, safe='')}{slash}{quote(rest, safe=':')}"


def _redirect(request: Request, path: str, status: int) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(
        f"{path}{query}",
        status,
        {"Access-Control-Allow-Origin": "*", "Cache-Control": REVALIDATED},
    )


def _format(request: Request) -> Format:
    if request.url.path.endswith(".json"):
        return JSON
    return offered_format(request.headers.get("accept"), (HTML, JSON))


def _json(request: Request, value: object, release: Release) -> Response:
    headers = {"Vary": VARY, "Access-Control-Allow-Origin": "*"}
    text = json.dumps(value, ensure_ascii=False).encode()
    return cacheable(request, text, JSON.content_type, release.id, headers)
