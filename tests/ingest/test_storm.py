"""Many writers at once, slow ones, and ones that hang up: nothing acknowledged is lost."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx2
import pytest
from hyteverkko.ingest import ledger

from tests.ingest.senders import TURTLE, Sender, copied, registered
from tests.servers import UNTHROTTLED, Server, running

WRITERS: Final = 50
TRIALS: Final = 12
DATA: Final = {"accept": "application/n-triples"}


@pytest.fixture(scope="module")
def kuopio(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Sender:
    return registered(copied(home, tmp_path_factory.mktemp("storm") / "home"))


@pytest.fixture(scope="module")
def server(kuopio: Sender, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"HYTE_TODAY": "2026-11-22", **UNTHROTTLED}
    with running(kuopio.home, tmp_path_factory.mktemp("server"), **settings) as server:
        yield server
        assert server.process.poll() is None
        assert "Traceback" not in server.log.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def client(server: Server, kuopio: Sender) -> Iterator[httpx2.Client]:
    headers = {**kuopio.headers, "accept": "application/json", "accept-language": "en"}
    limits = httpx2.Limits(max_connections=2 * WRITERS)
    with httpx2.Client(base_url=server.base, timeout=300, headers=headers, limits=limits) as client:
        yield client


def named(text: str) -> str:
    return TURTLE.replace("HYTE-ryhmä", text)


def entries(kuopio: Sender) -> int:
    ledger.check(kuopio.home)
    return len(list(ledger.entries(kuopio.home)))


def test_many_writers(client: httpx2.Client, kuopio: Sender) -> None:
    before = entries(kuopio)

    def put(number: int) -> int:
        return client.put("/graphs/kuopio", content=named(f"Ryhmä {number}")).status_code

    with ThreadPoolExecutor(WRITERS) as threads:
        found = Counter(threads.map(put, range(WRITERS)))
    assert set(found) <= {200, 201, 503}
    assert found[201] == 1, "it came to be once"
    assert found[200] + found[201] == entries(kuopio) - before >= 32


def test_many_writers_of_one_reading(client: httpx2.Client, kuopio: Sender) -> None:
    client.put("/graphs/kuopio", content=TURTLE)
    tag = client.get("/graphs/kuopio", headers=DATA).headers["etag"]
    before = entries(kuopio)

    def put(number: int) -> int:
        text = named(f"Toinen {number}")
        return client.put("/graphs/kuopio", content=text, headers={"if-match": tag}).status_code

    with ThreadPoolExecutor(WRITERS) as threads:
        found = Counter(threads.map(put, range(WRITERS)))
    assert set(found) <= {200, 412, 503}
    assert found[200] == 1
    assert entries(kuopio) - before == 1


def test_many_deletes(client: httpx2.Client) -> None:
    client.put("/graphs/kuopio", content=TURTLE)
    with ThreadPoolExecutor(8) as threads:
        found = Counter(
            threads.map(lambda _: client.delete("/graphs/kuopio").status_code, range(8))
        )
    assert found == {200: 1, 404: 7}


def test_trials_while_others_publish(client: httpx2.Client) -> None:
    """A release that is succeeded does not take along what is being tried on it."""
    over = threading.Event()

    def write() -> int:
        number = 0
        while not over.is_set():
            number += 1
            answer = client.put("/graphs/kuopio", content=named(f"Kolmas {number}"))
            assert answer.status_code in {200, 201}, answer.text
        return number

    def check(_: int) -> int:
        return client.post("/validate?graph=kuopio", content=TURTLE).status_code

    with ThreadPoolExecutor(9) as threads:
        writing = threads.submit(write)
        try:
            found = set(threads.map(check, range(TRIALS)))
        finally:
            over.set()
        assert writing.result() > 2
    assert found == {200}


def request(kuopio: Sender, length: int) -> bytes:
    head = (
        "PUT /graphs/kuopio HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\n"
        f"Authorization: Bearer {kuopio.token}\r\nContent-Length: {length}\r\n\r\n"
    )
    return head.encode()


def connected(server: Server) -> socket.socket:
    host, _, port = server.base.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def test_a_sender_that_hangs_up(client: httpx2.Client, kuopio: Sender, server: Server) -> None:
    before, body = entries(kuopio), named("Katkos").encode()
    for sent in (0, 1, len(body) // 2, len(body) - 1):
        with connected(server) as connection:
            connection.sendall(request(kuopio, len(body)) + body[:sent])
    time.sleep(0.5)
    assert client.get("/health").status_code == 200
    assert entries(kuopio) == before


def test_a_sender_that_does_not_wait(client: httpx2.Client, kuopio: Sender, server: Server) -> None:
    """What was sent whole is worked on; the next in the queue is not held up."""
    body = named("Ei odota").encode()
    for _ in range(5):
        with connected(server) as connection:
            connection.sendall(request(kuopio, len(body)) + body)
    assert client.put("/graphs/kuopio", content=named("Odottaa")).status_code in {200, 201}
    entries(kuopio)
    text = client.get("/graphs/kuopio", headers=DATA).text
    assert "Odottaa" in text or "Ei odota" in text


def test_a_slow_sender(client: httpx2.Client, kuopio: Sender, server: Server) -> None:
    """It holds up nobody, and is heard in the end."""
    body = named("Hidas").encode()
    with connected(server) as connection:
        connection.sendall(request(kuopio, len(body)))
        for start in range(0, len(body), 100):
            connection.sendall(body[start : start + 100])
            time.sleep(0.1)
            if start == 300:
                answer = client.put("/graphs/kuopio", content=named("Nopea"))
                assert answer.status_code in {200, 201}
        head = connection.recv(65536)
    assert head.startswith(b"HTTP/1.1 20")
    assert "Hidas" in client.get("/graphs/kuopio", headers=DATA).text
