"""Reconciliation as OpenRefine and other clients use it: over HTTP, against a running server."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from hyteverkko.app import create_app
from hyteverkko.harvest.reconcile import routes
from hyteverkko.settings import Settings
from hyteverkko.store.search.inflection import voikko

from tests.harvest.reconcile_schemas import (
    check_extension,
    check_manifest,
    check_results,
    check_suggestions,
)
from tests.servers import running

ID: Final = "https://w3id.org/hyteverkko/id/"
OFFICE: Final = "https://w3id.org/hyteverkko/def/office/"
KUOPIO, KURU, PARAINEN = "municipality/297", "municipality/303", "municipality/445"

NEEDS_VOIKKO: Final = pytest.mark.skipif(voikko() is None, reason="Voikko is not installed")
"""Plurals are beyond the rules."""

ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["query", "type", "properties", "pid", "v", "id", "limit", "ids"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)

KINDS_OF_MERGER: Final = {"merger_into_existing_code", "merger_new_code", "split"}

Row: TypeAlias = dict[str, str]
Matched: TypeAlias = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """Serve the release under test, under an address of its own in what it says of itself."""
    with (
        running(home, tmp_path_factory.mktemp("reconcile"), HYTE_TODAY="2026-11-22") as found,
        httpx2.Client(base_url=found.base, timeout=30, trust_env=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def matched(server: httpx2.Client) -> Matched:
    """Give the candidates for one query."""

    def match(query: str = "", lang: str = "fi", **fields: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        asked = {**({"query": query} if query else {}), **fields}
        (result,) = batch(server, {"q0": asked}, lang).values()
        return result["result"]  # type: ignore[no-any-return]

    return match


@pytest.fixture(scope="module")
def municipalities(shared: Path) -> list[Row]:
    """Give the municipalities since 2005 as the reference table has them."""
    return table(shared / "reference" / "municipalities.tsv")


def in_batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    held = list(items)
    return (held[start : start + size] for start in range(0, len(held), size))


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def batch(server: httpx2.Client, queries: Any, lang: str = "fi") -> Any:  # noqa: ANN401
    answer = server.post(f"/reconcile?lang={lang}", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    check_results(found, set(queries))
    return found


def fetch(
    server: httpx2.Client,
    ids: list[str],
    *properties: str,
    lang: str = "fi",
    **settings: str,
) -> dict[str, dict[str, list[Any]]]:
    asked = {
        "ids": ids,
        "properties": [
            {"id": one, **({"settings": settings} if settings else {})} for one in properties
        ],
    }
    answer = server.post(f"/reconcile?lang={lang}", data={"extend": json.dumps(asked)})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    check_extension(found, ids, list(properties))
    return found["rows"]  # type: ignore[no-any-return]


def manifest(server: httpx2.Client, lang: str = "fi") -> Any:  # noqa: ANN401
    return server.get("/reconcile", params={"lang": lang}).json()


def here(address: str) -> str:
    """Give the path and the query of an address, which names the server as the public does."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def service(found: dict[str, str]) -> str:
    return here(found["service_url"] + found["service_path"])


def test_manifest(server: httpx2.Client) -> None:
    answer = server.get("/reconcile")
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    check_manifest(found)
    assert found["identifierSpace"] == ID
    assert found["schemaSpace"] == "https://w3id.org/hyteverkko/def#"
    assert (found["preview"]["width"], found["preview"]["height"]) == (430, 300)


@pytest.mark.parametrize(
    ("lang", "municipality", "population"),
    [
        ("fi", "kunta", "Väkiluku"),
        ("sv", "kommun", "Folkmängd"),
        ("en", "municipality", "Population"),
    ],
)
def test_every_address_keeps_the_language(
    server: httpx2.Client, lang: str, municipality: str, population: str
) -> None:
    by_name, by_header = (
        manifest(server, lang),
        server.get("/reconcile", headers={"accept-language": lang}).json(),
    )
    assert by_name == by_header
    check_manifest(by_name)
    assert {"id": "municipality", "name": municipality} in by_name["defaultTypes"]
    other = {"accept-language": "fr"}
    types = server.get(
        service(by_name["suggest"]["type"]), params={"prefix": "municip"}, headers=other
    )
    assert types.json()["result"] == [{"id": "municipality", "name": municipality}]
    properties = server.get(
        service(by_name["extend"]["propose_properties"]),
        params={"type": "municipality"},
        headers=other,
    )
    assert {"id": "population", "name": population} in properties.json()["properties"]
    preview = here(by_name["preview"]["url"].replace("{{id}}", quote(KUOPIO, safe="")))
    assert f'<html lang="{lang}">' in server.get(preview, headers=other).text
    view = here(by_name["view"]["url"].replace("{{id}}", quote(KUOPIO, safe="")))
    seen = server.get(view, headers={**other, "accept": "text/html"}, follow_redirects=True)
    assert f'<html lang="{lang}">' in seen.text
    assert seen.url.path == "/doc/municipality/297"


@pytest.mark.parametrize(
    "id_", [KUOPIO, f"{OFFICE}sivistysjohtaja", "network/koski-tl/kosken-verkko"]
)
def test_view_and_preview_of_an_id(server: httpx2.Client, id_: str) -> None:
    found = manifest(server)
    for part in ("view", "preview"):
        address = here(found[part]["url"].replace("{{id}}", quote(id_, safe="")))
        assert server.get(address, follow_redirects=True).status_code == 200


def test_get_and_post_of_the_batch_of_the_specification(server: httpx2.Client) -> None:
    queries = {
        "q0": {
            "query": "Kuopion",
            "type": "municipality",
            "limit": 1,
            "properties": [{"pid": "region", "v": "Pohjois-Savo"}],
            "type_strict": "should",
        },
        "q1": {"query": "Vasa"},
    }
    got = server.get("/reconcile", params={"queries": json.dumps(queries), "lang": "sv"})
    assert got.json() == batch(server, queries, "sv")
    first, second = (result["result"][0] for result in got.json().values())
    assert (first["id"], first["match"]) == (KUOPIO, True)
    assert (second["id"], second["name"], second["match"]) == ("municipality/905", "Vasa", True)


def test_a_batch_of_nothing(server: httpx2.Client) -> None:
    assert batch(server, {}) == {}


def test_old_names_of_municipalities(server: httpx2.Client, municipalities: list[Row]) -> None:
    """A column of the names of all that ended, with the last day of each in another column."""
    ended = [row for row in municipalities if row["valid_to"]]
    assert len(ended) == 145
    wrong = []
    for rows in in_batches(ended, 10):
        queries = {
            row["code"]: {
                "query": row["name_fi"],
                "type": "municipality",
                "type_strict": "should",
                "properties": [{"pid": "at", "v": row["valid_to"]}],
            }
            for row in rows
        }
        for code, result in batch(server, queries).items():
            first = result["result"][0]
            if (first["id"], first["match"]) != (f"municipality/{code}", True):
                wrong.append((code, first))
    assert wrong == []


def test_old_names_without_a_day(server: httpx2.Client, municipalities: list[Row]) -> None:
    """Without a day only the two are asked about whose names another has today."""
    ended = [row for row in municipalities if row["valid_to"]]
    asked = {}
    for rows in in_batches(ended, 100):
        queries = {row["code"]: {"query": row["name_fi"], "type": "municipality"} for row in rows}
        for code, result in batch(server, queries).items():
            first = result["result"][0]
            assert not first["match"] or first["id"] == f"municipality/{code}"
            if not first["match"]:
                asked[code] = {candidate["id"] for candidate in result["result"][:2]}
    assert asked == {
        "573": {"municipality/573", "municipality/445"},
        "944": {"municipality/944", "municipality/946"},
    }


def test_what_became_of_municipalities_and_what_they_came_from(
    server: httpx2.Client, shared: Path
) -> None:
    became: dict[str, set[str]] = {}
    came_from: dict[str, set[str]] = {}
    for row in table(shared / "reference" / "municipality_changes.tsv"):
        for code in row["from_codes"].split("|"):
            if row["kind"] in KINDS_OF_MERGER and code != row["to_code"]:
                became.setdefault(f"municipality/{code}", set()).add(row["to_code"])
                came_from.setdefault(f"municipality/{row['to_code']}", set()).add(code)
    assert codes_fetched(server, became, "successor") == became
    assert codes_fetched(server, came_from, "predecessor") == came_from


def codes_fetched(server: httpx2.Client, ids: Iterable[str], name: str) -> dict[str, set[str]]:
    return {
        id_: {one["id"].removeprefix("municipality/") for one in row[name]}
        for some in in_batches(ids, 100)
        for id_, row in fetch(server, some, name).items()
    }


def test_a_municipality_that_became_another_twice(server: httpx2.Client) -> None:
    """Suodenniemi became Vammala in 2007, and Vammala Sastamala in 2009."""
    (row,) = fetch(server, ["municipality/772"], "successor", "successor-on-day").values()
    assert [one["name"] for one in row["successor"]] == ["Vammala"]
    assert [one["name"] for one in row["successor-on-day"]] == ["Sastamala"]
    for year, names in (("2006", []), ("2008", ["Vammala"]), ("2009", ["Sastamala"])):
        (row,) = fetch(server, ["municipality/772"], "successor-on-day", at=year).values()
        assert [one["name"] for one in row["successor-on-day"]] == names


def test_what_receives_a_part_of_another_goes_on(server: httpx2.Client) -> None:
    """Längelmäki was divided between Jämsä and Orivesi in 2007."""
    rows = fetch(server, ["municipality/443", "municipality/562"], "successor", "successor-on-day")
    divided, receiver = rows.values()
    for values in divided.values():
        assert {one["name"] for one in values} == {"Jämsä", "Orivesi"}
    assert receiver == {"successor": [], "successor-on-day": []}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kuopion", "297"),
        ("Kuopiossa", "297"),
        ("KUOPIO", "297"),
        ("Tampereen kaupunki", "837"),
        ("Karjalohjan kunta", "223"),
        ("Turussa", "853"),
        ("Turun kaupunki", "853"),
        ("Äänekosken", "992"),
        ("Aanekoski", "992"),
        ("Kosken Tl kunta", "284"),
        ("Maarianhaminassa", "478"),
        ("Nurmeksesta", "541"),
        ("Uudenkaupungin", "895"),
        ("Isonkyrön", "152"),
        ("Pieksämäelle", "593"),
        ("Virtain", "936"),
        ("Helsingfors", "091"),
        ("Esbo stad", "049"),
        ("City of Vantaa", "092"),
        ("297", "297"),
        ("municipality/297", "297"),
        (f"{ID}municipality/297", "297"),
    ],
)
def test_inflected_and_other_names(matched: Matched, text: str, code: str) -> None:
    first = matched(text, type="municipality")[0]
    assert (first["id"], first["match"]) == (f"municipality/{code}", True)


@pytest.mark.parametrize("text", ["Kuipio", "Kuoppio", "Kuopi", "Kuoio", "Kuopoi"])
def test_a_name_with_a_slip_of_the_pen_is_asked_about(matched: Matched, text: str) -> None:
    first = matched(text, type="municipality")[0]
    assert (first["id"], first["match"]) == (KUOPIO, False)
    assert 60 < first["score"] < 90


@pytest.mark.parametrize(
    ("title", "office"),
    [
        # As the source documents have them.
        ("sosiaalityöntekijä", "sosiaalityontekija"),
        ("perheohjaaja", "perheohjaaja"),
        ("sivistysjohtaja", "sivistysjohtaja"),
        ("alakoulun rehtori", "alakoulun-rehtori"),
        ("koulupsykologi", "koulupsykologi"),
        ("hyvinvointikoordinaattorin", "hyvinvointikoordinaattori"),
        ("varhaiskasvatuksen erityisopettaja", "varhaiskasvatuksen-erityisopettaja"),
        ("varhaiskasvatuksen johtaja", "varhaiskasvatusjohtaja"),
        ("kotipalvelun vastaava", "kotipalvelusta-vastaava"),
        ("kotipalvelusta vastaava", "kotipalvelusta-vastaava"),
        ("tekninen johtaja", "tekninen-johtaja"),
        pytest.param("rehtorit", "rehtori", marks=NEEDS_VOIKKO),
        ("osallisuuskoordinaattorille", "osallisuuskoordinaattori"),
        ("Hyvinvointijohtaja", "hyvinvointijohtaja"),
        ("yhdyskuntatekniikan suunnittelija", "yhdyskuntatekniikan-suunnittelija"),
        ("vahustyön johtajista", ""),
        pytest.param("vanhustyön johtajista", "vanhustyon-johtaja", marks=NEEDS_VOIKKO),
        ("toiminnanjohtaja", "toiminnanjohtaja"),
        ("välfärdskoordinator", "hyvinvointikoordinaattori"),
        ("wellbeing coordinator", "hyvinvointikoordinaattori"),
    ],
)
def test_titles_of_offices(matched: Matched, title: str, office: str) -> None:
    first = matched(title, type="office")[0]
    if office:
        assert (first["id"], first["match"]) == (OFFICE + office, True)
    else:
        assert (first["id"], first["match"]) == (f"{OFFICE}vanhustyon-johtaja", False)


@pytest.mark.parametrize(
    ("day", "name", "id_"),
    [
        ("2010-01-01", "Väståboland", PARAINEN),
        ("1.6.2010", "Länsi-Turunmaa", PARAINEN),
        ("2005", "Parainen", "municipality/573"),
        (2005, "Parainen", "municipality/573"),
        ("2008-12", "Pargas", "municipality/573"),
        ("2015-03-01T00:00:00Z", "Parainen", PARAINEN),
        ("2005", "Maarianhamina", "municipality/478"),
        ("2006", "Vöyri", "municipality/944"),
        ("2008", "Vöyri-Maksamaa", "municipality/945"),
        ("2012", "Vöyri", "municipality/946"),
    ],
)
@pytest.mark.parametrize("pid", ["at", "date"])
def test_the_name_of_a_day(matched: Matched, pid: str, day: str | int, name: str, id_: str) -> None:
    first = matched(name, type="municipality", properties=[{"pid": pid, "v": day}])[0]
    assert (first["id"], first["match"]) == (id_, True)
    assert {"id": "at", "value": True} in first["features"]


def test_a_name_of_another_day_is_asked_about(matched: Matched) -> None:
    first = matched("Nurmo", properties=[{"pid": "at", "v": "2010"}])[0]
    assert (first["id"], first["match"]) == ("municipality/544", False)
    assert {"id": "at", "value": False} in first["features"]


@pytest.mark.parametrize("day", ["long ago", "2005-13-01", "0", "99999"])
def test_a_day_that_cannot_be_read_matches_nothing(matched: Matched, day: str) -> None:
    first = matched("Kuopio", properties=[{"pid": "at", "v": day}])[0]
    assert (first["id"], first["match"]) == (KUOPIO, False)


def test_an_ended_municipality_says_so(matched: Matched) -> None:
    in_languages = {lang: matched("Kuru", lang)[0]["description"] for lang in ("fi", "sv", "en")}
    assert in_languages == {
        "fi": "päättynyt 31.12.2008 · nykyisin Ylöjärvi",
        "sv": "upphörde 31 dec. 2008 · numera Ylöjärvi",
        "en": "ended 31 Dec 2008 · now Ylöjärvi",
    }


def test_properties_tell_namesakes_apart(matched: Matched) -> None:
    def sure(**fields: Any) -> list[str]:  # noqa: ANN401
        return [one["id"] for one in matched("Lappi", **fields) if one["match"]]

    assert sure() == []
    assert sure(properties=[{"pid": "region", "v": "Satakunta"}]) == ["municipality/406"]
    assert sure(properties=[{"pid": "region", "v": {"id": "region/04"}}]) == ["municipality/406"]
    assert sure(properties=[{"pid": "end", "v": "2008"}]) == ["municipality/406"]
    assert sure(type="region") == ["region/19"]


def test_a_property_with_another_value(matched: Matched) -> None:
    fits = matched("Kuopio", properties=[{"pid": "region", "v": ["Kainuu", "Norra Savolax"]}])[0]
    other = matched("Kuopio", properties=[{"pid": "region", "v": "Kainuu"}])[0]
    assert (fits["score"], fits["match"]) == (100, True)
    assert {"id": "region", "value": True} in fits["features"]
    assert (other["score"], other["match"]) == (80, False)
    assert {"id": "region", "value": False} in other["features"]


def test_a_query_of_a_code_alone(matched: Matched) -> None:
    assert matched(properties=[{"pid": "code", "v": "297"}])[0]["id"] == KUOPIO
    assert matched(properties=[{"pid": "code", "v": 297}])[0]["match"]
    assert matched(properties=[{"pid": "region", "v": "Kainuu"}]) == []


def test_types_of_a_query(matched: Matched) -> None:
    text = "Kosken Verkko"
    assert matched(text, type="network")[0]["id"] == "network/koski-tl/kosken-verkko"
    assert matched(text, type=["region", "network"], type_strict="any")[0]["match"]
    assert matched(text, type="region") == []
    assert matched(text, type=["region", "network"], type_strict="all") == []
    other = matched(text, type="region", type_strict="should")[0]
    assert (other["score"], other["match"]) == (80, False)
    assert {"id": "type", "value": False} in other["features"]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("SPR", "organisation/suomen-punainen-risti"),
        ("Suomen Punaisen Ristin", "organisation/suomen-punainen-risti"),
        ("NUVA", "body/koski-tl/nuorisovaltuusto"),
        ("Pohjois-Savon hyvinvointialue", "county/13"),
        ("Lapin lääni", "province/LL"),
    ],
)
def test_organisations_and_areas(matched: Matched, text: str, id_: str) -> None:
    first = matched(text)[0]
    assert (first["id"], first["match"]) == (id_, True)


def test_limit(matched: Matched) -> None:
    assert len(matched("hyvinvointiryhmä", limit=2)) == 2
    assert len(matched("hyvinvointiryhmä")) == 5


def test_persons_are_not_matched(matched: Matched, server: httpx2.Client) -> None:
    assert not any(one["id"].startswith("person/") for one in matched("Mervi Pietinen"))
    (row,) = fetch(server, ["person/varkaus/mervi-pietinen"], "name-fi").values()
    assert row["name-fi"] == []
    assert server.get("/reconcile/preview?id=person/varkaus/mervi-pietinen").status_code == 404


def test_suggest_things(server: httpx2.Client) -> None:
    address = service(manifest(server, "sv")["suggest"]["entity"])

    def suggested(**asked: str | int) -> list[Any]:
        found = server.get(address, params=asked).json()
        check_suggestions(found)
        return found["result"]  # type: ignore[no-any-return]

    assert suggested(prefix="Helsing")[0] == {
        "id": "municipality/091",
        "name": "Helsingfors",
        "notable": [{"id": "municipality", "name": "kommun"}],
    }
    assert suggested(prefix=KURU)[0]["name"] == "Kuru"
    assert suggested(prefix="kuru")[0]["description"] == "upphörde 31 dec. 2008 · numera Ylöjärvi"
    assert suggested(prefix="sivistysjohtaja")[0]["id"] == f"{OFFICE}sivistysjohtaja"
    assert suggested(prefix="") == []
    assert suggested(prefix="hyvinvointi", type="network") != suggested(prefix="hyvinvointi")
    pages = [one["id"] for cursor in (0, 10, 20) for one in suggested(prefix="k", cursor=cursor)]
    assert len(pages) == len(set(pages)) == 30
    assert not any(id_.startswith("person/") for id_ in pages)


def test_suggest_properties(server: httpx2.Client) -> None:
    address = service(manifest(server)["suggest"]["property"])
    found = server.get(address, params={"prefix": "maakun"}).json()
    check_suggestions(found)
    assert found["result"] == [{"id": "region", "name": "Maakunta"}]
    assert server.get(address, params={"prefix": "date"}).status_code == 200
    everything = server.get(address).json()["result"]
    assert len(everything) == 10
    assert everything[0]["id"] == "at"
    rest = server.get(address, params={"cursor": 10}).json()["result"]
    assert not {one["id"] for one in everything} & {one["id"] for one in rest}


def test_propose_properties(server: httpx2.Client) -> None:
    address = service(manifest(server)["extend"]["propose_properties"])
    found = server.get(address, params={"type": "municipality", "limit": 3}).json()
    assert set(found) == {"type", "limit", "properties"}
    assert (found["type"], found["limit"], len(found["properties"])) == ("municipality", 3, 3)
    offered = {
        kind: {one["id"] for one in server.get(address, params={"type": kind}).json()["properties"]}
        for kind in ("municipality", "network")
    }
    assert {"region", "county", "successor", "code"} <= offered["municipality"]
    assert "municipality" in offered["network"]
    assert "region" not in offered["network"]
    assert "at" not in offered["municipality"]


def test_fetch_of_municipalities(server: httpx2.Client) -> None:
    names = ("name-fi", "name-sv", "code", "start", "end", "region", "county", "population")
    rows = fetch(server, [KURU, PARAINEN, "municipality/000"], *names, lang="sv")
    assert rows[KURU] == {
        "name-fi": [{"str": "Kuru"}],
        "name-sv": [],
        "code": [{"str": "303"}],
        "start": [],
        "end": [{"date": "2008-12-31T00:00:00Z"}],
        "region": [{"id": "region/06", "name": "Birkaland"}],
        "county": [],
        "population": [],
    }
    assert rows[PARAINEN]["county"] == [
        {"id": "county/05", "name": "Egentliga Finlands välfärdsområde"}
    ]
    assert rows[PARAINEN]["start"] == [{"date": "2009-01-01T00:00:00Z"}]
    assert rows["municipality/000"] == {name: [] for name in names}


def test_fetch_as_of_a_day(server: httpx2.Client) -> None:
    asked = ("official-name", "region", "county")
    (then,) = fetch(server, [PARAINEN], *asked, at="2010").values()
    (now,) = fetch(server, [PARAINEN], *asked).values()
    assert {one["str"] for one in then["official-name"]} == {"Länsi-Turunmaa", "Väståboland"}
    assert {one["str"] for one in now["official-name"]} == {"Parainen", "Pargas"}
    assert (then["county"], [one["id"] for one in now["county"]]) == ([], ["county/05"])
    # Loviisa was in Itä-Uusimaa until the end of 2010.
    for day, region in (("2010-12-31", "region/20"), ("2011-01-01", "region/01")):
        (row,) = fetch(server, ["municipality/434"], "region", at=day).values()
        assert [one["id"] for one in row["region"]] == [region]


def test_fetch_of_bodies_and_offices(server: httpx2.Client) -> None:
    network, office = "network/koski-tl/hyvinvointiryhma", f"{OFFICE}sivistysjohtaja"
    rows = fetch(server, [network, office], "municipality", "other-names", "name-en", "kind")
    assert rows[network]["municipality"] == [{"id": "municipality/284", "name": "Koski Tl"}]
    assert rows[network]["other-names"] == [{"str": "Hyvinvointityöryhmä"}]
    assert {one["name"] for one in rows[network]["kind"]} == {
        "yhteistyöverkosto",
        "hyvinvointiryhmä",
    }
    assert rows[office]["name-en"] == [{"str": "director of education and culture"}]
    assert {"str": "sivistystoimenjohtaja"} in rows[office]["other-names"]
    assert rows[office]["municipality"] == []


def test_fetch_by_get(server: httpx2.Client) -> None:
    asked = json.dumps({"ids": [KUOPIO], "properties": [{"id": "code"}]})
    found = server.get("/reconcile", params={"extend": asked}).json()
    assert found["rows"] == {KUOPIO: {"code": [{"str": "297"}]}}


def test_only_the_preview_may_be_framed(server: httpx2.Client) -> None:
    framed = server.get("/reconcile/preview", params={"id": KURU, "lang": "fi"})
    policy = framed.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "frame-ancestors *" in policy[0]
    assert "script-src" not in policy[0]
    assert "<script" not in framed.text
    assert "Kuru" in framed.text
    assert "31.12.2008" in framed.text
    assert "Ylöjärvi" in framed.text
    for path in ("/", "/reconcile", "/doc/municipality/303", "/reconcile/preview?id=no/such"):
        answer = server.get(path, headers={"accept": "text/html"})
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/reconcile",
        "/reconcile?queries=%7B%22q%22%3A%7B%22query%22%3A%22Kuopio%22%7D%7D",
        "/reconcile/suggest/entity?prefix=kuo",
        "/reconcile/suggest/type?prefix=k",
        "/reconcile/suggest/property?prefix=k",
        "/reconcile/properties?type=office",
        "/reconcile/preview?id=municipality/297",
        "/reconcile/view?id=municipality/297",
    ],
)
def test_headers(server: httpx2.Client, path: str) -> None:
    answer, head = server.get(path), server.head(path)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert head.status_code == answer.status_code
    assert head.content == b""
    if answer.status_code == 200:
        tag = {"if-none-match": answer.headers["etag"]}
        assert server.get(path, headers=tag).status_code == 304
        assert head.headers["etag"] == answer.headers["etag"]
    preflight = server.options(path, headers={"origin": "https://example.org"})
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/suggest/type?prefix=kunta"])
def test_jsonp(server: httpx2.Client, path: str) -> None:
    plain = server.get(path)
    called = server.get(path, params={**dict(httpx2.URL(path).params), "callback": "jQuery1_2.x"})
    assert called.headers["content-type"] == "text/javascript; charset=utf-8"
    assert called.headers["x-content-type-options"] == "nosniff"
    assert called.text == f"/**/jQuery1_2.x({plain.text});"


@pytest.mark.parametrize(
    "callback", ["alert(1)//", "a;b", "<script>", "a.b.", "1a", "a b", "ä", "x" * 200, "a\n"]
)
def test_a_callback_that_is_no_name(server: httpx2.Client, callback: str) -> None:
    answer = server.get("/reconcile", params={"callback": callback})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def query(**fields: Any) -> str:  # noqa: ANN401
    return json.dumps({"q0": fields})


@pytest.mark.parametrize(
    "queries",
    [
        "",
        "nothing",
        "[]",
        "1",
        '"Kuopio"',
        "null",
        '{"q0": null}',
        '{"q0": []}',
        '{"q0": {}}',
        '{"q0": {"query": "Kuopio"}',
        '{"q0": {"query": "\\ud800"}}',
        '{"q\\ud800": {"query": "Kuopio"}}',
        '{"q0": {"query": NaN}}',
        '{"q0": {"query": "Kuopio", "limit": ' + "9" * 5000 + "}}",
        "[" * 80_000,
        '{"q0":' * 10_000,
        query(query=1),
        query(query=None),
        query(query=["Kuopio"]),
        query(query="x" * 501),
        query(properties=[]),
        query(query="Kuopio", type={}),
        query(query="Kuopio", type=5),
        query(query="Kuopio", type=[["municipality"]]),
        query(query="Kuopio", type="no such type"),
        query(query="Kuopio", type_strict="perhaps"),
        query(query="Kuopio", type_strict=True),
        query(query="Kuopio", type_strict={}),
        query(query="Kuopio", limit=0),
        query(query="Kuopio", limit=-1),
        query(query="Kuopio", limit=1e400),
        query(query="Kuopio", limit=True),
        query(query="Kuopio", limit="5"),
        '{"q0": {"query": "x", "properties": [{"pid": "code", "v": ' + "9" * 400 + "}]}}",
        query(query="Kuopio", properties={}),
        query(query="Kuopio", properties=["region"]),
        query(query="Kuopio", properties=[{"pid": "region"}]),
        query(query="Kuopio", properties=[{"v": "Kainuu"}]),
        query(query="Kuopio", properties=[{"pid": ["region"], "v": "Kainuu"}]),
        query(query="Kuopio", properties=[{"pid": "no such", "v": "Kainuu"}]),
        query(query="Kuopio", properties=[{"pid": "region", "v": {"name": "Kainuu"}}]),
        query(query="Kuopio", properties=[{"pid": "region", "v": {"id": 1}}]),
        query(query="Kuopio", properties=[{"pid": "region", "v": [["Kainuu"]]}]),
        query(query="Kuopio", properties=[{"pid": "region", "v": None}]),
    ],
    ids=lambda text: text[:60],
)
def test_a_batch_that_is_none(server: httpx2.Client, queries: str) -> None:
    answer = server.post("/reconcile", data={"queries": queries})
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "extend",
    [
        "[]",
        "{}",
        '{"ids": [], "properties": {}}',
        '{"ids": "municipality/297", "properties": []}',
        '{"ids": [1], "properties": []}',
        '{"ids": ["\\udfff"], "properties": []}',
        '{"ids": [], "properties": [{}]}',
        '{"ids": [], "properties": ["code"]}',
        '{"ids": [], "properties": [{"id": "no such"}]}',
        '{"ids": [], "properties": [{"id": "region", "settings": []}]}',
        '{"ids": [], "properties": [{"id": "region", "settings": {"at": "long ago"}}]}',
        '{"ids": [], "properties": [{"id": "region", "settings": {"at": {}}}]}',
    ],
)
def test_an_extension_that_is_none(server: httpx2.Client, extend: str) -> None:
    answer = server.post("/reconcile", data={"extend": extend})
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x1b[31m\x7f",
        "Kuopio\x00",
        "' OR 1=1 --",
        '" } SELECT * WHERE { ?s ?p ?o } #',
        "{{7*7}}",
        "<script>alert(1)</script>",
        "‮oipouK",
        "\u2028\u2029",
        "💥" * 100,
        "AND OR NOT NEAR(",
        'municipality/<>"{}|\\^`',
        "https://w3id.org/hyteverkko/id/\x00",
        "a/" * 200,
    ],
    ids=repr,
)
def test_any_text_is_only_a_name(server: httpx2.Client, matched: Matched, text: str) -> None:
    assert not any(one["match"] for one in matched(text) if "Kuopio" not in text)
    fetch(server, [text], "code", "region")
    for path in ("suggest/entity", "suggest/property", "suggest/type"):
        answer = server.get(f"/reconcile/{path}", params={"prefix": text})
        check_suggestions(answer.json())
    assert server.get("/reconcile/preview", params={"id": text}).status_code == 404
    assert server.get("/reconcile/view", params={"id": text}).status_code in {303, 404}


def test_what_is_too_large(server: httpx2.Client) -> None:
    many = {f"q{number}": {"query": "Kuopio"} for number in range(101)}
    answers = [
        server.post("/reconcile", data={"queries": json.dumps(many)}),
        server.post("/reconcile", data={"queries": "x" * 300_000}),
        server.post(
            "/reconcile",
            data={"queries": query(query="a", properties=[{"pid": "region", "v": ["x"] * 21}])},
        ),
        server.post(
            "/reconcile",
            data={"extend": json.dumps({"ids": [f"a/{n}" for n in range(201)], "properties": []})},
        ),
    ]
    assert [answer.status_code for answer in answers] == [413] * 4
    assert all(answer.json()["status"] == 413 for answer in answers)


def test_what_is_not_a_form(server: httpx2.Client) -> None:
    as_json = server.post("/reconcile", json={"queries": {"q0": {"query": "Kuopio"}}})
    assert as_json.status_code == 415
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert server.post("/reconcile", content=b"queries=%ff", headers=form).status_code == 400
    assert server.post("/reconcile", content=b"\xff", headers=form).status_code == 400
    assert server.post("/reconcile", content=b"a=1&" * 50, headers=form).status_code == 400
    assert server.post("/reconcile", data={"other": "x"}).status_code == 400
    assert server.put("/reconcile").status_code == 405
    assert server.get("/reconcile/de/suggest/type").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/reconcile/suggest/entity?prefix=a&cursor=-1",
        "/reconcile/suggest/entity?prefix=a&cursor=x",
        "/reconcile/suggest/entity?prefix=a&cursor=" + "9" * 400,
        "/reconcile/sv/suggest/entity?prefix=a&type=nothing",
        "/reconcile/suggest/property?type=nothing",
        "/reconcile/properties?type=nothing",
        "/reconcile/properties?type=office&limit=x",
    ],
)
def test_a_parameter_that_is_none(server: httpx2.Client, path: str) -> None:
    assert server.get(path).status_code == 400


@bounded(max_examples=60, deadline=None)
@given(sent=ANYTHING)
def test_anything_sent_is_answered_or_refused(client: TestClient, sent: Any) -> None:  # noqa: ANN401
    for text in (json.dumps(sent), json.dumps({"q0": sent})):
        assert client.post("/reconcile", data={"queries": text}).status_code in {200, 400, 413}
        assert client.post("/reconcile", data={"extend": text}).status_code in {200, 400, 413}


def test_a_batch_that_takes_too_long(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "BATCH_SECONDS", -1.0)
    answer = client.post("/reconcile", data={"queries": query(query="Kuopio")})
    assert answer.status_code == 504
    assert client.get("/reconcile").status_code == 200


def test_a_batch_whose_turn_does_not_come(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "AT_ONCE", 0)
    monkeypatch.setattr(routes, "WAIT_SECONDS", 0.1)
    with TestClient(create_app(settings)) as client:
        answer = client.post("/reconcile", data={"queries": query(query="Kuopio")})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert client.get("/reconcile").status_code == 200


@pytest.mark.parametrize(
    ("lang", "words"), [("fi", "Täsmäytä"), ("sv", "Stäm av"), ("en", "Match")]
)
def test_the_page_about_it(server: httpx2.Client, lang: str, words: str) -> None:
    address = here(manifest(server, lang)["documentation"])
    page = server.get(address, headers={"accept": "text/html"})
    assert f'<html lang="{lang}">' in page.text
    assert f"<h1>{words}" in page.text
    assert f"/reconcile?lang={lang}</code>" in page.text
    assert "<code>successor</code>" in page.text
