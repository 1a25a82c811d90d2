"""The body of a request that brings data: its format, and its bytes up to the limit, unpacked."""

import zlib
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from hyteverkko.errors import BadRequest, TooLarge, UnsupportedMedia

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

NO_CHARSET: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: its format, as the ending of a file, and its bytes."""

    ending: str
    content: bytes


async def read_body(request: Request, most_mib: int) -> Body:
    """Read the body of a request; raise what is wrong with its type, its packing or its size."""
    ending = _ending(request)
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed not in {"identity", "gzip"}:
        raise UnsupportedMedia(
            "The packing '{packing}' is not read here. Send gzip, once, or nothing.", packing=packed
        )
    most = most_mib * MIB
    unpacked = _Unpacked(most) if packed == "gzip" else None
    content = bytearray()
    async for chunk in request.stream():
        content += unpacked.more(chunk) if unpacked else chunk
        if len(content) > most:
            raise _too_large(most)
    if unpacked is not None:
        unpacked.end()
    return Body(ending, bytes(content))


def _ending(request: Request) -> str:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
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
