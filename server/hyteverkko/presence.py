"""Whether a client is still there: what nobody waits for any more is not worth a processor."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.types import Receive

from hyteverkko.errors import RequestError

AFTER: Final = 0.1
"""Seconds after which it is worth a look: most is done by then."""


class ClientLeft(RequestError):
    """The client has closed the connection; nobody reads this answer."""

    status = 408

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The client has closed the connection.")


@contextmanager
def while_present(receive: Receive) -> Iterator[None]:
    """Cancel what is awaited within when the client goes away, and raise ClientLeft.

    The body of the request has to be read before.
    """
    loop, waiting = asyncio.get_running_loop(), asyncio.current_task()
    watching: asyncio.Task[None] | None = None
    has_left = is_over = False

    def look() -> None:
        nonlocal watching
        watching = loop.create_task(_until_left(receive))
        watching.add_done_callback(leave)

    def leave(watched: asyncio.Task[None]) -> None:
        nonlocal has_left
        if not is_over and not watched.cancelled() and waiting is not None:
            has_left = True
            waiting.cancel()

    clock = loop.call_later(AFTER, look)
    try:
        yield
    except asyncio.CancelledError:
        if not has_left or waiting is None:
            raise
        waiting.uncancel()
        raise ClientLeft from None
    finally:
        is_over = True
        clock.cancel()
        if watching is not None:
            watching.remove_done_callback(leave)
            watching.cancel()


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
