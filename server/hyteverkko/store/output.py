"""What a cell writes of an answer: counted, looked through, compressed, and sent in frames."""

import io
import re
import socket
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

from hyteverkko.store.frames import DATA, END, frame
from hyteverkko.store.rows import MARKS, RowCount

MIB: Final = 1024 * 1024
CHUNK: Final = 64 * 1024
COMPRESSED_FROM: Final = 1024
LEVEL: Final = 4
GZIP: Final = 16 + zlib.MAX_WBITS

ILL_FORMED: Final = re.compile(
    rb"[\x00-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]|<oxprefix:[ />]"
    rb"|&#(?:x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
)
"""What XML cannot carry or gives back as another (XML 1.0, sections 2.2 and 2.11), and an element
for a predicate without a name."""

LONGEST_UNWANTED: Final = 16
"""Bytes of a piece that are looked at again with the next."""

Row = TypeVar("Row")


class Budget(NamedTuple):
    """What one answer may have: MiB of memory beyond the start, MiB of result, rows."""

    memory_mib: int
    result_mib: int
    rows: int


class Unanswered(Exception):
    """The query asks for more, or for something else, than it gets."""

    def __init__(self, failure: str, detail: str = "") -> None:
        """Keep the failure by its name in the frames."""
        super().__init__(failure)
        self.failure, self.detail = failure, detail


class Output(io.BytesIO):
    """Takes what the engine writes, up to the budget, and sends it on."""

    def __init__(
        self, connection: socket.socket, budget: Budget, media_type: str, encoding: str
    ) -> None:
        """Send over ``connection`` an answer in a format, compressed if ``encoding`` says so."""
        super().__init__()
        self._connection, self._rows, self._encoding = connection, budget.rows, encoding
        marks = MARKS.get(media_type)
        self._count = RowCount(marks) if marks else None
        self._is_xml = media_type.endswith("+xml")
        self._tail = b""
        self._bytes_left = budget.result_mib * MIB
        self._held = bytearray()
        self._uncounted: list[bytes] = []
        self._length = 0
        self._packer: Any = None

    def counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows of an answer on, up to the budget."""
        for number, row in enumerate(rows, start=1):
            if number > self._rows:
                raise Unanswered("rows")
            yield row

    def write(self, content: Any, /) -> int:  # noqa: ANN401 - whatever holds bytes
        """Take some bytes of the answer; raise Unanswered when it has too many bytes or rows."""
        self._bytes_left -= len(content)
        if self._bytes_left < 0:
            raise Unanswered("large")
        self._held += content
        if len(self._held) >= CHUNK:
            text = self._checked()
            if self._encoding and self._packer is None:
                self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
            self._connection.sendall(_data(self._packer.compress(text) if self._packer else text))
        return len(content)

    def flush(self) -> None:
        """Hold what is held: whole chunks travel faster."""

    def end(self, kind: str) -> None:
        """Send what has not been sent yet, and that this is all."""
        text, packer, encoding = self._checked(), self._packer, self._encoding
        if packer is None and encoding and len(text) >= COMPRESSED_FROM:
            packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        if packer is None:
            encoding = ""
        else:
            text = packer.compress(text) + packer.flush()
        said = f"{kind} {encoding}" if encoding else kind
        self._connection.sendall(_data(text) + frame(END, said.encode()))

    def _checked(self) -> bytes:
        """Give what is held; refuse what cannot be written, or is too much."""
        text = bytes(self._held)
        self._held.clear()
        if self._count and self._has_too_many(self._count, text):
            raise Unanswered("rows")
        if self._is_xml:
            if ILL_FORMED.search(self._tail + text):
                raise Unanswered("characters")
            self._tail = text[-LONGEST_UNWANTED:]
        return text

    def _has_too_many(self, count: RowCount, text: bytes) -> bool:
        """Say whether there are too many rows: one takes a byte at least, so few bytes have not."""
        self._uncounted.append(text)
        self._length += len(text)
        if self._length <= self._rows:
            return False
        rows = max(map(count.add, self._uncounted))
        self._uncounted.clear()
        return rows > self._rows


def _data(content: bytes) -> bytes:
    return frame(DATA, content) if content else b""
