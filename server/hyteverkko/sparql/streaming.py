"""A large answer on its way: read from its spool piece by piece, with its length said before.

Nothing of it is kept in memory but the piece that is being sent, and a reader who does not read is
not waited for for ever. What is cut off is shorter than was said, so it is seen to be cut.
"""

import asyncio
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from hyteverkko.kept import Headers
from hyteverkko.store.spool import Answer

PIECE: Final = 256 * 1024
PATIENCE: Final = 60
"""Seconds that every reader gets."""

SLOWEST: Final = 64 * 1024
"""Bytes for which a reader gets one second more."""


class Spooled:
    """A response that sends an answer from its spool, and then lets go of it."""

    def __init__(self, answer: Answer, headers: Headers) -> None:
        """Hold the answer, and the header that it is sent with."""
        self._answer, self._headers = answer, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, as long as somebody reads."""
        request, length = Request(scope, receive), self._answer.spool.length
        try:
            async with asyncio.timeout(PATIENCE + length / SLOWEST):
                await self._send(request, send)
        except TimeoutError:
            # The server closes a connection whose answer is not whole.
            return
        finally:
            self._answer.close()

    async def _send(self, request: Request, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self._headers}
        await send(start)
        file = self._answer.spool.opened()
        while request.method != "HEAD" and (piece := await run_in_threadpool(file.read, PIECE)):
            if await request.is_disconnected():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})
