"""The panels of a page: the query behind each, the same as CSV, each row with its source."""

import csv
import re
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from hyteverkko.addresses import path_of
from hyteverkko.pages.entity import kind_of
from hyteverkko.pages.kinds import PANELS
from hyteverkko.pages.questions import asked, columns_of, parameters_of
from hyteverkko.store.queries import QUERIES
from pyoxigraph import Literal, NamedNode

HTML = {"accept": "text/html"}
ID = "https://w3id.org/hyteverkko/id/"
DEF = "https://w3id.org/hyteverkko/def/"
THINGS = (
    ID + "municipality/284",
    ID + "municipality/915",
    ID + "municipality/179",
    ID + "region/19",
    ID + "county/21",
    ID + "province/LL",
    ID + "network/koski-tl/kosken-verkko",
    ID + "body/varkaus/tyoryhma-2-1",
    ID + "unit/varkaus/sivistystoimi",
    ID + "organisation/kolpeneen-palvelukeskuksen-kuntayhtyma",
    ID + "described/satakunta/yritykset",
    ID + "person/varkaus/3",
    ID + "document/varkaus/kaupunkistrategia",
    ID + "project/lapin-seniori-ja-vanhustyon-kehittamisyksikko",
    ID + "model/kangasala/hyte-tulee",
    ID + "event/varkaus/tyoryhma-2-2-kokous-2",
    ID + "source/varkaus",
    ID + "passage/koski-tl/601-959",
    ID + "dataset/varkaus",
    DEF + "office/hyvinvointikoordinaattori",
    DEF + "role/chair",
    DEF + "theme/service-network",
    DEF + "theme",
)
"""At least one thing of each kind that has panels."""


def panel(client: TestClient, iri: str, key: str, **parameters: str) -> list[dict[str, str]]:
    answer = client.get(f"{path_of(iri)}.csv", params={"panel": key, "lang": "fi", **parameters})
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.text)))


def page(client: TestClient, iri: str, **parameters: str) -> str:
    answer = client.get(path_of(iri) or "", params={"lang": "en", **parameters}, headers=HTML)
    assert answer.status_code == 200
    return answer.text


def section(text: str, key: str) -> str:
    """Give one panel of a page."""
    found = re.search(rf'<h2 id="{key}">.*?</section>', text, re.DOTALL)
    return found[0] if found else ""


def test_a_thing_of_each_kind_is_tried() -> None:
    kinds = {kind_of(NamedNode(iri)) for iri in THINGS}
    assert set(PANELS) - kinds == {"county-area", "release"}


@pytest.mark.parametrize("iri", THINGS, ids=lambda iri: iri.removeprefix(ID).removeprefix(DEF))
def test_the_query_behind_a_panel_is_the_panel(client: TestClient, iri: str) -> None:
    """What a reader takes to the editor gives the rows that the page was made from."""
    for question in PANELS[kind_of(NamedNode(iri))]:
        rows = panel(client, iri, question.key)
        moved = client.get(
            path_of(iri) or "", params={"query": question.key, "lang": "fi"}, headers=HTML
        )
        assert moved.status_code == 303
        query = parse_qs(urlsplit(moved.headers["location"]).query)["query"][0]
        answer = client.get("/sparql", params={"query": query}, headers={"accept": "text/csv"})
        assert answer.status_code == 200, (question.key, answer.text)
        found = list(csv.DictReader(StringIO(answer.text)))
        as_sets = [sorted(tuple(sorted(row.items())) for row in one) for one in (rows, found)]
        assert as_sets[0] == as_sets[1], question.key


@pytest.mark.parametrize("iri", THINGS, ids=lambda iri: iri.removeprefix(ID).removeprefix(DEF))
def test_each_panel_shows_its_rows_and_how_to_take_them(client: TestClient, iri: str) -> None:
    text = page(client, iri)
    for question in PANELS[kind_of(NamedNode(iri))]:
        shown = section(text, question.key)
        if not panel(client, iri, question.key):
            assert shown == ""
            continue
        assert "<caption" in shown
        assert 'scope="col"' in shown
        assert f".csv?panel={question.key}&amp;lang=en" in shown
        assert f"?query={question.key}&amp;lang=en" in shown
        for word in ("pandas.read_csv", "read.csv", "curl --fail", "Csv.Document"):
            assert word in shown


def test_questions_of_pages_are_selects_with_parameters() -> None:
    for path in sorted(QUERIES.glob("*.rq")):
        if "?language" in path.read_text(encoding="utf-8"):
            assert "language" in parameters_of(path.stem), path.stem


def test_a_query_without_a_day_filters_by_none() -> None:
    thing = NamedNode(ID + "municipality/284")
    without = asked("municipality_areas", {"thing": thing, "language": Literal("fi")})
    assert "?at" not in without
    assert "?thing" not in without
    assert f"<{ID}municipality/284>" in without
    assert columns_of("municipality_areas")[:2] == ("area", "areaName")


def test_members_have_their_source_in_place(client: TestClient) -> None:
    members = section(page(client, ID + "network/koski-tl/kosken-verkko"), "members")
    assert members.count('<details class="source"') == 14
    source = members[members.index("<details") :]
    assert "/doc/source/koski-tl" in source
    assert re.search(r'href="/doc/passage/koski-tl/601-959\?lang=en">characters 601–959<', source)
    assert '<time datetime="2026-11-22">22 Nov 2026</time>' in source
    assert ">stated<" in source


def test_an_inference_says_why(client: TestClient) -> None:
    text = page(client, ID + "document/koski-tl/lasten-ja-nuorten-hyvinvointisuunnitelma")
    inferred = re.findall(r'<details class="source inferred">.*?</details>', text, re.DOTALL)
    assert inferred
    assert all("Inferred" in one and "Reason:" in one for one in inferred)


def test_a_municipality_tells_what_is_not_known(client: TestClient) -> None:
    coverage = section(page(client, ID + "municipality/284"), "coverage")
    rows = panel(client, ID + "municipality/284", "coverage", lang="en")
    states = {row["topicName"]: row["statusName"] for row in rows}
    assert set(states.values()) <= {"found", "searched and not found", "not searched"}
    assert "searched and not found" in states.values()
    for state in set(states.values()):
        assert coverage.count(f">{state}<") == list(states.values()).count(state)


def test_an_unsearched_municipality_says_so(client: TestClient) -> None:
    coverage = section(page(client, ID + "municipality/005"), "coverage")
    assert coverage.count('role="row"') == 15
    assert coverage.count(">not searched<") == 14


def test_what_was_merged_says_what_became_of_it(client: TestClient) -> None:
    text = page(client, ID + "municipality/180")
    became = text[text.index('class="became"') :]
    assert "ended" in text
    assert "/doc/municipality/179?lang=en" in became[: became.index("</div>")]
    assert "/doc/change/2009-01-01-merger-into-existing-code-179" in became


def test_a_day_shows_what_held(client: TestClient) -> None:
    areas = panel(client, ID + "municipality/284", "areas", at="2008-01-01")
    assert {row["area"].removeprefix(ID) for row in areas} == {"region/02", "province/LS"}
    text = page(client, ID + "municipality/284", at="2008-01-01")
    assert "1 Jan 2008" in text
    links = re.findall(r'href="(/doc/[^"]*)"', section(text, "areas"))
    assert links
    assert all("at=2008-01-01" in link for link in links)


def test_a_name_of_the_day(client: TestClient) -> None:
    then = page(client, ID + "municipality/445", at="2010-06-01", lang="sv")
    assert re.search(r"<h1><bdi>Väståboland</bdi>", then)
    assert "Det fanns ännu inte" in page(
        client, ID + "municipality/445", at="2008-06-01", lang="sv"
    )


def test_neighbours_are_near(client: TestClient) -> None:
    rows = panel(client, ID + "municipality/284", "neighbours")
    names = {row["neighbourName"] for row in rows}
    # Those that border on Koski Tl.
    assert {"Marttila", "Loimaa", "Somero"} & names >= {"Marttila", "Loimaa"}


def test_incoming_links_are_counted_and_paged(client: TestClient) -> None:
    iri = DEF + "certainty/stated"
    text = page(client, iri)
    found = re.search(
        r'href="(/def/certainty/stated\?in=[^"]*certainty[^"]*)">Show all (\d+)', text
    )
    assert found
    first = client.get(found[1].replace("&amp;", "&"), headers=HTML)
    pages = -(-int(found[2]) // 100)
    assert f"Page 1 of {pages}" in first.text
    last = client.get(found[1].replace("&amp;", "&") + f"&page={pages}", headers=HTML)
    assert last.status_code == 200
    beyond = client.get(found[1].replace("&amp;", "&") + f"&page={pages + 1}", headers=HTML)
    assert beyond.status_code == 404


@pytest.mark.parametrize("query", ["panel=none", "panel=", "query=none"])
def test_an_unknown_panel(client: TestClient, query: str) -> None:
    ending = ".csv" if query.startswith("panel") else ""
    assert client.get(f"/doc/municipality/284{ending}?{query}", headers=HTML).status_code == 404


def test_statements_as_a_table(client: TestClient) -> None:
    answer = client.get("/doc/municipality/284.csv", params={"lang": "en"})
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert {row["value"] for row in rows if row["property"].endswith("prefLabel")} == {
        "Koski Tl",
        "Koskis",
    }
    assert client.get("/doc/municipality/999.csv").status_code == 404


def test_shapes_name_and_group(client: TestClient) -> None:
    text = page(client, ID + "goal/varkaus/turvallisuussuunnitelman-paivitys", lang="fi")
    for heading in ("Toimijat", "Luokittelu"):
        assert re.search(rf"<h2 [^>]*><bdi>{heading}</bdi></h2>", text), heading


def test_missing_translation_is_said(client: TestClient) -> None:
    text = page(client, ID + "document/varkaus/turvallisuussuunnitelma", lang="sv")
    assert "Namnet finns endast på finska." in text
    assert '<bdi lang="fi">Turvallisuussuunnitelma</bdi>' in text


def test_json_ld_and_preview(client: TestClient) -> None:
    import json

    text = page(client, ID + "municipality/284")
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert block
    data: dict[str, Any] = json.loads(block[1])
    assert data["@context"] == "https://schema.org"
    assert data["@id"] == ID + "municipality/284"
    assert {"@language": "sv", "@value": "Koskis"} in data["name"]
    assert "http://www.wikidata.org/entity/Q1017142" in data["sameAs"]
    assert (
        '<link rel="canonical" href="http://127.0.0.1:8000/doc/municipality/284?lang=en">' in text
    )
    assert '<meta property="og:title" content="Koski Tl">' in text
    image = re.search(r'property="og:image" content="http://127.0.0.1:8000([^"]+)"', text)
    assert image
    assert client.get(image[1]).headers["content-type"] == "image/png"


def test_a_property_is_named_by_the_first_of_its_shapes(client: TestClient) -> None:
    """Other shapes of the same property only check it: an address without a name, for example."""
    text = page(client, ID + "person/varkaus/3", lang="fi")
    names = re.findall(r"<dt><a [^>]*><bdi>(.*?)</bdi></a></dt>", text)
    assert "sukunimi" in names
    assert re.search(r'class="kicker">.*?</p>', text, re.DOTALL)[0].count("henkilö") == 1  # type: ignore[index]
