"""Asks an endpoint with SPARQLWrapper in every way it knows; prints what came as JSON.

Run in the clients' own environment: with_sparqlwrapper.py ADDRESS
"""

import json
import sys
from pathlib import Path
from typing import Any

import SPARQLWrapper  # type: ignore[import-not-found]
from rdflib import Graph
from SPARQLWrapper import SPARQLExceptions

FOLDER = Path(__file__).parent
WAYS = {
    "get": (SPARQLWrapper.GET, SPARQLWrapper.URLENCODED),
    "form": (SPARQLWrapper.POST, SPARQLWrapper.URLENCODED),
    "direct": (SPARQLWrapper.POST, SPARQLWrapper.POSTDIRECTLY),
}
TABLES = {
    "json": SPARQLWrapper.JSON,
    "xml": SPARQLWrapper.XML,
    "csv": SPARQLWrapper.CSV,
    "tsv": SPARQLWrapper.TSV,
}
GRAPHS = {
    "turtle": SPARQLWrapper.TURTLE,
    "xml": SPARQLWrapper.RDFXML,
    "json-ld": SPARQLWrapper.JSONLD,
}


def client(query: str, form: str = SPARQLWrapper.JSON, way: str = "get") -> Any:  # noqa: ANN401
    """Give a client that is ready to ask."""
    asking = SPARQLWrapper.SPARQLWrapper(sys.argv[1])
    asking.setQuery(query)
    asking.setReturnFormat(form)
    method, request = WAYS[way]
    asking.setMethod(method)
    asking.setRequestMethod(request)
    return asking


def text(name: str) -> str:
    """Read a query."""
    return (FOLDER / name).read_text(encoding="utf-8")


def rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the rows of a JSON result."""
    found: list[dict[str, Any]] = answer["results"]["bindings"]
    return found


def count(form: str) -> int:
    """Count the rows of an answer in a format."""
    answer = client(text("provinces.rq"), TABLES[form]).queryAndConvert()
    match form:
        case "json":
            return len(rows(answer))
        case "xml":
            return len(answer.getElementsByTagName("result"))
        case _:
            return len(answer.decode("utf-8").splitlines()) - 1


def graph(query: str, form: str) -> list[list[str]]:
    """Give the triples of an answer, sorted."""
    answer = client(query, GRAPHS[form]).queryAndConvert()
    # Turtle comes as it was sent, the others as a graph.
    found = Graph().parse(data=answer, format=form) if isinstance(answer, bytes) else answer
    return sorted([term.n3() for term in triple[:3]] for triple in found)


def refusal(query: str) -> str:
    """Give the client's own name for how a query was refused."""
    try:
        client(query).query()
    except SPARQLExceptions.SPARQLWrapperException as error:
        return type(error).__name__
    except OSError as error:
        return str(getattr(error, "code", error))
    return ""


def main() -> None:
    """Ask and print."""
    ways = {way: rows(client(text("provinces.rq"), way=way).queryAndConvert()) for way in WAYS}
    only = client("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    only.addParameter("named-graph-uri", "https://w3id.org/hyteverkko/graphs/regions")
    report = {
        "rows": ways["get"],
        "ways agree": ways["get"] == ways["form"] == ways["direct"],
        "counts": {form: count(form) for form in TABLES},
        "ask": client("ASK { ?s ?p ?o }").queryAndConvert()["boolean"],
        "construct": {form: graph(text("construct.rq"), form) for form in GRAPHS},
        "describe": graph("DESCRIBE <https://w3id.org/hyteverkko/id/province/LL>", "turtle"),
        "named graph": [row["g"]["value"] for row in rows(only.queryAndConvert())],
        "malformed": refusal("SELECT WHERE {"),
        "update": refusal("INSERT DATA { <urn:a> <urn:b> 1 }"),
        "service": refusal("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"),
    }
    json.dump(report, sys.stdout)


main()
