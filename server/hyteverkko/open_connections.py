"""All connections of the server: how many may be open, and how much of what they are sent unread.

Who only waits gives way to who comes, first at the address that holds most connections, and who
does not read to who does: no client can hold so many connections, or leave so much unread, that
there is nothing left for others.
"""

from asyncio import Transport
from collections import Counter
from typing import Final

UNREAD: Final = 256 * 1024 * 1024
"""Bytes that all clients together may leave unread in memory."""


class OpenConnections:
    """The connections that wait, by address, and those that are not read from, oldest first."""

    def __init__(self, most: int) -> None:
        """Hold at most so many connections."""
        self._most = most
        self._open: dict[Transport, str] = {}
        self._number: Counter[str] = Counter()
        self._waiting: dict[str, dict[Transport, None]] = {}
        self._unread: dict[Transport, int] = {}
        self._sum = 0

    def opened(self, connection: Transport, address: str) -> bool:
        """Take in a connection that waits for a request; say no where others cannot give way."""
        self._open[connection] = address
        self._number[address] += 1
        self.waits(connection)
        if len(self._open) <= self._most:
            return True
        longest = self._longest_waiting()
        if longest is connection:
            return False
        self.closed(longest)
        longest.abort()
        return True

    def waits(self, connection: Transport) -> None:
        """Note that a connection waits for the next request."""
        if connection in self._open:
            self._waiting.setdefault(self._open[connection], {})[connection] = None

    def sends(self, connection: Transport) -> None:
        """Note that a connection goes on with a request that is not whole yet."""
        waiting = self._waiting.get(self._open.get(connection, ""), {})
        if connection in waiting:
            waiting[connection] = waiting.pop(connection)

    def works(self, connection: Transport) -> None:
        """Note that a connection has a request that is being answered."""
        address = self._open.get(connection, "")
        waiting = self._waiting.get(address, {})
        waiting.pop(connection, None)
        if not waiting:
            self._waiting.pop(address, None)

    def stops_reading(self, connection: Transport, unread: int) -> None:
        """Note how many bytes a client leaves unread; of too many, cut off the oldest."""
        self._unread[connection] = unread
        self._sum += unread
        while self._sum > UNREAD and len(self._unread) > 1:
            longest = next(iter(self._unread))
            self.closed(longest)
            longest.abort()

    def reads(self, connection: Transport) -> None:
        """Note that a client has read almost all it was sent."""
        self._sum -= self._unread.pop(connection, 0)

    def closed(self, connection: Transport) -> None:
        """Forget a connection."""
        self.works(connection)
        self.reads(connection)
        if (address := self._open.pop(connection, None)) is not None:
            self._number[address] -= 1
            if not self._number[address]:
                del self._number[address]

    def _longest_waiting(self) -> Transport:
        """Give the one that waits longest at the address that holds most connections."""
        address = max(self._waiting, key=self._number.__getitem__)
        return next(iter(self._waiting[address]))
