"""Ordinary lookups beside clients that take all they get: answered, all of them, and soon."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Final

import httpx2
import pytest

from tests.servers import UNTHROTTLED, Server, running

SECONDS: Final = 4
HOSTILE: Final = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6")
"""More clients than there are places for long queries, with the shares that they get."""

EACH: Final = 6
LOOKUPS: Final = 60
ENDLESS: Final = "SELECT (COUNT(*) AS ?n%s) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LOOKUP: Final = "SELECT ?p ?o { <https://w3id.org/hyteverkko/id/province/LL> ?p ?o } LIMIT %d"


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"HYTE_QUERY_SECONDS": str(SECONDS), **UNTHROTTLED}
    with running(home, tmp_path_factory.mktemp("fairness"), **settings) as server:
        yield server


def client(address: str) -> httpx2.Client:
    transport = httpx2.HTTPTransport(local_address=address)
    return httpx2.Client(transport=transport, timeout=60, trust_env=False)


def test_lookups_beside_more_hostile_clients_than_places(server: Server) -> None:
    over = Event()

    def attack(address: str, number: int) -> list[int]:
        statuses: list[int] = []
        with client(address) as hostile:
            while not over.is_set():
                query = ENDLESS % f"{address[-1]}_{number}_{len(statuses)}"
                statuses.append(hostile.get(server.sparql, params={"query": query}).status_code)
                if statuses[-1] == 503:
                    time.sleep(0.2)
        return statuses

    with ThreadPoolExecutor(len(HOSTILE) * EACH) as threads, client("127.0.0.9") as reader:
        attacks = [threads.submit(attack, one, n) for one in HOSTILE for n in range(EACH)]
        time.sleep(1.5)
        answers, times = [], []
        for number in range(LOOKUPS):
            began = time.monotonic()
            answers.append(reader.get(server.sparql, params={"query": LOOKUP % (1000 + number)}))
            times.append(time.monotonic() - began)
            time.sleep(0.05)
        over.set()
        statuses = {status for attack in attacks for status in attack.result()}

    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json()["results"]["bindings"] for answer in answers)
    # Anything that has to wait for a long query waits until its deadline.
    assert max(times) < SECONDS / 2
    assert statuses <= {503, 504}
    assert 504 in statuses
