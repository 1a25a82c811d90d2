"""At each limit an answer is whole; one step further it is refused, with the limit and advice."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hyteverkko.app import create_app
from hyteverkko.formats import ANSWER_FORMATS, RESULT_FORMATS
from hyteverkko.settings import Settings
from hyteverkko.sparql.gate import DEPTH, OPERATORS, PATTERNS
from rdflib import Dataset, Graph

ROWS: Final = 10
HOSTILE: Final = (
    r'"},{"',
    r'"{},{},{},{\"a\":{}},{"',
    r'"\"},{\""',
    r'"a\\"',
    r'"\\\"},{\""',
    r'"\r\n,\"\r\n\""',
    r'"<result></result><result>"',
    r'" .\n<urn:s> <urn:p> <urn:o> .\n"',
    "<urn:x;,.>",
    "UNDEF",
)


@pytest.fixture(scope="module")
def tight(settings: Settings) -> Iterator[TestClient]:
    """Give a client of an app with small limits."""
    small = replace(settings, query_rows=ROWS, query_result_mib=1, query_memory_mib=64)
    with TestClient(create_app(small)) as client:
        client.headers["accept-language"] = "en"
        yield client


def rows_of(text: str, ending: str) -> int:
    match ending:
        case "json":
            return len(json.loads(text)["results"]["bindings"])
        case "xml":
            return len(ElementTree.fromstring(text)[1])
        case "csv":
            return len(list(csv.reader(io.StringIO(text, newline="")))) - 1
        case "tsv":
            return text.count("\n") - 1
        case _:
            raise ValueError(ending)


def values(count: int, ending: str) -> str:
    # A carriage return is not for XML: that is refused, and a test of its own.
    held = [one for one in HOSTILE if ending != "xml" or r"\r" not in one]
    return " ".join(held[number % len(held)] for number in range(count))


def grown(power: int) -> str:
    """Write a group in which ?x has 16 characters, doubled so many times."""
    binds = (f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(power))
    return f'{{ BIND("0123456789abcdef" AS ?x0) {" ".join(binds)} }}'


@pytest.mark.parametrize("ending", [format_.ending for format_ in RESULT_FORMATS])
@pytest.mark.parametrize(
    "query", ["SELECT ?a { VALUES ?a { %s } }", "SELECT * { VALUES ?a { %s }}"]
)
def test_rows_of_a_table(tight: TestClient, ending: str, query: str) -> None:
    def asked(count: int) -> Response:
        text = query % values(count, ending)
        return tight.get("/sparql", params={"query": text, "format": ending})

    for count in (0, 1, ROWS - 1, ROWS):
        answer = asked(count)
        assert (answer.status_code, rows_of(answer.text, ending)) == (200, count)
    answer = asked(ROWS + 1)
    assert answer.status_code == 413
    assert f"more than {ROWS} rows" in answer.json()["detail"]


@pytest.mark.parametrize("ending", [format_.ending for format_ in RESULT_FORMATS])
def test_rows_with_nothing_in_them(tight: TestClient, ending: str) -> None:
    query = "SELECT ?a { VALUES ?a { %s } }"
    params = {"query": query % ("UNDEF " * ROWS), "format": ending}
    assert rows_of(tight.get("/sparql", params=params).text, ending) == ROWS
    params = {"query": query % ("UNDEF " * (ROWS + 1)), "format": ending}
    assert tight.get("/sparql", params=params).status_code == 413


@pytest.mark.parametrize("ending", [format_.ending for format_ in ANSWER_FORMATS])
def test_triples_of_a_graph(tight: TestClient, ending: str) -> None:
    query = "CONSTRUCT { <urn:s> <urn:p/q> ?a } WHERE { VALUES ?a { %s } }"
    names = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nq": "nquads"}

    def asked(count: int) -> tuple[int, str]:
        literals = [f'"{n} {HOSTILE[n % (len(HOSTILE) - 2)][1:]}' for n in range(count)]
        text = query % " ".join(literals).replace(r"\r", "")
        answer = tight.get("/sparql", params={"query": text, "format": ending})
        return answer.status_code, answer.text

    for count in (0, 1, ROWS):
        status, text = asked(count)
        graph = Dataset() if ending in {"trig", "nq", "jsonld"} else Graph()
        graph.parse(data=text, format=names.get(ending, ending))
        assert (status, len(graph)) == (200, count)
    status, text = asked(ROWS + 1)
    assert status == 413
    assert f"more than {ROWS} rows" in json.loads(text)["detail"]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_size_of_a_result(tight: TestClient, encoding: str) -> None:
    def asked(power: int) -> tuple[int, str]:
        query = f"SELECT ?x{power} {grown(power)}"
        headers = {"accept-encoding": encoding, "accept": "text/csv"}
        answer = tight.get("/sparql", params={"query": query}, headers=headers)
        return answer.status_code, answer.text

    status, text = asked(15)
    assert (status, len(text)) == (200, len("x15\r\n") + 16 * 2**15 + 2)
    status, text = asked(16)
    assert status == 413
    assert "over 1 MiB" in json.loads(text)["detail"]


def test_memory_of_a_query(tight: TestClient) -> None:
    query = f"SELECT (STRLEN(?x30) AS ?n) {grown(30)}"
    answer = tight.get("/sparql", params={"query": query})
    assert answer.status_code == 413
    assert "more memory than the 64 MiB" in answer.json()["detail"]
    assert tight.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def sums(operators: int) -> str:
    # The two brackets count too: each opens what may be a call.
    return "SELECT (1" + "+1" * (operators - 1) + " AS ?n) {}"


def alternatives(operators: int) -> str:
    return "ASK { ?s " + "|".join(["a"] * (operators + 1)) + " ?o }"


def patterns(count: int) -> str:
    # The bracket of the group counts as one.
    return "ASK { " + "?s ?p ?o . " * (count - 1) + "}"


def steps(count: int) -> str:
    return "ASK { ?s " + "/".join(["a"] * count) + " ?o }"


def nested(depth: int) -> str:
    return "ASK " + "{" * depth + "}" * depth


@pytest.mark.parametrize(
    ("query", "most", "sentence"),
    [
        (sums, OPERATORS, f"more than {OPERATORS} operators"),
        (alternatives, OPERATORS, f"more than {OPERATORS} operators"),
        (patterns, PATTERNS, f"more than {PATTERNS} patterns"),
        (steps, PATTERNS, f"more than {PATTERNS} patterns"),
        (nested, DEPTH, f"more than {DEPTH} deep"),
    ],
)
def test_counts_of_the_gate(
    client: TestClient, query: Callable[[int], str], most: int, sentence: str
) -> None:
    passed = client.post("/sparql", data={"query": query(most)})
    assert passed.status_code in {200, 504}
    refused = client.post("/sparql", data={"query": query(most + 1)})
    assert refused.status_code == 400
    assert sentence in refused.json()["detail"]
