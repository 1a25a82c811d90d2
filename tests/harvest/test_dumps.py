"""What can be downloaded is what the release holds, in every format, under addresses that stay."""

import base64
import csv
import gzip
import hashlib
import io
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.harvest.dump_files import dump_files
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.settings import Settings
from hyteverkko.store.objects import object_path
from hyteverkko.store.releases import Release, all_releases, dataset_lines
from pyarrow.parquet import read_table
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse
from rdflib import Dataset, Graph
from rdflib.compare import to_isomorphic

from tests.harvest.conftest import Get
from tests.ingest.publishing import publish_graph, quads
from tests.ingest.senders import copied
from tests.servers import running

VARKAUS = ("varkaus", "varkaus-evidence", "varkaus-persons")
HOSTILE = 'a "b", c|d;\r\n<x>]]>\u202e\u0007\u2028 \U0001f600 ' + "ä" * 100_000


def lines_of(home: Path, release: Release, *graphs: str) -> set[bytes]:
    ends = tuple(f" <{GRAPHS}{name}> .\n".encode() for name in graphs)
    return {line for line in dataset_lines(home, release) if line.endswith(ends or b"\n")}


def canonical(content: bytes, format_: RdfFormat) -> set[Quad]:
    return set(parse(content, format=format_))


def test_the_whole_as_n_quads_is_the_canonical_dataset(
    get: Get, dump_settings: Settings, dumped: Release
) -> None:
    content = get("hyteverkko.nq.gz")
    assert content == b"".join(dataset_lines(dump_settings.home, dumped))
    assert content.count(b"\n") == dumped.quads


@pytest.mark.parametrize(
    ("ending", "format_"), [("trig", RdfFormat.TRIG), ("jsonld", RdfFormat.JSON_LD)]
)
def test_the_whole_in_a_format_with_graphs(get: Get, ending: str, format_: RdfFormat) -> None:
    quads = canonical(get("hyteverkko.nq.gz"), RdfFormat.N_QUADS)
    assert canonical(get(f"hyteverkko.{ending}.gz"), format_) == quads


def test_the_whole_as_turtle_is_the_union_each_triple_once(get: Get) -> None:
    union = {quad.triple for quad in canonical(get("hyteverkko.nq.gz"), RdfFormat.N_QUADS)}
    found = [quad.triple for quad in parse(get("hyteverkko.ttl.gz"), format=RdfFormat.TURTLE)]
    assert len(found) == len(set(found))
    assert set(found) == union


@pytest.mark.parametrize("ending", ["nq", "trig", "jsonld"])
def test_a_dataset_is_its_graphs_as_rdflib_reads_them(
    get: Get, dump_settings: Settings, dumped: Release, ending: str
) -> None:
    names = {"nq": "nquads", "trig": "trig", "jsonld": "json-ld"}
    found, expected = Dataset(), Dataset()
    found.parse(data=get(f"varkaus.{ending}.gz"), format=names[ending])
    wanted = b"".join(lines_of(dump_settings.home, dumped, *VARKAUS))
    expected.parse(data=wanted, format="nquads")
    assert {str(graph.identifier) for graph in found.graphs() if len(graph)} == {
        GRAPHS + name for name in VARKAUS
    }
    for name in VARKAUS:
        graph = NamedNode(GRAPHS + name).value
        held = (to_isomorphic(one.graph(graph)) for one in (found, expected))
        assert next(held) == next(held)


def test_a_dataset_as_turtle(get: Get, dump_settings: Settings, dumped: Release) -> None:
    found = Graph().parse(data=get("varkaus.ttl.gz"), format="turtle")
    lines = lines_of(dump_settings.home, dumped, *VARKAUS)
    assert len(found) == len({line.rpartition(b" <")[0] for line in lines})


def test_one_graph_has_an_address_of_its_own(
    get: Get, dump_client: TestClient, dump_settings: Settings, dumped: Release
) -> None:
    content = get("graphs/varkaus.nq.gz")
    assert set(content.splitlines(keepends=True)) == lines_of(dump_settings.home, dumped, "varkaus")
    triples = list(parse(get("graphs/varkaus.ttl.gz"), format=RdfFormat.TURTLE))
    assert len(triples) == dumped.graphs["varkaus"]
    other = dump_client.get(f"/dumps/{dumped.id}/varkaus-evidence.ttl.gz")
    assert other.status_code == 308
    assert other.headers["location"] == f"/dumps/{dumped.id}/graphs/varkaus-evidence.ttl.gz"


def test_every_file_is_as_its_checksum_says(
    dump_client: TestClient, dump_settings: Settings, dumped: Release
) -> None:
    base = f"/dumps/{dumped.number}/"
    lines = dump_client.get(base + "SHA256SUMS").text.splitlines()
    sums = {address: checksum for checksum, address in (line.split("  ", 1) for line in lines)}
    files = dump_files(dump_settings.home, dumped)
    assert set(sums) == set(files) - {"SHA256SUMS"}
    listed = {one["path"]: one for one in dump_client.get(base + "index.json").json()["files"]}
    assert set(listed) == set(files)
    for address, checksum in sums.items():
        answer = dump_client.get(base + address)
        assert answer.status_code == 200, address
        assert hashlib.sha256(answer.content).hexdigest() == checksum, address
        assert listed[address]["sha256"] == checksum
        assert listed[address]["bytes"] == len(answer.content)
        assert answer.headers["etag"] == f'"{checksum}"'


def test_the_same_release_gives_the_same_bytes(
    dump_client: TestClient, dump_settings: Settings, dumped: Release, home: Path, tmp_path: Path
) -> None:
    with TestClient(
        create_app(replace(dump_settings, home=copied(home, tmp_path / "home")))
    ) as other:
        for address in ("hyteverkko.trig.gz", "tables/bodies.parquet", "concepts.ttl.gz"):
            path = f"/dumps/{dumped.id}/{address}"
            assert other.get(path).content == dump_client.get(path).content


@pytest.mark.parametrize(
    ("address", "content_type"),
    [
        ("hyteverkko.nq.gz", "application/gzip"),
        ("tables/coverage.csv", "text/csv; charset=utf-8; header=present"),
        ("tables/coverage.parquet", "application/vnd.apache.parquet"),
        ("tables/csv-metadata.json", "application/csvm+json"),
        ("concepts/role.ttl", "text/turtle; charset=utf-8"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
    ],
)
def test_headers(dump_client: TestClient, dumped: Release, address: str, content_type: str) -> None:
    path = f"/dumps/{dumped.id}/{address}"
    answer = dump_client.get(path, headers={"accept-encoding": "gzip"})
    assert answer.headers["content-type"] == content_type
    assert "content-encoding" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=86400, no-transform"
    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"
    head = dump_client.head(path, headers={"accept-encoding": "gzip"})
    assert head.content == b""
    assert dict(head.headers) == dict(answer.headers)


def test_a_part_of_a_file(dump_client: TestClient, dumped: Release) -> None:
    path = f"/dumps/{dumped.id}/tables/areas.csv"
    whole = dump_client.get(path)
    tag = whole.headers["etag"]
    for _ in range(2):
        part = dump_client.get(path, headers={"range": "bytes=10-19", "if-range": tag})
        assert part.status_code == 206
        assert part.content == whole.content[10:20]
        assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    changed = dump_client.get(path, headers={"range": "bytes=10-19", "if-range": '"other"'})
    assert (changed.status_code, changed.content) == (200, whole.content)
    beyond = dump_client.get(path, headers={"range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416


def test_a_client_that_has_it_gets_304(dump_client: TestClient, dumped: Release) -> None:
    path = f"/dumps/{dumped.id}/hyteverkko.nq.gz"
    headers = dump_client.get(path).headers
    for asked in (
        {"if-none-match": headers["etag"]},
        {"if-none-match": f'"other", {headers["etag"]}'},
        {"if-modified-since": headers["last-modified"]},
    ):
        answer = dump_client.get(path, headers=asked)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == headers["etag"]
    early = "Thu, 01 Jan 2004 00:00:00 GMT"
    for asked in (
        {"if-none-match": '"other"', "if-modified-since": headers["last-modified"]},
        {"if-modified-since": early},
        {"if-modified-since": "yesterday"},
        {"if-modified-since": f"Mon, 01 Jan {'9' * 11} 00:00:00 GMT"},
        {"if-modified-since": f"Mon, 01 Jan 2020 00:00:00 +{'9' * 15}"},
    ):
        assert dump_client.get(path, headers=asked).status_code == 200


def test_head_makes_nothing(settings: Settings, home: Path, tmp_path: Path) -> None:
    own = replace(settings, home=copied(home, tmp_path / "home"))
    with TestClient(create_app(own), follow_redirects=False) as client:
        answer = client.head("/dumps/1/hyteverkko.nq.gz")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/gzip"
        assert "content-length" not in answer.headers
        assert not (own.home / "dumps").exists()
        for page in ("/dumps", "/dumps/1/"):
            assert client.head(page).status_code == 200
        files = client.get("/dumps/1/index.json").json()["files"]
        assert {one["sha256"] for one in files} == {None}
        assert not (own.home / "dumps").exists()
        client.get("/dumps/1/hyteverkko.nq.gz")
        files = client.get("/dumps/1/index.json").json()["files"]
        assert [one["path"] for one in files if one["sha256"]] == ["hyteverkko.nq.gz"]


def test_latest_leads_to_the_current_release(dump_client: TestClient, dumped: Release) -> None:
    for method in ("GET", "HEAD"):
        for path in ("", "hyteverkko.nq.gz", "graphs/varkaus.ttl.gz", "tables/areas.csv"):
            answer = dump_client.request(method, f"/dumps/latest/{path}")
            assert answer.status_code == 307
            assert answer.headers["location"] == f"/dumps/{dumped.id}/{path}"
    answer = dump_client.get("/dumps/latest?lang=sv")
    assert answer.headers["location"] == f"/dumps/{dumped.id}/?lang=sv"


@pytest.mark.parametrize(
    "path",
    [
        "0/", "2/", "nosuch/", "nosuch/hyteverkko.nq.gz", "1/nosuch.nq.gz", "1/graphs/nosuch.nq.gz",
        "1/hyteverkko.rdf.gz", "1/hyteverkko.nq", "1/tables/persons.csv", "1/tables/areas.xlsx",
        "1/concepts/nosuch.ttl", "1/graphs/", "1/%2e%2e/%2e%2e/current",
        "1/graphs/..%2fvarkaus.nq.gz",
    ],
)  # fmt: skip
def test_what_there_is_not(dump_client: TestClient, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = dump_client.request(method, f"/dumps/{path}")
        assert answer.status_code == 404, path
    assert dump_client.get(f"/dumps/{path}").headers["content-type"] == "application/problem+json"


def test_the_pages_in_three_languages(dump_client: TestClient, dumped: Release) -> None:
    for language, word in (("fi", "Ladattavat"), ("sv", "ladda ner"), ("en", "Downloads")):
        for path in ("/dumps", f"/dumps/{dumped.id}/"):
            answer = dump_client.get(f"{path}?lang={language}", headers={"accept": "text/html"})
            assert answer.status_code == 200
            assert word in answer.text
            assert f"/dumps/{dumped.id}/hyteverkko.nq.gz" in answer.text
            assert answer.headers["cache-control"] == "no-cache"
    listed = dump_client.get("/dumps.json").json()
    assert listed["pages"] == 1
    assert [one["release"] for one in listed["releases"]] == [dumped.id]
    assert [one["path"] for one in listed["releases"][0]["files"]] == [
        f"hyteverkko.{ending}.gz" for ending in ("nq", "trig", "ttl", "jsonld")
    ]
    as_json = dump_client.get("/dumps", headers={"accept": "application/json"})
    assert as_json.json() == listed
    assert dump_client.get("/dumps", headers={"accept": "image/png"}).status_code == 406


@pytest.fixture
def small(bare: Settings) -> Iterator[tuple[Settings, TestClient]]:
    """Give an app on five small releases, of which the first two keep no snapshot."""
    publish_quads(quads(0), bare.home)
    for number in range(1, 5):
        publish_graph(bare.home, number)
    with TestClient(create_app(bare), follow_redirects=False) as client:
        yield bare, client


def test_old_releases_stay_downloadable(small: tuple[Settings, TestClient]) -> None:
    own, client = small
    releases = all_releases(own.home)
    assert [release.number for release in releases] == [5, 4, 3, 2, 1]
    assert not (own.home / "releases" / releases[-1].id / "store").exists()
    for release in releases:
        content = client.get(f"/dumps/{release.id}/hyteverkko.nq.gz").content
        expected = b"".join(dataset_lines(own.home, release))
        assert gzip.decompress(content) == expected
        assert expected.count(b"\n") == 40 * release.number
        package = client.get(f"/dumps/{release.number}/tables/datapackage.json").json()
        assert package["version"] == release.id
    assert client.get("/dumps/1/graphs/g1.nq.gz").status_code == 404
    assert client.get("/dumps/2/graphs/g1.nq.gz").status_code == 200
    assert client.get("/dumps/1/concepts.ttl.gz").status_code == 404, "it has no schemes"
    shown = client.get("/dumps.json").json()["releases"]
    assert [one["number"] for one in shown] == [5, 4, 3, 2, 1]
    page = client.get("/dumps/1/", headers={"accept": "text/html", "accept-language": "en"})
    assert "There is a newer release" in page.text


def test_what_is_not_used_makes_room(bare: Settings) -> None:
    big_settings = replace(bare, dumps_mib=1)
    big = [
        Quad(one.subject, one.predicate, Literal(noise(number)), one.graph_name)
        for number, one in enumerate(quads(9))
    ]
    publish_quads(big, big_settings.home)
    publish_graph(big_settings.home, 1)
    with TestClient(create_app(big_settings)) as client:
        first = client.get("/dumps/1/hyteverkko.nq.gz")
        for ending in ("trig", "jsonld", "ttl"):
            assert client.get(f"/dumps/1/hyteverkko.{ending}.gz").status_code == 200
        (old,) = (big_settings.home / "dumps").glob("1-*")
        held = {path.stat().st_size for path in old.iterdir()}
        assert client.get("/dumps/2/hyteverkko.nq.gz").status_code == 200
        left = [path for path in old.iterdir() if path.name != "index.json"]
        assert len(left) < 4 <= len(held)
        head = client.head("/dumps/1/hyteverkko.nq.gz")
        assert head.headers["etag"] == first.headers["etag"], "its checksum is still known"
        assert head.headers["content-length"] == first.headers["content-length"]
        assert client.get("/dumps/1/hyteverkko.nq.gz").content == first.content


def noise(number: int) -> str:
    parts = (hashlib.sha256(f"{number} {n}".encode()).hexdigest() for n in range(250))
    return "".join(parts)


def test_many_ask_a_running_server_at_once(tmp_path: Path) -> None:
    own = tmp_path / "home"
    publish_quads(quads(0), own)
    publish_graph(own, 1)
    with running(own, tmp_path) as server, ThreadPoolExecutor(12) as pool:
        urls = [f"{server.base}/dumps/{n}/tables/areas.csv" for n in (1, 2) for _ in range(6)]
        answers = list(pool.map(lambda url: httpx2.get(url, timeout=60), urls))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.headers["etag"] for answer in answers}) == 1, "both have no areas"
    assert not list((own / "dumps").glob(".making-*"))


MAKING: list[str] = []


def count_making(event: str, arguments: tuple[object, ...]) -> None:
    if event == "subprocess.Popen" and "hyteverkko.harvest.making" in str(arguments[1]):
        MAKING.append(str(arguments[1]))


def test_one_process_makes_for_all_who_wait(small: tuple[Settings, TestClient]) -> None:
    _, client = small
    sys.addaudithook(count_making)
    MAKING.clear()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(client.get, ["/dumps/1/tables/areas.csv"] * 8))
    assert {answer.status_code for answer in answers} == {200}
    assert len(MAKING) == 1


def test_too_many_old_files_at_once_are_told_to_come_back(
    small: tuple[Settings, TestClient],
) -> None:
    _, client = small
    paths = [
        f"/dumps/{n}/hyteverkko.{ending}.gz"
        for n in (1, 2, 3, 4)
        for ending in ("nq", "trig", "ttl", "jsonld")
    ]
    with ThreadPoolExecutor(17) as pool:
        asked = [pool.submit(client.get, path) for path in paths]
        newest = client.get("/dumps/5/hyteverkko.nq.gz")
        assert not all(one.done() for one in asked), "the current release waits behind no old one"
        answers = [one.result() for one in asked]
    assert newest.status_code == 200
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert {answer.status_code for answer in answers} == {200, 503}
    assert {answer.headers["retry-after"] for answer in refused} == {"20"}
    assert [client.get(path).status_code for path in paths] == [200] * len(paths)


def test_a_damaged_content_is_not_given_out(small: tuple[Settings, TestClient]) -> None:
    own, client = small
    oldest = all_releases(own.home)[-1]
    assert client.get("/dumps/1/").status_code == 200
    path = object_path(own.home, oldest.objects["g0"])
    content = path.read_bytes()
    path.write_bytes(content.replace(b"value 7", b"value 8", 1))
    answer = client.get("/dumps/1/hyteverkko.nq.gz")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 60
    assert answer.headers["content-type"] == "application/problem+json"
    path.write_bytes(content)
    assert client.get("/dumps/1/hyteverkko.nq.gz").status_code == 200


def test_hostile_names_and_labels(bare: Settings) -> None:
    body = NamedNode(f"{ID}body/x/hostile")
    hyte, skos = PREFIXES["hyte"], PREFIXES["skos"]
    graph = NamedNode("http://example.org/a/../b?c=d&e;f#å")
    held = [
        Quad(body, NamedNode(PREFIXES["rdf"] + "type"), NamedNode(hyte + "Body"), graph),
        Quad(body, NamedNode(skos + "prefLabel"), Literal(HOSTILE, language="fi"), graph),
        Quad(body, NamedNode(skos + "altLabel"), Literal("a|b", language="fi"), graph),
        Quad(body, NamedNode(skos + "altLabel"), Literal("=1+1", language="fi"), graph),
    ]
    publish_quads(held, bare.home)
    with TestClient(create_app(bare), follow_redirects=False) as client:
        files = client.get("/dumps/1/index.json").json()["files"]
        own_files = [one for one in files if one["part"] == "graphs"]
        assert len(own_files) == 4
        formats = {"nq": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG, "jsonld": RdfFormat.JSON_LD}
        for one in own_files:
            path = one["url"].removeprefix(bare.base_url)
            content = gzip.decompress(client.get(path).content)
            ending = one["path"].rpartition(".gz")[0].rpartition(".")[2]
            if ending == "ttl":
                found = {quad.triple for quad in parse(content, format=RdfFormat.TURTLE)}
                assert found == {Triple(q.subject, q.predicate, q.object) for q in held}
            else:
                assert canonical(content, formats[ending]) == set(held)
        page = client.get("/dumps/1/", headers={"accept": "text/html"})
        assert page.status_code == 200
        check_table(client)


def check_table(client: TestClient) -> None:
    text = client.get("/dumps/1/tables/bodies.csv").content.decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["name_fi"] == HOSTILE
    assert row["other_names"] == "=1+1|a/b"
    content = client.get("/dumps/1/tables/bodies.parquet").content
    (same,) = read_table(io.BytesIO(content)).to_pylist()
    assert same["name_fi"] == HOSTILE
    assert same["other_names"] == ["=1+1", "a/b"]
    assert json.loads(client.get("/dumps/1/tables/datapackage.json").content)
