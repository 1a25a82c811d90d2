"""Bodies are bounded: each, all together, and in time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

import pytest
from hyteverkko.errors import BadRequest, Busy, TooLarge, TooSlow
from hyteverkko.ingest.bodies import LARGEST_AT_ONCE, MIB, Pace, Room, Share, received
from starlette.requests import Request
from starlette.types import Message

Receive = Callable[[], Awaitable[Message]]


def request_of(receive: Receive, **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return Request({"type": "http", "method": "PUT", "headers": raw}, receive)


def read(receive: Receive, share: Share, pace: Pace) -> bytes:
    async def whole() -> bytes:
        return b"".join([piece async for piece in received(request_of(receive), share, pace)])

    return asyncio.run(whole())


def trickle(pieces: int, seconds: float, size: int = 1) -> Receive:
    left = pieces

    async def receive() -> Message:
        nonlocal left
        await asyncio.sleep(seconds)
        left -= 1
        return {"type": "http.request", "body": b"x" * size, "more_body": left > 0}

    return receive


def test_a_body_that_comes_in_drops_is_let_go() -> None:
    with Room(1).share() as share, pytest.raises(TooSlow):
        read(trickle(10_000, 0.02), share, Pace(start=0.3, bytes_a_second=1000))


def test_a_body_that_stops_is_let_go() -> None:
    with Room(1).share() as share, pytest.raises(TooSlow):
        read(trickle(1, 3600), share, Pace(start=0.1))


def test_what_came_fast_is_no_leave_to_be_silent() -> None:
    left = iter([0.0, 3600.0])

    async def receive() -> Message:
        await asyncio.sleep(next(left))
        return {"type": "http.request", "body": b"x" * MIB, "more_body": True}

    with Room(2).share() as share, pytest.raises(TooSlow):
        read(receive, share, Pace(start=0.2, bytes_a_second=1000))


def test_a_slow_body_that_keeps_the_pace_is_read() -> None:
    with Room(1).share() as share:
        content = read(trickle(20, 0.02, 100), share, Pace(start=0.2, bytes_a_second=1000))
    assert len(content) == 2000


def test_a_connection_that_ends() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    with Room(1).share() as share, pytest.raises(BadRequest, match="ended before"):
        read(receive, share, Pace())


def test_all_bodies_together_are_bounded() -> None:
    room = Room(1)
    with ExitStack() as held:
        for _ in range(LARGEST_AT_ONCE):
            held.enter_context(room.share()).take(MIB)
        with room.share() as share, pytest.raises(Busy):
            share.take(1)
    with room.share() as share:
        share.take(MIB)
        with pytest.raises(TooLarge):
            share.take(1)
