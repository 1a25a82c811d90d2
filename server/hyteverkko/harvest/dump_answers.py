"""How a dump is answered over HTTP: whole or in part, with its checksum, to be kept for a day."""

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from hyteverkko.conditions import is_named
from hyteverkko.harvest.dump_files import CSV, CSVW, DumpFile
from hyteverkko.store.releases import Release
from hyteverkko.store.shelf import Made, touch

A_DAY: Final = "public, max-age=86400, no-transform"
"""A dump never changes but by an erasure, which caches learn of within a day."""

OPEN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag, Link, "
    "Repr-Digest",
}


def file_answer(
    request: Request, release: Release, file: DumpFile, made: Made, path: Path
) -> Response:
    """Answer with a file or the part that is asked for, or 304 when the client has it."""
    changed = _changed(release, path)
    headers = _described(file, changed, made)
    if _is_known(request, headers["ETag"], changed):
        return Response(status_code=304, headers=headers)
    touch(path)
    return FileResponse(
        path,
        headers=headers,
        media_type=file.content_type,
        filename=f"{release.id}-{file.address.replace('/', '-')}",
        content_disposition_type="inline",
        stat_result=path.stat(),
    )


def head_answer(release: Release, file: DumpFile, made: Made | None) -> Response:
    """Answer HEAD for a file that is not there: what it will be, and how large if known."""
    headers = _described(file, _built(release), made)
    headers |= {"Accept-Ranges": "bytes", "Content-Type": file.content_type}
    if made:
        headers["Content-Length"] = str(made.size)
    return StreamingResponse(iter(()), headers=headers)


def _described(file: DumpFile, changed: datetime, made: Made | None) -> dict[str, str]:
    """Give the headers that say what a file is and belongs to."""
    up = "../" * file.address.count("/") or "./"
    links = [f'<{up}>; rel="collection"']
    if file.content_type == CSV:
        # CSVW, Model for Tabular Data, section 5.2
        name = CSVW.rpartition("/")[2]
        # It comes first: readers of CSVW look no further.
        links.insert(0, f'<{name}>; rel="describedby"; type="application/csvm+json"')
    headers = {
        **OPEN,
        "Cache-Control": A_DAY,
        "Link": ", ".join(links),
        "Last-Modified": format_datetime(changed, usegmt=True),
    }
    if made:
        headers["ETag"] = f'"{made.sha256}"'
        # RFC 9530, section 3
        digest = base64.b64encode(bytes.fromhex(made.sha256)).decode()
        headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return headers


def _is_known(request: Request, tag: str, changed: datetime) -> bool:
    """Say whether the client has it (RFC 9110, section 13.2.2)."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return is_named(tag, known)
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (ValueError, OverflowError):
        return False
    return since.tzinfo is not None and changed <= since


def _changed(release: Release, path: Path) -> datetime:
    """Give when a file last changed: with the release, or when made anew after an erasure.

    That is another second than the one of the release, or a copy from before would be confirmed.
    """
    if not release.erased:
        return _built(release)
    made = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return max(made, _built(release) + timedelta(seconds=1))


def _built(release: Release) -> datetime:
    return datetime.fromisoformat(release.built).astimezone(UTC).replace(microsecond=0)
