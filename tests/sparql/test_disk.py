"""Queries in cells on the release as it lies on disk: the same answers as from memory."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest
from fastapi.testclient import TestClient
from hyteverkko.sparql.examples import examples
from hyteverkko.store.releases import SNAPSHOT, current_folder

from tests.servers import UNTHROTTLED, Server, running

QUERIES: Final = (
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "SELECT ?s ?o { ?s a ?o ; <http://purl.org/dc/terms/date> ?d } ORDER BY ?s ?o LIMIT 500",
    "SELECT (COUNT(*) AS ?n) { ?a a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* ?c }",
    "ASK { ?s ?p 'not there' }",
)
ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def disk(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"HYTE_STORE": "disk", "HYTE_QUERY_SECONDS": "5", **UNTHROTTLED}
    with running(home, tmp_path_factory.mktemp("disk"), **settings) as server:
        yield server


def asked(server: Server, query: str) -> httpx2.Response:
    return httpx2.get(server.sparql, params={"query": query, "format": "csv"}, timeout=60)


@pytest.mark.parametrize("query", QUERIES)
def test_the_same_answers(disk: Server, client: TestClient, query: str) -> None:
    answer = asked(disk, query)
    wanted = client.get("/sparql", params={"query": query, "format": "csv"})
    assert (answer.status_code, answer.text) == (200, wanted.text)


@pytest.mark.parametrize("name", sorted(examples()))
def test_the_same_answers_to_examples(disk: Server, client: TestClient, name: str) -> None:
    wanted = client.get(f"/queries/{name}.csv").text.split("\r\n")
    found = httpx2.get(f"{disk.base}/queries/{name}.csv", timeout=60).text.split("\r\n")
    assert (found[0], sorted(found[1:])) == (wanted[0], sorted(wanted[1:]))


def test_a_store_on_disk_has_few_tables(home: Path) -> None:
    # Loaded graph by graph it has over a hundred, and each has to be found before a cell is made.
    assert len(list((current_folder(home) / SNAPSHOT).glob("*.sst"))) <= 24


def test_a_cell_reads_the_tables_and_no_other_file(disk: Server, home: Path) -> None:
    assert asked(disk, "ASK { ?s ?p ?o }").status_code == 200
    found, ours = 0, {b"HYTE_STORE=disk", f"HYTE_HOME={home}".encode()}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text(encoding="utf-8")
            environment = (folder / "environ").read_bytes().split(b"\0")
            opened = {str(path.readlink()) for path in (folder / "fd").iterdir()}
        except OSError:
            continue
        if ours <= set(environment) and "Seccomp:\t2" in status:
            found += 1
            files = {name for name in opened if name.startswith("/") and name != os.devnull}
            assert files
            assert {Path(name).suffix for name in files} == {".sst"}
    assert found > 1


def test_a_runaway_query_is_stopped_and_the_next_is_answered(disk: Server) -> None:
    assert asked(disk, ENDLESS).status_code == 504
    assert asked(disk, "SELECT (COUNT(*) AS ?n) { ?s a ?o }").status_code == 200
