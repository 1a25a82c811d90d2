"""Which formats there are, for graphs and for query results, and their endings in addresses."""

from dataclasses import dataclass
from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat

from hyteverkko.errors import NotFound


@dataclass(frozen=True, slots=True)
class Format:
    """A format as HTTP and an address name it.

    ``media_type`` is what a client negotiates, ``content_type`` what the answer says;
    ``other_names`` are what clients call it in ``?format=``.
    """

    name: str
    ending: str
    media_type: str
    content_type: str
    engine: RdfFormat | QueryResultsFormat | None = None
    aliases: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


HTML: Final = Format(
    "HTML", "html", "text/html", "text/html; charset=utf-8", aliases=("application/xhtml+xml",)
)
TURTLE: Final = Format(
    "Turtle",
    "ttl",
    "text/turtle",
    "text/turtle; charset=utf-8",
    RdfFormat.TURTLE,
    ("application/x-turtle",),
    ("turtle", "n3"),
)
JSON: Final = Format("JSON", "json", "application/json", "application/json")
JSON_LD: Final = Format(
    "JSON-LD",
    "jsonld",
    "application/ld+json",
    "application/ld+json",
    RdfFormat.JSON_LD,
    other_names=("json-ld", "json"),
)
N_TRIPLES: Final = Format(
    "N-Triples",
    "nt",
    "application/n-triples",
    "application/n-triples",
    RdfFormat.N_TRIPLES,
    ("text/plain",),
    ("ntriples", "n-triples"),
)
RDF_XML: Final = Format(
    "RDF/XML",
    "rdf",
    "application/rdf+xml",
    "application/rdf+xml",
    RdfFormat.RDF_XML,
    other_names=("rdf+xml", "xml"),
)

TRIG: Final = Format(
    "TriG",
    "trig",
    "application/trig",
    "application/trig; charset=utf-8",
    RdfFormat.TRIG,
    ("application/x-trig",),
)
N_QUADS: Final = Format(
    "N-Quads",
    "nq",
    "application/n-quads",
    "application/n-quads",
    RdfFormat.N_QUADS,
    other_names=("nquads", "n-quads"),
)

RESULTS_JSON: Final = Format(
    "JSON",
    "json",
    "application/sparql-results+json",
    "application/sparql-results+json",
    QueryResultsFormat.JSON,
    ("application/json",),
)
RESULTS_XML: Final = Format(
    "XML",
    "xml",
    "application/sparql-results+xml",
    "application/sparql-results+xml",
    QueryResultsFormat.XML,
    ("application/xml", "text/xml"),
)
RESULTS_CSV: Final = Format(
    "CSV", "csv", "text/csv", "text/csv; charset=utf-8", QueryResultsFormat.CSV
)
RESULTS_TSV: Final = Format(
    "TSV",
    "tsv",
    "text/tab-separated-values",
    "text/tab-separated-values; charset=utf-8",
    QueryResultsFormat.TSV,
)

GRAPH_FORMATS: Final = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
"""Formats of a graph, the preferred one first."""

ANSWER_FORMATS: Final = (*GRAPH_FORMATS, TRIG, N_QUADS)
"""Formats of a graph that a query makes; TriG and N-Quads have it as their default graph."""

RESULT_FORMATS: Final = (RESULTS_JSON, RESULTS_XML, RESULTS_CSV, RESULTS_TSV)
"""Formats of a table of bindings or of a truth value, the preferred one first."""

PAGE_FORMATS: Final = (HTML, *GRAPH_FORMATS)
"""Formats of the document about a thing."""


def by_ending(ending: str, formats: tuple[Format, ...]) -> Format:
    """Give the format whose addresses end so; raise NotFound when there is none."""
    for format_ in formats:
        if format_.ending == ending:
            return format_
    raise NotFound("Nothing is known under this address.")
