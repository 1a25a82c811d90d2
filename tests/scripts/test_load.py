"""The load generator against a server that answers in every way HTTP allows."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from threading import Thread
from time import sleep

import pytest

from scripts.benchmarks.load import Stream, Tally, cycled, drive, row_count


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        match self.path:
            case "/whole":
                self._answer(200, b"whole")
            case "/refused":
                self._answer(503, b"")
            case "/chunks":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                # The second chunk looks like the last one, for a while.
                for part in (b"5\r\nwhole\r\n", b"3\r\n0\r\n\r\n", b"0\r\n\r\n"):
                    self.wfile.write(part)
                    sleep(0.002)
            case "/slow":
                sleep(0.3)
                self._answer(200, b"whole")
            case "/close":
                self.close_connection = True
                self._answer(200, b"whole", ("Connection", "close"))
            case _:
                self.close_connection = True

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that has gone: it does so when its time is over."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Server(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def driven(port: int, path: str, requests: int) -> Tally:
    stream = Stream(repeat(request(path), requests), connections=2)
    (tally,) = drive(port, [stream], seconds=10)
    return tally


@pytest.mark.parametrize("path", ["/whole", "/chunks", "/close"])
def test_answers_are_counted_and_timed(port: int, path: str) -> None:
    tally = driven(port, path, 50)
    assert tally.statuses[200] == 50
    assert len(tally.times) == tally.statuses[200]
    assert tally.lost == 0
    assert 0 < tally.quantile(0.5) <= tally.quantile(0.99)


def test_refusals_are_lost(port: int) -> None:
    tally = driven(port, "/refused", 20)
    assert tally.lost == tally.statuses[503] == 20
    assert tally.rate == 0


def test_broken_connections_are_lost(port: int) -> None:
    tally = driven(port, "/broken", 20)
    assert tally.lost == tally.broken == 20


def test_paced_stream_keeps_its_pace(port: int) -> None:
    stream = Stream(cycled([request("/whole")]), connections=4, every=0.1)
    (tally,) = drive(port, [stream], seconds=1)
    assert 32 <= len(tally.times) <= 40


def test_run_is_over_when_it_is_said(port: int) -> None:
    said = iter([False] * 20 + [True])
    stream = Stream(cycled([request("/whole")]), connections=1)
    (tally,) = drive(port, [stream], 10, lambda: next(said))
    assert tally.seconds < 5


def test_answers_under_way_at_the_end_are_waited_for(port: int) -> None:
    stream = Stream(cycled([request("/slow")]), connections=2)
    (tally,) = drive(port, [stream], seconds=0.1)
    assert tally.statuses == {200: 2}
    assert tally.seconds > 0.3


def test_two_streams_are_told_apart(port: int) -> None:
    streams = [
        Stream(cycled([request("/whole")]), connections=1),
        Stream(cycled([request("/refused")]), connections=1, source="127.0.0.2"),
    ]
    whole, refused = drive(port, streams, seconds=0.3)
    assert whole.lost == 0
    assert refused.statuses.keys() == {503}


def test_rows_are_counted() -> None:
    assert row_count(b'{"head": {}, "boolean": true}') == 1
    assert row_count(b'{"head": {}, "results": {"bindings": [{}, {}]}}') == 2
