"""The map: every municipality of a day once, by any indicator, in three forms, and as data."""

import csv
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.geography.boundaries import BadBoundaries
from hyteverkko.geography.projection import projected
from hyteverkko.pages.pictures.map_indicators import INDICATORS
from hyteverkko.pages.pictures.map_tiles import place, tiles
from hyteverkko.settings import Settings
from openpyxl import load_workbook

HTML: Final = {"accept": "text/html"}
SVG: Final = "{http://www.w3.org/2000/svg}"
CELL: Final = re.compile(
    r'<a id="m(\d{3})" href="(/doc/municipality/\d{3})\?lang=\w\w[^"]*"><title>([^<]*)</title>'
)
SIZES: Final = [("2007-01-01", 416), ("2009-01-01", 348), ("2013-01-01", 320), ("", 308)]
"""Municipalities in force, by the years' classifications of Statistics Finland."""


def page(client: TestClient, **parameters: str) -> str:
    answer = client.get("/map", params={"lang": "en", **parameters}, headers=HTML)
    assert answer.status_code == 200
    return answer.text


def table(client: TestClient, **parameters: str) -> dict[str, dict[str, str]]:
    answer = client.get("/map.csv", params={"lang": "en", **parameters})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return {row["code"]: row for row in csv.DictReader(StringIO(answer.text))}


@pytest.fixture(scope="module")
def bounded(settings: Settings, shared: Path) -> Iterator[TestClient]:
    """Give a client of a server that has the boundaries of 2025."""
    file = shared / "reference" / "municipalities_2025_simplified.geojson"
    with TestClient(create_app(replace(settings, boundaries=file))) as client:
        yield client


@pytest.mark.parametrize("form", ["tiles", "points"])
@pytest.mark.parametrize(("day", "municipalities"), SIZES)
def test_every_municipality_of_a_day_is_there_once(
    client: TestClient, form: str, day: str, municipalities: int
) -> None:
    cells = CELL.findall(page(client, form=form, at=day))
    assert len(cells) == len({code for code, _, _ in cells}) == municipalities
    assert all(href.endswith(code) for code, href, _ in cells)
    assert len(table(client, form=form, at=day)) == municipalities


def test_a_municipality_that_ended_is_there_on_a_past_day(client: TestClient) -> None:
    # Jyväskylän maalaiskunta ended on 31 December 2008.
    assert "180" in {code for code, _, _ in CELL.findall(page(client, at="2008-12-31"))}
    assert "180" not in {code for code, _, _ in CELL.findall(page(client, at="2009-01-01"))}


@pytest.mark.parametrize("form", ["tiles", "points", "areas"])
def test_a_day_before_the_data(bounded: TestClient, form: str) -> None:
    text = page(bounded, form=form, at="1990-01-01")
    assert CELL.findall(text) == []
    assert "No municipality is known to have been in force on 1 Jan 1990." in text
    picture = bounded.get("/map.svg", params={"form": form, "at": "1990-01-01"})
    assert ElementTree.fromstring(picture.content) is not None


def test_one_without_a_point_is_named(client: TestClient) -> None:
    # The reference data has no point of Loimaan kunta, which ended on 31 December 2004.
    text = page(client, at="2004-12-31")
    assert "431" not in {code for code, _, _ in CELL.findall(text)}
    said = text[text.index("Not on the map, because") :]
    assert "Loimaan kunta" in said[: said.index("</p>")]
    assert table(client, at="2004-12-31")["431"]["longitude"] == ""


def test_numbers_are_those_of_the_sources(client: TestClient) -> None:
    # Notes on the search, data/coverage: eleven topics of fourteen were found for Varkaus.
    topics = table(client, indicator="topics")
    assert (topics["915"]["value"], topics["915"]["answer"]) == ("11", "found")
    assert (topics["297"]["value"], topics["297"]["answer"]) == ("", "not-searched")
    assert Counter(row["answer"] for row in topics.values()) == {"found": 24, "not-searched": 284}
    # Population on 31 December 2022, Statistics Finland.
    population = table(client, indicator="population")
    assert population["091"]["value"] == "664028"
    # Kuntaliitokset: ten municipalities became Salo on 1 January 2009, nine besides Salo itself.
    assert table(client, indicator="merged")["734"]["value"] == "9"
    assert table(client, indicator="merged", at="2008-12-31")["734"]["value"] == "0"


def test_what_was_searched_and_what_not_are_different_answers(client: TestClient) -> None:
    meetings = table(client, indicator="meetings")
    # Koski Tl's document was read for meetings, and none were found (data/coverage).
    assert (meetings["284"]["answer"], meetings["284"]["value"]) == ("searched-not-found", "")
    assert meetings["297"]["answer"] == "not-searched"
    assert table(client, indicator="population", at="2010-01-01")["091"]["answer"] == "not-known"
    projects = table(client, indicator="projects")
    assert {row["answer"] for row in projects.values()} >= {"found", "not-searched"}


def test_classes_are_those_of_the_day(client: TestClient) -> None:
    regions = Counter(row["value_iri"] for row in table(client, indicator="region").values())
    # Municipalities per region, 2026: Lapland 21, Åland 16.
    iri = "https://w3id.org/hyteverkko/id/region/"
    assert (len(regions), regions[f"{iri}19"], regions[f"{iri}21"]) == (19, 21, 16)
    provinces = table(client, indicator="province", at="2009-01-01")
    # Provinces on 31 December 2009.
    assert sorted(Counter(row["value_iri"][-2:] for row in provinces.values()).items()) == [
        ("AL", 16), ("ES", 72), ("IS", 54), ("LL", 21), ("LS", 142), ("OL", 43),
    ]  # fmt: skip
    languages = Counter(row["value"] for row in table(client, indicator="languages").values())
    assert sorted(languages.values()) == [15, 16, 18, 259]
    assert {row["answer"] for row in table(client, indicator="province").values()} == {"not-known"}


def test_every_topic_of_coverage_is_an_indicator(client: TestClient) -> None:
    text = page(client)
    offered = re.findall(r'<option value="([\w/-]+)"', text)
    assert [one for one in offered if one in {i.key for i in INDICATORS}] == [
        one.key for one in INDICATORS
    ]
    assert sum(one.startswith("coverage-topic/") for one in offered) == 14
    found = table(client, indicator="coverage-topic/councils-of-influence")
    counted = Counter(row["answer"] for row in found.values())
    # data/coverage: found in Koski Tl; searched and not found in Varkaus and Kangasala.
    assert counted == {"found": 1, "searched-not-found": 2, "not-searched": 305}
    assert found["284"]["answer"] == "found"


@pytest.mark.parametrize("indicator", [one.key for one in INDICATORS])
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_page_table_and_picture_say_the_same(
    client: TestClient, indicator: str, language: str
) -> None:
    text = page(client, indicator=indicator, lang=language)
    rows = re.findall(r'<tr role="row"><td role="cell"><a href="/doc/municipality/(\d{3})', text)
    assert sorted(rows) == sorted(code for code, _, _ in CELL.findall(text))
    counts = [int(one) for one in re.findall(r'<span class="count">(\d+)</span></li>', text)]
    assert sum(counts) == 308


def test_a_cell_says_its_value(client: TestClient) -> None:
    titles = {code: title for code, _, title in CELL.findall(page(client, indicator="topics"))}
    assert titles["915"] == "Varkaus: 11"
    assert titles["297"] == "Kuopio: not searched"


def test_the_same_choice_in_every_format(client: TestClient) -> None:
    choice = {"indicator": "population", "form": "points", "lang": "sv", "at": "2023-06-01"}
    rows = table(client, **choice)
    objects = client.get("/map.json", params=choice).json()
    assert {one["code"]: one["value"] for one in objects} == {
        code: int(row["value"]) if row["value"] else None for code, row in rows.items()
    }
    book = load_workbook(BytesIO(client.get("/map.xlsx", params=choice).content))
    assert book.active is not None
    cells = list(book.active.values)
    assert len(cells) == len(rows) + 1
    assert [cell[2] for cell in cells[1:]] == list(rows)
    assert (
        dict(client.get("/map.csv", params=choice).headers).items()
        >= {
            "access-control-allow-origin": "*",
            "content-language": "sv",
        }.items()
    )


def test_the_picture_stands_by_itself(client: TestClient) -> None:
    answer = client.get("/map.svg", params={"indicator": "region", "lang": "fi"})
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.content)
    links = [one for one in root.iter(f"{SVG}a")]
    assert len(links) == 308
    assert all(one.attrib["href"].startswith("http://127.0.0.1:8000/doc/") for one in links)
    assert all(one.find(f"{SVG}path").attrib["fill"] for one in links)  # type: ignore[union-attr]
    assert not list(root.iter(f"{SVG}style"))
    assert any("Lappi (21)" in (one.text or "") for one in root.iter(f"{SVG}text"))


@pytest.mark.parametrize("ending", ["", ".csv", ".svg"])
def test_an_answer_is_known_again(client: TestClient, ending: str) -> None:
    path = f"/map{ending}?lang=fi&indicator=bodies"
    first = client.get(path, headers=HTML)
    known = {"if-none-match": first.headers["etag"], **HTML}
    assert client.get(path, headers=known).status_code == 304
    head = client.head(path, headers=HTML)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/map?indicator=happiness", 400, "There is no indicator"),
        ("/map?form=globe", 400, "tiles, points"),
        ("/map?form=areas", 400, "tiles, points"),
        ("/map?at=yesterday", 400, "is not a day"),
        ("/map.pdf", 404, "Nothing is known"),
    ],
)
def test_what_cannot_be_shown(client: TestClient, path: str, status: int, said: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status
    assert said in answer.text


def test_the_query_behind_it_can_be_run(client: TestClient) -> None:
    for key in ("topics", "offices", "county", "coverage-topic/plans", "merged"):
        answer = client.get("/map", params={"indicator": key, "query": "1", "at": "2024-01-01"})
        assert answer.status_code == 303
        text = client.get(answer.headers["location"], headers={"accept": "text/csv"})
        assert text.status_code == 200
        header = text.text.splitlines()[0]
        assert "municipality" in header
        assert "value" in header


PLACED: Final = """
from random import Random
from hyteverkko.pages.pictures.map_tiles import tiles
chance = Random(5)
points = {str(n): (chance.uniform(0, 6e5), chance.uniform(6.6e6, 7.8e6)) for n in range(308)}
print(sorted(tiles(tuple(points.items())).items()))
"""


def test_tiles_are_the_same_in_every_process() -> None:
    seeds = ({"PYTHONHASHSEED": str(seed)} for seed in range(1, 5))
    command = [sys.executable, "-c", PLACED]
    placed = {
        subprocess.run(command, env=os.environ | seed, check=True, capture_output=True).stdout
        for seed in seeds
    }
    assert len(placed) == 1


def test_neighbours_stay_near_each_other(shared: Path) -> None:
    """Of the pairs that share a border, nine of ten are at most two tiles apart."""
    data = json.loads(
        (shared / "reference" / "municipalities_2025_simplified.geojson").read_text("utf-8")
    )
    lines = (shared / "reference" / "municipalities.tsv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    points = {
        row["code"]: projected(float(row["lon"]), float(row["lat"]))
        for row in rows
        if not row["valid_to"]
    }
    beside: dict[frozenset[Any], set[str]] = {}
    for feature in data["features"]:
        held = feature["geometry"]["coordinates"]
        polygons = held if feature["geometry"]["type"] == "MultiPolygon" else [held]
        for ring in (ring for polygon in polygons for ring in polygon):
            corners = [tuple(corner) for corner in ring]
            for ends in pairwise(corners):
                beside.setdefault(frozenset(ends), set()).add(feature["properties"]["code"])
    pairs = {frozenset(codes) for codes in beside.values() if len(codes) == 2}
    placed = tiles(tuple(sorted(points.items())))
    assert len(set(placed.values())) == 308
    apart = []
    for one, other in map(tuple, pairs):
        (x, y), (a, b) = place(placed[one]), place(placed[other])
        apart.append(((x - a) ** 2 + (y - b) ** 2) ** 0.5)
    assert sum(way < 2.1 for way in apart) > 0.88 * len(pairs)
    assert sum(way < 1.1 for way in apart) > 0.55 * len(pairs)
    north = {code: placed[code][1] for code in ("890", "091", "684", "167")}
    # Utsjoki lies north of Helsinki, Rauma west of Joensuu.
    assert north["890"] < north["091"]
    assert placed["684"][0] < placed["167"][0]


def test_areas_are_drawn_from_a_file(bounded: TestClient) -> None:
    text = page(bounded, form="areas", indicator="region")
    assert len(CELL.findall(text)) == 308
    assert "Boundaries are those of the division of 2025." in text
    assert "CC BY 4.0" in text
    assert "without a boundary" not in text


def test_boundaries_hold_for_their_own_year(bounded: TestClient) -> None:
    text = page(bounded, form="areas", indicator="region", at="2008-06-01")
    assert len(CELL.findall(text)) == 415
    start = text.index("without a boundary, drawn as points:")
    named = text[start : text.index("</details>", start)]
    # Salo grew in 2009, so its boundary of 2025 is not that of 2008; Perniö was joined to it.
    # Koski Tl has the territory it had.
    assert ">Salo<" in named
    assert ">Perniö<" in named
    assert ">Koski Tl<" not in named


def test_boundaries_that_cannot_be_used_stop_the_start(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BadBoundaries, match="cannot be read"):
        create_app(replace(settings, boundaries=tmp_path / "none.geojson"))
