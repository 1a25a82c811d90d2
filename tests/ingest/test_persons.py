"""After the last day a name is nowhere in the release; the post and a tombstone stay."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.ingest.persons import last_days, texts_of, without_withheld
from hyteverkko.ingest.publish import build
from hyteverkko.settings import Settings
from hyteverkko.store.releases import current_folder, dataset_lines, read_release
from pyoxigraph import Literal, NamedNode, Quad

HYTE = "https://w3id.org/hyteverkko/def#"
ANNA, POST, GRAPH = (NamedNode(f"urn:{name}") for name in ("anna", "post", "graph"))
NAME = NamedNode("http://xmlns.com/foaf/0.1/name")
AFTER = NamedNode(HYTE + "withheldAfter")
DAY = Literal("2030-01-01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date"))
QUADS = [
    Quad(ANNA, NAME, Literal("Anna Esimerkki"), GRAPH),
    Quad(ANNA, AFTER, DAY, GRAPH),
    Quad(POST, NamedNode("urn:holder"), ANNA, GRAPH),
    Quad(POST, NamedNode(HYTE + "evidencedValue"), Literal("Anna Esimerkki"), GRAPH),
]


def test_last_days() -> None:
    assert last_days(QUADS) == {ANNA: date(2030, 1, 1)}


def test_a_withheld_name_is_gone_wherever_it_stands() -> None:
    left = list(without_withheld(QUADS, {ANNA}, texts_of(QUADS, {ANNA})))
    assert all("Esimerkki" not in str(quad) for quad in left)
    assert Quad(POST, NamedNode("urn:holder"), ANNA, GRAPH) in left
    tombstone = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    assert Quad(ANNA, tombstone, NamedNode(HYTE + "WithheldPerson"), GRAPH) in left


def test_a_name_that_may_be_shown_stays() -> None:
    assert list(without_withheld(QUADS, set(), set())) == QUADS


@pytest.fixture(scope="module")
def later(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the release of a day on which every name has ended."""
    folder = tmp_path_factory.mktemp("later")
    build(root, folder, date(2040, 1, 1))
    return folder


def test_the_release_of_a_later_day_holds_no_name(root: Path, home: Path, later: Path) -> None:
    persons = [path for path in (root / "data").glob("*/persons.ttl")]
    assert len(persons) == 3
    names = {
        line.split('"')[1]
        for path in persons
        for line in path.read_text(encoding="utf-8").splitlines()
        if "foaf:name" in line
    }
    assert len(names) == 8
    published = b"".join(dataset_lines(home, read_release(current_folder(home))))
    for name in names:
        assert name.encode() in published
        for path in (path for path in later.rglob("*") if path.is_file()):
            assert name.encode() not in path.read_bytes(), path


def test_the_release_says_until_when_it_may_be_shown(home: Path, later: Path) -> None:
    assert read_release(current_folder(home)).valid_until == "2028-10-08"
    assert read_release(current_folder(later)).valid_until == ""


def test_the_page_of_a_withheld_person_is_gone(settings: Settings, later: Path) -> None:
    with TestClient(create_app(replace(settings, home=later))) as client:
        for accept in ("text/html", "text/turtle"):
            answer = client.get("/doc/person/varkaus/1", headers={"accept": accept})
            assert answer.status_code == 410
        page = client.get("/doc/person/varkaus/1?lang=en", headers={"accept": "text/html"})
        assert "until 13 Jan 2032" in page.text or "until 2032-01-13" in page.text
