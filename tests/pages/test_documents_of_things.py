"""A thing, its document, its data: negotiated, linked to each other, in three languages."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hyteverkko.store.objects import read_object
from hyteverkko.store.releases import Release
from rdflib import Dataset, Graph, URIRef

KOSKI = "/doc/network/koski-tl/kosken-verkko"
IRI = "https://w3id.org/hyteverkko/id/network/koski-tl/kosken-verkko"
HTML = {"accept": "text/html"}


class Page(HTMLParser):
    """Reads a page: the language, the heading, the links, and every text."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.language = ""
        self.links: list[str] = []
        self.texts: list[str] = []
        self.heading, self._in_heading = "", False
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ANN401
        found = dict(attrs)
        if tag == "html":
            self.language = found["lang"]
        if tag == "a":
            self.links.append(found["href"])
        self._in_heading = tag == "h1" or (self._in_heading and tag != "dl")

    def handle_endtag(self, tag: str) -> None:
        self._in_heading = self._in_heading and tag != "h1"

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._in_heading:
            self.heading += data


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        ("text/html", KOSKI),
        ("*/*", KOSKI),
        ("text/turtle", KOSKI + ".ttl"),
        ("application/ld+json", KOSKI + ".jsonld"),
        ("application/rdf+xml", KOSKI + ".rdf"),
        ("application/n-triples", KOSKI + ".nt"),
    ],
)
def test_get_thing(client: TestClient, accept: str, target: str) -> None:
    answer = client.get(KOSKI.replace("/doc/", "/id/"), headers={"accept": accept})
    assert answer.status_code == 303
    assert answer.headers["location"] == target
    assert "Accept" in answer.headers["vary"]
    assert client.get(target, headers={"accept": accept}).status_code == 200


@pytest.mark.parametrize(
    ("ending", "format_"), [("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld")]
)
def test_get_data_by_ending(client: TestClient, ending: str, format_: str) -> None:
    answer = client.get(f"{KOSKI}.{ending}", headers=HTML)
    graph = Dataset(default_union=True) if format_ == "json-ld" else Graph()
    graph.parse(data=answer.text, format=format_)
    assert (URIRef(IRI), None, None) in graph
    assert answer.headers["access-control-allow-origin"] == "*"


def test_get_document_negotiates(client: TestClient) -> None:
    assert client.get(KOSKI, headers={"accept": "text/turtle"}).text.find("Kosken Verkko") > 0
    assert client.get(KOSKI, headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_page_in_each_language(client: TestClient, language: str) -> None:
    answer = client.get(KOSKI, params={"lang": language}, headers=HTML)
    page = Page(answer.text)
    assert page.language == answer.headers["content-language"] == language
    assert page.heading.strip() == "Kosken Verkko"
    word = {"fi": "Lähteet", "sv": "Källor", "en": "Sources"}[language]
    assert word in page.texts
    assert client.get(KOSKI, headers={**HTML, "accept-language": language}).text != ""


def test_page_says_that_a_name_is_in_another_language(client: TestClient) -> None:
    answer = client.get(KOSKI, params={"lang": "sv"}, headers=HTML)
    assert '<bdi lang="fi">Kosken Verkko</bdi>' in answer.text


def test_alternates_are_linked(client: TestClient) -> None:
    answer = client.get(KOSKI, headers=HTML)
    for ending in ("html", "ttl", "jsonld", "nt", "rdf"):
        assert f'<{KOSKI}.{ending}>; rel="alternate"' in answer.headers["link"]


def test_a_value_is_followed_to_its_passage(client: TestClient) -> None:
    page = Page(client.get(KOSKI, params={"lang": "en"}, headers=HTML).text)
    passages = [link for link in page.links if link.startswith("/doc/passage/koski-tl/")]
    assert passages
    passage = Page(client.get(passages[0], headers=HTML).text)
    assert any(link.startswith("/doc/text/koski-tl") for link in passage.links)


def test_incoming_links_are_shown(client: TestClient) -> None:
    page = Page(client.get(KOSKI, params={"lang": "fi"}, headers=HTML).text)
    members = [link for link in page.links if link.startswith("/doc/membership/koski-tl/kosken-v")]
    assert len(members) == 14


def test_etag_and_head(client: TestClient) -> None:
    answer = client.get(KOSKI, headers=HTML)
    tag = answer.headers["etag"]
    assert client.get(KOSKI, headers={**HTML, "if-none-match": tag}).status_code == 304
    other = client.get(KOSKI, params={"lang": "sv"}, headers={**HTML, "if-none-match": tag})
    assert other.status_code == 200
    head = client.head(KOSKI, headers=HTML)
    assert (head.status_code, head.headers["etag"], head.content) == (200, tag, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/doc/municipality/999",
        "/doc/nokind/1",
        "/doc/nokind",
        "/def/no-such-scheme",
        "/def/NoSuchTerm",
        "/graphs/none",
        "/id/municipality/%3Cscript%3E",
        "/doc/municipality/28%204%7B%7D",
        "/static/..%2f..%2fapp.py",
        "/no-such-page",
    ],
)
def test_not_found_explains(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script>" not in answer.text
    data = client.get(path, headers={"accept": "application/ld+json"})
    assert data.status_code == 404
    assert data.json()["detail"]


def test_a_page_beyond_the_last(client: TestClient) -> None:
    assert client.get(KOSKI, params={"page": "2"}, headers=HTML).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999"])
def test_bad_page_number(client: TestClient, page: str) -> None:
    assert client.get(KOSKI, params={"page": page}).status_code == 400


def test_markup_in_the_language_is_harmless(client: TestClient) -> None:
    answer = client.get(KOSKI, params={"lang": '"><script>alert(1)</script>'}, headers=HTML)
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_pages_ask_for_nothing_outside(client: TestClient) -> None:
    answer = client.get(KOSKI, headers=HTML)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/def", "/doc/municipality", "/sparql", "/graphs/koski-tl"])
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_ways_in(client: TestClient, path: str, language: str) -> None:
    answer = client.get(path, params={"lang": language}, headers=HTML)
    assert answer.status_code == 200
    assert Page(answer.text).language == language


def test_every_link_of_the_ways_in_answers(client: TestClient) -> None:
    links = set()
    for path in ("/", "/def", "/doc/network", KOSKI):
        links |= {link for link in Page(client.get(path, headers=HTML).text).links}
    own = {link for link in links if link.startswith("/")}
    assert len(own) > 100
    # What leads to the query behind a panel is sent on to the editor.
    wrong = [link for link in own if client.get(link, headers=HTML).status_code not in {200, 303}]
    assert wrong == []


def test_ontology_as_data(client: TestClient) -> None:
    answer = client.get("/def", headers={"accept": "text/turtle"})
    term = URIRef("https://w3id.org/hyteverkko/def#Body")
    assert (term, None, None) in Graph().parse(data=answer.text)
    assert client.get("/def.ttl").text == answer.text


def test_graph_as_data(client: TestClient, home: Path, release: Release) -> None:
    answer = client.get("/graphs/regions", headers={"accept": "application/n-triples"})
    content = read_object(home, release.objects["regions"])
    assert set(answer.content.splitlines()) == set(content.splitlines())
