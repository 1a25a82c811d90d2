"""Each published example query: three languages, its expected answer, its page, and ready code.

The expected tables beside ``tests/examples`` were read off the source documents and the reference
tables, as those of the competency questions were; the number of municipalities of each year is the
one that Statistics Finland gives.
"""

import csv
import html
from io import StringIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.ready_code import ready_code
from hyteverkko.sparql.examples import EXAMPLES, examples
from hyteverkko.store.console import answer

EXPECTED = Path(__file__).parents[1] / "examples"
PATHS = sorted(EXAMPLES.glob("*.rq"))
PAGE = {"accept": "text/html"}


def table(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text)))


def expected(name: str) -> list[list[str]]:
    return table((EXPECTED / f"{name}.csv").read_text(encoding="utf-8"))


def test_there_are_enough_and_each_has_its_table() -> None:
    assert len(PATHS) >= 12
    assert [path.stem for path in PATHS] == sorted(path.stem for path in EXPECTED.glob("*.csv"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_head_in_three_languages(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    wanted = [f"# {part}@{language}: " for part in ("title", "text") for language in LANGUAGES]
    assert [line[: len(start)] for start, line in zip(wanted, lines, strict=False)] == wanted
    assert not any("PREFIX" in line for line in lines)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_answer(home: Path, path: Path) -> None:
    found = answer(home, path.read_text(encoding="utf-8"), as_csv=True)
    assert table(found) == expected(path.stem)


@pytest.mark.parametrize("language", LANGUAGES)
def test_list(client: TestClient, language: str) -> None:
    page = client.get("/queries", params={"lang": language}, headers=PAGE).text
    for example in examples().values():
        assert f'href="{example.href}?lang={language}"' in page
        assert html.escape(example.titles[language]) in page.replace("&#39;", "&#x27;")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_page(client: TestClient, path: Path) -> None:
    language = LANGUAGES[PATHS.index(path) % len(LANGUAGES)]
    address = f"/queries/{path.stem}"
    answered = client.get(address, params={"lang": language}, headers=PAGE)
    page = html.unescape(answered.text)
    assert answered.status_code == 200
    assert f'<html lang="{language}">' in page
    assert examples()[path.stem].text(language) in page
    assert page.count("<tr>") == len(expected(path.stem))
    for ending in ("rq", "csv", "json"):
        assert f'href="{address}.{ending}"' in page


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_csv(client: TestClient, path: Path) -> None:
    answered = client.get(f"/queries/{path.stem}.csv")
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    assert answered.headers["access-control-allow-origin"] == "*"
    assert table(answered.text) == expected(path.stem)
    headers = {"if-none-match": answered.headers["etag"]}
    assert client.get(f"/queries/{path.stem}.csv", headers=headers).status_code == 304


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_file_runs_as_it_is(client: TestClient, path: Path) -> None:
    text = client.get(f"/queries/{path.stem}.rq").text
    headers = {"content-type": "application/sparql-query", "accept": "text/csv"}
    answered = client.post("/sparql", content=text.encode(), headers=headers)
    assert table(answered.text) == expected(path.stem)


def test_json(client: TestClient) -> None:
    answered = client.get("/queries/development_areas.json")
    assert answered.headers["content-type"] == "application/sparql-results+json"
    assert len(answered.json()["results"]["bindings"]) == 14


def test_format_by_accept(client: TestClient) -> None:
    address = "/queries/development_areas"
    csv_type = client.get(address, headers={"accept": "text/csv"}).headers["content-type"]
    assert csv_type == "text/csv; charset=utf-8"
    assert client.get(address, headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("name", ["nothing", "timeline.exe", "nothing.csv", "nothing.rq"])
def test_unknown_name(client: TestClient, name: str) -> None:
    assert client.get(f"/queries/{name}").status_code == 404


def test_names_beside_iris_that_lead_to_their_pages(client: TestClient) -> None:
    page = client.get("/queries/ended_municipalities", params={"lang": "sv"}, headers=PAGE).text
    assert '<a href="/doc/municipality/040?lang=sv"><bdi>Dragsfjärd</bdi></a>' in page
    assert "&lt;https://w3id.org/hyteverkko/id/municipality/040&gt;" in page


def test_terms_to_complete(client: TestClient) -> None:
    terms = client.get("/queries/terms.json", params={"lang": "fi"})
    held = {row["term"]: row for row in terms.json()["terms"]}
    assert held["hyte:Municipality"] == {
        "term": "hyte:Municipality",
        "kind": "class",
        "name": "kunta",
    }
    assert held["skos:prefLabel"]["kind"] == "property"
    assert held["role:chair"]["kind"] == "concept"
    assert terms.json()["prefixes"]["hyte"] == "https://w3id.org/hyteverkko/def#"
    headers = {"if-none-match": terms.headers["etag"], "accept-language": "fi"}
    again = client.get("/queries/terms.json", params={"lang": "fi"}, headers=headers)
    assert again.status_code == 304


def test_codes_stay_text() -> None:
    code = {one.key: one.lines for one in ready_code("http://x/y.csv", ("code",))}
    assert 'dtype={"code": str}' in code["pandas"]
    assert 'colClasses = c("code" = "character")' in code["r"]
