"""What is erased is in no download any more: of no release, packed or not."""

import gzip
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.harvest.dump_files import dump_files
from hyteverkko.harvest.tables import TABLES
from hyteverkko.ingest.erase import ERASE, EXPIRE, erase, expired
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.settings import Settings
from hyteverkko.store.releases import record_of_number
from hyteverkko.store.shelf import clear_shelves, shelf_lock, shelf_of
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from tests.harvest.conftest import Get
from tests.ingest.publishing import quads

PERSON = NamedNode(f"{ID}person/kuopio/1")
GRAPH = NamedNode(f"{GRAPHS}kuopio-persons")
PERSONS = "graphs/kuopio-persons.nq.gz"
NAME = "Äijä Esimerkki"


@pytest.fixture
def own(bare: Settings) -> Settings:
    """Give settings over a release that names a person until the end of 2036."""
    day = Literal("2036-12-31", datatype=NamedNode(PREFIXES["xsd"] + "date"))
    stated: dict[str, NamedNode | Literal] = {
        PREFIXES["rdf"] + "type": NamedNode(PREFIXES["foaf"] + "Person"),
        PREFIXES["foaf"] + "name": Literal(NAME),
        PREFIXES["hyte"] + "withheldAfter": day,
    }
    named = [Quad(PERSON, NamedNode(term), value, GRAPH) for term, value in stated.items()]
    publish_quads([*quads(0), *named], bare.home)
    return bare


def contents(client: TestClient, settings: Settings, number: int) -> Iterator[tuple[str, bytes]]:
    record = record_of_number(settings.home, number)
    assert record is not None
    # All are made in one go when the checksums are asked for.
    assert client.get(f"/dumps/{number}/SHA256SUMS").status_code == 200
    for address in dump_files(settings.home, record):
        answer = client.get(f"/dumps/{number}/{address}")
        assert answer.status_code == 200, address
        packed = address.endswith(".gz")
        yield address, gzip.decompress(answer.content) if packed else answer.content


def packed_files_with(name: bytes, folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if content.startswith(b"\x1f\x8b"):
                content = zlib.decompressobj(31).decompress(content)
            if name in content:
                yield path


def test_an_erased_name_is_in_no_download(own: Settings) -> None:
    name = NAME.encode()
    with TestClient(create_app(own)) as client:
        before = client.get(f"/dumps/1/{PERSONS}")
        assert name in gzip.decompress(before.content)
        assert name in gzip.decompress(client.get("/dumps/1/hyteverkko.nq.gz").content)
        assert list(packed_files_with(name, own.home / "dumps"))
        assert erase(own, {PERSON}, "", ERASE).left == ()
        assert not (own.home / "dumps").exists()
        for known in ("etag", "last-modified"):
            asked = {"etag": "if-none-match", "last-modified": "if-modified-since"}[known]
            after = client.get(f"/dumps/1/{PERSONS}", headers={asked: before.headers[known]})
            assert after.status_code == 200, "what a client has kept is not confirmed"
        for number in (1, 2):
            held = dict(contents(client, own, number))
            assert {"hyteverkko.jsonld.gz", PERSONS, "tables/memberships.csv"} <= held.keys()
            assert [address for address, content in held.items() if name in content] == []
            assert b"WithheldPerson" in held[PERSONS]
        assert client.get("/dumps/1/index.json").json()["erased"] is True
        page = client.get("/dumps/1/?lang=en", headers={"accept": "text/html"})
        assert "taken out of this release" in page.text
    assert list(packed_files_with(name, own.home)) == []


def test_a_name_whose_day_has_passed_is_in_no_download(own: Settings) -> None:
    name = NAME.encode()
    with TestClient(create_app(own)) as client:
        assert name in gzip.decompress(client.get(f"/dumps/1/{PERSONS}").content)
        later = replace(own, fixed_today=date(2040, 1, 1))
        assert erase(later, expired(later), "", EXPIRE).left == ()
        assert name not in gzip.decompress(client.get(f"/dumps/1/{PERSONS}").content)


def test_an_erasure_waits_for_what_is_being_made(tmp_path: Path) -> None:
    (tmp_path / "dumps").mkdir()
    removing = threading.Thread(target=clear_shelves, args=(tmp_path,))
    with shelf_lock(tmp_path):
        removing.start()
        removing.join(0.3)
        assert (tmp_path / "dumps").is_dir()
    removing.join(5)
    assert not (tmp_path / "dumps").exists()


def test_rewritten_contents_have_a_place_of_their_own(own: Settings) -> None:
    record = record_of_number(own.home, 1)
    assert record is not None
    rewritten = replace(record, objects=record.objects | {"kuopio-persons": "0" * 64})
    assert rewritten.id == record.id
    places = {shelf_of(own.home, one, "recipe").folder for one in (record, rewritten)}
    assert len(places) == 2


def test_tables_name_nobody(root: Path, get: Get) -> None:
    names = {
        quad.object.value.encode()
        for path in root.glob("data/*/persons.ttl")
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
        # A family name alone is a municipality too: Lehtimäki.
        if quad.predicate.value.endswith("/name") and isinstance(quad.object, Literal)
    }
    assert len(names) == 8
    for table in TABLES:
        content = get(f"tables/{table.kind}.csv")
        assert b"/id/person/" not in content, table.kind
        assert [name for name in names if name in content] == [], table.kind
