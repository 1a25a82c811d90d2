"""The network of bodies and offices: what the sources connect, without a person's name."""

import csv
from io import BytesIO, StringIO
from itertools import combinations
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as some
from hyteverkko.pages.pictures.network_layout import LABEL_HEIGHT, LABEL_WIDTH, laid_out
from openpyxl import load_workbook

from tests.pages.sources import objects, sources, subjects

networkx = pytest.importorskip("networkx", reason="networkx is not installed")

HTML: Final = {"accept": "text/html"}
COORDINATOR: Final = "office/hyvinvointikoordinaattori@municipality/284"
VERKKO: Final = "network/koski-tl/kosken-verkko"
ENDINGS: Final = ("csv", "json", "xlsx", "svg", "graphml")


def edges(client: TestClient, **parameters: str) -> list[dict[str, str]]:
    answer = client.get("/network.csv", params={"lang": "en", **parameters})
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.text)))


def nodes(client: TestClient, **parameters: str) -> set[str]:
    answer = client.get("/network.json", params={"lang": "en", **parameters})
    return {one["key"] for one in answer.json()["nodes"]}


def page(client: TestClient, **parameters: str) -> str:
    answer = client.get("/network", params={"lang": "en", **parameters}, headers=HTML)
    assert answer.status_code == 200
    return answer.text


def test_an_office_of_a_municipality_is_one_member_of_several_bodies(client: TestClient) -> None:
    held = {
        one["target"] for one in edges(client, of="municipality/284")
        if (one["source"], one["relation"]) == (COORDINATOR, "member")
    }  # fmt: skip
    # data/koski-tl/koski-tl.ttl: the memberships of the wellbeing coordinator.
    assert held == {
        VERKKO,
        "network/koski-tl/hyvinvointiryhma",
        "body/koski-tl/liikenneturvallisuustyoryhma",
        "body/koski-tl/omaishoitajien-tukemisen-tyoryhma",
    }
    text = page(client, of="municipality/284")
    assert (
        "Members of several bodies: 5; in most, 4, sits wellbeing coordinator (Koski Tl)." in text
    )


def test_the_same_office_of_two_municipalities_is_two_members(
    client: TestClient, root: Path
) -> None:
    store, office = sources(root), "vanhustyon-johtaja"
    memberships = subjects(store, "hyte:memberOffice", f"office:{office}")
    sent = {one for m in memberships for one in objects(store, m, "hyte:onBehalfOf")}
    keys = {key for key in nodes(client) if key.startswith(f"office/{office}@")}
    # Each municipality of the region sends its own director of services for older people.
    assert {key.partition("@")[2] for key in keys} == {one.partition("/id/")[2] for one in sent}
    assert len(sent) == 14


def test_bodies_are_connected_with_what_the_sources_say(client: TestClient, root: Path) -> None:
    store = sources(root)
    table = edges(client)
    for relation, property_ in (("body-of", "hyte:bodyOf"), ("subgroup", "org:subOrganizationOf")):
        said = {
            (one["source_iri"], one["target_iri"]) for one in table if one["relation"] == relation
        }
        bodies = {one["source_iri"] for one in table if one["relation"] == "body-of"}
        assert said == {(b, o) for b in bodies for o in objects(store, b, property_)} != set()


def test_around_a_body_are_its_members_and_its_owner(client: TestClient, root: Path) -> None:
    store = sources(root)
    memberships = subjects(store, "org:organization", VERKKO)
    offices = {
        one.rpartition("/")[2]
        for m in memberships
        for one in objects(store, m, "hyte:memberOffice")
    }
    expected = {f"office/{one}@municipality/284" for one in offices} | {VERKKO, "municipality/284"}
    assert nodes(client, around=VERKKO) == expected
    far = nodes(client, around=VERKKO, depth="2")
    assert far > expected
    assert "body/koski-tl/liikenneturvallisuustyoryhma" in far


def test_a_day_keeps_what_may_hold_on_it(client: TestClient) -> None:
    def teams(day: str) -> set[str]:
        return {key for key in nodes(client, at=day) if "aluetiimi" in key}

    # data/lapin-seniorityo: from 1 October 2007 to 30 April 2009.
    assert len(teams("2009-04-30")) == 4
    assert teams("2009-05-01") == teams("2007-09-30") == set()


def test_kinds_narrow_it(client: TestClient) -> None:
    table = edges(client, kind="body")
    assert (
        {one["source_kind"] for one in table} == {one["target_kind"] for one in table} == {"body"}
    )
    answer = client.get("/network.csv?kind=body&kind=municipality&lang=en")
    kinds = {one["target_kind"] for one in csv.DictReader(StringIO(answer.text))}
    assert kinds == {"body", "municipality"}


def test_an_area_has_the_network_of_its_municipalities(client: TestClient) -> None:
    assert nodes(client, of="county/05") == nodes(client, of="municipality/284")


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_person_is_in_it(client: TestClient, root: Path, ending: str) -> None:
    store = sources(root)
    names = {
        name for person in subjects(store, "rdf:type", "foaf:Person")
        for name in objects(store, person, "foaf:name")
    }  # fmt: skip
    assert len(names) == 8
    content = client.get(f"/network.{ending}?lang=fi").content
    if ending == "xlsx":
        sheet = load_workbook(BytesIO(content)).active
        content = repr(list(sheet.values)).encode()  # type: ignore[union-attr]
    text = content.decode() + page(client, lang="fi")
    assert not [name for name in names if name in text]
    assert "/person/" not in text


def test_graphml_is_read_by_another(client: TestClient) -> None:
    answer = client.get("/network.graphml?lang=en")
    assert answer.headers["content-type"] == "application/graphml+xml"
    # networkx as the independent reader of the format.
    graph = networkx.read_graphml(BytesIO(answer.content))
    table = edges(client)
    assert graph.is_directed()
    keys = dict(graph.nodes(data="key"))
    assert set(keys.values()) == nodes(client)
    found = sorted(
        (keys[one], keys[other], data["relation"]) for one, other, data in graph.edges(data=True)
    )
    assert found == sorted((one["source"], one["target"], one["relation"]) for one in table)


def test_the_files_say_the_same(client: TestClient) -> None:
    given_ = "of=municipality/284&lang=fi"
    table = list(csv.reader(StringIO(client.get(f"/network.csv?{given_}").text)))
    written = client.get(f"/network.json?{given_}").json()["edges"]
    ends = [(one["source"], one["target"]) for one in written]
    assert ends == [(row[0], row[6]) for row in table[1:]]
    book = load_workbook(BytesIO(client.get(f"/network.xlsx?{given_}").content))
    sheet = [["" if cell is None else str(cell) for cell in row] for row in book.active.values]  # type: ignore[union-attr]
    assert sheet[1:] == table[1:]


def test_a_large_picture_shows_a_part_and_says_so(client: TestClient) -> None:
    text = page(client)
    count = len(nodes(client))
    assert count > 100
    assert f"The picture shows 60 of {count} nodes" in text
    assert "The picture shows" not in page(client, of="municipality/284")
    drawn = ElementTree.fromstring(client.get("/network.svg?lang=en").content)
    links = [one.get("href", "") for one in drawn.iter("{http://www.w3.org/2000/svg}a")]
    assert len(links) == 60
    assert all(link.startswith("http://127.0.0.1:8000/network?around=") for link in links)


def test_a_thing_without_connections_has_none(client: TestClient) -> None:
    text = page(client, around="municipality/005")
    assert "No connections are known of what was chosen." in text
    assert client.get("/network?of=municipality/000").status_code == 404
    assert client.get("/network?around=network/none").status_code == 404
    assert client.get("/network?around=person/varkaus/3").status_code == 404


def test_pages_of_things_lead_to_it(client: TestClient) -> None:
    text = client.get(f"/doc/{VERKKO}?lang=en", headers=HTML).text
    assert f'href="/network?around={VERKKO}&amp;lang=en"' in text
    front = client.get("/?lang=en", headers=HTML).text
    for path in ("/compare", "/timeline", "/network"):
        assert front.count(f'href="{path}?lang=en"') == 2


pairs = some.lists(some.tuples(some.integers(0, 24), some.integers(0, 24)), max_size=40)


@settings(max_examples=25, deadline=None)
@given(pairs=pairs, seed=some.randoms(use_true_random=False))
def test_a_network_always_has_the_same_place(pairs: list[tuple[int, int]], seed: object) -> None:
    names = [f"n{number:02}" for number in range(25)]
    ties = [(names[one], names[other]) for one, other in pairs if one != other]
    first = laid_out(names, ties, 1000.0)
    shuffled, turned = list(names), list(ties)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    seed.shuffle(turned)  # type: ignore[attr-defined]
    assert laid_out(shuffled, turned, 1000.0) == first
    for x, y in first.places.values():
        assert LABEL_WIDTH / 2 - 1 <= x <= 1000 - LABEL_WIDTH / 2 + 1
        assert 0 <= y <= first.height


def test_no_label_lies_on_another(client: TestClient) -> None:
    answer = client.get("/network.json?of=municipality/284&lang=en").json()
    ties = [(one["source"], one["target"]) for one in answer["edges"]]
    places = laid_out([one["key"] for one in answer["nodes"]], ties, 1000.0).places
    close = [
        (one, other)
        for one, other in combinations(places, 2)
        if abs(places[one][0] - places[other][0]) < LABEL_WIDTH - 2
        and abs(places[one][1] - places[other][1]) < LABEL_HEIGHT - 2
    ]
    assert close == []
