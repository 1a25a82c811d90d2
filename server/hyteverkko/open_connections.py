"""All connections of the server: how many may be open, and how much of what they are sent unread.

Who only waits gives way to who comes, and who does not read to who does: no client can hold so many
connections, or leave so much unread, that there is nothing left for others.
"""

from asyncio import Transport
from typing import Final

UNREAD: Final = 256 * 1024 * 1024
"""Bytes that all clients together may leave unread in memory."""


class OpenConnections:
    """The connections that wait for a request, and those that are not read from, oldest first."""

    def __init__(self, most: int) -> None:
        """Hold at most so many connections."""
        self._most = most
        self._open: set[Transport] = set()
        self._waiting: dict[Transport, None] = {}
        self._unread: dict[Transport, int] = {}
        self._sum = 0

    def opened(self, connection: Transport) -> bool:
        """Take in a connection that waits for a request; say no where all others are at work."""
        self._open.add(connection)
        self._waiting[connection] = None
        if len(self._open) <= self._most:
            return True
        longest = next(iter(self._waiting))
        if longest is connection:
            return False
        self.closed(longest)
        longest.abort()
        return True

    def waits(self, connection: Transport) -> None:
        """Note that a connection waits for the next request."""
        if connection in self._open:
            self._waiting[connection] = None

    def works(self, connection: Transport) -> None:
        """Note that a connection has a request that is being answered."""
        self._waiting.pop(connection, None)

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
        self._open.discard(connection)
        self.works(connection)
        self.reads(connection)
