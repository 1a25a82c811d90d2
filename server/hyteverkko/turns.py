"""What takes work is done in turn: one request of each client, and round again.

So who asks for a thousand pages at once waits for them behind others' first, not others behind
these, and as few are in memory as are being drawn.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hyteverkko.errors import Busy, RequestError, TooMany
from hyteverkko.lanes import Lane
from hyteverkko.presence import while_present

PLACES: Final = 8
"""Requests that are worked on at once: each more only takes the processor from the others."""

SHARE: Final = 4
"""How many of them may be one client's."""

WAITING: Final = 100
"""Requests of one client that may wait."""

SECONDS: Final = 30.0
"""How long one may wait."""

Refuse = Callable[[Request, RequestError], Response]


class Turns:
    """Places that are waited for in turn, by so many of a client and for so long."""

    def __init__(self, places: int, share: int) -> None:
        """Have so many places, of which one client takes at most a share."""
        self._lane: Lane[str] = Lane(places, share)

    async def take(self, client: str, receive: Receive) -> None:
        """Wait for a place; raise TooMany or Busy if there is none, ClientLeft if nobody waits.

        The body of the request has to be read before.
        """
        if self._lane.take(client):
            return
        if len(self._lane.waiting.get(client, ())) >= WAITING:
            raise TooMany(
                "You have {most} requests waiting. Wait until some have been answered.",
                2,
                most=WAITING,
            )
        try:
            with while_present(receive):
                async with asyncio.timeout(SECONDS):
                    await self._lane.wait(client)
        except TimeoutError:
            raise Busy(
                "Too much is asked for at the moment. Ask again in {seconds} s.",
                seconds=Busy.retry_after,
            ) from None

    def give_back(self, client: str) -> None:
        """Let the next have the place."""
        self._lane.give_back(client)


class InTurn:
    """Stands in front of what draws pages and data."""

    def __init__(
        self,
        app: ASGIApp,
        who: Callable[[Request], str],
        refuse: Refuse,
        apart: Callable[[Scope], bool],
    ) -> None:
        """Let the requests of whom ``who`` names have their turns, but those that go ``apart``."""
        self._app, self._who, self._refuse, self._apart = app, who, refuse, apart
        self._turns = Turns(PLACES, SHARE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when it is its turn; what it brings is waited for before."""
        if scope["type"] != "http" or self._apart(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        stay = _Stay(self._turns, self._who(request), receive, send)
        try:
            if scope["method"] in {"GET", "HEAD"}:
                try:
                    await stay.begin()
                except RequestError as error:
                    await self._refuse(request, error)(scope, receive, send)
                    return
            await self._app(scope, stay.receive, stay.send)
        finally:
            stay.end()


class _Stay:
    """One request, from its turn until its answer is on its way."""

    def __init__(self, turns: Turns, client: str, receive: Receive, send: Send) -> None:
        self._turns, self._client, self._receive, self._send = turns, client, receive, send
        self._has_begun = self._holds = False

    async def begin(self) -> None:
        """Wait for the turn."""
        self._has_begun = True
        await self._turns.take(self._client, self._receive)
        self._holds = True

    async def receive(self) -> Message:
        """Receive; what brings something has its turn when all is here."""
        message = await self._receive()
        is_last = message["type"] == "http.request" and not message.get("more_body", False)
        if is_last and not self._has_begun:
            await self.begin()
        return message

    async def send(self, message: Message) -> None:
        """Send; from the first piece of an answer on, it waits for its client, not for us."""
        if message["type"] == "http.response.body":
            self.end()
        await self._send(message)

    def end(self) -> None:
        """Let the next have the turn."""
        if self._holds:
            self._holds = False
            self._turns.give_back(self._client)
