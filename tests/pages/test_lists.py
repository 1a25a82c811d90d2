"""Lists: facets, order and pages in the address, and the same choice as CSV, JSON, workbook."""

import csv
import json
import re
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from hyteverkko.pages.catalogue import LISTINGS
from hyteverkko.pages.tables import csv_table, harmless, workbook
from openpyxl import load_workbook

HTML = {"accept": "text/html"}


def table(client: TestClient, path: str, **parameters: Any) -> list[dict[str, str]]:  # noqa: ANN401
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(answer.text)))


def shown(text: str) -> int:
    """Give how many things a page says it has found."""
    found = re.search(r'id="results">[^<]*<span class="count">(\d+)<', text)
    assert found
    return int(found[1])


@pytest.mark.parametrize(
    ("day", "municipalities"),
    [
        ("2007-01-01", 416),
        ("2009-01-01", 348),
        ("2013-01-01", 320),
        ("2021-01-01", 309),
        ("2025-01-01", 308),
    ],
)
def test_municipalities_of_a_day(client: TestClient, day: str, municipalities: int) -> None:
    rows = table(client, "/municipalities.csv", at=day, lang="fi")
    assert len(rows) == len({row["code"] for row in rows}) == municipalities
    page = client.get("/municipalities", params={"at": day, "lang": "fi"}, headers=HTML).text
    assert shown(page) == municipalities


def test_names_are_those_of_the_day(client: TestClient) -> None:
    def name(day: str, language: str) -> str:
        rows = table(client, "/municipalities.csv", at=day, lang=language)
        return next(row["name"] for row in rows if row["code"] == "445")

    # The municipality founded in 2009 took the name Parainen – Pargas on 1 January 2012.
    assert name("2010-06-01", "fi") == "Länsi-Turunmaa"
    assert name("2010-06-01", "sv") == "Väståboland"
    assert name("2012-01-01", "sv") == "Pargas"


def test_regions_are_those_of_the_day(client: TestClient) -> None:
    rows = table(client, "/municipalities.csv", at="2010-06-01", lang="fi")
    regions = {row["code"]: row["region"] for row in rows}
    # Itä-Uusimaa was joined to Uusimaa at the beginning of 2011.
    assert regions["638"] == "Itä-Uusimaa"
    rows = table(client, "/municipalities.csv", at="2011-01-01", lang="fi")
    assert {row["code"]: row["region"] for row in rows}["638"] == "Uusimaa"


def test_without_a_day_a_list_shows_what_is_in_force(client: TestClient) -> None:
    assert len(table(client, "/municipalities.csv")) == 308
    assert len(table(client, "/municipalities.csv", state=["current", "ended"])) == 453
    ended = table(client, "/municipalities.csv", state="ended")
    assert len(ended) == 145
    assert all(row["until"] for row in ended)
    assert {row["until"] for row in ended if row["code"] == "180"} == {"2008-12-31"}


def test_several_values_of_a_facet_add_up(client: TestClient) -> None:
    both = table(client, "/municipalities.csv", region=["region/19", "region/21"])
    one = table(client, "/municipalities.csv", region="region/19")
    assert len(one) == 21
    assert len(both) == 21 + 16
    two = table(client, "/networks.csv", owner=["municipality/284", "municipality/915"])
    assert {row["owner_iri"].rpartition("/")[2] for row in two} == {"284", "915"}


def test_facets_narrow_each_other(client: TestClient) -> None:
    text = client.get(
        "/networks",
        params={"owner": "municipality/284", "lang": "en"},
        headers=HTML,
    ).text
    # Chosen: one municipality. The other facets count within it, its own facet does not.
    counts = {
        value: int(count)
        for value, count in re.findall(
            r'value="([^"]+)"[^>]*> <span>.*?</span> <span class="count">(\d+)<', text
        )
    }
    assert counts["municipality/284"] == shown(text) == 8
    assert counts["municipality/915"] == 6
    assert counts["body-kind/wellbeing-group"] == 1


def test_a_facet_count_is_what_choosing_it_gives(client: TestClient) -> None:
    for key in LISTINGS:
        text = client.get(f"/{key}", params={"lang": "en"}, headers=HTML).text
        facets = re.findall(
            r'name="(\w+)" value="([^"]+)"> <span>.*?</span> <span class="count">(\d+)<', text
        )
        for name, value, count in facets[:12]:
            chosen = client.get(f"/{key}", params={name: value, "lang": "en"}, headers=HTML).text
            if name != "state":
                assert shown(chosen) == int(count), (key, name, value)


@pytest.mark.parametrize("key", sorted(LISTINGS))
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_list_in_every_form(client: TestClient, key: str, language: str) -> None:
    page = client.get(f"/{key}", params={"lang": language}, headers=HTML)
    rows = table(client, f"/{key}.csv", lang=language)
    assert shown(page.text) == len(rows) > 0
    objects = client.get(f"/{key}.json", params={"lang": language})
    assert len(objects.json()) == len(rows)
    book = client.get(f"/{key}.xlsx", params={"lang": language})
    sheet = load_workbook(BytesIO(book.content)).active
    assert sheet is not None
    assert sheet.max_row == len(rows) + 1
    assert sheet["A2"].value == rows[0]["name"]


def test_pages_and_order(client: TestClient) -> None:
    names = []
    for page in range(1, 8):
        text = client.get(
            "/municipalities",
            params={"page": page, "sort": "-population", "lang": "fi"},
            headers=HTML,
        ).text
        names += re.findall(
            r'<td role="cell" data-heading="Nimi"[^>]*>\s*<a [^>]*><bdi>(.*?)<', text
        )
    rows = table(client, "/municipalities.csv", sort="-population", lang="fi")
    assert names == [row["name"] for row in rows]
    assert names[:3] == ["Helsinki", "Espoo", "Tampere"]
    assert client.get("/municipalities", params={"page": 8}, headers=HTML).status_code == 404


def test_finnish_order_of_letters(client: TestClient) -> None:
    names = [row["name"] for row in table(client, "/municipalities.csv", lang="fi")]
    assert names.index("Ypäjä") < names.index("Ähtäri") < names.index("Äänekoski")
    assert names[-1] == "Äänekoski"


def test_words_in_the_name(client: TestClient) -> None:
    rows = table(client, "/municipalities.csv", q="KOSKI", lang="fi")
    assert {"Koski Tl", "Äänekoski", "Valkeakoski"} <= {row["name"] for row in rows}
    assert all("koski" in row["name"].casefold() for row in rows)


def test_links_keep_the_choice(client: TestClient) -> None:
    text = client.get(
        "/municipalities",
        params={"region": "region/19", "at": "2009-01-01", "lang": "sv"},
        headers=HTML,
    ).text
    heading = re.search(r'<th scope="col"[^>]*><a href="([^"]+)"', text)
    assert heading
    kept = parse_qs(urlsplit(heading[1].replace("&amp;", "&")).query)
    assert kept["region"] == ["region/19"]
    assert (kept["at"], kept["lang"]) == (["2009-01-01"], ["sv"])


@pytest.mark.parametrize("day", ["2009-13-01", "2009-02-30", "yesterday", "20090101", "2009"])
@pytest.mark.parametrize(
    "path", ["/municipalities", "/municipalities.csv", "/doc/municipality/284"]
)
def test_bad_day(client: TestClient, path: str, day: str) -> None:
    answer = client.get(path, params={"at": day, "lang": "en"}, headers=HTML)
    assert answer.status_code == 400
    assert "is not a day" in answer.text


@pytest.mark.parametrize(
    "parameters",
    [
        {"region": "nothing"},
        {"region": '"><script>alert(1)</script>'},
        {"q": "{{7*7}}"},
        {"q": "\x00\u202e"},
        {"sort": "no-such-column"},
        {"page": "x"},
        {"state": "x"},
        {"q": "x" * 5000},
    ],
)
def test_any_choice_does_no_harm(client: TestClient, parameters: dict[str, str]) -> None:
    answer = client.get("/municipalities", params=parameters, headers=HTML)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("key", sorted(LISTINGS))
def test_the_query_behind_a_list_gives_its_things(client: TestClient, key: str) -> None:
    listing = LISTINGS[key]
    parameters: dict[str, Any] = {"lang": "fi"}
    text = client.get(f"/{key}", params=parameters, headers=HTML).text
    facet = re.search(r'name="(\w+)" value="([^"]+/[^"]+)"> <span>', text)
    assert facet
    for chosen in ({}, {facet[1]: facet[2]}):
        asked = {**parameters, **chosen}
        things = {row["name_iri"] for row in table(client, f"/{key}.csv", **asked)}
        moved = client.get(listing.path, params={**asked, "query": "1"}, headers=HTML)
        assert moved.status_code == 303
        query = parse_qs(urlsplit(moved.headers["location"]).query)["query"][0]
        answer = client.get("/sparql", params={"query": query}, headers={"accept": "text/csv"})
        assert answer.status_code == 200, answer.text
        assert {row["item"] for row in csv.DictReader(StringIO(answer.text))} == things


def test_no_cell_is_a_formula() -> None:
    rows = [["=1+1", "+358", "-5", "@x", "a=b", "-", "\t=1", "2009"]]
    written = next(
        csv.reader(StringIO(csv_table(list("abcdefgh"), rows).decode().split("\n", 1)[1]))
    )
    assert written == ["'=1+1", "+358", "-5", "'@x", "a=b", "'-", "'\t=1", "2009"]
    assert harmless("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    book = workbook("x", ["a"], [["=1+1"], ["\x01bad"], ["http://x.fi/"], ["7"], [7], [2.5]])
    assert workbook("x", ["a"], [["=1+1"]]) == workbook("x", ["a"], [["=1+1"]])
    sheet = load_workbook(BytesIO(book)).active
    assert sheet is not None
    assert all(cell.hyperlink is None for cell in sheet["A"])
    assert [(cell.value, cell.data_type) for cell in sheet["A"]][1:] == [
        ("=1+1", "s"),
        ("bad", "s"),
        ("http://x.fi/", "s"),
        ("7", "s"),
        (7, "n"),
        (2.5, "n"),
    ]


def test_json_names_things_and_their_iris(client: TestClient) -> None:
    rows = json.loads(client.get("/municipalities.json", params={"lang": "fi"}).text)
    koski = next(row for row in rows if row["code"] == ["284"])
    iri = "https://w3id.org/hyteverkko/id/municipality/284"
    assert koski["name"] == [{"iri": iri, "name": "Koski Tl"}]
    assert koski["bodies"] == 8
