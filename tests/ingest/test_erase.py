"""Erased is gone: from every file, from what was published before, and from what can be asked."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.ingest import ledger
from hyteverkko.ingest.commands import erase as erase_command
from hyteverkko.ingest.erase import ERASE, EXPIRE, UnknownPerson, erase, expired
from hyteverkko.ingest.publish import build
from hyteverkko.ingest.publisher import Deed, publish
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.settings import Settings
from hyteverkko.store.graph import open_store
from hyteverkko.store.objects import write_object
from hyteverkko.store.releases import (
    all_releases,
    current_folder,
    dataset_lines,
    read_release,
)
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from tests.ingest.conftest import WorkOut
from tests.ingest.senders import Sender

VARKAUS = NamedNode(f"{ID}person/varkaus/4")
OWN = NamedNode(f"{ID}person/kuopio/1")
WITHHELD = NamedNode(PREFIXES["hyte"] + "WithheldPerson")
TYPE = NamedNode(PREFIXES["rdf"] + "type")
NAME = "Äijä Esimerkki"
PERSON = "\n".join(
    (
        f"<{OWN.value}> <{TYPE.value}> <{PREFIXES['foaf']}Person> <{GRAPHS}kuopio-persons> .",
        f'<{OWN.value}> <{PREFIXES["foaf"]}name> "{NAME}" <{GRAPHS}kuopio-persons> .',
        f"<{OWN.value}> <{PREFIXES['hyte']}withheldAfter> "
        f'"2036-11-22"^^<{PREFIXES["xsd"]}date> <{GRAPHS}kuopio-persons> .',
    )
)


@pytest.fixture
def own_root(root: Path, tmp_path: Path) -> Path:
    """Copy the files of the truth, to be rewritten."""
    folder = tmp_path / "repository"
    for name in ("ontology", "shapes", "data"):
        shutil.copytree(root / name, folder / name)
    return folder


@pytest.fixture
def own(settings: Settings, own_root: Path, own_home: Path) -> Settings:
    return replace(settings, root=own_root, home=own_home)


def name_of(root: Path, person: NamedNode) -> str:
    path = root / "data" / "varkaus" / "persons.ttl"
    (name,) = (
        quad.object.value
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
        if quad.subject == person and quad.predicate.value.endswith("/name")
    )
    return str(name)


def holding(name: str, *folders: Path) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and name.encode() in path.read_bytes():
                yield path


def test_a_name_from_the_files(own: Settings) -> None:
    name = name_of(own.root, VARKAUS)
    assert list(holding(name, own.home))
    assert list(holding(name, own.root))
    before = read_release(current_folder(own.home))
    done = erase(own, {VARKAUS}, "pyydetty", ERASE)
    assert done.left == ()
    assert {Path(path).name for path in done.files} == {"persons.ttl"}
    assert list(holding(name, own.home, own.root)) == []
    store = open_store(current_folder(own.home), "memory")
    assert Quad(VARKAUS, TYPE, WITHHELD, NamedNode(GRAPHS + "varkaus-persons")) in store
    assert current_folder(own.home).name != before.id
    assert len(list(dataset_lines(own.home, all_releases(own.home)[-1]))) > 100_000
    ledger.check(own.home)
    after = read_release(current_folder(own.home)).id
    assert build(own.root, own.home, own.today).id == after, "the files say the same"


def test_nobody_is_erased_by_a_name_that_is_wrong(own: Settings) -> None:
    unknown = NamedNode(f"{ID}person/person/varkaus/4")
    with pytest.raises(UnknownPerson, match="Nothing was erased"):
        erase(own, {VARKAUS, unknown}, "", ERASE)
    assert name_of(own.root, VARKAUS)
    assert ledger.last_entry(own.home) is None


def test_a_person_is_called_by_the_address(
    own: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HYTE_HOME", str(own.home))
    monkeypatch.setenv("HYTE_ROOT", str(own.root))
    with pytest.raises(typer.Exit):
        erase_command("person/kuopio/1", lang="en")
    assert f"Nothing is known of {OWN.value}." in " ".join(capsys.readouterr().err.split())
    for way in ("person/varkaus/4", VARKAUS.value):
        erase_command(way, lang="en")
    assert ledger.last_entry(own.home) is not None


def test_a_person_erased_is_gone_from_the_pages(own: Settings) -> None:
    name = name_of(own.root, VARKAUS)
    with TestClient(create_app(own)) as client:
        page = "/doc/person/varkaus/4"
        query = {"query": f'ASK {{ ?s ?p ?o FILTER(CONTAINS(STR(?o), "{name}")) }}'}
        assert name in client.get(page).text
        assert client.get("/sparql", params=query).json()["boolean"] is True
        erase(own, {VARKAUS}, "", ERASE)
        for _ in range(100):
            if client.get("/health").json()["number"] == 2:
                break
            time.sleep(0.1)
        answer = client.get(page)
        assert answer.status_code == 410
        assert name not in answer.text
        assert client.get("/sparql", params=query).json()["boolean"] is False


def test_a_name_that_was_sent_in(own: Settings, kuopio: Sender, work_out: WorkOut) -> None:
    deed = Deed("kuopio", "put", f"{NAME} valittu", "2026-11-22")
    publish(own.home, work_out(kuopio.sends(PERSON, ending=".nq")), deed)
    longer = PERSON.replace("36-11-22", "36-12-31")
    publish(own.home, work_out(kuopio.sends(longer, ending=".nq")), deed)
    assert list(holding(NAME, own.home))
    done = erase(own, {OWN}, "", ERASE)
    assert done.left == ()
    assert done.files == ()
    assert list(holding(NAME, own.home)) == []
    ledger.check(own.home)
    last = ledger.last_entry(own.home)
    assert last is not None
    assert last.action == ERASE
    assert sorted(last.erased) == ["1", "2"]
    assert build(own.root, own.home, own.today).id == last.release
    again = work_out(kuopio.sends(PERSON, ending=".nq"))
    assert [f.focus for f in again.findings] == [str(OWN)], "what is withdrawn stays withdrawn"
    assert work_out(kuopio.sends("", ending=".nq")).stated == (0, 0), "and the tombstone stays"
    assert erase(own, {OWN}, "", ERASE).left == (), "asked again it does no harm"


ENDS_WITHIN = """
import os, sys
from dataclasses import replace
from pathlib import Path
from hyteverkko.ingest import erase
from hyteverkko.settings import settings_from
from pyoxigraph import NamedNode
erase._rewrite_texts = lambda *_: os._exit(9)
own = replace(settings_from({}), root=Path(sys.argv[1]), home=Path(sys.argv[2]))
erase.erase(own, {NamedNode(sys.argv[3])}, "", erase.ERASE)
"""


def test_asked_again_it_goes_on_where_it_ended(
    own: Settings, kuopio: Sender, work_out: WorkOut
) -> None:
    """What is published in between sweeps nothing away that tells what is to be taken out."""
    deed = Deed("kuopio", "put", f"{NAME} valittu", "2026-11-22")
    publish(own.home, work_out(kuopio.sends(PERSON, ending=".nq")), deed)
    command = [sys.executable, "-c", ENDS_WITHIN, str(own.root), str(own.home), OWN.value]
    assert subprocess.run(command, check=False).returncode == 9
    assert list(holding(NAME, own.home))
    write_object(own.home, b"<urn:a> <urn:b> <urn:c> .\n")
    publish(own.home, work_out(kuopio.sends("", ending=".nq")), replace(deed, why=""))
    assert erase(own, {OWN}, "", ERASE).left == ()
    assert list(holding(NAME, own.home)) == []
    ledger.check(own.home)


def test_files_that_cannot_be_rewritten_do_not_bring_the_name_back(
    own: Settings, root: Path
) -> None:
    name = name_of(own.root, VARKAUS)
    erase(own, {VARKAUS}, "", ERASE)
    after = current_folder(own.home).name
    shutil.copytree(root / "data", own.root / "data", dirs_exist_ok=True)
    assert build(own.root, own.home, own.today).id == after
    assert list(holding(name, own.root))
    assert list(holding(name, own.home)) == []


def test_names_end_on_their_day(own: Settings) -> None:
    persons = own.root / "data" / "varkaus" / "persons.ttl"
    text = persons.read_text(encoding="utf-8")
    name = name_of(own.root, VARKAUS)
    assert expired(own) == set()
    later = replace(own, fixed_today=date(2040, 1, 1))
    ended = expired(later)
    assert len(ended) == 8
    assert erase(later, ended, "", EXPIRE).left == ()
    assert list(holding(name, own.home)) == []
    assert persons.read_text(encoding="utf-8") == text, "the files are the maintainer's"
    assert expired(later) == set()
    after = current_folder(own.home).name
    assert build(later.root, later.home, later.today).id == after
