"""What is erased is in no download any more: of no release, packed or not."""

import gzip
import shutil
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
from hyteverkko.ingest.erase import ERASE, EXPIRE, erase, expired
from hyteverkko.namespaces import ID
from hyteverkko.settings import Settings
from hyteverkko.store.releases import record_of_number
from hyteverkko.store.shelf import clear_shelves, shelf_lock
from pyoxigraph import NamedNode, RdfFormat, parse

from tests.ingest.senders import copied

PERSON = NamedNode(f"{ID}person/varkaus/4")
PERSONS = "graphs/varkaus-persons.nq.gz"


@pytest.fixture
def own(settings: Settings, root: Path, home: Path, tmp_path: Path) -> Settings:
    folder = tmp_path / "repository"
    for name in ("ontology", "shapes", "data"):
        shutil.copytree(root / name, folder / name)
    return replace(settings, root=folder, home=copied(home, tmp_path / "home"))


def name_of(root: Path) -> bytes:
    path = root / "data" / "varkaus" / "persons.ttl"
    (name,) = (
        quad.object.value
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
        if quad.subject == PERSON and quad.predicate.value.endswith("/name")
    )
    return str(name).encode()


def contents(client: TestClient, settings: Settings, number: int) -> Iterator[tuple[str, bytes]]:
    record = record_of_number(settings.home, number)
    assert record is not None
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
    name = name_of(own.root)
    with TestClient(create_app(own)) as client:
        before = client.get(f"/dumps/1/{PERSONS}")
        assert name in gzip.decompress(before.content)
        assert name in gzip.decompress(client.get("/dumps/1/hyteverkko.nq.gz").content)
        assert list(packed_files_with(name, own.home / "dumps"))
        assert erase(own, {PERSON}, "", ERASE).left == ()
        assert not (own.home / "dumps").exists()
        after = client.get(f"/dumps/1/{PERSONS}", headers={"if-none-match": before.headers["etag"]})
        assert after.status_code == 200, "the cached one is not confirmed"
        since = {"if-modified-since": before.headers["last-modified"]}
        assert client.get(f"/dumps/1/{PERSONS}", headers=since).status_code == 200
        for number in (1, 2):
            found = [
                address for address, content in contents(client, own, number) if name in content
            ]
            assert found == []
        assert client.get("/dumps/1/index.json").json()["erased"] is True
        page = client.get("/dumps/1/?lang=en", headers={"accept": "text/html"})
        assert "taken out of this release" in page.text
    assert list(packed_files_with(name, own.home)) == []


def test_a_name_whose_day_has_passed_is_in_no_download(own: Settings) -> None:
    name = name_of(own.root)
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


def test_tables_name_nobody(root: Path, own: Settings) -> None:
    names = {
        text.encode()
        for path in root.glob("data/*/persons.ttl")
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
        if quad.predicate.value.endswith(("/name", "/familyName")) and (text := quad.object.value)
    }
    assert len(names) >= 8
    with TestClient(create_app(own)) as client:
        for address, content in contents(client, own, 1):
            if address.startswith("tables/") and not address.endswith(".parquet"):
                assert b"/id/person/" not in content, address
                assert [name for name in names if name in content] == [], address
