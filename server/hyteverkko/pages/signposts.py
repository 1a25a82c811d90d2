"""Signposts of a page: where a program finds what it is about, cites it, and takes it along.

They follow FAIR Signposting, level 1: the same links in the header and in the page.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import NamedNode

from hyteverkko.addresses import path_of
from hyteverkko.answers import Link
from hyteverkko.downloads import COMPRESSED_TYPE, downloads_of
from hyteverkko.formats import GRAPH_FORMATS, HTML
from hyteverkko.pages.structured import TYPES
from hyteverkko.store.datasets import DatasetRecord, datasets_of
from hyteverkko.store.graph import ReleaseGraph

SCHEMA: Final = "https://schema.org/"
DATASET: Final = "dataset"
CATALOG: Final = "/catalog"


def signposts(
    graph: ReleaseGraph, thing: NamedNode, kind: str, graphs: Iterable[str], base_url: str
) -> Iterator[Link]:
    """Give the links of the page of a thing, which ``graphs`` hold statements of."""
    held = datasets_of(graph)
    address = f"{base_url}{path_of(thing.value)}"
    yield Link("cite-as", thing.value)
    for format_ in GRAPH_FORMATS:
        yield Link("describedby", f"{address}.{format_.ending}", format_.media_type)
    for name in ("AboutPage", TYPES.get(kind, "Thing")):
        yield Link("type", SCHEMA + name)
    own = held.by_iri.get(thing.value)
    if own is not None:
        yield from _licences([own])
        yield Link("collection", base_url + CATALOG, HTML.media_type)
        for one in downloads_of(own.key):
            yield Link("item", base_url + one.path, COMPRESSED_TYPE)
        return
    records = dict.fromkeys(held.by_graph[one] for one in graphs if one in held.by_graph)
    yield from _licences(records)
    for record in records:
        yield Link("collection", f"{base_url}{path_of(record.iri)}", HTML.media_type)


def _licences(records: Iterable[DatasetRecord]) -> Iterator[Link]:
    for licence in dict.fromkeys(one.licence for one in records if one.licence):
        yield Link("license", licence)
