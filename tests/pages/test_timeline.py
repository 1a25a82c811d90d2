"""What holds when, on one axis: the periods of the sources, certain and uncertain."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from hyteverkko.pages.periods import Period
from hyteverkko.pages.pictures.timeline_drawing import (
    CERTAIN,
    ONGOING,
    PERHAPS,
    UNKNOWN,
    Axis,
    segments,
)
from openpyxl import load_workbook

from tests.pages.sources import node, objects, sources, subjects

HTML: Final = {"accept": "text/html"}
SVG: Final = "{http://www.w3.org/2000/svg}"
STATUS: Final = "https://w3id.org/hyteverkko/def/status/"


def rows(client: TestClient, **parameters: str) -> list[dict[str, str]]:
    answer = client.get("/timeline.csv", params={"lang": "en", **parameters})
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.text)))


def page(client: TestClient, **parameters: str) -> str:
    answer = client.get("/timeline", params={"lang": "en", **parameters}, headers=HTML)
    assert answer.status_code == 200
    return answer.text


def titles(client: TestClient, **parameters: str) -> list[str]:
    answer = client.get("/timeline.svg", params={"lang": "en", **parameters})
    assert answer.headers["content-type"] == "image/svg+xml"
    return [one.text or "" for one in ElementTree.fromstring(answer.content).iter(f"{SVG}title")]


def things(root: Path, class_: str) -> set[str]:
    return subjects(sources(root), "rdf:type", class_)


def test_every_change_of_the_sources_is_there(client: TestClient, root: Path) -> None:
    changes = things(root, "org:ChangeEvent")
    assert {row["name_iri"] for row in rows(client, kind="change")} == changes
    day = {one for one in changes if objects(sources(root), one, "dct:date") == {"2009-01-01"}}
    on_day = {"kind": "change", "from": "2009-01-01", "to": "2009-01-01"}
    assert {row["name_iri"] for row in rows(client, **on_day)} == day
    assert len(day) == 32


def test_projects_and_models_are_those_of_the_sources(client: TestClient, root: Path) -> None:
    projects = things(root, "hyte:Project") | things(root, "hyte:OperatingModel")
    assert {row["name_iri"] for row in rows(client, kind="project")} == projects
    bodies = {row["name_iri"] for row in rows(client, kind="body")}
    assert bodies == {
        quad.subject.value  # type: ignore[union-attr]
        for quad in sources(root).quads_for_pattern(None, node("hyte:bodyOf"), None)
    }


def test_meetings_of_a_municipality(client: TestClient) -> None:
    held = rows(client, kind="event", of="municipality/915")
    # data/varkaus: six meetings of December and January, and those that follow.
    days = [row["start_earliest"] for row in held]
    assert days == [
        *("2021-12-08", "2021-12-08", "2021-12-14"),
        *("2022-01-01", "2022-01-10", "2022-01-12", "2022-01-13"),
    ]
    following = next(row for row in held if row["start_earliest"] == "2022-01-01")
    assert (following["start_latest"], following["end_latest"]) == ("2022-01-31", "2022-01-31")


def test_an_area_has_what_its_municipalities_have(client: TestClient) -> None:
    of_county = {row["name_iri"] for row in rows(client, of="county-area/05", kind="body")}
    of_region = {row["name_iri"] for row in rows(client, of="region/02", kind="body")}
    of_koski = {row["name_iri"] for row in rows(client, of="municipality/284", kind="body")}
    assert of_county == of_region == of_koski != set()
    # In 2008 Koski Tl was in the province of Western Finland; there are no provinces today.
    province = {row["name_iri"] for row in rows(client, of="province/LS", at="2008-01-01")}
    assert of_koski < province
    assert not of_koski & {row["name_iri"] for row in rows(client, of="province/LS")}


@pytest.mark.parametrize(
    ("since", "until", "there"),
    [
        ("2007", "2009", True),
        ("2009-04-30", "2009-04-30", True),
        ("2009-05", "2012", False),
        ("2005", "2007-09", False),
        ("2005", "2007-10", True),
    ],
)
def test_a_time_keeps_what_may_hold_in_it(
    client: TestClient, since: str, until: str, there: bool
) -> None:
    # data/lapin-seniorityo: the project ran from 1 October 2007 to 30 April 2009.
    held = rows(client, **{"kind": "project", "from": since, "to": until})
    keys = {row["name_iri"].rpartition("/")[2] for row in held}
    assert ("lapin-seniori-ja-vanhustyon-kehittamisyksikko" in keys) is there
    assert all(row["start_latest"] for row in held)


@pytest.mark.parametrize(
    "bad",
    [
        {"from": "yesterday"},
        {"to": "2009-13"},
        {"from": "2009-02-30"},
        {"from": "0000"},
        {"from": "2010", "to": "2009"},
        {"from": "<script>"},
        {"from": "٢٠٠٩"},
    ],
)
def test_a_time_that_cannot_be(client: TestClient, bad: dict[str, str]) -> None:
    assert client.get("/timeline", params=bad).status_code == 400


@pytest.mark.parametrize("of", ["municipality/000", "person/varkaus/3", "x y", "<b>/1"])
def test_an_owner_that_is_none(client: TestClient, of: str) -> None:
    assert client.get("/timeline", params={"of": of}).status_code == 404


def test_many_changes_of_a_day_are_one_line_that_leads_to_them(client: TestClient) -> None:
    text = page(client, kind="change")
    assert "32 changes of municipalities" in text
    assert "kind=change&amp;from=2009-01-01&amp;to=2009-01-01" in text
    alone = page(client, **{"kind": "change", "from": "2009-01-01", "to": "2009-01-01"})
    assert "32 changes of municipalities" not in alone
    assert len(titles(client, **{"kind": "change", "from": "2009-01-01", "to": "2009-01-01"})) == 32


def test_no_page_is_heavy_and_pages_end(client: TestClient) -> None:
    number = 1
    while (answer := client.get(f"/timeline?page={number}&lang=fi", headers=HTML)).is_success:
        text = answer.text
        start, end = text.index("<svg"), text.index("</svg>")
        assert len((text[:start] + text[end:]).encode()) < 60_000
        number += 1
    assert (answer.status_code, number) == (404, 4)


def test_the_files_say_the_same(client: TestClient) -> None:
    given = "of=municipality/284&lang=fi"
    table = list(csv.reader(StringIO(client.get(f"/timeline.csv?{given}").text)))
    assert [list(one.values()) for one in client.get(f"/timeline.json?{given}").json()] == table[1:]
    book = load_workbook(BytesIO(client.get(f"/timeline.xlsx?{given}").content))
    sheet = [["" if cell is None else str(cell) for cell in row] for row in book.active.values]  # type: ignore[union-attr]
    assert sheet[1:] == table[1:]


def test_the_drawing_has_a_link_for_each_line_with_a_time(client: TestClient) -> None:
    dated = [row for row in rows(client, of="municipality/915") if row["period"]]
    assert len(titles(client, of="municipality/915")) == len(dated) == 8
    drawn = titles(client, of="municipality/915", kind="event")
    assert drawn[0].endswith("Hyvinvoinnin edistäminen, Varkaus")
    assert "; 8 Dec 2021; " in drawn[0]


def test_what_has_no_time_stands_in_the_table(client: TestClient) -> None:
    text = page(client, of="municipality/915", kind="plan")
    # No source gives the term of a plan of Varkaus.
    assert text.count("time not known") == 5
    assert "Of 5 the sources give no time" in text


def test_the_query_behind_it_has_the_filters(client: TestClient) -> None:
    answer = client.get("/timeline?of=municipality/915&kind=event&from=2022&query=1", headers=HTML)
    assert answer.status_code == 303
    asked = client.get(answer.headers["location"] + "&format=csv")
    things_ = {row["item"] for row in csv.DictReader(StringIO(asked.text))}
    held = rows(client, **{"of": "municipality/915", "kind": "event", "from": "2022"})
    assert things_ == {row["name_iri"] for row in held}
    assert len(things_) == 4


AXIS: Final = Axis("2000-01-01", "2030-12-31")
YEAR: Final = {"earliest": "2018-01-01", "latest": "2018-12-31"}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        # A day is a day.
        (
            dict.fromkeys(("earliest", "latest", "ends", "until"), "2021-12-08"),
            [(CERTAIN, "2021-12-08", "2021-12-08")],
        ),
        # Some time in the spring of 2021: of no day it is certain.
        (
            {"earliest": "2021-01-01", "latest": "2021-06-30"}
            | {"ends": "2021-01-01", "until": "2021-06-30"},
            [(PERHAPS, "2021-01-01", "2021-06-30")],
        ),
        # From some day of 2018 until some day of 2020: all of 2019 is certain.
        (
            YEAR | {"ends": "2020-01-01", "until": "2020-12-31"},
            [
                (PERHAPS, "2018-01-01", "2018-12-31"),
                (CERTAIN, "2018-12-31", "2020-01-01"),
                (PERHAPS, "2020-01-01", "2020-12-31"),
            ],
        ),
        # Since 2018, and nobody says until when.
        (
            YEAR | {"status": f"{STATUS}end-unknown"},
            [
                (PERHAPS, "2018-01-01", "2018-12-31"),
                (UNKNOWN, "2018-12-31", "2030-12-31"),
            ],
        ),
        # It had begun by the end of 2004, and goes on.
        (
            {"latest": "2004-12-31", "status": f"{STATUS}ongoing"},
            [
                (UNKNOWN, "2000-01-01", "2004-12-31"),
                (CERTAIN, "2004-12-31", "2026-11-22"),
                (ONGOING, "2026-11-22", "2030-12-31"),
            ],
        ),
    ],
)
def test_what_is_certain_of_a_period(
    stated: dict[str, str], expected: list[tuple[str, str, str]]
) -> None:
    period = Period(MappingProxyType(stated), "", stated.get("until", ""))
    found = segments(period, AXIS, "2026-11-22")
    assert [(one.kind, one.since, one.until) for one in found] == expected


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2005-01-01", "2026-11-22"),
        ("2021-12-01", "2021-12-08"),
        ("1809-01-01", "2026-01-01"),
        ("2021-12-08", "2021-12-08"),
        ("2020-03-01", "2023-03-01"),
        ("1500-01-01", "2999-12-31"),
        ("0001-01-01", "9999-12-31"),
    ],
)
def test_an_axis_has_some_marks_and_not_many(first: str, last: str) -> None:
    marks = [day for day, _ in Axis(first, last).ticks("fi") if first[:7] <= day[:7] <= last[:7]]
    assert 1 <= len(marks) <= 13
    assert marks == sorted(set(marks))


@pytest.mark.parametrize("ending", ["", ".svg", ".csv"])
@pytest.mark.parametrize(
    "asked",
    [
        {"at": "0001-01-01"},
        {"at": "9999-12-31"},
        {"from": "0001", "to": "9999-12"},
        {"from": "9999-12-31"},
        {"to": "0001-01"},
    ],
)
def test_the_first_and_the_last_day_there_can_be(
    client: TestClient, ending: str, asked: dict[str, str]
) -> None:
    assert client.get(f"/timeline{ending}", params=asked).status_code == 200
