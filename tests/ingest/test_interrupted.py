"""A real server whose disk or publisher fails in the middle: what it answers is what is so."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx2
import pytest
from hyteverkko.ingest import ledger

from tests.ingest.publishing import cannot_switch
from tests.ingest.senders import GROUP, TURTLE, Sender, copied, registered
from tests.servers import UNTHROTTLED, Server, running

WRITES: Final = 16
STEP: Final = 0.08
"""Seconds later that the publisher is killed in each turn: before, within and after its work."""

PATIENCE: Final = 60.0
PUBLISHER: Final = b"hyteverkko.ingest.publisher"
DATA: Final = {"accept": "application/n-triples"}


@pytest.fixture
def kuopio(home: Path, tmp_path: Path) -> Sender:
    return registered(copied(home, tmp_path / "home"))


@pytest.fixture
def server(kuopio: Sender, tmp_path: Path) -> Iterator[Server]:
    settings = {"HYTE_TODAY": "2026-11-22", **UNTHROTTLED}
    with running(kuopio.home, tmp_path, **settings) as server:
        yield server
        assert server.process.poll() is None
        assert "Traceback" not in server.log.read_text(encoding="utf-8")


@pytest.fixture
def client(server: Server, kuopio: Sender) -> Iterator[httpx2.Client]:
    headers = {**kuopio.headers, "accept-language": "en", "accept": "application/json"}
    with httpx2.Client(base_url=server.base, timeout=120, headers=headers) as client:
        yield client


def number(client: httpx2.Client) -> int:
    return int(client.get("/health").json()["number"])


def wait_for(client: httpx2.Client, wanted: int) -> None:
    until = time.monotonic() + PATIENCE
    while number(client) != wanted:
        assert time.monotonic() < until, "it was not published by itself"
        time.sleep(0.1)


def test_what_is_accepted_and_not_published_yet(client: httpx2.Client, kuopio: Sender) -> None:
    before = number(client)
    with cannot_switch(kuopio.home, before + 1):
        answer = client.put("/graphs/kuopio", content=TURTLE, headers={"if-none-match": "*"})
        assert answer.status_code == 202
        assert answer.json()["state"] == "accepted"
        assert "etag" not in answer.headers
        assert answer.headers["location"] == "/graphs/kuopio"
        assert 'rel="monitor"' in answer.headers["link"]
        assert number(client) == before
        assert client.get("/graphs/kuopio", headers=DATA).status_code == 404
        assert len(client.get("/graphs/kuopio/history").json()) == 1
        refused = client.put("/graphs/kuopio", content=TURTLE.replace("HYTE-ryhmä", "Toinen"))
        assert refused.status_code == 507
        assert "Nothing was changed" in refused.json()["detail"]
        assert len(client.get("/graphs/kuopio/history").json()) == 1
    wait_for(client, before + 1)
    assert client.get("/graphs/kuopio", headers=DATA).status_code == 200
    ask = f"ASK {{ <{GROUP}> ?p 'HYTE-ryhmä'@fi }}"
    assert client.get("/sparql", params={"query": ask}).json()["boolean"] is True


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("fi", "Hyväksytty, mutta ei vielä julkaistu."),
        ("sv", "Godkänt, men ännu inte publicerat."),
        ("en", "It is accepted, and not published yet."),
    ],
)
def test_a_person_is_told_so(
    client: httpx2.Client, kuopio: Sender, language: str, heading: str
) -> None:
    with cannot_switch(kuopio.home, number(client) + 1):
        wishes = {"accept": "text/html", "accept-language": language}
        page = client.put("/graphs/kuopio", content=TURTLE, headers=wishes)
    assert page.status_code == 202
    assert heading in page.text


def test_a_server_that_starts_with_work_left_does_it(
    client: httpx2.Client, kuopio: Sender, tmp_path: Path
) -> None:
    before = number(client)
    folder = tmp_path / "second"
    folder.mkdir()
    with cannot_switch(kuopio.home, before + 1):
        assert client.put("/graphs/kuopio", content=TURTLE).status_code == 202
        settings = {"HYTE_TODAY": "2026-11-22", **UNTHROTTLED}
        with running(kuopio.home, folder, **settings) as second:
            other = httpx2.Client(base_url=second.base, timeout=60)
            assert number(other) == before
            other.close()
    wait_for(client, before + 1)


def test_a_ledger_that_is_broken_is_said(client: httpx2.Client, kuopio: Sender) -> None:
    assert client.put("/graphs/kuopio", content=TURTLE).status_code == 201
    ledger.entry_path(kuopio.home, 1).write_text("{", encoding="utf-8")
    answer = client.put("/graphs/kuopio", content=TURTLE.replace("HYTE-ryhmä", "Toinen"))
    assert answer.status_code == 503
    assert "maintainer has to look" in answer.json()["detail"]


def kill_publisher(server: Server) -> None:
    for process in _publishers(server.process.pid):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _publishers(parent: int) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if PUBLISHER not in (folder / "cmdline").read_bytes():
                continue
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                yield int(folder.name)


def test_a_publisher_that_is_killed(client: httpx2.Client, kuopio: Sender, server: Server) -> None:
    """Each write names what it was made on: none is lost, and none is refused for itself."""
    first = client.put("/graphs/kuopio", content=_named(0), headers={"if-none-match": "*"})
    assert first.status_code == 201
    tag = first.headers["etag"]
    for turn in range(1, WRITES + 1):
        killer = threading.Timer(turn * STEP, kill_publisher, [server])
        killer.start()
        answer = client.put("/graphs/kuopio", content=_named(turn), headers={"if-match": tag})
        assert answer.status_code == 200, answer.text
        killer.join()
        tag = answer.headers["etag"]
        text = client.get("/graphs/kuopio", headers=DATA).text
        assert f"Ryhmä {turn}" in text, "an acknowledged change is not there"
    ledger.check(kuopio.home)
    accepted = [entry.graphs["kuopio"] for entry in ledger.entries(kuopio.home)]
    assert len(accepted) == WRITES + 1, "each was accepted once"


def _named(turn: int) -> str:
    return TURTLE.replace("HYTE-ryhmä", f"Ryhmä {turn}")
