"""Connections that are held open: who only waits or does not read gives way, and ends in time."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import uvicorn
from hyteverkko import connection, open_connections
from hyteverkko.connection import Connection
from hyteverkko.open_connections import OpenConnections
from hyteverkko.serving import UNREAD, listening
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

MIB = 1024 * 1024
SOON = 0.3
ASKS = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
ASKS_ONCE = b"GET / HTTP/1.0\r\n\r\n"
CLOSES = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
CHUNKS = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
SENDS = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"


@dataclass
class House:
    """A server of such connections in this process: how many, how large and how late an answer.

    It holds ``buffer`` bytes before it waits for its reader, and ``reads`` bodies or does not.
    """

    most: int = 100
    size: int = 2
    pieces: int = 1
    buffer: int = 64 * 1024
    late: float = 0.0
    reads: bool = True
    state: ServerState = field(default_factory=ServerState)
    port: int = 0
    visitors: list[socket.socket] = field(default_factory=list)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        while self.reads and (await receive()).get("more_body"):
            pass
        await asyncio.sleep(self.late)
        pieces = [bytes(self.size // self.pieces)] * self.pieces
        length = {"content-length": str(self.size)}
        await StreamingResponse(_each(pieces), headers=length)(scope, receive, send)

    @asynccontextmanager
    async def is_open(self) -> AsyncIterator["House"]:
        class Own(Connection):
            open_connections = OpenConnections(self.most)

            def connection_made(own, transport: Any) -> None:  # noqa: N805, ANN401 - asyncio's
                transport.set_write_buffer_limits(self.buffer)
                super().connection_made(transport)

        config = uvicorn.Config(
            self.app, interface="asgi3", log_level="critical", timeout_keep_alive=60
        )
        server = await asyncio.get_running_loop().create_server(
            lambda: Own(config, self.state, {}), "127.0.0.1", 0
        )
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            for one in self.visitors:
                one.close()
            await self.becomes(lambda house: not house.state.connections)
            server.close()

    async def visitor(self, says: bytes = b"", address: str = "127.0.0.1") -> socket.socket:
        one = socket.socket()
        one.bind((address, 0))
        self.visitors.append(one)
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", self.port))
        await asyncio.get_running_loop().sock_sendall(one, says)
        return one

    async def becomes(self, holds: Callable[["House"], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds(self):
                await asyncio.sleep(0.01)


async def hears(one: socket.socket) -> bytes:
    """Give what comes next."""
    async with asyncio.timeout(10):
        return await asyncio.get_running_loop().sock_recv(one, 65536)


async def says(one: socket.socket, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(one, data)


async def rest(one: socket.socket, pause: float = 0.0) -> bytes:
    """Give all that comes until the end of the connection."""
    said = bytearray()
    async with asyncio.timeout(10):
        with suppress(ConnectionError):
            while more := await asyncio.get_running_loop().sock_recv(one, 65536):
                said += more
                await asyncio.sleep(pause)
    return bytes(said)


async def _each(pieces: list[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def status(said: bytes) -> int:
    return int(said.split()[1])


def statuses(said: bytes) -> list[int]:
    """Give the status of each answer; the lengths have to be right."""
    found = []
    while said:
        head, _, said = said.partition(b"\r\n\r\n")
        length = int(re.findall(rb"content-length: (\d+)", head)[0])
        assert length <= len(said)
        found.append(status(head))
        said = said[length:]
    return found


def run(story: Callable[[House], Awaitable[None]], house: House) -> None:
    async def told() -> None:
        async with house.is_open():
            await story(house)

    asyncio.run(told())


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", SOON)
    monkeypatch.setattr(connection, "READ_SECONDS", SOON)
    monkeypatch.setattr(connection, "SLOWEST", 1024 * MIB)


def test_who_says_nothing() -> None:
    async def story(house: House) -> None:
        assert await rest(await house.visitor()) == b""

    run(story, House())


@pytest.mark.parametrize("before", [b"", ASKS], ids=["at once", "after a request"])
@pytest.mark.parametrize("half", [b"G", ASKS[:-2]])
def test_a_head_that_never_ends(before: bytes, half: bytes) -> None:
    async def story(house: House) -> None:
        one = await house.visitor(before)
        if before:
            await asyncio.get_running_loop().sock_recv(one, 65536)
        await asyncio.get_running_loop().sock_sendall(one, half)
        said = await rest(one)
        assert status(said) == 408
        assert "Send it again" in json.loads(said.partition(b"\r\n\r\n")[2])["detail"]

    run(story, House())


def test_line_ends_after_a_request() -> None:
    async def story(house: House) -> None:
        one = await house.visitor(ASKS)

        async def drips() -> None:
            with suppress(ConnectionError):
                while True:
                    await asyncio.get_running_loop().sock_sendall(one, b"\r\n")
                    await asyncio.sleep(SOON / 10)

        dripping = asyncio.create_task(drips())
        await rest(one)
        dripping.cancel()

    run(story, House())


def test_an_answer_may_be_late() -> None:
    async def story(house: House) -> None:
        assert status(await rest(await house.visitor(ASKS_ONCE))) == 200

    run(story, House(late=3 * SOON))


@pytest.mark.parametrize("pieces", [1, 16])
@pytest.mark.parametrize(
    ("asks", "buffer"),
    [(ASKS, 64 * 1024), (ASKS_ONCE, 64 * 1024), (ASKS_ONCE, 1024 * MIB)],
    ids=["and more may be asked", "and is the last", "and all is held"],
)
def test_an_answer_that_is_not_read(asks: bytes, pieces: int, buffer: int) -> None:
    async def story(house: House) -> None:
        one = await house.visitor(asks)
        await house.becomes(lambda house: len(house.state.connections) == 1)
        await house.becomes(lambda house: not house.state.connections)
        assert len(await rest(one)) < 16 * MIB

    house = House(size=16 * MIB, pieces=pieces, buffer=buffer)
    run(story, house)


def test_who_reads_slowly_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SLOWEST", 4 * MIB)

    async def story(house: House) -> None:
        said = await rest(await house.visitor(ASKS_ONCE), pause=0.005)
        assert len(said) > 16 * MIB

    run(story, House(size=16 * MIB))


def test_who_waits_longest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 60)

    async def story(house: House) -> None:
        first = await house.visitor(ASKS)
        await house.becomes(lambda house: house.state.total_requests == 1)
        waiting = [await house.visitor() for _ in range(5)]
        await house.becomes(lambda house: len(house.state.connections) == 5)
        # The first one, which has had its answer, gave way to the last of these.
        assert status(await rest(first)) == 200
        another = await house.visitor(ASKS)
        assert await rest(waiting[0]) == b""
        assert status(await asyncio.get_running_loop().sock_recv(another, 65536)) == 200
        assert len(house.state.connections) == 5

    run(story, House(most=5))


def test_who_is_being_answered_does_not_give_way() -> None:
    async def story(house: House) -> None:
        asking = [await house.visitor(ASKS) for _ in range(3)]
        await house.becomes(lambda house: len(house.state.tasks) == 3)
        said = await rest(await house.visitor())
        assert status(said) == 503
        assert b"\r\nretry-after: 2\r\n" in said
        for one in asking:
            assert status(await asyncio.get_running_loop().sock_recv(one, 65536)) == 200

    run(story, House(most=3, late=1.0))


def test_the_address_with_most_connections_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 60)

    async def story(house: House) -> None:
        idle = await house.visitor()
        uploading = await house.visitor(SENDS)
        # Heads whose bodies do not come hold nothing.
        many = [await house.visitor(SENDS, "127.0.0.2") for _ in range(5)]
        await house.becomes(lambda house: len(house.state.connections) == 7)
        others = [await house.visitor(ASKS, f"127.0.0.{n}") for n in (3, 4)]
        for one in others:
            assert status(await hears(one)) == 200
        for one in many[:2]:
            assert await rest(one) == b""
        await says(uploading, b"ab")
        await says(idle, ASKS)
        await says(many[2], b"ab")
        for one in (uploading, idle, many[2]):
            assert status(await hears(one)) == 200

    run(story, House(most=7))


def test_who_sends_a_body_gives_way_after_who_is_silent() -> None:
    async def story(house: House) -> None:
        slow = await house.visitor(SENDS)
        silent = await house.visitor(SENDS)
        await house.becomes(lambda house: len(house.state.tasks) == 2)
        await says(slow, b"a")
        await asyncio.sleep(SOON)
        another = await house.visitor(ASKS)
        assert status(await hears(another)) == 200
        assert await rest(silent) == b""
        await says(slow, b"b")
        assert status(await hears(slow)) == 200

    run(story, House(most=2))


def test_a_body_behind_a_request_is_waited_for_once_that_is_answered() -> None:
    async def story(house: House) -> None:
        one = await house.visitor(ASKS + SENDS)
        assert status(await hears(one)) == 200
        await house.becomes(lambda house: house.state.total_requests == 1)
        assert status(await hears(await house.visitor(ASKS))) == 200
        assert await rest(one) == b""

    run(story, House(most=1))


def test_what_the_system_holds_of_one_connection_is_bounded() -> None:
    with listening("127.0.0.1", 0) as listener, socket.socket() as visitor:
        listener.listen()
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        visitor.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            accepted.setblocking(False)
            sent = 0
            with suppress(BlockingIOError):
                while sent < 64 * MIB:
                    sent += accepted.send(bytes(64 * 1024))
    # Twice that for the system's own needs, and what has gone over to the visitor.
    assert sent <= 2 * UNREAD + 256 * 1024


def test_what_all_leave_unread_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_connections, "UNREAD", 150 * MIB)
    monkeypatch.setattr(connection, "READ_SECONDS", 60)

    async def story(house: House) -> None:
        asking = []
        for _ in range(3):
            asking.append(await house.visitor(ASKS_ONCE))
            await house.becomes(lambda house: house.state.total_requests == len(asking))
        lengths = [len(await rest(one)) for one in asking]
        assert lengths[0] < 64 * MIB < min(lengths[1:])

    run(story, House(size=64 * MIB))


@pytest.mark.parametrize(
    ("asks", "answered"),
    [
        (ASKS + b"no HTTP\r\n\r\n", [200, 400]),
        (ASKS + ASKS + b"no HTTP\r\n\r\n" + ASKS, [200, 200, 400]),
        (ASKS + b"GET /" + b"x" * 62_000, [200, 414]),
        (ASKS + CHUNKS + b"no chunk\r\n", [200, 400]),
        (ASKS + ASKS + CHUNKS + b"no chunk\r\n", [200, 200, 400]),
        (CHUNKS + b"no chunk\r\n", [400]),
        (CLOSES + b"no HTTP\r\n\r\n", [200]),
    ],
)
@pytest.mark.parametrize("house", [House(late=SOON), House(size=16 * MIB, pieces=16)])
def test_a_refusal_comes_in_turn(
    house: House, asks: bytes, answered: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", 60)

    async def story(house: House) -> None:
        assert statuses(await rest(await house.visitor(asks))) == answered

    run(story, replace(house, state=ServerState(), visitors=[]))


def test_a_refusal_does_not_come_inside_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", 60)

    async def story(house: House) -> None:
        one = await house.visitor(ASKS)
        said = await hears(one)
        await says(one, b"no HTTP\r\n\r\n")
        await asyncio.sleep(SOON)
        assert statuses(said + await rest(one)) == [200, 400]

    run(story, House(size=64 * MIB, pieces=64))


def test_a_body_goes_wrong_after_its_answer() -> None:
    async def story(house: House) -> None:
        one = await house.visitor(CHUNKS)
        assert status(await hears(one)) == 200
        await says(one, b"no chunk\r\n")
        assert await rest(one) == b""

    run(story, House(reads=False))


def test_who_sends_on_after_the_answer_can_read_it() -> None:
    async def story(house: House) -> None:
        one = await house.visitor(SENDS.replace(b": 2", b": 1000000"))
        with suppress(ConnectionError):
            while True:
                await says(one, b"a")
                await asyncio.sleep(SOON / 10)
        assert statuses(await rest(one)) == [200]

    run(story, House(reads=False))
