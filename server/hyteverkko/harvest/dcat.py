"""The catalogue in DCAT-AP 3.0.1: what every channel says of a dataset, and the catalogue's pages.

One description meets the shapes of DCAT-AP 3.0.1 and those of avoindata.fi, which contradict each
other on byte sizes and checksums: neither is in it, and a file beside the downloads has them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Triple

from hyteverkko.addresses import path_of
from hyteverkko.answers import Site
from hyteverkko.downloads import COMPRESSED_TYPE, Download, downloads_of
from hyteverkko.errors import NotFound
from hyteverkko.formats import N_TRIPLES, Format
from hyteverkko.harvest.authorities import (
    CC_BY,
    PUBLIC,
    STABLE,
    THEMES,
    authority,
    file_type,
    licence_of,
    media_type,
)
from hyteverkko.harvest.services import SERVICES, SPARQL, Service
from hyteverkko.harvest.stating import (
    SITE_TITLE,
    in_languages,
    moment,
    nodes,
    number,
    stated,
    typed,
)
from hyteverkko.namespaces import DEF, GRAPHS
from hyteverkko.store.chronicle import Chronicle
from hyteverkko.store.datasets import (
    CATALOGUE,
    DatasetRecord,
    NamedThing,
    Period,
    datasets_of,
    version_of,
)
from hyteverkko.store.graph import ReleaseGraph
from hyteverkko.store.queries import shown_query
from hyteverkko.store.releases import Release
from hyteverkko.translations import marked

PAGE: Final = 100
"""Datasets on a page of the catalogue, as harvesters of CKAN expect."""

ONTOLOGY: Final = GRAPHS + "ontology"
OPEN_DATA: Final = "Open Data"
INTEROPERABILITY: Final = "Interoperability Tools"
NAME: Final = "hyteverkko"

DOWNLOADED: Final = marked("Download as {format}, compressed")
WHOLE: Final = marked("All that the graphs of the dataset hold, as {format}.")
ASKED: Final = marked("Through the SPARQL endpoint")
TAXONOMY: Final = marked("Data themes of the European Union")

CONTACT: Final = NamedNode(f"{CATALOGUE.value}#contact")


@dataclass(frozen=True, slots=True)
class CatalogPage:
    """One page of the catalogue: its number, how many there are, and its datasets."""

    number: int
    pages: int
    total: int
    records: tuple[DatasetRecord, ...]


def catalog_page(graph: ReleaseGraph, page: int) -> CatalogPage:
    """Give a page of the catalogue; raise NotFound for one that does not exist."""
    records = datasets_of(graph).records
    pages = max(1, -(-len(records) // PAGE))
    if not 1 <= page <= pages:
        raise NotFound("There are only {pages} pages.", pages=pages)
    part = records[(page - 1) * PAGE : page * PAGE]
    return CatalogPage(page, pages, len(records), part)


def dataset_description(
    graph: ReleaseGraph, dataset: NamedNode, site: Site, chronicle: Chronicle
) -> tuple[Triple, ...]:
    """Describe one dataset, complete with distributions, publisher and the service that has it."""
    held = datasets_of(graph)
    record = held.of(dataset)
    return tuple(
        dict.fromkeys(
            chain(
                _dataset(record, graph.release, site, chronicle),
                _service(SPARQL, held.catalogue, [record], site),
                _contact(site),
            )
        )
    )


def catalog_description(
    graph: ReleaseGraph, page: CatalogPage, site: Site, chronicle: Chronicle, ending: str
) -> tuple[Triple, ...]:
    """Describe the catalogue with the datasets of one page, and the way to the other pages."""
    own = datasets_of(graph).catalogue
    parts = (_dataset(one, graph.release, site, chronicle) for one in page.records)
    return tuple(
        dict.fromkeys(
            chain(
                _catalogue(graph, page, site, chronicle),
                _paging(page, f"{site.base_url}/catalog.{ending}"),
                chain.from_iterable(parts),
                chain.from_iterable(_service(one, own, page.records, site) for one in SERVICES),
                _contact(site),
            )
        )
    )


def service_node(service: Service) -> NamedNode:
    """Give the IRI of a service."""
    return NamedNode(f"{CATALOGUE.value}#{service.key}")


def distribution_node(record: DatasetRecord, key: str) -> NamedNode:
    """Give the IRI of one way to get a dataset: the ending of a download, or ``sparql``."""
    return NamedNode(f"{record.iri}#{key}")


def landing_page(record: DatasetRecord, site: Site) -> str:
    """Give the address of the page of a dataset."""
    return f"{site.base_url}{path_of(record.iri)}"


def query_link(record: DatasetRecord, site: Site) -> str:
    """Give the address that asks the endpoint for all that the graphs of a dataset hold."""
    asked = [("query", shown_query("every_triple").rstrip())]
    asked += [("default-graph-uri", one) for one in record.graphs]
    asked += [("format", N_TRIPLES.ending)]
    return f"{site.base_url}{SPARQL.path}?{urlencode(asked)}"


def collection_type(record: DatasetRecord) -> str:
    """Give what avoindata.fi calls a dataset: open data, or a tool such as a vocabulary."""
    return INTEROPERABILITY if ONTOLOGY in record.graphs else OPEN_DATA


def _catalogue(
    graph: ReleaseGraph, page: CatalogPage, site: Site, chronicle: Chronicle
) -> Iterator[Triple]:
    record = datasets_of(graph).catalogue
    home = NamedNode(f"{site.base_url}/")
    yield from typed(CATALOGUE, "dcat:Catalog")
    yield from _told(CATALOGUE, record)
    yield from _dated(CATALOGUE, record, chronicle, chronicle.latest)
    yield from stated(CATALOGUE, "dct:license", nodes([licence_of(record.licence or CC_BY)]))
    yield from authority(licence_of(record.licence or CC_BY))
    yield from stated(CATALOGUE, "dcat:version", [Literal(graph.release.id)])
    yield from stated(CATALOGUE, "foaf:homepage", [home])
    yield from typed(home, "foaf:Document")
    yield from stated(home, "dct:title", in_languages(SITE_TITLE))
    yield from stated(CATALOGUE, "dcat:dataset", nodes(one.iri for one in page.records))
    yield from stated(CATALOGUE, "dcat:service", map(service_node, SERVICES))
    yield from stated(CATALOGUE, "dcat:themeTaxonomy", [NamedNode(THEMES)])
    yield from typed(NamedNode(THEMES), "skos:ConceptScheme")
    yield from stated(NamedNode(THEMES), "dct:title", in_languages(TAXONOMY))
    yield from _contact_of(CATALOGUE, site)


def _dataset(
    record: DatasetRecord, release: Release, site: Site, chronicle: Chronicle
) -> Iterator[Triple]:
    dataset, page = NamedNode(record.iri), NamedNode(landing_page(record, site))
    ontology = NamedNode(DEF)
    yield from typed(dataset, "dcat:Dataset")
    yield from _told(dataset, record)
    yield from _dated(dataset, record, chronicle)
    yield from stated(dataset, "dcat:version", [Literal(version_of(record, release))])
    yield from stated(dataset, "adfi:collectionType", [Literal(collection_type(record))])
    yield from stated(dataset, "dct:accessRights", [NamedNode(PUBLIC)])
    yield from authority(PUBLIC)
    yield from stated(dataset, "dcat:landingPage", [page])
    yield from typed(page, "foaf:Document")
    yield from stated(dataset, "dct:conformsTo", [ontology])
    yield from typed(ontology, "dct:Standard")
    for period in record.periods:
        yield from _period(dataset, period)
    yield from _contact_of(dataset, site)
    for download in downloads_of(record.key):
        yield from _download(record, download, site)
    yield from _query(record, site)


def _told(node: NamedNode, record: DatasetRecord) -> Iterator[Triple]:
    """State what catalogue and datasets have in common."""
    yield from stated(node, "dct:identifier", [Literal(record.iri)])
    yield from stated(node, "dct:title", record.titles)
    yield from stated(node, "dct:description", record.descriptions)
    yield from stated(node, "dcat:keyword", record.keywords)
    yield from stated(node, "dct:publisher", [NamedNode(record.publisher.iri)])
    yield from _agent(record.publisher)
    for name, values in (
        ("dct:language", record.languages),
        ("dcat:theme", record.themes),
        ("dct:accrualPeriodicity", (record.frequency,) if record.frequency else ()),
    ):
        yield from stated(node, name, nodes(values))
        yield from chain.from_iterable(map(authority, values))
    for place in record.places:
        yield from stated(node, "dct:spatial", [NamedNode(place.iri)])
        yield from _place(place)


def _dated(
    node: NamedNode, record: DatasetRecord, chronicle: Chronicle, latest: str = ""
) -> Iterator[Triple]:
    issued, modified = times_of(record, chronicle)
    for name, text in (("dct:issued", issued), ("dct:modified", latest or modified)):
        yield from stated(node, name, [moment(text)] if text else [])


def times_of(record: DatasetRecord, chronicle: Chronicle) -> tuple[str, str]:
    """Give when a dataset was first released and last changed: as its record says if need be."""
    state = chronicle.of(record.iri)
    return (state.created, state.modified) if state else (record.issued, record.modified)


def _agent(agent: NamedThing) -> Iterator[Triple]:
    node = NamedNode(agent.iri)
    yield from typed(node, "foaf:Agent")
    yield from stated(node, "foaf:name", agent.names or [Literal(agent.iri)])


def _place(place: NamedThing) -> Iterator[Triple]:
    described = tuple(authority(place.iri))
    yield from described
    if not described:
        yield from typed(NamedNode(place.iri), "dct:Location")
        yield from stated(NamedNode(place.iri), "skos:prefLabel", place.names)


def _period(dataset: NamedNode, period: Period) -> Iterator[Triple]:
    node = NamedNode(period.iri)
    yield from stated(dataset, "dct:temporal", [node])
    yield from typed(node, "dct:PeriodOfTime")
    yield from stated(node, "dcat:startDate", [period.start] if period.start else [])
    yield from stated(node, "dcat:endDate", [period.end] if period.end else [])


def _download(record: DatasetRecord, download: Download, site: Site) -> Iterator[Triple]:
    format_ = download.format_
    node = distribution_node(record, format_.ending)
    titles = in_languages(DOWNLOADED, format=format_.name)
    yield from _distribution(record, node, titles, f"{site.base_url}{download.path}", site)
    yield from _format(node, format_)
    packed = media_type(COMPRESSED_TYPE)
    yield from stated(node, "dcat:compressFormat", [NamedNode(packed)])
    yield from authority(packed)


def _query(record: DatasetRecord, site: Site) -> Iterator[Triple]:
    node = distribution_node(record, SPARQL.key)
    yield from _distribution(record, node, in_languages(ASKED), query_link(record, site), site)
    yield from _format(node, N_TRIPLES)
    yield from stated(node, "dcat:accessService", [service_node(SPARQL)])


def _distribution(
    record: DatasetRecord, node: NamedNode, titles: Iterable[Literal], link: str, site: Site
) -> Iterator[Triple]:
    licence, rights = licence_of(record.licence or CC_BY), NamedNode(f"{record.iri}#rights")
    yield from stated(NamedNode(record.iri), "dcat:distribution", [node])
    yield from typed(node, "dcat:Distribution")
    yield from stated(node, "dct:title", titles)
    yield from stated(node, "dcat:accessURL", [NamedNode(landing_page(record, site))])
    yield from stated(node, "dcat:downloadURL", [NamedNode(link)])
    yield from stated(node, "dct:license", [NamedNode(licence)])
    yield from authority(licence)
    yield from stated(node, "dcatap:availability", [NamedNode(STABLE)])
    yield from authority(STABLE)
    if record.rights:
        yield from stated(node, "dct:rights", [rights])
        yield from typed(rights, "dct:RightsStatement")
        yield from stated(rights, "rdfs:label", record.rights)


def _format(node: NamedNode, format_: Format) -> Iterator[Triple]:
    yield from stated(node, "dct:description", in_languages(WHOLE, format=format_.name))
    for property_, value in (
        ("dct:format", file_type(format_.ending)),
        ("dcat:mediaType", media_type(format_.media_type)),
    ):
        yield from stated(node, property_, [NamedNode(value)])
        yield from authority(value)


def _service(
    service: Service, own: DatasetRecord, served: Iterable[DatasetRecord], site: Site
) -> Iterator[Triple]:
    node, standard = service_node(service), NamedNode(service.standard)
    yield from typed(node, "dcat:DataService")
    yield from stated(node, "dct:title", in_languages(service.title))
    yield from stated(node, "dct:description", in_languages(service.description))
    yield from stated(node, "dct:publisher", [NamedNode(own.publisher.iri)])
    yield from _agent(own.publisher)
    yield from stated(node, "dcat:keyword", own.keywords)
    yield from stated(node, "dcat:theme", nodes(own.themes))
    yield from chain.from_iterable(map(authority, own.themes))
    address, described = (f"{site.base_url}{one}" for one in (service.path, service.described))
    yield from stated(node, "dcat:endpointURL", [NamedNode(address)])
    yield from stated(node, "dcat:endpointDescription", [NamedNode(described)])
    yield from stated(node, "dct:conformsTo", [standard])
    yield from typed(standard, "dct:Standard")
    yield from stated(node, "dct:license", [NamedNode(CC_BY)])
    yield from authority(CC_BY)
    yield from stated(node, "dct:accessRights", [NamedNode(PUBLIC)])
    yield from authority(PUBLIC)
    yield from stated(node, "dcat:servesDataset", nodes(one.iri for one in served))
    yield from _contact_of(node, site)


def _contact_of(node: NamedNode, site: Site) -> Iterator[Triple]:
    return stated(node, "dcat:contactPoint", [CONTACT] if site.feedback else [])


def _contact(site: Site) -> Iterator[Triple]:
    """Describe the mailbox or form that answers for the data; nothing where none is set."""
    if not site.feedback:
        return
    yield from typed(CONTACT, "vcard:Kind", "vcard:Organization")
    yield from stated(CONTACT, "vcard:fn", [Literal(site.operator or NAME)])
    if site.feedback.startswith("https://"):
        yield from stated(CONTACT, "vcard:hasURL", [NamedNode(site.feedback)])
    else:
        yield from stated(CONTACT, "vcard:hasEmail", [NamedNode(f"mailto:{site.feedback}")])


def _paging(page: CatalogPage, address: str) -> Iterator[Triple]:
    """Describe the page (Hydra): typed as older and newer clients look for it."""
    node = NamedNode(f"{address}?page={page.number}")
    yield from typed(node, "hydra:PagedCollection", "hydra:PartialCollectionView")
    yield from stated(node, "hydra:totalItems", [number(page.total)])
    yield from stated(node, "hydra:itemsPerPage", [number(PAGE)])
    for name, other in (
        ("hydra:first", 1),
        ("hydra:previous", page.number - 1),
        ("hydra:next", page.number + 1),
        ("hydra:last", page.pages),
    ):
        if 1 <= other <= page.pages:
            yield from stated(node, name, [NamedNode(f"{address}?page={other}")])
