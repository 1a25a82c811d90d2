"""Pages of a release, kept as they are sent: a release never changes, so neither do its pages."""

import gzip
from collections.abc import Callable, MutableMapping
from functools import lru_cache, partial
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hyteverkko.conditions import is_named
from hyteverkko.formats import GRAPH_FORMATS, HTML, RESULT_FORMATS
from hyteverkko.kept import AnswerCache, Kept, Key
from hyteverkko.negotiation import (
    best_format,
    best_language,
    first_of_each,
    read_part,
    takes_gzip,
)

COMPRESSED: Final = (
    b"text/",
    b"application/json",
    b"application/ld+json",
    b"application/n-triples",
    b"application/rdf+xml",
    b"application/xml",
    b"image/svg+xml",
)
COMPRESSED_FROM: Final = 1024
LARGEST: Final = 4 * 1024 * 1024
"""A body larger than this, or of unknown length, is passed on as it comes."""

SMALL: Final = 64 * 1024
"""A larger body is compressed beside the event loop, which has others to answer."""

LEVEL: Final = 6
Headers = list[tuple[bytes, bytes]]


class KeptPages:
    """Stands in front of the pages: gives what it has kept, and compresses what it passes on."""

    def __init__(self, app: ASGIApp, release: Callable[[], str], most: int) -> None:
        """Keep at most so many bytes of answers of what ``release`` names: release and day."""
        self._app, self._release = app, release
        self._cache = AnswerCache(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or let the app answer and keep that."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        release = self._release()
        self._cache.turn_to(release)
        headers = first_of_each(scope["headers"])
        zipped = takes_gzip(headers.get(b"accept-encoding", b"").decode("latin-1"))
        key = (release, scope["path"], scope["query_string"], *_wishes(headers), zipped)
        kept = self._cache.get(key)
        if kept is not None:
            await _give(kept, headers, scope, send)
            return
        await self._app(scope, receive, _Keeper(self, key, scope, headers, zipped, send).take)

    def keep(self, key: Key, kept: Kept) -> None:
        """Keep an answer."""
        self._cache.keep(key, kept)


class _Keeper:
    """Takes one answer of the app, and sends it on: compressed, and kept where it may be."""

    def __init__(
        self,
        pages: KeptPages,
        key: Key,
        scope: Scope,
        asked: MutableMapping[bytes, bytes],
        zipped: bool,
        send: Send,
    ) -> None:
        self._pages, self._key, self._scope, self._asked = pages, key, scope, asked
        self._zipped, self._send = zipped, send
        self._start: Message | None = None
        self._parts: list[bytes] = []

    async def take(self, message: Message) -> None:
        """Take a message: of an answer that can be held whole, only the end sends anything."""
        if message["type"] == "http.response.start":
            if not _is_whole(message):
                await self._send(message)
                return
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(self._start, b"".join(self._parts))
        else:
            await self._send(message)

    async def _finish(self, start: Message, body: bytes) -> None:
        if self._scope["method"] == "HEAD" and not body:
            await self._send(start)
            await self._send({"type": "http.response.body", "body": b""})
            return
        # What is small is compressed sooner than a thread would take it up.
        packed = partial(_packed, list(start["headers"]), body, zipped=self._zipped)
        kept = packed() if len(body) < SMALL else await run_in_threadpool(packed)
        if _may_be_kept(kept):
            self._pages.keep(self._key, kept)
        await _give(kept, self._asked, self._scope, self._send)


async def _give(kept: Kept, asked: MutableMapping[bytes, bytes], scope: Scope, send: Send) -> None:
    """Send a kept answer, or 304 when the client has it (RFC 9110, section 13.1.2)."""
    tag = _header(kept.headers, b"etag")
    known = asked.get(b"if-none-match", b"").decode("latin-1")
    if tag and known and is_named(tag.decode("latin-1"), known):
        headers = [one for one in kept.headers if one[0] not in {b"content-length"}]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await kept.give(scope, send)


def _packed(headers: Headers, body: bytes, *, zipped: bool) -> Kept:
    """Compress a body where that helps; the tag then names the compressed form."""
    if not _helps(headers, body):
        return Kept(tuple(headers), body)
    vary = _header(headers, b"vary")
    headers = [one for one in headers if one[0] != b"vary"]
    headers.append((b"vary", b"Accept-Encoding" if not vary else vary + b", Accept-Encoding"))
    if not zipped:
        return Kept(tuple(headers), body)
    small = gzip.compress(body, LEVEL, mtime=0)
    replaced = {b"content-length": str(len(small)).encode(), b"content-encoding": b"gzip"}
    tag = _header(headers, b"etag")
    if tag:
        replaced[b"etag"] = tag.removesuffix(b'"') + b'-gzip"'
    rest = [one for one in headers if one[0] not in replaced]
    return Kept((*rest, *replaced.items()), small)


def _is_whole(start: Message) -> bool:
    """Say whether an answer is a success of a known, moderate length that may be compressed."""
    length = _header(start["headers"], b"content-length")
    return (
        start["status"] == 200
        and length.isdigit()
        and int(length) <= LARGEST
        and not _header(start["headers"], b"content-encoding")
        and bool(_header(start["headers"], b"etag"))
        and b"no-transform" not in _header(start["headers"], b"cache-control")
    )


def _may_be_kept(kept: Kept) -> bool:
    control = _header(kept.headers, b"cache-control")
    return control.startswith(b"public")


def _helps(headers: Headers, body: bytes) -> bool:
    kind = _header(headers, b"content-type")
    return len(body) >= COMPRESSED_FROM and kind.startswith(COMPRESSED)


def _header(headers: Any, name: bytes) -> bytes:  # noqa: ANN401 - any pairs of bytes
    return next((value for key, value in headers if key == name), b"")


def _wishes(headers: MutableMapping[bytes, bytes]) -> tuple[str, str]:
    """Give what a client accepts, as far as it decides an answer: so that browsers share one."""
    accept = read_part(headers.get(b"accept", b"").decode("latin-1"))
    language = read_part(headers.get(b"accept-language", b"").decode("latin-1"))
    return _wanted(accept), _preferred(language)


@lru_cache(maxsize=1024)
def _wanted(accept: str) -> str:
    # Who takes anything is no browser: some addresses give it data.
    chosen = best_format(accept, (HTML, *GRAPH_FORMATS, *RESULT_FORMATS))
    return "html" if chosen is HTML and HTML.media_type in accept else accept


@lru_cache(maxsize=1024)
def _preferred(header: str) -> str:
    return best_language(None, header)
