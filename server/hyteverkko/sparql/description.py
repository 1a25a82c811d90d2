"""The service description: what the endpoint offers, holds and allows (SPARQL 1.1, W3C 2013)."""

from collections.abc import Iterator
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from pyoxigraph import Literal, NamedNode, Triple

from hyteverkko.formats import ANSWER_FORMATS, RESULT_FORMATS
from hyteverkko.namespaces import PREFIXES
from hyteverkko.settings import Settings
from hyteverkko.sparql.gate import DEPTH, OPERATORS, PATTERNS
from hyteverkko.store.graph import RELEASE_GRAPH, ReleaseGraph, text_of
from hyteverkko.store.releases import graph_iri, graph_label

FORMATS: Final = "http://www.w3.org/ns/formats/"
FORMAT_NAMES: Final = {
    "ttl": "Turtle",
    "jsonld": "JSON-LD",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
    "trig": "TriG",
    "nq": "N-Quads",
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
}
"""The unique IRIs for file formats (W3C), by the ending of ours."""

GEOSPARQL: Final = "http://www.opengis.net/def/function/geosparql/"
GEOSPARQL_FUNCTIONS: Final = (
    *("sfEquals", "sfDisjoint", "sfIntersects", "sfTouches"),
    *("sfCrosses", "sfWithin", "sfContains", "sfOverlaps"),
    *("ehEquals", "ehDisjoint", "ehMeet", "ehOverlap"),
    *("ehCovers", "ehCoveredBy", "ehInside", "ehContains"),
    *("rcc8eq", "rcc8dc", "rcc8ec", "rcc8po", "rcc8tppi", "rcc8tpp", "rcc8ntpp", "rcc8ntppi"),
    *("relate", "distance", "length", "perimeter", "area"),
    *("intersection", "union", "difference", "symDifference"),
    *("envelope", "convexHull", "centroid", "asGeoJSON", "getSRID"),
    *("dimension", "coordinateDimension", "spatialDimension", "isEmpty", "isSimple"),
)
"""The functions of GeoSPARQL 1.1 (OGC 22-047r1) that the engine evaluates."""


class Counts(NamedTuple):
    """How many triples a release has where its record does not say."""

    everything: int
    release: int


_COUNTED: Final[WeakKeyDictionary[ReleaseGraph, Counts]] = WeakKeyDictionary()
"""Counts of the releases that are still served: a release that is let go of is not kept by this."""


def description(release: ReleaseGraph, settings: Settings) -> Iterator[Triple]:
    """Give the description of the endpoint on a release, its graphs and its limits."""
    counts = _counts(release)
    address = f"{settings.base_url}/sparql"
    service = NamedNode(address)
    dataset = NamedNode(f"{address}#dataset")
    union = NamedNode(f"{address}#default-graph")
    yield _stated(service, "rdf:type", _node("sd:Service"))
    yield _stated(service, "sd:endpoint", service)
    yield _stated(service, "sd:supportedLanguage", _node("sd:SPARQL11Query"))
    yield _stated(service, "sd:feature", _node("sd:UnionDefaultGraph"))
    yield _stated(service, "sd:defaultDataset", dataset)
    for format_ in (*RESULT_FORMATS, *ANSWER_FORMATS):
        yield _stated(service, "sd:resultFormat", NamedNode(FORMATS + FORMAT_NAMES[format_.ending]))
    for name in GEOSPARQL_FUNCTIONS:
        function = NamedNode(GEOSPARQL + name)
        yield _stated(service, "sd:extensionFunction", function)
        yield _stated(function, "rdf:type", _node("sd:Function"))
    yield from _limits(service, settings)
    yield _stated(dataset, "rdf:type", _node("sd:Dataset"))
    yield _stated(dataset, "dcat:version", Literal(release.release.id))
    yield _stated(dataset, "sd:defaultGraph", union)
    yield _stated(union, "rdf:type", _node("sd:Graph"))
    yield _stated(union, "void:triples", _number(counts.everything))
    named = {**release.release.graphs, graph_label(RELEASE_GRAPH): counts.release}
    for name, count in named.items():
        graph = NamedNode(graph_iri(name))
        content = NamedNode(f"{address}#{name}")
        yield _stated(dataset, "sd:namedGraph", graph)
        yield _stated(graph, "rdf:type", _node("sd:NamedGraph"))
        yield _stated(graph, "sd:name", graph)
        yield _stated(graph, "sd:graph", content)
        yield _stated(content, "rdf:type", _node("sd:Graph"))
        yield _stated(content, "void:triples", _number(count))


def _counts(release: ReleaseGraph) -> Counts:
    counts = _COUNTED.get(release)
    if counts is None:
        (row,) = release.rows("count_default_and_release")
        counts = Counts(int(text_of(row["everything"])), int(text_of(row["release"])))
        _COUNTED[release] = counts
    return counts


def _limits(service: NamedNode, settings: Settings) -> Iterator[Triple]:
    for term, value in (
        ("hyte:timeLimit", settings.query_seconds),
        ("hyte:memoryLimit", settings.query_memory_mib),
        ("hyte:resultLimit", settings.query_result_mib),
        ("hyte:rowLimit", settings.query_rows),
        ("hyte:queryTextLimit", settings.query_text_kib),
        ("hyte:depthLimit", DEPTH),
        ("hyte:operatorLimit", OPERATORS),
        ("hyte:patternLimit", PATTERNS),
        ("hyte:longQueryLimit", settings.query_cells),
        ("hyte:queueLimit", settings.query_queue),
        ("hyte:clientQueryLimit", settings.client_queries),
        ("hyte:clientLongQueryLimit", settings.client_cells),
        ("hyte:clientTimeLimit", settings.client_seconds),
    ):
        yield _stated(service, term, _number(value))


def _stated(subject: NamedNode, term: str, value: NamedNode | Literal) -> Triple:
    return Triple(subject, _node(term), value)


def _node(term: str) -> NamedNode:
    prefix, name = term.split(":")
    return NamedNode(PREFIXES[prefix] + name)


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=_node("xsd:integer"))
