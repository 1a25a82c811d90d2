"""The body of a request that brings data: its format, and its bytes up to the limit, unpacked.

What all bodies take together is bounded too, and one that comes in too slowly is let go.
"""

import asyncio
import zlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.requests import ClientDisconnect, Request

from hyteverkko.errors import BadRequest, Busy, TooLarge, TooSlow, UnsupportedMedia

MIB: Final = 1024 * 1024
RATIO: Final = 20
"""How many times longer an unpacked body may be than a packed one."""

RDF_TYPES: Final = {
    "text/turtle": ".ttl",
    "application/x-turtle": ".ttl",
    "application/trig": ".trig",
    "application/n-triples": ".nt",
    "application/n-quads": ".nq",
    "application/rdf+xml": ".rdf",
    "application/ld+json": ".jsonld",
}
TABLE_TYPES: Final = {
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/zip": ".zip",
}
"""The media types that are read, by the ending that a file of the format has."""

ENDINGS: Final = frozenset({*RDF_TYPES.values(), *TABLE_TYPES.values()})
NO_CHARSET: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})
LARGEST_AT_ONCE: Final = 8
"""How many bodies of the largest size there is room for; of smaller ones there are more."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How slowly a body may come in: so many bytes a second, after some seconds for a start."""

    start: float = 30.0
    bytes_a_second: float = 16 * 1024


class Room:
    """The memory for bodies, from the first byte until they have been worked on."""

    def __init__(self, most_mib: int) -> None:
        """Have room for some bodies of the largest size."""
        self.most = most_mib * MIB
        self._left = LARGEST_AT_ONCE * self.most

    @contextmanager
    def share(self) -> Iterator["Share"]:
        """Give a share, to be given back at the end."""
        share = Share(self)
        try:
            yield share
        finally:
            self._left += share.taken

    def take(self, size: int) -> None:
        """Take some bytes; raise Busy when there are not so many left."""
        if size > self._left:
            raise Busy("Too many contributions are waiting. Send it again in a few seconds.")
        self._left -= size


class Share:
    """What one body takes of the room."""

    def __init__(self, room: Room) -> None:
        """Take nothing yet."""
        self._room, self.taken = room, 0

    @property
    def most(self) -> int:
        """Give how many bytes a body may have."""
        return self._room.most

    def take(self, size: int) -> None:
        """Take some more bytes; raise TooLarge or Busy when that is too much."""
        if self.taken + size > self.most:
            raise _too_large(self.most)
        self._room.take(size)
        self.taken += size


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: its format, as the ending of a file, and its bytes."""

    ending: str
    content: bytes


async def read_body(request: Request, share: Share) -> Body:
    """Read the body of a request; raise what is wrong with its type, its packing or its size."""
    ending = ending_of(request.headers.get("content-type", ""))
    content = bytearray()
    async for piece in received(request, share):
        content += piece
    return Body(ending, bytes(content))


async def received(
    request: Request, share: Share, pace: Pace = Pace()
) -> AsyncGenerator[bytes, None]:
    """Give the body of a request piece by piece, unpacked."""
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in {"identity", "gzip"}:
        raise UnsupportedMedia(
            "The packing '{packing}' is not read here. Send gzip, once, or nothing.",
            packing=packing,
        )
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > share.most:
        raise _too_large(share.most)
    unpacked = _Unpacked(share.most) if packing == "gzip" else None
    async for chunk in _in_time(request, pace):
        piece = unpacked.more(chunk) if unpacked else chunk
        share.take(len(piece))
        yield piece
    if unpacked is not None:
        unpacked.end()


async def _in_time(request: Request, pace: Pace) -> AsyncGenerator[bytes, None]:
    chunks = request.stream()
    deadline = asyncio.get_running_loop().time() + pace.start
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise TooSlow(
                "What is sent comes in too slowly. Send it again, or less of it."
            ) from None
        except ClientDisconnect:
            raise BadRequest("The connection ended before all was sent.") from None
        if chunk is None:
            return
        # What came fast is no leave to be silent for longer than at the start.
        now = asyncio.get_running_loop().time()
        deadline = min(deadline + len(chunk) / pace.bytes_a_second, now + pace.start)
        yield chunk


def ending_of(content_type: str) -> str:
    """Give the ending of a media type that is read; raise UnsupportedMedia for any other."""
    kind, _, parameters = content_type.partition(";")
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip().strip('"')
    ending = (RDF_TYPES | TABLE_TYPES).get(kind.strip().lower(), "")
    if not ending:
        raise UnsupportedMedia(
            "The type of what is sent has to be one of: {types}.",
            types=", ".join((*RDF_TYPES, *TABLE_TYPES)),
        )
    if ending in RDF_TYPES.values() and charset not in NO_CHARSET:
        raise UnsupportedMedia("RDF is read in UTF-8 only, not in {charset}.", charset=charset)
    return ending


class _Unpacked:
    """Unpacks gzip as it comes in, and stops where it grows beyond what is sound."""

    def __init__(self, most: int) -> None:
        self._inflating = zlib.decompressobj(wbits=31)
        self._most, self._packed, self._length = most, 0, 0

    def more(self, chunk: bytes) -> bytes:
        self._packed += len(chunk)
        try:
            content = self._inflating.decompress(chunk, self._most + 1)
        except zlib.error:
            raise BadRequest("The body is not gzip, or is damaged.") from None
        self._length += len(content)
        if self._inflating.unconsumed_tail or self._length > self._most:
            raise _too_large(self._most)
        if self._length > MIB and self._length > RATIO * self._packed:
            raise TooLarge(
                "The body is more than {ratio} times as long when unpacked. Send it unpacked.",
                ratio=RATIO,
            )
        return content

    def end(self) -> None:
        if not self._inflating.eof or self._inflating.unused_data:
            raise BadRequest("The body is not gzip, or is damaged.")


def _too_large(most: int) -> TooLarge:
    return TooLarge("What is sent is over {size} MiB. Send it in parts.", size=most // MIB)
