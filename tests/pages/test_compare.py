"""Municipalities side by side: what the datasets say of each, and what is not known."""

import csv
import json
import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from tests.pages.sources import objects, sources, subjects

HTML = {"accept": "text/html"}
KOSKI, KANGASALA, VARKAUS = "284", "211", "915"
STATUS = "https://w3id.org/hyteverkko/def/coverage-status/"


def rows(client: TestClient, *codes: str, **parameters: str) -> list[dict[str, str]]:
    answer = client.get("/compare.csv", params={"m": list(codes), "lang": "en", **parameters})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(answer.text)))


def values(table: list[dict[str, str]], line: str, code: str) -> set[str]:
    held = [row for row in table if row["line"] == line and row["code"] == code]
    return {row["value_iri"] or row["value"] for row in held}


def page(client: TestClient, *codes: str, **parameters: str) -> str:
    given = {"m": list(codes), "lang": "en", **parameters}
    answer = client.get("/compare", params=given, headers=HTML)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("code", [KOSKI, KANGASALA, VARKAUS])
def test_bodies_and_plans_are_those_of_the_sources(
    client: TestClient, root: Path, code: str
) -> None:
    store, municipality = sources(root), f"municipality/{code}"
    table = rows(client, KOSKI, KANGASALA, VARKAUS)
    bodies = subjects(store, "hyte:bodyOf", municipality)
    assert values(table, "bodies", code) == bodies != set()
    owners = {municipality}
    owners |= {one.removeprefix("https://w3id.org/hyteverkko/id/") for one in bodies}
    units = subjects(store, "org:unitOf", municipality)
    owners |= {one.removeprefix("https://w3id.org/hyteverkko/id/") for one in units}
    plans = set[str]().union(*(subjects(store, "hyte:owner", one) for one in owners))
    assert values(table, "plans", code) == plans != set()


def test_an_office_in_several_bodies_is_told_once(client: TestClient) -> None:
    table = [one for one in rows(client, KOSKI, KANGASALA) if one["line"] == "offices"]
    held = [one for one in table if one["code"] == KOSKI]
    assert len(held) == len({one["value_iri"] for one in held}) == 21
    coordinator = [one for one in held if one["value_iri"].endswith("/hyvinvointikoordinaattori")]
    assert [one["beside"].count(";") >= 4 for one in coordinator] == [True]


def test_facts_are_those_of_the_day(client: TestClient) -> None:
    def region(code: str, **day: str) -> set[str]:
        table = rows(client, code, KOSKI, **day)
        return {row["value"] for row in table if (row["line"], row["code"]) == ("region", code)}

    # Itä-Uusimaa was joined to Uusimaa on 1 January 2011; Askola was in it.
    assert region("018", at="2010-12-31") == {"Itä-Uusimaa"}
    assert region("018", at="2011-01-01") == {"Uusimaa"}


def test_names_are_those_of_the_day(client: TestClient) -> None:
    def name(day: str) -> str:
        table = rows(client, "445", KOSKI, at=day, lang="sv")
        return next(row["municipality"] for row in table if row["code"] == "445")

    assert name("2010-06-01") == "Väståboland"
    assert name("2012-01-01") == "Pargas"


def test_what_is_not_known_is_said_in_three_ways(client: TestClient, root: Path) -> None:
    store, topic = sources(root), "https://w3id.org/hyteverkko/def/coverage-topic/"
    said: dict[str, str] = {}
    for one in subjects(store, "hyte:municipality", f"municipality/{KOSKI}"):
        for status in objects(store, one, "hyte:coverageStatus"):
            said[objects(store, one, "hyte:coverageTopic").pop().removeprefix(topic)] = status
    assert set(said.values()) == {f"{STATUS}found", f"{STATUS}searched-not-found"}
    table = rows(client, KOSKI, "005")
    for key, status in said.items():
        assert values(table, f"coverage-{key}", KOSKI) == {status}
        # Of Alajärvi no dataset says that it was looked for.
        assert values(table, f"coverage-{key}", "005") == {f"{STATUS}not-searched"}
    empty = {(row["line"], row["code"]): row["state"] for row in table if not row["value"]}
    assert empty["projects", KOSKI] == "searched and not found"
    assert empty["projects", "005"] == "not searched"
    text = page(client, KOSKI, "005")
    assert '<span class="missing">not searched</span>' in text


def test_what_several_have_is_marked(client: TestClient) -> None:
    text = page(client, "047", "261")
    assert '<span class="tag common">in common</span>' in text
    assert '<span class="tag">the same in all</span>' in text


def test_only_what_differs(client: TestClient) -> None:
    every, some = rows(client, KOSKI, KANGASALA), rows(client, KOSKI, KANGASALA, differing="1")
    # Both are Finnish-speaking municipalities.
    assert {row["line"] for row in every} - {row["line"] for row in some} >= {"languages"}
    assert {row["line"] for row in some} >= {"code", "region", "population", "bodies"}
    assert "Show all lines" in page(client, KOSKI, KANGASALA, differing="1")


def test_the_files_say_the_same(client: TestClient) -> None:
    parameters: dict[str, Any] = {"m": [KOSKI, VARKAUS], "lang": "fi"}
    table = list(csv.reader(StringIO(client.get("/compare.csv", params=parameters).text)))
    objects_ = client.get("/compare.json", params=parameters).json()
    assert [list(one.values()) for one in objects_] == table[1:]
    assert list(objects_[0]) == table[0]
    book = load_workbook(BytesIO(client.get("/compare.xlsx", params=parameters).content))
    sheet = [["" if cell is None else str(cell) for cell in row] for row in book.active.values]  # type: ignore[union-attr]
    assert sheet[1:] == table[1:]


def test_the_drawing_counts_what_the_table_has(client: TestClient) -> None:
    answer = client.get("/compare.svg", params={"m": [KOSKI, VARKAUS], "lang": "en"})
    assert answer.headers["content-type"] == "image/svg+xml"
    drawn = ElementTree.fromstring(answer.content)
    titles = [one.text or "" for one in drawn.iter("{http://www.w3.org/2000/svg}title")]
    bodies = [one for one in titles if one.startswith("Bodies, networks and working groups")]
    assert bodies == [
        "Bodies, networks and working groups: Koski Tl 8",
        "Bodies, networks and working groups: Varkaus 6",
    ]
    links = [one.get("href", "") for one in drawn.iter("{http://www.w3.org/2000/svg}a")]
    assert all(link.startswith("http://127.0.0.1:8000/doc/municipality/") for link in links)
    assert "style" not in answer.text
    text = page(client, KOSKI, VARKAUS)
    assert "Bodies, networks and working groups: Koski Tl 8, Varkaus 6." in text


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        ((), "Choose two to five municipalities."),
        ((KOSKI,), "One is chosen. Choose at least one more to compare it with."),
    ],
)
def test_too_few_are_asked_for_more(
    client: TestClient, codes: tuple[str, ...], sentence: str
) -> None:
    text = page(client, *codes)
    assert sentence in text
    assert "<table" not in text
    answer = client.get("/compare.csv", params={"m": list(codes)})
    assert answer.status_code == 400
    assert "/compare.csv?m=284&m=297" in answer.json()["detail"]


def test_five_are_the_most(client: TestClient) -> None:
    codes = [KOSKI, KANGASALA, VARKAUS, "698", "297"]
    assert "Five is the most" in page(client, *codes)
    assert page(client, *codes, KOSKI).count('scope="col"') == 6 * 3
    answer = client.get("/compare", params={"m": [*codes, "091"], "lang": "en"}, headers=HTML)
    assert answer.status_code == 400
    assert "Two to five municipalities can be compared at a time; 6 were given." in answer.text


@pytest.mark.parametrize("code", ["000", "abc", "28 4", "../284", "<b>", "284/x"])
def test_a_code_that_none_has(client: TestClient, code: str) -> None:
    answer = client.get("/compare", params={"m": [code, KOSKI]})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("words", "code"), [("Kuopion", "297"), ("297", "297"), ("Villmanstrand", "405")]
)
def test_one_that_is_found_by_an_inflected_name_is_added(
    client: TestClient, words: str, code: str
) -> None:
    given = {"m": KOSKI, "q": words, "lang": "fi", "at": "2020-01-01"}
    answer = client.get("/compare", params=given)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/compare?m=284&m={code}&lang=fi&at=2020-01-01"


def test_several_that_are_found_are_offered(client: TestClient) -> None:
    text = page(client, KOSKI, q="Pyhä")
    offered = re.findall(r'/compare\?m=284&amp;m=(\d+)&amp;lang=en"><bdi[^>]*>(Pyh[^<]*)<', text)
    assert {name for _, name in offered} >= {"Pyhäjoki", "Pyhäjärvi", "Pyhäntä", "Pyhäranta"}
    assert "No municipality to add was found" in page(client, KOSKI, q="xyzxyz")


def test_one_that_is_chosen_can_be_removed(client: TestClient) -> None:
    text = page(client, KOSKI, KANGASALA, VARKAUS)
    assert 'href="/compare?m=284&amp;m=915&amp;lang=en"' in text


def test_an_ended_municipality_looks_ended(client: TestClient) -> None:
    # Kiihtelysvaara became part of Joensuu on 1 January 2005.
    text = page(client, "251", "167")
    assert '<span class="tag over">ended</span></th>' in text


def test_neighbours_are_offered(client: TestClient) -> None:
    text = client.get(f"/doc/municipality/{KOSKI}?lang=en", headers=HTML).text
    assert 'href="/compare?m=284&amp;lang=en">Compare with…</a>' in text
    assert text.count('href="/compare?m=284&amp;m=') == 4
    assert "/timeline?of=municipality/284" in text
    assert "/network?of=municipality/284" in text


def test_an_answer_is_cached_and_open(client: TestClient) -> None:
    address = "/compare.json?m=284&m=297&lang=fi"
    answer = client.get(address)
    assert answer.headers["access-control-allow-origin"] == "*"
    again = client.get(address, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert client.head(address).status_code == 200
    assert client.head("/compare?m=284&m=297").status_code == 200
    assert client.get("/compare.ttl?m=284&m=297").status_code == 404
    assert json.loads(answer.text)[0]["line"] == "code"
