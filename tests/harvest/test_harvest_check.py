"""The check that plays each harvester: it passes when all is told alike, and names what is not."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from hyteverkko.harvest.checking import Checked, Line, check_channels
from hyteverkko.ingest.erase import EXPIRE, erase
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.namespaces import GRAPHS, ID
from hyteverkko.settings import Settings
from hyteverkko.store.graph import open_store
from hyteverkko.store.releases import current_folder
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from tests.harvest.conftest import Harvest, served_publicly
from tests.harvest.synthetic import AGENT, GRAPH, catalogue, change, dataset, key_of, term
from tests.ingest.senders import copied
from tests.servers import Server

NETWORK: Final = NamedNode(f"{ID}network/koski-tl/kosken-verkko")
ADDED: Final = NamedNode(f"{ID}network/koski-tl/uusi-verkosto")
PERSON: Final = NamedNode(f"{ID}person/kangasala/1")
MANY: Final = 50_000
MOST_MEMORY: Final = 1_000 * 1024 * 1024
"""Bytes that the web process may ever have held, with 50,000 things to tell of."""


def checked(server: Server) -> Checked:
    return check_channels(server.base, lambda _: (), lambda *_: None)


def lines(of: Checked) -> dict[str, Line]:
    return {line.channel: line for line in of.lines}


@pytest.fixture(scope="module")
def changed_home(
    settings: Settings, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """Give a home in which a network came, one went, and a person's name ended; and the name."""
    own = copied(home, tmp_path_factory.mktemp("check") / "home")
    store = open_store(current_folder(own), "memory")
    named = store.quads_for_pattern(PERSON, term("foaf:name"), None, None)
    name = next(q.object.value for q in named if isinstance(q.object, Literal))
    gone = {
        quad
        for quad in store.quads_for_pattern(NETWORK, None, None, None)
        if quad.graph_name != DefaultGraph()
    }
    graph = next(iter(gone)).graph_name
    new = {
        Quad(ADDED, quad.predicate, quad.object, quad.graph_name)
        for quad in gone
        if quad.graph_name == graph
    }
    change(own, gone, new)
    erase(replace(settings, home=own), {PERSON}, "", EXPIRE)
    return own, name


@pytest.fixture(scope="module")
def changed(
    changed_home: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with served_publicly(changed_home[0], tmp_path_factory.mktemp("changed")) as server:
        yield server


def test_additions_and_ends_are_told_alike_by_every_channel(changed: Server) -> None:
    outcome = checked(changed)
    assert [line for line in outcome.lines if line.problems] == []
    told = lines(outcome)
    assert (told["OAI-PMH"].ended, told["LDES"].ended, told["dumps"].ended) == (2, 2, 1)
    things = {told[name].things for name in ("OAI-PMH", "LDES", "dumps", "SPARQL", "sitemap")}
    assert len(things) == 1


def test_scythe_and_sickle_see_the_ends(
    changed: Server, web_python: Path, harvest: Harvest
) -> None:
    arguments = (changed.base, "--prefix", "oai_dc", "--expect-deleted", "2")
    assert harvest(web_python, "oai_consume", *arguments)["errors"] == []


def test_a_name_that_ended_is_told_by_no_channel(
    changed: Server, changed_home: tuple[Path, str]
) -> None:
    name = changed_home[1]
    with httpx2.Client(base_url=changed.base, follow_redirects=True, timeout=120) as client:
        packed = client.get("/dumps/latest/hyteverkko.nq.gz").content
        texts = [gzip.decompress(packed).decode()]
        texts += [
            client.get(path).text
            for path in (
                "/catalog.ttl",
                "/api/3/action/package_search?rows=100",
                "/oai?verb=ListRecords&metadataPrefix=oai_dc&set=person",
                f"/search?q={name}",
                f"/doc/{PERSON.value.removeprefix(ID)}",
                "/sitemap/1.xml",
                "/reconcile?queries=" + json.dumps({"q0": {"query": name}}),
            )
        ]
        texts += [
            client.get(f"/feed/{n}/1", headers={"accept": "application/n-quads"}).text
            for n in (1, 2, 3)
        ]
        gone = client.get(f"/doc/{PERSON.value.removeprefix(ID)}")
    shown = re.compile(rf"(?<!q=){re.escape(name)}")
    assert gone.status_code == 410
    # The page of results repeats what was asked, in its title and its field.
    assert [n for n, text in enumerate(texts) if shown.search(text)] in ([], [4], [4, 7])


def test_what_a_channel_lacks_is_named(
    home: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = copied(home, tmp_path / "home")
    index = own / "versions" / "00000001.tsv"
    text = index.read_text(encoding="utf-8")
    index.write_text(
        re.sub(rf"Create\t{NETWORK.value}\t", f"Create\t{NETWORK.value}-x\t", text),
        encoding="utf-8",
    )
    with served_publicly(own, tmp_path_factory.mktemp("lacking")) as server:
        told = lines(checked(server))
    assert any(f"lacks 1 in comparison with OAI-PMH: {NETWORK.value}-x" in problem
               for problem in told["dumps"].problems)  # fmt: skip
    assert any(NETWORK.value in problem for problem in told["SPARQL"].problems)


def test_the_command_prints_a_table_and_fails_where_nobody_answers(harvested: Server) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hyteverkko.cli", "harvest-check", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)

    done = run(harvested.base, "--lang", "fi")
    assert done.returncode == 0, done.stdout
    assert "OAI-PMH" in done.stdout
    assert "kunnossa" in done.stdout
    told: dict[str, Any] = json.loads(run(harvested.base, "--json").stdout)
    assert told["passes"]
    refused = run("http://127.0.0.1:9")
    assert refused.returncode == 1
    assert "127.0.0.1:9" in refused.stderr


def test_fifty_thousand_things_are_harvested_in_bounded_memory(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    publish_quads([*few_datasets(), *many_networks()], tmp_path)
    with served_publicly(tmp_path, tmp_path_factory.mktemp("fifty")) as server:
        outcome = checked(server)
        status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    assert [line for line in outcome.lines if line.problems] == []
    assert {line.things for line in outcome.lines if line.things is not None} == {MANY + 3}
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    assert int(found[1]) * 1024 < MOST_MEMORY


def few_datasets() -> Iterator[Quad]:
    yield from catalogue()
    yield Quad(AGENT, term("rdf:type"), term("foaf:Agent"), GRAPH)
    for number in range(3):
        yield from dataset(key_of(number))


def many_networks() -> Iterator[Quad]:
    graph = NamedNode(f"{GRAPHS}trial")
    for number in range(MANY):
        network = NamedNode(f"{ID}network/trial/{number}")
        yield Quad(network, term("rdf:type"), term("hyte:Network"), graph)
        yield Quad(
            network, term("skos:prefLabel"), Literal(f"Verkko {number}", language="fi"), graph
        )
