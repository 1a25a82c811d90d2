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
        self._lane: Lane[str] = Lane(PLACES, SHARE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when it is its turn; what it brings is waited for before."""
        if scope["type"] != "http" or self._apart(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        stay = _Stay(self._lane, self._who(request), receive, send)
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

    def __init__(self, lane: Lane[str], client: str, receive: Receive, send: Send) -> None:
        self._lane, self._client, self._receive, self._send = lane, client, receive, send
        self._has_begun = self._holds = False

    async def begin(self) -> None:
        """Wait for the turn; raise TooMany or Busy if there is none, ClientLeft if nobody waits."""
        self._has_begun = True
        if not self._lane.take(self._client):
            if len(self._lane.waiting.get(self._client, ())) >= WAITING:
                raise TooMany(
                    "You have {most} requests waiting. Wait until some have been answered.",
                    2,
                    most=WAITING,
                )
            with while_present(self._receive):
                await self._wait()
        self._holds = True

    async def receive(self) -> Message:
        """Receive; what brings something has its turn when all is here."""
        message = await self._receive()
        is_last = message["type"] == "http.request" and not message.get("more_body", False)
        if is_last and not self._has_begun:
            await self.begin()
        return message

    async def send(self, message: Message) -> None:
        """Send; what comes after the first piece of an answer waits for the client, not for us."""
        await self._send(message)
        if message["type"] == "http.response.body":
            self.end()

    def end(self) -> None:
        """Let the next have the turn."""
        if self._holds:
            self._holds = False
            self._lane.leave(self._client)
            self._lane.serve()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await self._lane.wait(self._client)
        except TimeoutError:
            raise Busy(
                "Too much is asked for at the moment. Ask again in {seconds} s.",
                seconds=Busy.retry_after,
            ) from None
