"""Search over HTTP: the page and its data, the sentences for each outcome, and any text."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hyteverkko.app import create_app
from hyteverkko.settings import Settings
from hyteverkko.store.search import SEARCH

HTML = {"accept": "text/html"}


def page(client: TestClient, **query: Any) -> str:  # noqa: ANN401
    answer = client.get("/search", params=query, headers=HTML)
    assert answer.status_code == 200
    return answer.text


def data(client: TestClient, **query: Any) -> Any:  # noqa: ANN401
    answer = client.get("/search.json", params=query)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ("Varkaus", "/doc/municipality/915"),
        ("kosken verkko", "/doc/network/koski-tl/kosken-verkko"),
        ("Väståboland", "/doc/municipality/445"),
        ("284", "/doc/municipality/284"),
        ("varhaiskasvatuksen johtaja", "/def/office/varhaiskasvatusjohtaja"),
        ("Kuopion", "/doc/municipality/297"),
    ],
)
def test_search_finds(client: TestClient, words: str, link: str) -> None:
    assert f'href="{link}?lang=en"' in page(client, q=words)


def test_term_of_the_ontology_has_its_link(client: TestClient) -> None:
    assert 'href="/def/CooperationNetwork?lang=en"' in page(client, q="cooperation network")


def test_a_whole_name_comes_first(client: TestClient) -> None:
    text = page(client, q="Koski Tl")
    assert text.index("/doc/municipality/284") < text.index("/doc/dataset/koski-tl")


def test_marked_text_and_its_language(client: TestClient) -> None:
    text = page(client, q="Villmanstrand")
    assert '<bdi lang="fi">Lappeenranta</bdi>' in text
    assert '(<bdi lang="sv"><mark>Villmanstrand</mark></bdi>)' in text


def test_whose_it_is(client: TestClient) -> None:
    text = page(client, q="hyvinvointiryhmä", lang="fi")
    assert '<span class="place"><bdi>Koski Tl</bdi></span>' in text


def test_what_has_ended_says_so(client: TestClient) -> None:
    assert "31.12.2008 saakka" in page(client, q="Askainen", lang="fi")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "Näin haet"),
        ({"q": "  "}, "Näin haet"),
        ({"q": "!?"}, "Tekstissä ei ole sanaa, jota hakea."),
        ({"q": "xqzwxqzw"}, "Mitään ei löytynyt, ei edes lähellä olevaa."),
        ({"q": "xqzwxqzw"}, "Näin haet"),
        ({"q": "kuoppio"}, "Sanalla ”kuoppio” ei löytynyt mitään. Näytetään lähin: ”Kuopio”."),
        ({"q": "Koski Tl xqzwx"}, "Missään ei ole kaikkia sanoja. Pois jätettiin: xqzwx."),
        ({"q": "é" * 5000}, "Teksti on pidempi kuin mitä haetaan"),
        ({"q": "Koski " * 9}, "haettiin vain sen 8 ensimmäistä sanaa"),
        ({"q": "Kuopio", "kind": "law"}, "Tästä lajista ei löytynyt mitään."),
    ],
)
def test_sentences(client: TestClient, query: dict[str, str], sentence: str) -> None:
    assert sentence in page(client, **query, lang="fi")


def test_kinds_with_counts_lead_to_their_pages(client: TestClient) -> None:
    text = page(client, q="hyvinvointi", lang="fi")
    groups = data(client, q="hyvinvointi", lang="fi")["groups"]
    (count,) = (group["count"] for group in groups if group["kind"] == "goal")
    assert count > 5
    assert 'href="/search?q=hyvinvointi&amp;kind=goal&amp;lang=fi"' in text
    assert f'Tavoitteet <span class="count">{count}</span>' in text
    assert f"Näytä kaikki: Tavoitteet ({count})" in text


def test_one_kind_in_pages(client: TestClient) -> None:
    query = {"q": "kuntaliitos", "kind": "change", "lang": "fi"}
    first = data(client, **query)["groups"][0]
    last = -(-first["count"] // 20)
    assert len(first["hits"]) == 20
    seen = [
        hit["iri"]
        for number in range(1, last + 1)
        for hit in data(client, **query, page=number)["groups"][0]["hits"]
    ]
    assert len(seen) == len(set(seen)) == first["count"]
    text = page(client, **query, page=2)
    assert 'rel="prev" href="/search?q=kuntaliitos&amp;kind=change&amp;page=1&amp;lang=fi"' in text
    assert 'rel="next"' in text
    assert 'rel="next"' not in page(client, **query, page=last)
    assert client.get("/search", params={**query, "page": last + 1}).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "1000001", "9" * 30, "101"])
def test_page_that_is_not(client: TestClient, number: str) -> None:
    query = {"q": "kuntaliitos", "kind": "change", "page": number}
    assert client.get("/search", params=query).status_code in {400, 404}


def test_unknown_kind(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "Kuopio", "kind": "<i>"}, headers=HTML)
    assert answer.status_code == 400
    assert "There is no kind of thing called" in answer.text
    assert "<i>" not in answer.text


def test_data(client: TestClient) -> None:
    found = data(client, q="Kuopion", lang="sv")
    (group, *_) = found["groups"]
    (hit,) = group["hits"]
    assert (group["kind"], group["title"], group["count"]) == ("municipality", "Kommuner", 1)
    assert hit["iri"] == "https://w3id.org/hyteverkko/id/municipality/297"
    assert hit["href"] == "/doc/municipality/297?lang=sv"
    assert hit["name"] == {"value": "Kuopio", "language": "fi", "pieces": ["", "Kuopio", ""]}


def test_data_and_page_say_the_same(client: TestClient) -> None:
    found = data(client, q="hyvinvointi", lang="fi")
    text = page(client, q="hyvinvointi", lang="fi")
    for group in found["groups"]:
        assert f'{group["title"]} <span class="count">{group["count"]}</span>' in text
        assert all(f'href="{hit["href"]}"' in text for hit in group["hits"])


def test_suggestions(client: TestClient) -> None:
    answer = client.get("/suggest", params={"q": "vill", "lang": "fi"})
    (first, *_) = answer.json()["suggestions"]
    assert first["href"] == "/doc/municipality/405?lang=fi"
    assert first["kind"] == "Kunnat"
    assert first["name"]["value"] == "Lappeenranta"
    assert first["also"]["pieces"] == ["", "Vill", "manstrand"]
    assert len(client.get("/suggest", params={"q": "k"}).json()["suggestions"]) == 10
    assert client.get("/suggest").json() == {"text": "", "suggestions": []}


@pytest.mark.parametrize("address", ["/search?q=koski", "/search.json?q=koski", "/suggest?q=koski"])
def test_validators(client: TestClient, address: str) -> None:
    answer = client.get(address)
    again = client.get(address, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("address", ["/", "/def", "/queries", "/sparql", "/doc/municipality/284"])
def test_every_page_has_the_search_field(client: TestClient, address: str) -> None:
    text = client.get(address, headers=HTML).text
    assert text.count('role="search"') == 1
    assert '<label for="q">' in text


def test_link_to_the_data(client: TestClient) -> None:
    answer = client.get('/search?q=koski "b"&lang=fi', headers=HTML)
    address = "/search.json?q=koski+%22b%22&amp;kind=&amp;page=1&amp;lang=fi"
    assert f'<link rel="alternate" type="application/json" href="{address}">' in answer.text
    assert "link" not in answer.headers


TEXTS = [
    "", "   ", '"><img src=x>', "') } UNION {", "x\\", "\x00\r\n", "{{7*7}}", "é" * 5000,
    '"', "koski NEAR(tl)", "name:koski*", "koski' OR 1=1; DROP TABLE name; --", "\ufffe\u202e",
    "a " * 4000, "[a-z](a+)+$", "%_", "<script>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("words", TEXTS)
@pytest.mark.parametrize("address", ["/search", "/search.json", "/suggest"])
def test_any_text_does_no_harm(client: TestClient, address: str, words: str) -> None:
    answer = client.get(address, params={"q": words}, headers=HTML)
    assert answer.status_code == 200
    if address == "/search":
        assert "<img src=x>" not in answer.text
        assert "<script>" not in answer.text
        assert ">49<" not in answer.text


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(max_size=60), st.sampled_from(["fi", "sv", "en", "xx"]), st.sampled_from(["", "body"])
)
def test_any_text_is_answered(client: TestClient, words: str, language: str, kind: str) -> None:
    query = {"q": words, "lang": language, "kind": kind}
    for address in ("/search", "/search.json", "/suggest"):
        assert client.get(address, params=query, headers=HTML).status_code == 200


@pytest.fixture
def without_index(settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """Give a client of the app on the same release without its index."""
    shutil.copytree(
        settings.home,
        tmp_path / "home",
        symlinks=True,
        ignore=shutil.ignore_patterns(SEARCH),
    )
    app = create_app(replace(settings, home=tmp_path / "home"))
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("address", ["/search?q=koski", "/search.json?q=koski", "/suggest?q=koski"])
def test_release_without_an_index(without_index: TestClient, address: str) -> None:
    answer = without_index.get(address, headers={**HTML, "accept-language": "en"})
    assert answer.status_code == 503
    assert "this release was published without a search index" in answer.text
    assert without_index.get("/", headers=HTML).status_code == 200
