"""Two releases apart, an addition, a change and a deletion are told by each channel alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
import rdflib
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.ingest.contribution import Outcome
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.ingest.publisher import Deed, publish
from hyteverkko.settings import Settings
from hyteverkko.store.changes import Change
from hyteverkko.store.releases import current_folder
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import DCAT, DCTERMS, RDF, URIRef

from tests.harvest.synthetic import AGENT, dataset, key_of, publish_many, term

DATASET: Final = "https://w3id.org/hyteverkko/id/dataset/"
OWN: Final = NamedNode("https://w3id.org/hyteverkko/graphs/own")


def harvested(settings: Settings, home: Path) -> dict[str, Any]:
    """Give what each channel says: times by dataset, and bytes of one that nobody touched."""
    with TestClient(create_app(replace(settings, home=home))) as client:
        graph = rdflib.Graph().parse(data=client.get("/catalog.ttl").content, format="turtle")
        asked = client.get("/api/3/action/package_search?rows=1000").json()["result"]["results"]
        sitemap = client.get("/sitemap/1.xml").text
        still = client.get(f"/dataset/{key_of(1)}.ttl").content
        page = client.get(f"/doc/dataset/{key_of(0)}", headers={"accept": "text/html"})
    times = {
        str(one).removeprefix(DATASET): _time(graph.value(one, DCTERMS.modified))
        for one in graph.subjects(RDF.type, DCAT.Dataset)
    }
    return {
        "dcat": times,
        "ckan": {one["name"]: one["metadata_modified"] for one in asked},
        "versions": {
            key: str(graph.value(URIRef(DATASET + key), URIRef(str(DCAT._NS) + "version")))
            for key in times
        },
        "sitemap": sitemap,
        "still": still,
        "status": page.status_code,
    }


@pytest.fixture(scope="module")
def told(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    home = tmp_path_factory.mktemp("changes")
    publish_many(5, home)
    first = set(dataset(key_of(2)))
    moved = {
        Quad(one.subject, one.predicate, OWN, one.graph_name)
        for one in first
        if one.predicate == term("hyte:graph")
    }
    graph_before = {one for one in first if one.predicate == term("hyte:graph")}
    content = Quad(AGENT, term("skos:note"), Literal("ensin"), OWN)
    _publish(home, graph_before, {*moved, content})
    before = harvested(settings, home)
    changed = Quad(AGENT, term("skos:note"), Literal("sitten"), OWN)
    removed = {content, *dataset(key_of(0))}
    _publish(home, removed, {changed, *dataset("added")})
    yield before, harvested(settings, home)


def _time(literal: Any) -> str:  # noqa: ANN401 - what a graph holds, or nothing
    """Give a time as it was written, which rdflib does not keep."""
    moment: datetime = literal.toPython()
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _publish(home: Path, removed: set[Quad], added: set[Quad]) -> None:
    outcome = Outcome(current_folder(home).name, Change(tuple(removed), tuple(added)), (), ())
    publish(home, outcome, Deed("test", "put", "", "2026-11-22"))


@pytest.mark.parametrize("channel", ["dcat", "ckan"])
def test_addition_change_and_deletion(
    told: tuple[dict[str, Any], dict[str, Any]], channel: str
) -> None:
    before, after = (one[channel] for one in told)
    assert after.keys() - before.keys() == {"added"}
    assert before.keys() - after.keys() == {key_of(0)}
    later = {key for key in before.keys() & after.keys() if after[key] > before[key]}
    # Its record is as it was; a graph of it has changed.
    assert later == {key_of(2)}
    assert all(after[key] == before[key] for key in before.keys() & after.keys() - later)


def test_channels_tell_the_same_times(told: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for one in told:
        assert {key: time.removesuffix("Z") + "000" for key, time in one["dcat"].items()} == one[
            "ckan"
        ]


def test_a_version_changes_with_its_content_only(
    told: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    before, after = (one["versions"] for one in told)
    assert {key for key in before.keys() & after.keys() if before[key] != after[key]} == {key_of(2)}


def test_what_nobody_touched_is_the_same_bytes(
    told: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    assert told[0]["still"] == told[1]["still"]


def test_the_sitemap_follows(told: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = told
    gone, new = f"/doc/dataset/{key_of(0)}?", "/doc/dataset/added?"
    assert gone in before["sitemap"]
    assert gone not in after["sitemap"]
    assert new in after["sitemap"]
    time = after["dcat"][key_of(2)]
    assert f"/doc/dataset/{key_of(2)}?lang=fi</loc><lastmod>{time}</lastmod>" in after["sitemap"]
    assert (before["status"], after["status"]) == (200, 404)


def test_a_release_without_records_is_served(settings: Settings, tmp_path: Path) -> None:
    thing = NamedNode("https://w3id.org/hyteverkko/id/body/one")
    publish_quads(
        [Quad(thing, term("skos:prefLabel"), Literal("Yksi", language="fi"), OWN)], tmp_path
    )
    with TestClient(create_app(replace(settings, home=tmp_path))) as client:
        for path in ("/", "/catalog", "/doc/body/one"):
            assert client.get(path, headers={"accept": "text/html"}).status_code == 200
        for path in ("/catalog.ttl", "/.well-known/void", "/sitemap.xml"):
            assert client.get(path).status_code == 200
        assert client.get("/api/3/action/package_list").json()["result"] == []
