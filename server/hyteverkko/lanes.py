"""Places, given to the clients in turn: one to each that waits, and round again."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Client = TypeVar("Client", bound=Hashable)


@dataclass(slots=True, eq=False)
class Turn(Generic[Client]):
    """One who waits for a place of a lane."""

    client: Client
    lane: "Lane[Client]"
    granted: asyncio.Future[None]

    async def wait(self) -> None:
        """Wait until it is granted; who is cancelled meanwhile gives it up."""
        try:
            await self.granted
        except asyncio.CancelledError:
            self.give_up()
            raise

    def give_up(self) -> None:
        """Wait no more; a place that was just granted goes to the next."""
        line = self.lane.waiting.get(self.client, deque())
        if self in line:
            line.remove(self)
            if not line:
                del self.lane.waiting[self.client]
        elif not self.granted.cancelled() and self.granted.exception() is None:
            self.lane.give_back(self.client)


class Lane(Generic[Client]):
    """Places of one kind, who has them, and who waits for one, in the order of their turns."""

    def __init__(self, places: int, share: int) -> None:
        """Have so many places, of which one client takes at most a share."""
        self._free, self._share = places, share
        self._taken: Counter[Client] = Counter()
        self.waiting: OrderedDict[Client, deque[Turn[Client]]] = OrderedDict()

    @property
    def length(self) -> int:
        """Give how many wait."""
        return sum(map(len, self.waiting.values()))

    def knows(self, client: Client) -> bool:
        """Say whether a client has a place here, or waits for one."""
        return client in self._taken or client in self.waiting

    def keeps_share(self, client: Client) -> bool:
        """Say whether places are free and a client may have none, for it has its share."""
        return self._free > 0 and self._taken[client] >= self._share

    def take(self, client: Client) -> bool:
        """Take a place for a client, if there is one that nobody else waits for."""
        if self._free <= 0 or self._taken[client] >= self._share or client in self.waiting:
            return False
        self._free -= 1
        self._taken[client] += 1
        return True

    def queue(self, client: Client) -> Turn[Client]:
        """Let a client wait for a place."""
        turn = Turn(client, self, asyncio.get_running_loop().create_future())
        self.waiting.setdefault(client, deque()).append(turn)
        return turn

    async def wait(self, client: Client) -> None:
        """Take a place for a client when it is its turn."""
        await self.queue(client).wait()

    def give_back(self, client: Client) -> None:
        """Give a place back, and let the next have it."""
        self.leave(client)
        self.serve()

    def leave(self, client: Client) -> None:
        """Give a place back; ``serve`` lets the next have it."""
        self._free += 1
        self._taken[client] -= 1
        if not self._taken[client]:
            del self._taken[client]

    def serve(self) -> None:
        """Give the free places to those that wait, one to each client and round again."""
        while self._free > 0 and (client := self._next()) is not None:
            line = self.waiting.pop(client)
            turn = line.popleft()
            if line:
                self.waiting[client] = line
            if not turn.granted.done():
                self._free -= 1
                self._taken[client] += 1
                turn.granted.set_result(None)

    def _next(self) -> Client | None:
        return next((one for one in self.waiting if self._taken[one] < self._share), None)
