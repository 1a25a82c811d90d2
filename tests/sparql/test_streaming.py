"""Large answers: whole, with their length, in bounded memory; what is cut is seen to be cut."""

import asyncio
import gzip
import http.client
import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
import pytest
from hyteverkko.sparql import streaming
from hyteverkko.sparql.streaming import Spooled
from hyteverkko.store.admission import Client
from hyteverkko.store.spool import IN_MEMORY, SHARE, Answer, Space, Spool

from tests.servers import UNTHROTTLED, Server, running

MIB: Final = 1 << 20
LARGE: Final = "SELECT ?s ?o ?b { ?s ?p ?o . VALUES ?a { 1 2 3 4 5 } BIND(?s AS ?b) } LIMIT %d"
"""A row is some 200 bytes."""

ROWS: Final = 250_000


@pytest.fixture
def server(home: Path, tmp_path: Path) -> Iterator[Server]:
    with running(home, tmp_path, **UNTHROTTLED) as server:
        yield server


@contextmanager
def asked(server: Server, query: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    host, port = server.base.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    connection.request("GET", "/sparql?" + urlencode({"query": query}), headers=named)
    with closing(connection), connection.getresponse() as answer:
        yield answer


def peak(process: int) -> int:
    """Give the most memory that a process has held since it was last asked to forget it."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def test_a_slow_reader_gets_all_and_costs_no_memory(server: Server) -> None:
    web = server.process.pid
    with asked(server, "ASK {}") as answer:
        assert answer.status == 200
    Path(f"/proc/{web}/clear_refs").write_text("5", encoding="ascii")
    before = peak(web)
    with asked(server, LARGE % ROWS, accept="text/tab-separated-values") as answer:
        length, read, lines = int(answer.headers["content-length"]), 0, 0
        assert length > 20 * MIB
        while piece := answer.read(MIB):
            read, lines = read + len(piece), lines + piece.count(b"\n")
            time.sleep(0.02)
    assert (read, lines) == (length, ROWS + 1)
    assert peak(web) - before < 16 * MIB


def test_a_compressed_answer_is_the_same_and_nobody_waits_for_it(server: Server) -> None:

    def ask(encoding: str) -> tuple[str | None, bytes]:
        kind = "text/tab-separated-values"
        with asked(server, LARGE % ROWS, accept=kind, accept_encoding=encoding) as answer:
            return answer.headers["content-encoding"], answer.read()

    answered = 0
    with ThreadPoolExecutor(1) as thread, httpx2.Client(base_url=server.base) as other:
        asking = thread.submit(ask, "gzip")
        while not asking.done():
            assert other.get("/health").status_code == 200
            answered += 1
    encoding, body = asking.result()
    plain = ask("identity")
    assert (encoding, plain[0]) == ("gzip", None)
    assert len(body) < 10 * MIB
    assert gzip.decompress(body) == plain[1]
    # In the event loop it would let one through, or two.
    assert answered > 10


def test_small_answers_are_not_compressed(server: Server) -> None:
    with asked(server, "ASK {}", accept_encoding="gzip") as answer:
        assert answer.headers["content-encoding"] is None
        assert answer.headers["vary"] == "Accept, Accept-Encoding, Accept-Language"


def test_a_server_that_dies_is_seen(server: Server) -> None:
    with asked(server, LARGE % ROWS, accept="text/csv") as answer:
        assert answer.status == 200
        answer.read(MIB)
        os.kill(server.process.pid, signal.SIGKILL)
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()


def test_head_of_a_large_answer(server: Server) -> None:
    headers = {"accept": "text/csv", "accept-encoding": "identity"}
    with httpx2.Client(timeout=60, headers=headers) as client:
        head = client.head(server.sparql, params={"query": LARGE % ROWS})
        assert (head.status_code, head.content) == (200, b"")
        body = client.get(server.sparql, params={"query": LARGE % ROWS}).content
        assert int(head.headers["content-length"]) == len(body)
        assert client.get(server.sparql, params={"query": "ASK {}"}).status_code == 200


def test_no_room_on_disk_for_a_large_answer(home: Path, tmp_path: Path) -> None:
    headers = {"accept-language": "en", "accept-encoding": "identity"}
    with (
        running(home, tmp_path, HYTE_QUERY_SPOOL_MIB="16", **UNTHROTTLED) as server,
        httpx2.Client(timeout=60, headers=headers) as client,
    ):
        refused = client.get(server.sparql, params={"query": LARGE % ROWS})
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert "no room for another large answer" in refused.json()["detail"]
        assert "may take 16 MiB, and yours 4 MiB" in refused.json()["detail"]
        for number in range(6):
            query = f"{LARGE % 10_000} # {number}"
            answer = client.get(server.sparql, params={"query": query})
            assert (answer.status_code, len(answer.content) > MIB) == (200, True)


def spooled(space: Space, client: Client, size: int) -> Spool | None:
    spool = Spool(space, client)
    return spool if all(spool.write(bytes(MIB)) for _ in range(size)) else None


def test_space_is_shared_and_given_back() -> None:
    space, first, second = Space(SHARE * 4 * MIB), Client(), Client()
    held = [spooled(space, first, 4), spooled(space, second, 4)]
    assert None not in held
    assert spooled(space, first, 2) is None
    assert spooled(space, first, 1) is not None
    held.clear()
    assert (first.spooled, second.spooled) == (0, 0)
    many = [spooled(space, Client(), 4) for _ in range(SHARE)]
    assert None not in many
    assert spooled(space, Client(), 2) is None
    many.pop()
    assert spooled(space, Client(), 4) is not None


def test_a_spool_gives_what_was_written() -> None:
    spool = Spool(Space(SHARE * 9 * MIB), Client())
    for number in range(9):
        assert spool.is_small is (number * 300_000 <= IN_MEMORY)
        spool.write(bytes([number]) * 300_000)
    content = b"".join(bytes([number]) * 300_000 for number in range(9))
    assert (spool.content, spool.length) == (content, len(content))
    assert spool.opened().read(300_001) == content[:300_001]
    spool.close()
    spool.close()


@pytest.mark.parametrize("goes_away", [True, False])
def test_who_does_not_read_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, goes_away: bool
) -> None:
    monkeypatch.setattr(streaming, "PATIENCE", 0.2)
    monkeypatch.setattr(streaming, "SLOWEST", 1 << 40)
    client = Client()
    spool = Spool(Space(SHARE * 9 * MIB), client)
    spool.write(bytes(2 * MIB))
    assert client.spooled == 2 * MIB
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if goes_away and len(sent) > 2:
            return {"type": "http.disconnect"}
        await asyncio.sleep(60)
        raise TypeError("nobody waits so long")

    async def send(message: Any) -> None:  # noqa: ANN401 - what ASGI sends
        sent.append(message)
        if len(sent) > 3:
            await asyncio.sleep(60)

    response = Spooled(Answer("results", spool), ())
    scope = {"type": "http", "method": "GET", "headers": []}
    began = time.monotonic()
    asyncio.run(response(scope, receive, send))
    assert time.monotonic() - began < 5
    assert client.spooled == 0
    assert sent[-1].get("more_body") is True
