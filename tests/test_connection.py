"""What a real socket is told when an address or a head is too long, or is no HTTP."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hyteverkko.connection import LONGEST_ADDRESS, LONGEST_HEAD

from tests.servers import Server, running

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


def test_no_http(server: Server) -> None:
    status, problem = told(server, b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
    assert (status, problem["detail"]) == (400, "This is not HTTP.")
