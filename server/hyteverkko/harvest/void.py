"""VoID: what a release holds, in which words, and where it is asked and downloaded (W3C, 2011).

It says the same as the catalogue: one endpoint, the same downloads, the same licence.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from hyteverkko.answers import Site
from hyteverkko.downloads import WHOLE, downloads_of, whole_downloads
from hyteverkko.harvest.authorities import CC_BY
from hyteverkko.harvest.services import SPARQL
from hyteverkko.harvest.stating import (
    SITE_TITLE,
    in_languages,
    moment,
    nodes,
    number,
    stated,
    typed,
)
from hyteverkko.namespaces import ID, PREFIXES
from hyteverkko.store.chronicle import Chronicle
from hyteverkko.store.datasets import DatasetRecord, datasets_of, version_of
from hyteverkko.store.graph import ReleaseGraph
from hyteverkko.store.releases import graph_label
from hyteverkko.translations import marked

PATH: Final = "/.well-known/void"
FEATURES: Final = tuple(
    f"http://www.w3.org/ns/formats/{name}" for name in ("Turtle", "JSON-LD", "N-Triples", "RDF_XML")
)
"""The formats in which each thing is served (W3C, unique IRIs for file formats)."""

EXAMPLES: Final = ("municipality/284", "region/04", "network/koski-tl/kosken-verkko")
"""Things to look at first; what a release does not have is not named."""

ABOUT: Final = marked("What this server holds, as VoID describes it")


def void_description(graph: ReleaseGraph, site: Site, chronicle: Chronicle) -> Iterator[Triple]:
    """Describe the release as one dataset, and each dataset of the catalogue as a part of it."""
    held = datasets_of(graph)
    document = NamedNode(f"{site.base_url}{PATH}")
    whole = NamedNode(f"{document.value}#{WHOLE}")
    yield from typed(document, "void:DatasetDescription")
    yield from stated(document, "dct:title", in_languages(ABOUT))
    yield from stated(document, "foaf:primaryTopic", [whole])
    yield from typed(whole, "void:Dataset")
    yield from stated(whole, "dct:title", in_languages(SITE_TITLE))
    yield from stated(whole, "dct:description", held.catalogue.descriptions)
    yield from _common(whole, held.catalogue, site)
    yield from stated(whole, "dcat:version", [Literal(graph.release.id)])
    yield from stated(whole, "dct:modified", [moment(chronicle.latest)] if chronicle.latest else [])
    yield from stated(whole, "foaf:homepage", [NamedNode(f"{site.base_url}/")])
    yield from stated(whole, "void:triples", [number(graph.release.quads)])
    yield from stated(whole, "void:uriSpace", [Literal(ID)])
    yield from stated(whole, "void:vocabulary", map(NamedNode, vocabularies(graph)))
    yield from stated(whole, "void:exampleResource", _examples(chronicle))
    yield from stated(whole, "void:subset", nodes(held.by_iri))
    yield from stated(
        whole,
        "void:dataDump",
        (NamedNode(f"{site.base_url}{one.path}") for one in whole_downloads()),
    )
    for record in held.records:
        yield from _part(graph, record, site)


@lru_cache(maxsize=2)
def vocabularies(graph: ReleaseGraph) -> tuple[str, ...]:
    """Give the namespaces whose properties and classes a release uses."""
    terms = [row["term"] for row in graph.rows("properties_and_classes")]
    used = {one.value for one in terms if isinstance(one, NamedNode)}
    return tuple(
        sorted(
            namespace
            for namespace in PREFIXES.values()
            if any(one.startswith(namespace) for one in used) and namespace != ID
        )
    )


def _examples(chronicle: Chronicle) -> Iterator[NamedNode]:
    for name in EXAMPLES:
        state = chronicle.of(ID + name)
        if state is not None and not state.gone:
            yield NamedNode(ID + name)


def _common(node: NamedNode, record: DatasetRecord, site: Site) -> Iterator[Triple]:
    yield from stated(node, "dct:license", nodes([record.licence or CC_BY]))
    yield from stated(node, "dct:publisher", nodes([record.publisher.iri]))
    yield from stated(node, "void:sparqlEndpoint", [NamedNode(f"{site.base_url}{SPARQL.path}")])
    yield from stated(node, "void:feature", nodes(FEATURES))


def _part(graph: ReleaseGraph, record: DatasetRecord, site: Site) -> Iterator[Triple]:
    node = NamedNode(record.iri)
    counted = (graph.release.graphs.get(graph_label(one), 0) for one in record.graphs)
    yield from typed(node, "void:Dataset")
    yield from stated(node, "dct:title", record.titles)
    yield from _common(node, record, site)
    yield from stated(node, "dcat:version", [Literal(version_of(record, graph.release))])
    yield from stated(node, "void:triples", [number(sum(counted))])
    yield from stated(
        node,
        "void:dataDump",
        (NamedNode(f"{site.base_url}{one.path}") for one in downloads_of(record.key)),
    )
