"""A light load generator: HTTP/1.1 over plain sockets that stay open, in one process.

Requests are encoded beforehand and an answer is read only as far as its status and its end, so
that on a machine of few cores the server has the rest.
"""

import gc
import json
import select
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from time import perf_counter
from typing import Final
from urllib.parse import quote

HOST: Final = "127.0.0.1"
JSON: Final = "application/sparql-results+json"
PATIENCE: Final = 120
"""Seconds to wait for an answer when nothing else is asked."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Requests that ``connections`` send one after the other, each as soon as it is answered.

    With ``every``, a connection sends one each so many seconds, and a request is timed from when
    it was due, so that waiting for a slow one before it counts. ``source`` is the address that
    the client has.
    """

    requests: Iterator[bytes]
    connections: int = 16
    every: float = 0.0
    source: str = HOST


@dataclass(slots=True)
class Tally:
    """What came of a stream: seconds it ran, seconds of each answer, statuses, broken ones.

    ``cpu`` is the processor time of the server, where somebody has looked.
    """

    seconds: float = 0.0
    cpu: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0

    @property
    def rate(self) -> float:
        """Give the answers with 200 for each second."""
        return self.statuses[200] / self.seconds if self.seconds else 0.0

    @property
    def lost(self) -> int:
        """Give how many requests had another answer than 200, or none."""
        return sum(self.statuses.values()) - self.statuses[200] + self.broken

    def quantile(self, share: float) -> float:
        """Give the seconds within which ``share`` of the answers came."""
        times = sorted(self.times)
        return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0

    def add(self, other: "Tally") -> None:
        """Add another round of the same stream."""
        self.seconds += other.seconds
        self.cpu += other.cpu
        self.times += other.times
        self.statuses += other.statuses
        self.broken += other.broken


def encoded(path: str, query: str) -> bytes:
    """Give the GET request of a query."""
    return (
        f"GET {_target(path, query)} HTTP/1.1\r\nHost: {HOST}\r\nAccept: {JSON}\r\n\r\n"
    ).encode("ascii")


def answered(port: int, path: str, query: str) -> tuple[float, int, bytes]:
    """Ask one query; give the seconds, the status and the body."""
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        start = perf_counter()
        connection.request("GET", _target(path, query), headers={"Accept": JSON})
        response = connection.getresponse()
        body = response.read()
        return perf_counter() - start, response.status, body
    finally:
        connection.close()


def row_count(body: bytes) -> int:
    """Count the rows of a result in JSON; the answer of an ASK counts as 0 or 1."""
    result = json.loads(body)
    return int(result["boolean"]) if "boolean" in result else len(result["results"]["bindings"])


def drive(
    port: int,
    streams: Sequence[Stream],
    seconds: float,
    over: Callable[[], bool] | None = None,
) -> list[Tally]:
    """Send the streams to a server at once, until the time or a stream is over, or it is said.

    What is asked by then is waited for: it counts, and no server works on while another is asked.
    """
    tallies = [Tally() for _ in streams]
    with _uncollected(), _Clients(port) as clients:
        start = perf_counter()
        for stream, tally in zip(streams, tallies, strict=True):
            for number in range(stream.connections):
                due = start + stream.every * number / stream.connections
                clients.add(_Client(port, stream, tally, due))
        clients.run(start + seconds, over or _never)
        clients.finish()
        for tally in tallies:
            tally.seconds = perf_counter() - start
    return tallies


def _target(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}query={quote(query, safe='')}"


def _never() -> bool:
    return False


class _Clients:
    """All clients of a run, and the loop that serves whichever has an answer or is due."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._poll = select.epoll()
        self._all: dict[int, _Client] = {}
        self._waiting: set[_Client] = set()

    def __enter__(self) -> "_Clients":
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._all.values():
            client.socket.close()
        self._poll.close()

    def add(self, client: "_Client") -> None:
        self._all[client.socket.fileno()] = client
        self._poll.register(client.socket, select.EPOLLIN)
        self._waiting.add(client)

    def run(self, end: float, over: Callable[[], bool]) -> None:
        """Serve until the time is over or a stream has no more requests."""
        more = True
        while more and not over() and (now := perf_counter()) < end:
            due = [client for client in self._waiting if client.due <= now]
            self._waiting.difference_update(due)
            if not all(client.send() for client in due):
                return
            next_due = min((client.due for client in self._waiting), default=end)
            for number, _ in self._poll.poll(max(min(next_due, end) - perf_counter(), 0.0)):
                more = self._serve(number) and more

    def finish(self) -> None:
        """Send no more, and wait for what was asked; what does not come is lost."""
        end = perf_counter() + PATIENCE
        asked = {number: client for number, client in self._all.items() if client.asked}
        while asked and (now := perf_counter()) < end:
            for number, _ in self._poll.poll(end - now):
                client = asked.get(number)
                if client is None or client.receive():
                    self._poll.unregister(number)
                    asked.pop(number, None)
        for client in asked.values():
            client.give_up()

    def _serve(self, number: int) -> bool:
        client = self._all[number]
        if not client.receive():
            return True
        if client.closed:
            del self._all[number]
            self._waiting.discard(client)
            client.socket.close()
            client.open()
            self.add(client)
            return True
        if client.paced:
            self._waiting.add(client)
            return True
        return client.send()


class _Client:
    """One connection: the request it waits for, and what has come of the answer."""

    def __init__(self, port: int, stream: Stream, tally: Tally, due: float) -> None:
        self.due, self.paced, self.closed = due, stream.every > 0, False
        self._port, self._stream, self._tally = port, stream, tally
        self.asked, self._sent = False, 0.0
        self._length, self._chunk, self._answer = -1, 0, b""
        self.open()

    def open(self) -> None:
        """Connect, for the first time or after the server has closed."""
        self.socket = socket.create_connection((HOST, self._port), 10, (self._stream.source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closed = False

    def send(self) -> bool:
        """Send the next request; say whether there was one."""
        request = next(self._stream.requests, None)
        if request is None:
            return False
        self._answer, self._length, self._chunk, self.asked = b"", -1, 0, True
        self._sent = self.due if self.paced else perf_counter()
        self.due += self._stream.every
        with suppress(ConnectionError):  # seen as the end of the connection, and counted, below
            self.socket.sendall(request)
        return True

    def receive(self) -> bool:
        """Read what is there; say whether the answer is whole or the connection over."""
        try:
            chunk = self.socket.recv(262144)
        except ConnectionError:
            chunk = b""
        if not chunk:
            self.closed = True
            self.give_up()
            return True
        self._answer = self._answer + chunk if self._answer else chunk
        if not self._whole():
            return False
        self._tally.times.append(perf_counter() - self._sent)
        self._tally.statuses[int(self._answer[9:12])] += 1
        self.asked = False
        return True

    def give_up(self) -> None:
        """Count what was asked and not answered as broken."""
        self._tally.broken += self.asked
        self.asked = False

    def _whole(self) -> bool:
        if not self._chunk and self._length < 0 and not self._read_head():
            return False
        while self._chunk:
            end = self._answer.find(b"\r\n", self._chunk)
            if end < 0:
                return False
            size = int(self._answer[self._chunk : end].partition(b";")[0], 16)
            following = end + size + 4
            if len(self._answer) < following:
                return False
            self._chunk = following if size else 0
            self._length = following
        return len(self._answer) >= self._length

    def _read_head(self) -> bool:
        end = self._answer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._answer[:end].lower()
        _, found, value = head.partition(b"\r\ncontent-length:")
        if found:
            self._length = end + 4 + int(value.partition(b"\r")[0])
        else:
            self._chunk = end + 4
        self.closed = b"\r\nconnection: close" in head
        return True


@contextmanager
def _uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def cycled(requests: Iterable[bytes]) -> Iterator[bytes]:
    """Give requests again and again."""
    known = list(requests)
    while True:
        yield from known
