"""Data comes in over HTTP: by the book, with a reason for every refusal, and seen at once."""

import gzip
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pyoxigraph import RdfFormat, parse

from tests.ingest.senders import GROUP, STATEMENTS, TURTLE, Sender, copied, registered
from tests.servers import UNTHROTTLED, running

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SKOS = "http://www.w3.org/2004/02/skos/core#"
READS = 10_000
PUBLISHES = 100


@dataclass(frozen=True, slots=True)
class Target:
    """A running server with a contributor, and what speaks to it."""

    client: httpx2.Client
    sender: Sender
    espoo: Sender

    def put(self, text: str | bytes, **headers: str) -> httpx2.Response:
        return self.client.put(
            "/graphs/kuopio", content=text, headers={**self.sender.headers, **headers}
        )

    def ask(self, query: str) -> Any:  # noqa: ANN401 - JSON
        return self.client.get("/sparql", params={"query": query}).json()


@pytest.fixture(scope="module")
def target(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    own = copied(home, tmp_path_factory.mktemp("routes") / "home")
    kuopio = registered(own)
    espoo = registered(own, "espoo", "https://w3id.org/hyteverkko/id/municipality/049")
    log = tmp_path_factory.mktemp("server")
    settings = {"HYTE_TODAY": "2026-11-22", **UNTHROTTLED}
    with (
        running(own, log, **settings) as server,
        httpx2.Client(base_url=server.base, timeout=120) as client,
    ):
        client.headers["accept-language"] = "en"
        yield Target(client, kuopio, espoo)
        assert server.process.poll() is None


@pytest.fixture
def empty(target: Target) -> Target:
    """Begin without a graph."""
    target.client.delete("/graphs/kuopio", headers=target.sender.headers)
    return target


def test_put_is_seen_at_once_and_again_changes_nothing(empty: Target) -> None:
    answer = empty.put(TURTLE)
    assert answer.status_code == 201
    assert answer.headers["location"] == "/graphs/kuopio"
    report = answer.json()
    assert report["conforms"] is True
    assert report["change"]["added"] == STATEMENTS
    assert empty.ask(f"ASK {{ <{GROUP}> a ?kind }}")["boolean"] is True
    page = empty.client.get(f"/doc/{GROUP.partition('/id/')[2]}", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "HYTE-ryhmä" in page.text
    graph = empty.client.get("/graphs/kuopio", headers={"accept": "application/n-triples"})
    assert len(graph.text.splitlines()) == STATEMENTS
    number = empty.client.get("/health").json()["number"]
    again = empty.put(TURTLE)
    assert (again.status_code, again.json()["change"]["added"]) == (200, 0)
    assert empty.client.get("/health").json()["number"] == number


def test_post_and_delete(empty: Target) -> None:
    empty.put(TURTLE)
    more = f'<{GROUP}> <http://www.w3.org/2004/02/skos/core#altLabel> "HR"@fi .'
    added = empty.client.post("/graphs/kuopio", content=more, headers=empty.sender.headers)
    assert (added.status_code, added.json()["change"]["added"]) == (200, 1)
    gone = empty.client.delete("/graphs/kuopio", headers=empty.sender.headers)
    assert gone.status_code == 200
    assert empty.ask(f"ASK {{ <{GROUP}> ?p ?o }}")["boolean"] is False
    again = empty.client.delete("/graphs/kuopio", headers=empty.sender.headers)
    assert again.status_code == 404


def test_indirect_addressing(empty: Target) -> None:
    iri = "https://w3id.org/hyteverkko/graphs/kuopio"
    address, headers = f"/graphs?graph={iri}", empty.sender.headers
    assert empty.client.put(address, content=TURTLE, headers=headers).status_code == 201
    read = empty.client.get(address, headers={"accept": "application/n-triples"})
    assert len(read.text.splitlines()) == STATEMENTS
    assert empty.client.get("/graphs").status_code == 400
    assert empty.client.delete(address, headers=headers).status_code == 200
    answer = empty.client.put("/graphs", content=TURTLE, headers=empty.sender.headers)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("media", "format_"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/trig", RdfFormat.TRIG),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/n-quads", RdfFormat.N_QUADS),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("application/ld+json", RdfFormat.JSON_LD),
    ],
)
def test_every_rdf_format(empty: Target, media: str, format_: RdfFormat) -> None:
    from pyoxigraph import serialize

    triples = [quad.triple for quad in parse(TURTLE.encode(), format=RdfFormat.TURTLE)]
    body = serialize(triples, format=format_) or b""
    answer = empty.put(body, **{"content-type": media})
    assert (answer.status_code, answer.json()["change"]["added"]) == (201, STATEMENTS)
    packed = empty.put(gzip.compress(body), **{"content-type": media, "content-encoding": "gzip"})
    assert (packed.status_code, packed.json()["change"]["added"]) == (200, 0)


def test_a_dry_run_changes_nothing(empty: Target) -> None:
    number = empty.client.get("/health").json()["number"]
    answer = empty.client.put(
        "/graphs/kuopio?dry-run=true", content=TURTLE, headers=empty.sender.headers
    )
    assert (answer.status_code, answer.json()["change"]["added"]) == (200, STATEMENTS)
    assert empty.client.get("/health").json()["number"] == number
    assert empty.ask(f"ASK {{ <{GROUP}> ?p ?o }}")["boolean"] is False


def test_nothing_is_written_without_a_good_token(target: Target) -> None:
    for method in ("PUT", "POST", "DELETE"):
        for path in ("/graphs/kuopio", "/graphs?graph=https://w3id.org/hyteverkko/graphs/kuopio"):
            bare = target.client.request(method, path, content=TURTLE)
            assert bare.status_code == 401
            assert "token" in bare.json()["detail"]
            assert bare.headers["www-authenticate"].startswith("Bearer")
            foreign = target.client.request(
                method, path, content=TURTLE, headers=target.espoo.headers
            )
            assert foreign.status_code == 403
            assert "espoo" in foreign.json()["detail"]
    cookie = target.client.put(
        f"/graphs/kuopio?token={target.sender.token}",
        content=TURTLE,
        headers={"cookie": f"token={target.sender.token}", "content-type": "text/turtle"},
    )
    assert cookie.status_code == 401


@pytest.mark.parametrize("name", ["regions", "ontology", "derived", "contributions", "shapes"])
def test_the_files_are_nobodys_to_write(target: Target, name: str) -> None:
    answer = target.client.put(f"/graphs/{name}", content=TURTLE, headers=target.sender.headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["kuopio-persons", "Kuopio", "a/b", "..%2Fx", "x%00"])
def test_names_that_no_graph_has(target: Target, name: str) -> None:
    answer = target.client.put(f"/graphs/{name}", content=TURTLE, headers=target.sender.headers)
    assert answer.status_code in {400, 404}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/html"}, 415),
        ({"content-type": "application/pdf"}, 415),
        ({"content-type": "text/turtle; charset=utf-16"}, 415),
        ({"content-encoding": "br"}, 415),
        ({"content-encoding": "gzip, gzip"}, 415),
        ({"content-encoding": "gzip"}, 400),
    ],
)
def test_types_that_are_not_read(target: Target, headers: dict[str, str], status: int) -> None:
    assert target.put(TURTLE, **headers).status_code == status


def test_a_body_over_the_limit(target: Target) -> None:
    assert target.put(b" " * (51 * 1024 * 1024)).status_code == 413
    packed = gzip.compress(b" " * (30 * 1024 * 1024))
    assert target.put(packed, **{"content-encoding": "gzip"}).status_code == 413


def test_lost_updates_are_prevented(empty: Target) -> None:
    assert empty.put(TURTLE, **{"if-match": "*"}).status_code == 412
    first = empty.put(TURTLE, **{"if-none-match": "*"})
    assert first.status_code == 201
    assert empty.put(TURTLE, **{"if-none-match": "*"}).status_code == 412
    read = empty.client.get("/graphs/kuopio", headers={"accept": "text/turtle"})
    for tag in (first.headers["etag"], read.headers["etag"]):
        renamed = TURTLE.replace("HYTE-ryhmä", "Hyvinvointiryhmä")
        dry = empty.client.put(
            "/graphs/kuopio?dry-run=true",
            content=renamed,
            headers={**empty.sender.headers, "if-match": tag},
        )
        assert dry.status_code == 200
    assert empty.put(renamed, **{"if-match": first.headers["etag"]}).status_code == 200
    late = empty.put(TURTLE, **{"if-match": first.headers["etag"]})
    assert late.status_code == 412
    assert "changed since" in late.json()["detail"]


def test_a_report_for_each_reader(target: Target) -> None:
    bad = TURTLE.replace('    skos:prefLabel "HYTE-ryhmä"@fi ;\n', "")
    answer = target.put(bad, accept="application/json")
    assert answer.status_code == 422
    finding = next(f for f in answer.json()["findings"] if f["rule"] == "hsh:Organisation-name")
    assert bad.splitlines()[finding["line"] - 1] == "<body/kuopio/hyte-ryhma>"
    for language in ("fi", "sv", "en"):
        page = target.put(bad, accept="text/html", **{"accept-language": language})
        assert page.status_code == 422
        assert f'<html lang="{language}">' in page.text
        assert finding["messages"][language].replace('"', "&#34;") in page.text
    shacl = target.put(bad, accept="text/turtle")
    assert shacl.status_code == 422
    graph = {quad.triple for quad in parse(shacl.content, format=RdfFormat.TURTLE)}
    results = [t for t in graph if t.object.value.endswith("#ValidationResult")]
    assert len(results) == len(answer.json()["findings"])
    assert target.put(bad, accept="image/png").status_code == 406


def test_validate_stores_nothing(empty: Target) -> None:
    number = empty.client.get("/health").json()["number"]
    good = empty.client.post("/validate", content=TURTLE, headers={"content-type": "text/turtle"})
    assert good.status_code == 200
    bad = empty.client.post(
        "/validate", content="<urn:a> a <urn:b", headers={"content-type": "text/turtle"}
    )
    assert bad.status_code == 422
    assert bad.json()["findings"][0]["line"] == 1
    assert empty.client.get("/health").json()["number"] == number


def test_a_table_comes_back_as_it_went(empty: Target) -> None:
    empty.put(TURTLE)
    for kind in ("networks", "members"):
        for ending, media in (("xlsx", XLSX), ("csv", "text/csv")):
            got = empty.client.get(f"/tables/{kind}.{ending}?graph=kuopio&lang=fi")
            assert got.status_code == 200
            back = empty.put(got.content, **{"content-type": got.headers["content-type"]})
            assert media in got.headers["content-type"] or ending == "csv"
            assert back.status_code == 200, back.text
            assert back.json()["change"] == {
                "removed": 0, "added": 0, "statementsRemoved": [], "statementsAdded": []
            }  # fmt: skip


def test_a_corrected_table_changes_only_that(empty: Target) -> None:
    empty.put(TURTLE)
    text = empty.client.get("/tables/members.csv?graph=kuopio&lang=fi").content.decode("utf-8-sig")
    row = next(line for line in text.splitlines() if line.startswith("membership/"))
    changed = row.replace(";koordinaattori;", ";puheenjohtaja;")
    assert changed != row
    answer = empty.put(
        text.replace(row, changed).encode(), **{"content-type": "text/csv; charset=utf-8"}
    )
    change = answer.json()["change"]
    assert (change["removed"], change["added"]) == (1, 1)
    assert "role/chair" in change["statementsAdded"][0]


def test_a_faulty_cell_is_named(empty: Target) -> None:
    empty.put(TURTLE)
    text = empty.client.get("/tables/members.csv?graph=kuopio&lang=fi").content.decode("utf-8-sig")
    head, row = text.splitlines()[0], text.splitlines()[1]
    wrong = row.replace(";koordinaattori;", ";ylijumala;")
    answer = empty.put(f"{head}\n{wrong}\n".encode(), **{"content-type": "text/csv"})
    assert answer.status_code == 422
    (finding,) = [f for f in answer.json()["findings"] if f["value"] == "ylijumala"]
    assert (finding["line"], finding["column"]) == (2, "rooli")


def test_there_is_no_history_of_a_graph_that_never_was(empty: Target) -> None:
    assert empty.client.get("/graphs/never-heard-of/history").status_code == 404


def test_the_history_of_a_graph(empty: Target) -> None:
    empty.put(TURTLE, **{"x-reason": "first"})
    empty.put(TURTLE.replace("HYTE-ryhmä", "Toinen ryhmä"), **{"x-reason": "second"})
    entries = empty.client.get("/graphs/kuopio/history", headers={"accept": "application/json"})
    newest, before = entries.json()[:2]
    assert (newest["why"], before["why"]) == ("second", "first")
    release = empty.client.get(
        f"/releases/{newest['release']}",
        params={"since": newest["base"], "graph": "kuopio"},
        headers={"accept": "application/json"},
    ).json()
    (change,) = release["changes"]
    assert ['"HYTE-ryhmä"@fi' in line for line in change["removed"]] == [True]
    assert ['"Toinen ryhmä"@fi' in line for line in change["added"]] == [True]
    old = empty.client.get(
        "/graphs/kuopio.nt", params={"release": before["release"]}, follow_redirects=True
    )
    assert '"HYTE-ryhmä"@fi' in old.text
    for path in ("/releases", f"/releases/{newest['release']}", "/graphs/kuopio/history"):
        for language in ("fi", "sv", "en"):
            page = empty.client.get(
                path, headers={"accept": "text/html"}, params={"lang": language}
            )
            assert page.status_code == 200
            assert f'<html lang="{language}"' in page.text
    assert empty.client.get("/releases/nosuch").status_code == 404


def test_readers_see_one_release_or_the_next(empty: Target) -> None:
    """Each release says its number twice: in a name and in an alias. A mix would differ."""
    empty.put(_numbered(0))
    query = f"SELECT ?a ?b {{ <{GROUP}> <{SKOS}prefLabel> ?a ; <{SKOS}altLabel> ?b }}"
    published = threading.Event()

    def read(_: int) -> set[str]:
        seen, number = set(), 0
        with httpx2.Client(base_url=empty.client.base_url, timeout=120) as client:
            while number < READS // 4 or not published.is_set():
                number += 1
                answer = client.get("/sparql", params={"query": f"{query} # {number % 50}"})
                assert answer.status_code == 200, answer.text
                (row,) = answer.json()["results"]["bindings"]
                assert row["a"]["value"] == row["b"]["value"], "a mix of releases"
                seen.add(row["a"]["value"])
        return seen

    with ThreadPoolExecutor(4) as threads:
        reading = [threads.submit(read, number) for number in range(4)]
        try:
            for number in range(1, PUBLISHES + 1):
                assert empty.put(_numbered(number)).status_code == 200
        finally:
            published.set()
        seen = set().union(*(one.result() for one in reading))
    assert len(seen) > PUBLISHES // 2
    latest = empty.ask(query)["results"]["bindings"][0]["a"]["value"]
    assert latest == f"Ryhmä {PUBLISHES}"


def _numbered(number: int) -> str:
    name = f'"Ryhmä {number}"@fi'
    return TURTLE.replace('"HYTE-ryhmä"@fi', f"{name} ; skos:altLabel {name}")


def test_writers_queue(empty: Target) -> None:
    empty.put(TURTLE)

    def add(number: int) -> int:
        text = f'<{GROUP}> <http://www.w3.org/2004/02/skos/core#altLabel> "Nimi {number}"@fi .'
        return empty.client.post(
            "/graphs/kuopio", content=text, headers=empty.sender.headers
        ).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(add, range(16)))
    assert set(statuses) == {200}
    names = empty.ask(f"SELECT ?n {{ <{GROUP}> <{SKOS}altLabel> ?n }}")
    assert len(names["results"]["bindings"]) == 16


def test_the_ledger_was_kept(target: Target) -> None:
    from hyteverkko.ingest import ledger

    ledger.check(target.sender.home)
    entry = ledger.last_entry(target.sender.home)
    assert entry is not None
    assert json.loads(ledger.report_path(target.sender.home, entry.number).read_text()) == []
