"""A query whose client has gone is stopped: nobody waits for its answer."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from hyteverkko.presence import AFTER, while_present

from tests.servers import Server, running

ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SOON: Final = 10
"""Seconds, of the 120 that the query may take."""


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {"HYTE_CLIENT_QUERIES": "1", "HYTE_QUERY_SECONDS": "120"}
    with running(home, tmp_path_factory.mktemp("presence"), **limits) as server:
        yield server


@pytest.mark.parametrize(
    "more", [b"", b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"], ids=["", "and more"]
)
@pytest.mark.parametrize("path", ["/sparql?query=", "/sparql?format=json&query="])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_who_goes_away_stops_the_query(server: Server, path: str, accept: str, more: bytes) -> None:
    address = urlsplit(server.base)
    asked = f"GET {path}{quote(ENDLESS)} HTTP/1.1\r\nHost: a\r\nAccept: {accept}\r\n\r\n"
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall(asked.encode() + more)
        time.sleep(1)
        # It runs: no second query of this client is taken.
        assert ask(server) == 429
    end = time.monotonic() + SOON
    while ask(server) == 429 and time.monotonic() < end:
        time.sleep(0.1)
    assert ask(server) == 200
    assert "Traceback" not in server.log.read_text(encoding="utf-8")


def test_who_posts_and_goes_away(server: Server) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.post(server.sparql, data={"query": ENDLESS}, timeout=1)
    end = time.monotonic() + SOON
    while ask(server) == 429 and time.monotonic() < end:
        time.sleep(0.1)
    assert ask(server) == 200


def ask(server: Server) -> int:
    """Ask something short, as the same client."""
    # A text of its own each time, so that no answer is one kept from before.
    return httpx2.post(server.sparql, data={"query": f"ASK {{}} #{time.monotonic()}"}).status_code


def test_who_leaves_at_the_end_ends_nothing_after_it() -> None:
    async def run() -> None:
        gone, answered = asyncio.Event(), asyncio.get_running_loop().create_future()

        async def receive() -> dict[str, str]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def request() -> str:
            with while_present(receive):
                await answered
            await asyncio.sleep(0.01)
            return "goes on"

        asking = asyncio.create_task(request())
        await asyncio.sleep(2 * AFTER)
        gone.set()
        answered.set_result(None)
        assert await asking == "goes on"

    asyncio.run(run())
