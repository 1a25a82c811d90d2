"""Who may have a query run now: places for queries, given to the clients in turn.

Every query begins in a quick place, which it may keep for a moment only; then it needs a long one.
A client that has a long query gets no quick places, and only so many long ones. So a lookup never
waits behind a long query, and no client behind all the queries of another.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

from hyteverkko.errors import Busy
from hyteverkko.lanes import Lane, Turn


@dataclass(slots=True, eq=False)
class Client:
    """Somebody who asks: seconds of processing used as of a moment, queries being answered, and
    bytes of answers that lie on disk.
    """

    seconds: float = 0.0
    moment: float = 0.0
    running: int = 0
    spooled: int = 0


class Admission:
    """The places, and the queries that wait for one."""

    def __init__(self, quick: int, long: int, share: int, waiting: int) -> None:
        """Have so many places; one client takes ``share`` of the long ones; so many may wait."""
        self._quick: Lane[Client] = Lane(quick, max(1, quick - 1))
        self._long: Lane[Client] = Lane(long, share)
        self._most_long, self._most_waiting = long, waiting
        self._share = share

    async def admit(self, client: Client, seconds: float) -> "Place":
        """Give a place, after waiting for so many seconds at most; else raise Busy."""
        lane = self._long if self._long.knows(client) else self._quick
        if not lane.take(client):
            lane = await self._wait(lane, client, seconds)
        return Place(self, client, lane)

    def outstay(self, place: "Place") -> bool:
        """Move a query from its quick place to a long one; say whether there was one."""
        if place.lane is self._long:
            return True
        if not self._long.take(place.client):
            return False
        place.lane.leave(place.client)
        place.lane = self._long
        self._follow(place.client)
        self._quick.serve()
        return True

    async def again(self, place: "Place", seconds: float) -> None:
        """Wait for a long place with a query that was stopped because there was none."""
        place.give_back()
        place.lane = self._long
        if self._long.take(place.client):
            self._follow(place.client)
        else:
            await self._wait(self._long, place.client, seconds)

    async def _wait(self, lane: Lane[Client], client: Client, seconds: float) -> Lane[Client]:
        self._make_room(client)
        turn = lane.queue(client)
        if lane is self._long:
            self._follow(client)
        clock = asyncio.get_running_loop().call_later(seconds, self._refuse, turn)
        try:
            await turn.wait()
        finally:
            clock.cancel()
        return turn.lane

    def _follow(self, client: Client) -> None:
        """Let the waiting queries of a client that has a long one wait for long places too."""
        moved = self._quick.waiting.pop(client, None)
        if moved:
            for turn in moved:
                turn.lane = self._long
            self._long.waiting.setdefault(client, deque()).extend(moved)
            self._long.serve()

    def _make_room(self, client: Client) -> None:
        """Refuse the newest query of whoever has most waiting, when there is no room to wait."""
        if self._quick.length + self._long.length < self._most_waiting:
            return
        lines = {**self._quick.waiting, **self._long.waiting}
        longest = max(lines, key=lambda one: len(lines[one]))
        if len(lines.get(client, ())) + 1 >= len(lines[longest]):
            raise self._busy()
        newest = lines[longest].pop()
        # It may have been given up in this very moment.
        if not newest.granted.done():
            newest.granted.set_exception(self._busy())

    def _busy(self) -> Busy:
        return Busy(
            "Other queries are running, and at most {long} long ones at once and {waiting} may "
            "wait. Ask again in {seconds} s.",
            long=self._most_long,
            waiting=self._most_waiting,
            seconds=Busy.retry_after,
        )

    def _refuse(self, turn: Turn[Client]) -> None:
        if not turn.granted.done():
            turn.give_up()
            only_share = turn.lane is self._long and turn.lane.keeps_share(turn.client)
            turn.granted.set_exception(self._share_taken() if only_share else self._busy())

    def _share_taken(self) -> Busy:
        return Busy(
            "You have {share} long queries running, as many as one client may at once. Wait until "
            "one has been answered, or ask again in {seconds} s.",
            share=self._share,
            seconds=Busy.retry_after,
        )


class Place:
    """A place that a query has, until it gives it back."""

    __slots__ = ("_admission", "_is_held", "client", "lane")

    def __init__(self, admission: Admission, client: Client, lane: Lane[Client]) -> None:
        """Hold a place of a lane for a client."""
        self._admission, self.client, self.lane = admission, client, lane
        self._is_held = True

    def outstay(self) -> bool:
        """Keep the place for longer than a moment; False when that is not possible."""
        return self._admission.outstay(self)

    async def again(self, seconds: float) -> None:
        """Wait for a long place instead; raise Busy when there is none in time."""
        await self._admission.again(self, seconds)
        self._is_held = True

    def give_back(self) -> None:
        """Let somebody else have the place."""
        if self._is_held:
            self._is_held = False
            self.lane.give_back(self.client)
