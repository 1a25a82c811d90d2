"""An answer between the cell and its reader: whole before a byte of it goes out.

It lies in memory up to a bound, and beyond in a file without a name. How much of the disk all of
them take together is bounded too, and how much those of one client.
"""

import io
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from hyteverkko.store.admission import Client

IN_MEMORY: Final = 1024 * 1024
SHARE: Final = 4
"""A client may have this part of the space: one divided by so many."""


class Space:
    """The room on disk for answers that wait to be read."""

    def __init__(self, most: int) -> None:
        """Have so many bytes."""
        self._most = self._left = most

    def take(self, client: Client, size: int) -> bool:
        """Take room for a client; say whether there is some left, for all and for the client."""
        if size > self._left or client.spooled + size > self._most // SHARE:
            return False
        self._left -= size
        client.spooled += size
        return True

    def give_back(self, client: Client, size: int) -> None:
        """Give the room of a client back."""
        self._left += size
        client.spooled -= size


class Spool:
    """The bytes of one answer, written once and then read."""

    def __init__(self, space: Space, client: Client) -> None:
        """Lie in ``space`` for a client, once memory is not enough."""
        self._space, self._client = space, client
        self._parts: list[bytes] = []
        self._file: BinaryIO | None = None
        self._taken = 0
        self.length = 0

    def write(self, content: bytes) -> bool:
        """Add some bytes; say whether there was room for them."""
        self.length += len(content)
        if self._file is None:
            self._parts.append(content)
            if self.length <= IN_MEMORY:
                return True
            self._file, content = TemporaryFile(), b"".join(self._parts)  # noqa: SIM115
            self._parts.clear()
        if not self._space.take(self._client, len(content)):
            return False
        self._taken += len(content)
        self._file.write(content)
        return True

    @property
    def is_small(self) -> bool:
        """Say whether it lies in memory."""
        return self._file is None

    @property
    def content(self) -> bytes:
        """Give all of it."""
        return b"".join(self._parts) if self._file is None else self.opened().read()

    def opened(self) -> BinaryIO:
        """Give it as a file to be read from the start, which is closed with the spool."""
        if self._file is None:
            return io.BytesIO(self.content)
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Let go of the bytes, and give the room back."""
        self._parts.clear()
        if self._file is not None:
            self._file.close()
        self._space.give_back(self._client, self._taken)
        self._taken = 0

    def __del__(self) -> None:
        """Let go of what nobody has read: a reader may go away at any moment."""
        self.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """The kind of answer – ``results`` or ``graph`` –, its bytes and how they are compressed.

    ``release`` is the one that was asked.
    """

    kind: str
    spool: Spool
    encoding: str = ""
    release: str = ""

    @property
    def content(self) -> bytes:
        """Give all bytes."""
        return self.spool.content

    def close(self) -> None:
        """Let go of the bytes."""
        self.spool.close()


def kept(kind: str, content: bytes) -> Answer:
    """Give an answer of bytes that are there already."""
    spool = Spool(Space(len(content) * SHARE), Client())
    spool.write(content)
    return Answer(kind, spool)
