"""Coverage: three answers that are never mixed, with the day, the source and the law."""

import csv
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

HTML: Final = {"accept": "text/html"}
STATEMENTS: Final = re.compile(
    r"/id/coverage/(\d{3})-([\w-]+)>\n\s+a hyte:CoverageStatement ;\n"
    r"\s+hyte:coverageStatus coveragestatus:([\w-]+) ;"
)
TOPICS: Final = 14


def table(client: TestClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/coverage.csv?lang=en{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.text)))


def topic(row: dict[str, str]) -> str:
    return row["topic_iri"].rpartition("/")[2]


def page(client: TestClient, query: str = "") -> str:
    answer = client.get(f"/coverage?lang=en{query}", headers=HTML)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(scope="module")
def stated(root: Path) -> dict[tuple[str, str], str]:
    """Give what the file of the data says, read as text."""
    text = (root / "data" / "coverage" / "coverage.ttl").read_text(encoding="utf-8")
    return {(code, topic): status for code, topic, status in STATEMENTS.findall(text)}


def test_every_statement_is_an_answer_and_the_rest_is_not_searched(
    client: TestClient, stated: dict[tuple[str, str], str]
) -> None:
    rows = table(client)
    assert len(rows) == 308 * TOPICS
    found = {(row["code"], topic(row)): row["answer"] for row in rows}
    assert len(stated) == 161
    assert {key: one for key, one in found.items() if one != "not-searched"} == stated
    # Three municipalities for all fourteen topics, fourteen for eight, seven for one (README).
    assert len(stated) == 3 * 14 + 14 * 8 + 7
    assert Counter(found.values())["not-searched"] == 308 * TOPICS - 161


def test_an_answer_has_its_day_and_its_source(client: TestClient) -> None:
    rows = {(row["code"], topic(row)): row for row in table(client)}
    one = rows["284", "plans"]
    assert (one["answer"], one["searched_on"]) == ("found", "2026-11-22")
    assert one["searched_in_iri"] == "https://w3id.org/hyteverkko/id/source/koski-tl"
    other = rows["297", "plans"]
    assert (other["answer"], other["searched_on"], other["searched_in"]) == ("not-searched", "", "")


def test_what_the_law_requires(client: TestClient) -> None:
    rows = {(row["code"], topic(row)): row for row in table(client)}
    assert rows["284", "plans"]["law_iri"].endswith("/law/612-2021/6")
    assert [
        one.rpartition("/")[2]
        for one in rows["284", "councils-of-influence"]["law_iri"].split("; ")
    ] == ["26", "27", "28"]
    assert rows["284", "projects"]["law"] == ""
    # The acts are not in force in Åland: 478 is Maarianhamina.
    assert rows["478", "plans"]["law"] == ""


def test_a_day_before_the_search(client: TestClient) -> None:
    rows = table(client, "&at=2009-01-01")
    assert len({row["code"] for row in rows}) == 348
    assert {row["answer"] for row in rows} == {"not-searched"}
    assert Counter(row["answer"] for row in table(client, "&at=2026-11-22"))["found"] == 145
    assert "searches those made by then" in page(client, "&at=2009-01-01")


def test_filters(client: TestClient) -> None:
    rows = table(client, "&topic=plans&topic=services")
    assert {topic(row) for row in rows} == {"plans", "services"}
    assert len(rows) == 308 * 2
    lapland = table(client, "&region=region/19")
    assert len({row["code"] for row in lapland}) == 21
    # Searched and not found: Kangasala for plans; all three for some topic.
    assert {row["code"] for row in table(client, "&topic=plans&answer=searched-not-found")} == {
        "211"
    }
    assert {row["code"] for row in table(client, "&answer=searched-not-found")} == {
        "211", "284", "915",
    }  # fmt: skip
    assert {row["code"] for row in table(client, "&municipality=284")} == {"284"}
    assert "Nothing has all that was chosen" in page(client, "&region=region/21&answer=found")


def test_the_page_shows_what_the_table_has(client: TestClient) -> None:
    text = page(client, "&region=region/19")
    assert re.search(r'id="matrix">[^<]*<span class="count">21<', text)
    matrix = text[text.index("rows matrix") :]
    assert len(re.findall(r'<tr id="m\d{3}">', matrix)) == 21
    assert matrix.count('class="square s-q4"') == 14 * 8 + 7
    assert matrix.count('<td class="square s-not-searched"') == 21 * TOPICS - 119
    assert 'href="/doc/coverage/047-documents?lang=en"' in matrix
    assert "found, 22 Nov 2026, " in matrix


def test_pages_and_order(client: TestClient) -> None:
    first = re.findall(r'<tr id="m(\d{3})">', page(client))
    assert len(first) == 50
    assert first[0] == "915"
    by_name = re.findall(r'<tr id="m(\d{3})">', page(client, "&sort=name&page=7"))
    assert (len(by_name), by_name[-1]) == (8, "992")
    answer = client.get("/coverage?page=8", headers=HTML)
    assert answer.status_code == 404


def test_the_same_choice_in_every_format(client: TestClient) -> None:
    query = "&topic=plans&region=region/02"
    rows = table(client, query)
    objects = client.get(f"/coverage.json?lang=en{query}").json()
    assert [one["code"] for one in objects] == [row["code"] for row in rows]
    assert objects[0]["searched_on"] == (rows[0]["searched_on"] or None)
    book = load_workbook(BytesIO(client.get(f"/coverage.xlsx?lang=en{query}").content))
    assert book.active is not None
    assert len(list(book.active.values)) == len(rows) + 1 == 28
    picture = ElementTree.fromstring(client.get(f"/coverage.svg?lang=en{query}").content)
    texts = [one.text for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    # Varsinais-Suomi has 27 municipalities; Koski Tl alone has been searched.
    assert "1 / 0 / 26" in texts


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/coverage?topic=weather", 400, "There is no topic"),
        ("/coverage?answer=maybe", 400, "There is no answer"),
        ("/coverage.ttl", 404, "Nothing is known"),
    ],
)
def test_what_cannot_be_shown(client: TestClient, path: str, status: int, said: str) -> None:
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, said in answer.text) == (status, True)


def test_the_query_behind_it_can_be_run(client: TestClient) -> None:
    answer = client.get("/coverage?query=1&topic=plans&lang=en")
    assert answer.status_code == 303
    result = client.get(answer.headers["location"], headers={"accept": "text/csv"})
    # The three municipalities whose own document was read for plans.
    assert len(result.text.splitlines()) == 4


def test_an_answer_is_known_again(client: TestClient) -> None:
    first = client.get("/coverage?lang=fi", headers=HTML)
    known = {"if-none-match": first.headers["etag"], **HTML}
    assert client.get("/coverage?lang=fi", headers=known).status_code == 304
    assert client.head("/coverage.csv").status_code == 200
