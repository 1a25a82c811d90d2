"""The addresses of the catalogue: pages for people, DCAT for harvesters, one dataset at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from babel.dates import format_date
from fastapi import APIRouter, Query, Request
from pyoxigraph import Literal
from starlette.responses import RedirectResponse, Response

from hyteverkko import addresses
from hyteverkko.answers import (
    alternates_of,
    graph_answer,
    language_of,
    page_answer,
    site_of,
    split_ending,
)
from hyteverkko.downloads import Download, downloads_of, whole_downloads
from hyteverkko.formats import GRAPH_FORMATS, HTML, PAGE_FORMATS, RDF_XML, TURTLE, Format, by_ending
from hyteverkko.harvest.dcat import (
    CatalogPage,
    catalog_description,
    catalog_page,
    dataset_description,
    times_of,
)
from hyteverkko.harvest.services import SERVICES, Service
from hyteverkko.labels import Text, best_text
from hyteverkko.negotiation import offered_format
from hyteverkko.store.chronicle import Chronicle, Chronicles
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.datasets import DatasetRecord, datasets_of
from hyteverkko.store.graph import ReleaseGraph

PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000)]
DATASET: Final = "dataset"
LOCALES: Final = {"en": "en_GB"}
"""How days are written where that is not what the language alone says."""

XML: Final = "xml"
"""What CKAN's own catalogues call RDF/XML in addresses."""


@dataclass(frozen=True, slots=True)
class ShownDataset:
    """A dataset as the page of the catalogue shows it."""

    href: str
    title: Text
    description: Text
    publisher: Text
    publisher_href: str
    day: str
    day_in_words: str
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """What the page of the catalogue shows."""

    title: Text
    description: Text
    datasets: tuple[ShownDataset, ...]
    whole: tuple[Download, ...]
    services: tuple[Service, ...]
    formats: tuple[Format, ...]
    page: int
    pages: int
    total: int


def catalogue_routes(current: CurrentRelease, chronicles: Chronicles) -> APIRouter:
    """Give the routes of the catalogue of the current release."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/catalog", methods=["GET", "HEAD"])
    @router.api_route("/catalog.{ending}", methods=["GET", "HEAD"])
    def catalog(request: Request, ending: str = "", number: PageNumber = 1) -> Response:
        graph = current.serving().graph
        format_ = _by_ending(ending) if ending else _negotiated(request)
        page = catalog_page(graph, number)
        chronicle = chronicles.of(graph.release)
        links = alternates_of("/catalog")
        if format_ is HTML:
            shown = catalogue_page(graph, page, chronicle, language_of(request))
            return page_answer(
                request, "catalogue.html", shown, release=graph.release.id, alternates=links
            )

        site = site_of(request)
        triples = catalog_description(graph, page, site, chronicle, format_.ending)
        return graph_answer(request, triples, format_, release=graph.release.id, alternates=links)

    @router.api_route("/dataset/{name}", methods=["GET", "HEAD"])
    def dataset(request: Request, name: str) -> Response:
        key, format_ = _parted(name)
        node = addresses.thing(DATASET, key)
        graph = current.serving().graph
        datasets_of(graph).of(node)
        path = addresses.path_of(node.value)
        if format_ is HTML or format_ is None:
            return RedirectResponse(f"{path}", 303)
        triples = dataset_description(graph, node, site_of(request), chronicles.of(graph.release))
        release, links = graph.release.id, alternates_of(f"/dataset/{key}", GRAPH_FORMATS)
        return graph_answer(request, triples, format_, release=release, alternates=links)

    return router


def catalogue_page(
    graph: ReleaseGraph, page: CatalogPage, chronicle: Chronicle, language: str
) -> CataloguePage:
    """Put together the page of the catalogue for a reader of a language."""
    own = datasets_of(graph).catalogue
    return CataloguePage(
        title=_best(own.titles, language),
        description=_best(own.descriptions, language),
        datasets=tuple(_shown(one, chronicle, language) for one in page.records),
        whole=whole_downloads(),
        services=SERVICES,
        formats=GRAPH_FORMATS,
        page=page.number,
        pages=page.pages,
        total=page.total,
    )


def _shown(record: DatasetRecord, chronicle: Chronicle, language: str) -> ShownDataset:
    day = times_of(record, chronicle)[1].partition("T")[0]
    return ShownDataset(
        href=addresses.path_of(record.iri) or "",
        title=_best(record.titles, language),
        description=_best(record.descriptions, language),
        publisher=_best(record.publisher.names, language),
        publisher_href=addresses.link_of(record.publisher.iri) or "",
        day=day,
        day_in_words=_in_words(day, language),
        downloads=downloads_of(record.key),
    )


def _best(texts: Iterable[Literal], language: str) -> Text:
    return best_text(texts, language) or Text("")


def _in_words(day: str, language: str) -> str:
    locale = LOCALES.get(language, language)
    return format_date(date.fromisoformat(day), format="medium", locale=locale) if day else ""


def _negotiated(request: Request) -> Format:
    """Choose a format; who takes anything, as harvesters do, gets data (Turtle)."""
    header = request.headers.get("accept")
    return offered_format(header, (TURTLE, HTML, *GRAPH_FORMATS[1:]), PAGE_FORMATS)


def _by_ending(ending: str) -> Format:
    return RDF_XML if ending == XML else by_ending(ending, PAGE_FORMATS)


def _parted(name: str) -> tuple[str, Format | None]:
    key, _, ending = name.rpartition(".")
    return (key, RDF_XML) if ending == XML else split_ending(name)
