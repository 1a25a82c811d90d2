"""How a case is asked through the protocol: one way for each format of the answer."""

import re
from typing import Final
from urllib.parse import urlencode

import httpx2

from tests.w3c.manifests import NOTHING, Case, graph_of, iri

RESULTS: Final = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
GRAPHS: Final = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

RELATIVE: Final = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^<>\"{}|^`\\\x00-\x20]*>")
"""An IRI that stands for something only beside the file it is written in."""

FROM: Final = re.compile(r"^\s*FROM\b", re.IGNORECASE | re.MULTILINE)


def query_of(case: Case) -> str:
    """Give the query; a server cannot know its file, so a BASE says what it stands beside."""
    return f"BASE <{iri(case.query)}>\n{case.text}" if RELATIVE.search(case.text) else case.text


def dataset_of(case: Case) -> list[tuple[str, str]]:
    """Give the dataset as the protocol's parameters; a query with FROM brings its own.

    A release serves the union of its graphs as the default graph, so every case names its own;
    a file without statements is no graph of the release.
    """
    if FROM.search(case.text):
        return []
    default = [("default-graph-uri", iri(file)) for file in case.default if graph_of(file)]
    named = [("named-graph-uri", iri(file)) for file in case.named if graph_of(file)]
    return default + named or [("named-graph-uri", NOTHING.value)]


def ask(client: httpx2.Client, case: Case, format_: str) -> httpx2.Response:
    """Ask a case: by GET, as a form, directly and by ``format``, as its format has it."""
    query, dataset = query_of(case), dataset_of(case)
    accept = {"accept": {**RESULTS, **GRAPHS}[format_]}
    match format_:
        case "json" | "ttl":
            address = f"/sparql?{urlencode([('query', query), *dataset])}"
            return client.get(address, headers=accept)
        case "xml" | "nt":
            body = urlencode([("query", query), *dataset])
            return client.post("/sparql", content=body, headers={**accept, "content-type": FORM})
        case "csv" | "rdf":
            address, headers = f"/sparql?{urlencode(dataset)}", {**accept, "content-type": DIRECT}
            return client.post(address, content=query.encode(), headers=headers)
        case "tsv" | "jsonld":
            return client.get(
                f"/sparql?{urlencode([('query', query), *dataset, ('format', format_)])}"
            )
        case _:
            raise ValueError(f"not a format: {format_}")
