"""What a real socket is told when an address or a head is too long, or is no HTTP."""

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hyteverkko.connection import LONGEST_ADDRESS, LONGEST_HEAD

from tests.servers import Server, running

NO_HTTP = "This is not HTTP, or names no Host, or more than one."
CLOSE = b"Connection: close\r\n\r\n"
HOST = b"HTTP/1.1\r\nHost: a\r\n"


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(home, tmp_path_factory.mktemp("connection")) as server:
        yield server


def told(server: Server, *pieces: bytes) -> tuple[int, dict[str, Any]]:
    address = urlsplit(server.base)
    said = b""
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as connection:
        for piece in pieces:
            with suppress(ConnectionError):
                connection.sendall(piece)
        with suppress(ConnectionError):
            while more := connection.recv(65536):
                said += more
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def query(length: int) -> bytes:
    path = b"/sparql?query=ASK%7B%7D%23"
    return b"GET " + path + b"x" * (length - len(path)) + b" "


def test_an_address_as_long_as_may_be(server: Server) -> None:
    status, body = told(server, query(LONGEST_ADDRESS), HOST + b"Connection: close\r\n\r\n")
    assert (status, body["boolean"]) == (200, True)


def test_head_and_body_are_sent_in_one_piece(server: Server) -> None:
    address = urlsplit(server.base)
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as connection:
        for number in range(20):
            connection.sendall(query(30 + number) + HOST + b"\r\n")
            assert connection.recv(65536).partition(b"\r\n\r\n")[2].endswith(b"}")


def test_two_requests_at_once_are_answered_in_turn(server: Server) -> None:
    address, said = urlsplit(server.base), b""
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as connection:
        connection.sendall((query(30) + HOST + b"\r\n") * 2)
        while said.count(b'"boolean":true') < 2 and (more := connection.recv(65536)):
            said += more
    assert said.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("length", [LONGEST_ADDRESS + 1, 65_536, 200_000])
def test_an_address_that_is_too_long(server: Server, length: int) -> None:
    status, problem = told(server, query(length), HOST + b"\r\n")
    assert status == 414
    assert "60 KiB" in problem["detail"] and "POST" in problem["detail"]


def test_an_address_without_an_end(server: Server) -> None:
    status, _ = told(server, *[b"GET /"] + [b"x" * 100_000] * 100)
    assert status == 414


def test_a_head_that_is_too_long(server: Server) -> None:
    field = b"x-a: " + b"x" * 995 + b"\r\n"
    fitting = field * (LONGEST_HEAD // 1000)
    status, _ = told(server, b"GET /health ", HOST, fitting, b"connection: close\r\n\r\n")
    assert status == 200
    status, problem = told(server, b"GET /health ", HOST, fitting + field * 2, b"\r\n")
    assert status == 431
    assert "64 KiB" in problem["detail"]


OFFERS = [
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQC\r\n",
    b"Upgrade: websocket\r\nConnection: keep-alive, upgrade\r\nSec-WebSocket-Version: 13\r\n",
    b"Connection: upgrade\r\nX-Empty:\r\nUpgrade: h2c\r\nUpgrade: TLS/1.0\r\n",
]
POSTS = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
LAST = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
HIDDEN = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"5\r\nASK{}\r\n0\r\n\r\n"


def answers(server: Server, *pieces: bytes) -> list[tuple[int, Any]]:
    """Say what is answered until the server closes; the pieces come apart from each other."""
    address, said = urlsplit(server.base), b""
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            with suppress(ConnectionError):
                connection.sendall(piece)
            time.sleep(0.2)
        with suppress(ConnectionError):
            while more := connection.recv(65536):
                said += more
    found = []
    while said:
        head, _, said = said.partition(b"\r\n\r\n")
        length = int(re.findall(rb"content-length: (\d+)", head)[0])
        found.append((int(head.split()[1]), json.loads(said[:length])))
        said = said[length:]
    return found


@pytest.mark.parametrize("offer", OFFERS, ids=["h2c", "websocket", "two"])
@pytest.mark.parametrize("cut", [False, True], ids=["together", "apart"])
@pytest.mark.parametrize(
    ("length", "body", "status"),
    [
        (b"Content-Length: 5\r\n", b"ASK{}", 200),
        (b"Content-Length: %d\r\n" % len(HIDDEN), HIDDEN, 400),
        (b"Transfer-Encoding: chunked\r\n", CHUNKED, 200),
    ],
    ids=["plain", "like a request", "chunked"],
)
def test_an_upgrade_is_not_taken_and_the_body_is_read(
    server: Server, offer: bytes, length: bytes, body: bytes, status: int, *, cut: bool
) -> None:
    head = POSTS + offer + length + b"\r\n"
    pieces = [head, body, LAST] if cut else [head + body + LAST]
    (asked, answer), (last, health) = answers(server, *pieces)
    assert (asked, answer.get("boolean")) == (status, True if status == 200 else None)
    assert (last, health["status"]) == (200, "ok")


@pytest.mark.parametrize("offer", OFFERS, ids=["h2c", "websocket", "two"])
def test_an_upgrade_is_not_taken_from_a_request_without_a_body(
    server: Server, offer: bytes
) -> None:
    one = b"GET /health " + HOST + offer + b"\r\n"
    for pieces in ([one * 3 + LAST], [one, one, one + LAST]):
        assert [status for status, _ in answers(server, *pieces)] == [200] * 4


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_curl_that_offers_http_2(server: Server) -> None:
    query = ["--data-urlencode", "query=ASK {}", server.sparql]
    for asked in (["--get", *query], query):
        command = ["curl", "--silent", "--show-error", "--max-time", "20", "--http2", *asked]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert json.loads(said)["boolean"] is True


def test_no_tunnel(server: Server) -> None:
    pieces = (b"CONNECT a.example:443 " + HOST + b"\r\n", LAST)
    assert [status for status, _ in answers(server, *pieces)] == [501]


def test_no_http(server: Server) -> None:
    status, problem = told(server, b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
    assert (status, problem["detail"]) == (400, NO_HTTP)


@pytest.mark.parametrize("path", [b"/health/", b"/map/?year=2020", b"//b.example/health/"])
def test_nothing_leads_to_the_host_that_is_named(server: Server, path: bytes) -> None:
    status, problem = told(server, b"GET " + path + b" HTTP/1.1\r\nHost: b.example\r\n", CLOSE)
    assert status == problem["status"] == 404


@pytest.mark.parametrize("hosts", [b"", b"Host: a\r\nHost: a\r\n", b"Host: a\r\nhost: b\r\n"])
@pytest.mark.parametrize("target", [b"/health", b"http://a/health"])
def test_one_host(server: Server, target: bytes, hosts: bytes) -> None:
    status, problem = told(server, b"GET " + target + b" HTTP/1.1\r\n" + hosts, b"\r\n")
    assert (status, problem["detail"]) == (400, NO_HTTP)


@pytest.mark.parametrize("version", [b"1.0\r\n", b"1.0\r\nHost: a\r\n", b"1.1\r\nHost:\r\n"])
def test_a_host_may_be_empty_and_before_1_1_left_out(server: Server, version: bytes) -> None:
    assert told(server, b"GET /health HTTP/" + version, CLOSE)[0] == 200
