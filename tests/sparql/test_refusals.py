"""Every refusal has its status, and says in each language what the limit is and what to do."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hyteverkko.app import create_app
from hyteverkko.settings import Settings
from hyteverkko.sparql.gate import DEPTH, OPERATORS, PATTERNS

ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SECONDS: Final = 4
LONG: Final = "ASK {} #" + "x" * 70_000
GRAPH: Final = "urn:not-ours"
Ask = Callable[[TestClient], Response]


def grown(projection: str, power: int) -> str:
    """Write a query over ?x, which has 16 characters and is doubled so many times."""
    binds = (f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(power))
    return f'SELECT {projection} {{ BIND("0123456789abcdef" AS ?x0) {" ".join(binds)} }}'


@pytest.fixture(scope="module")
def tight(settings: Settings) -> Iterator[TestClient]:
    """Give a client of an app with small limits."""
    small = replace(
        settings, query_seconds=SECONDS, query_rows=3, query_result_mib=1, query_memory_mib=64
    )
    with TestClient(create_app(small)) as client:
        yield client


def query(text: str, **parameters: str) -> Ask:
    return lambda client: client.get("/sparql", params={"query": text, **parameters})


def posted(content: str, kind: str) -> Ask:
    return lambda client: client.post(
        "/sparql", content=content.encode(), headers={"content-type": kind}
    )


WAYS_IN: Final = ("/tables", "/validate", "/graphs")
REFUSALS: Final[tuple[tuple[str, Ask, int, tuple[Any, ...]], ...]] = (
    ("syntax", query("SELECT *\nWHERE { ?s ?p"), 400, ("2", "14")),
    ("prefix", query("SELECT ?n {\n?x a foo:Bar ; skos:prefLabel ?n }"), 400, ("foo", "skos")),
    ("our prefix", query("SELECT ?n { ?x skos:prefLabel ?n }"), 400, ("1", "skos")),
    ("nested", query("ASK " + "{" * (DEPTH + 1)), 400, (DEPTH,)),
    ("operators", posted(f"ASK {{ FILTER({'1+' * OPERATORS}1) }}", "application/sparql-query"),
     400, (OPERATORS,)),
    ("patterns", query("ASK { " + "?s ?p ?o . " * PATTERNS + "}"), 400, (PATTERNS, "VALUES")),
    ("foreign graph", query(f"ASK FROM <{GRAPH}> {{}}"), 400, (GRAPH,)),
    ("foreign parameter", query("ASK {}", **{"default-graph-uri": GRAPH}), 400, (GRAPH,)),
    ("no iri", query("ASK {}", **{"named-graph-uri": "a b"}), 400, ("IRI",)),
    ("no query", posted("", "application/sparql-query"), 400, ("query",)),
    ("service", query("ASK { SERVICE <http://127.0.0.1/> {} }"), 403, ("SERVICE",)),
    ("update", query("DROP ALL"), 403, WAYS_IN),
    ("update beside a query", query("ASK {}", update="DROP ALL"), 403, WAYS_IN),
    ("update posted", posted("DROP ALL", "application/sparql-update"), 403, WAYS_IN),
    ("format", query("ASK {}", format="png"), 406, ("png", "json", "csv")),
    ("kind", query("ASK {}", format="turtle"), 406, ("text/csv",)),
    ("characters", query(r'SELECT ("\u0001" AS ?a) {}', format="xml"), 406, ("XML",)),
    ("text", posted(LONG, "application/sparql-query"), 413, (64,)),
    ("form", posted("query=" + LONG, "application/x-www-form-urlencoded"), 413, (64,)),
    ("rows", query("SELECT * { VALUES ?a { 1 2 3 4 } }"), 413, (3, "LIMIT")),
    ("size", query(grown("?x17", 17)), 413, (1,)),
    ("memory", query(grown("(STRLEN(?x30) AS ?n)", 30)), 413, (64,)),
    ("type", posted("ASK {}", "text/plain"), 415, ("application/sparql-query",)),
    ("charset", posted("ASK {}", "application/sparql-query; charset=latin1"), 415, ("UTF-8",)),
    ("time", query(ENDLESS), 504, (SECONDS, "LIMIT")),
)  # fmt: skip
LANGUAGES: Final = ("fi", "sv", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("ask", "status", "says"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS]
)
def test_refusal(
    tight: TestClient, ask: Ask, status: int, says: tuple[Any, ...], language: str
) -> None:
    tight.headers["accept-language"] = language
    tight.headers["accept"] = "*/*"
    answer = ask(tight)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    detail = answer.json()["detail"]
    for word in map(str, says):
        assert re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", detail), word
    assert len(detail) < 400
    assert detail.endswith((".", ")"))
    # No text of the engine, the server or its folders.
    assert not re.search(r"expected|Traceback|/server/|pyoxigraph|\.py|Error\b", detail)


def test_addresses_that_a_refusal_names_are_there(tight: TestClient) -> None:
    assert tight.get("/tables").status_code == 200
    assert tight.get("/validate").status_code == 200
    assert tight.put("/graphs/kuopio", content=b"").status_code == 401


def test_every_refusal_is_said_in_every_language(tight: TestClient) -> None:
    for name, ask, _, _ in REFUSALS:
        if name == "time":
            continue
        texts = set()
        for language in LANGUAGES:
            tight.headers["accept-language"] = language
            texts.add(ask(tight).json()["detail"])
        assert len(texts) == len(LANGUAGES), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_reads_the_refusal_on_the_page(tight: TestClient, language: str) -> None:
    headers = {"accept": "text/html", "accept-language": language}
    for name, ask, status, says in REFUSALS:
        if name not in {"syntax", "nested", "service", "rows", "memory", "time"}:
            continue
        tight.headers.update(headers)
        answer = ask(tight)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        if name not in {"rows"}:
            assert answer.status_code == status, name
        if answer.status_code != 200:
            assert str(says[0]) in answer.text
            assert f'<html lang="{language}"' in answer.text


def test_head(client: TestClient) -> None:
    parameters = {"query": "SELECT * { VALUES ?a { 1 2 } }", "format": "csv"}
    body = client.get("/sparql", params=parameters)
    head = client.head("/sparql", params=parameters)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "cache-control", "vary"):
        assert head.headers[name] == body.headers[name]
    assert client.head("/sparql").status_code == 200
    assert client.head("/sparql", params={"query": "ASK {"}).status_code == 400


def test_options(client: TestClient) -> None:
    preflight = {"origin": "https://example.org", "access-control-request-method": "POST"}
    answer = client.options("/sparql", headers=preflight)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "Content-Type" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(client: TestClient, method: str) -> None:
    answer = client.request(method, "/sparql", params={"query": "ASK {}"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert "GET, HEAD, POST" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("text", "accept", "offered"),
    [
        ("ASK {}", "text/turtle", "application/sparql-results+json"),
        ("SELECT * {}", "text/turtle, image/png", "text/csv"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv", "text/turtle"),
        ("DESCRIBE <urn:x>", "application/sparql-results+json", "application/trig"),
        ("ASK {}", "image/png", "application/sparql-results+json"),
        ("ASK {}", "application/json;q=0, text/turtle", "text/csv"),
    ],
)
def test_nothing_acceptable(client: TestClient, text: str, accept: str, offered: str) -> None:
    answer = client.get("/sparql", params={"query": text}, headers={"accept": accept})
    assert answer.status_code == 406
    assert offered in answer.json()["detail"]
