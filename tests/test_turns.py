"""One client's thousand requests and another's one: who waits, who is refused, what is held."""

import http.client
import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hyteverkko.turns import PLACES, SHARE, WAITING

from tests.servers import Server, running

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GREEDY, READER = "127.0.0.2", "127.0.0.3"


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(home, tmp_path_factory.mktemp("turns")) as server:
        yield server


def answer(server: Server, path: str, address: str, body: bytes | None = None) -> tuple[int, str]:
    """Give the status, and after how long to ask again."""
    connection = http.client.HTTPConnection(
        urlsplit(server.base).netloc, timeout=20, source_address=(address, 0)
    )
    try:
        connection.request("GET" if body is None else "POST", path, body, FORM if body else {})
        got = connection.getresponse()
        got.read()
        return got.status, got.headers.get("retry-after", "")
    finally:
        connection.close()


def large(number: int) -> str:
    """Give an address whose answer takes some work, and that nobody has asked for before."""
    return f"/coverage.json?number={number}"


def test_a_reader_does_not_wait_behind_a_greedy_one(server: Server) -> None:
    done = 0

    def asks(number: int) -> int:
        nonlocal done
        status, _ = answer(server, large(number), GREEDY)
        done += 1
        return status

    with ThreadPoolExecutor(80) as threads:
        asking = [threads.submit(asks, number) for number in range(80)]
        while done < 2:
            time.sleep(0.01)
        before = done
        assert answer(server, large(1000), READER)[0] == 200
        # In the order of arrival, it would come after all of them.
        assert done - before < 40
        assert {one.result() for one in asking} == {200}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/coverage.json?number={}", None),
        ("/queries/terms.json?number={}", None),
        ("/oai?{}", b"verb=ListRecords&metadataPrefix=rdf"),
    ],
    ids=["page", "names for the editor", "posted"],
)
def test_who_has_too_much_waiting_is_told_so(server: Server, path: str, sent: bytes | None) -> None:
    many = WAITING + SHARE + 40
    ready = threading.Barrier(many)

    def asks(number: int) -> tuple[int, str]:
        ready.wait()
        return answer(server, path.format(2000 + number), GREEDY, sent)

    with ThreadPoolExecutor(many) as threads:
        answers = set(threads.map(asks, range(many)))
    assert answers == {(200, ""), (429, "2")}


def test_who_is_still_sending_takes_no_place(server: Server) -> None:
    place = urlsplit(server.base)
    half = b"POST /oai HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nverb="
    sending = [
        socket.create_connection((place.hostname, place.port), source_address=(f"127.0.1.{n}", 0))
        for n in range(1, PLACES + 3)
    ]
    for one in sending:
        one.sendall(half)
    time.sleep(0.3)
    try:
        assert answer(server, large(3000), READER)[0] == 200
    finally:
        for one in sending:
            one.close()


def test_what_nobody_waits_for_is_not_done(server: Server) -> None:
    began = processor(server)
    assert answer(server, large(4000), READER)[0] == 200
    one = processor(server) - began
    place = urlsplit(server.base)
    for number in range(1, WAITING):
        with socket.create_connection((place.hostname, place.port)) as leaving:
            head = f"GET {large(4000 + number)} HTTP/1.1\r\nHost: a\r\n\r\n"
            leaving.sendall(head.encode())
    began = processor(server)
    assert answer(server, large(5000), "127.0.0.1")[0] == 200
    assert processor(server) - began < one * WAITING / 2


def processor(server: Server) -> float:
    """Give the seconds of processor time that the web process has used (proc(5))."""
    stat = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_who_reads_nothing_takes_no_place(server: Server) -> None:
    place = urlsplit(server.base)
    asked = "".join(f"GET {large(6000 + n)} HTTP/1.1\r\nHost: a\r\n\r\n" for n in range(3))
    greedy = []
    for number in range(1, PLACES + 3):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.bind((f"127.0.2.{number}", 0))
        one.connect((place.hostname, place.port))
        one.sendall(asked.encode())
        greedy.append(one)
    try:
        # The second answers wait until the first have been read, which they never are.
        time.sleep(3)
        assert answer(server, large(7000), READER)[0] == 200
    finally:
        for one in greedy:
            one.close()


def test_long_queries_are_read_one_client_after_another(server: Server) -> None:
    place, greedy = urlsplit(server.base), []
    for number in range(90):
        body = f"SELECT * {{ {'a-' * 30_000} }} # {number}"
        one = socket.create_connection((place.hostname, place.port), source_address=(GREEDY, 0))
        head = "POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
        one.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        greedy.append(one)
    try:
        select.select(greedy, [], [])
        assert answer(server, "/sparql?query=ASK%7B%7D", READER)[0] == 200
        # In the order of arrival, it would come after all of them.
        assert len(select.select(greedy, [], [], 0)[0]) < 60
    finally:
        for one in greedy:
            one.close()
