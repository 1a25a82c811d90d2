"""The datasets as CKAN knows them, with the fields that avoindata.fi asks for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from pyoxigraph import Literal

from hyteverkko.answers import Site
from hyteverkko.downloads import downloads_of
from hyteverkko.formats import N_TRIPLES
from hyteverkko.harvest.authorities import CC_BY, CC_ZERO, licence_of, names_of
from hyteverkko.harvest.dcat import (
    ASKED,
    DOWNLOADED,
    NAME,
    WHOLE,
    collection_type,
    distribution_node,
    landing_page,
    query_link,
    times_of,
)
from hyteverkko.harvest.services import SPARQL
from hyteverkko.harvest.stating import in_languages
from hyteverkko.labels import best_text, short_iri
from hyteverkko.namespaces import ID
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.store.chronicle import Chronicle, Chronicles
from hyteverkko.store.datasets import DatasetRecord, NamedThing, datasets_of, version_of
from hyteverkko.store.graph import ReleaseGraph
from hyteverkko.store.releases import Release

Json: TypeAlias = Mapping[str, Any]

FINNISH: Final = LANGUAGES[0]
LICENCES: Final = MappingProxyType({CC_BY: "cc-by-4.0", CC_ZERO: "cc-zero-1.0"})
"""What avoindata.fi calls the licences it knows."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """All packages of a release in the order of their ids, the organisations and the groups."""

    packages: tuple[Json, ...]
    organizations: tuple[Json, ...]
    groups: tuple[Json, ...]


class Shelves:
    """Gives the shelf of the release that is served, put together once for each release."""

    def __init__(self, chronicles: Chronicles) -> None:
        """Take the times of change from ``chronicles``."""
        self._chronicles = chronicles
        self._last: tuple[ReleaseGraph, Site, Shelf] | None = None

    def of(self, graph: ReleaseGraph, site: Site) -> Shelf:
        """Give the shelf of a release as a site shows it."""
        last = self._last
        if last is not None and last[0] is graph and last[1] == site:
            return last[2]
        made = _shelf(graph, site, self._chronicles.of(graph.release))
        self._last = (graph, site, made)
        return made


def identifier(iri: str) -> str:
    """Give the id that CKAN knows a thing by: always the same for the same IRI."""
    return str(uuid5(NAMESPACE_URL, iri))


def timestamp(text: str) -> str:
    """Give a day or a time in UTC as CKAN writes it: with microseconds, without a zone."""
    day, _, time = text.partition("T")
    whole, _, fraction = time.rstrip("Z").partition(".")
    return f"{day}T{whole or '00:00:00'}.{fraction[:6]:0<6}"


def _shelf(graph: ReleaseGraph, site: Site, chronicle: Chronicle) -> Shelf:
    records = datasets_of(graph).records
    packages = (_package(one, graph.release, site, chronicle) for one in records)
    agents = Counter(one.publisher for one in records)
    themes = Counter(theme for one in records for theme in one.themes)
    return Shelf(
        tuple(sorted(packages, key=lambda one: str(one["id"]))),
        tuple({**_organization(one), "package_count": count} for one, count in agents.items()),
        tuple({**_group(one), "package_count": count} for one, count in themes.items()),
    )


def _package(record: DatasetRecord, release: Release, site: Site, chronicle: Chronicle) -> Json:
    created, modified = map(timestamp, times_of(record, chronicle))
    licence = licence_of(record.licence)
    keywords = _lists(record.keywords)
    organization = _organization(record.publisher)
    package = identifier(record.iri)
    return {
        "id": package,
        "name": record.key,
        "title": _text(record.titles),
        "title_translated": _texts(record.titles),
        "notes": _text(record.descriptions),
        "notes_translated": _texts(record.descriptions),
        "keywords": keywords,
        "tags": [_tag(one) for one in keywords.get(FINNISH, [])],
        "num_tags": len(keywords.get(FINNISH, [])),
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": licence in LICENCES,
        "collection_type": collection_type(record),
        "license_id": LICENCES.get(licence, licence),
        "license_title": _text(names_of(licence)) or licence,
        "license_url": record.licence,
        "copyright_notice_translated": _texts(record.rights),
        "maintainer": site.operator or _text(record.publisher.names),
        "maintainer_email": [site.feedback] if "@" in site.feedback else [],
        "maintainer_website": site.base_url,
        "author": _text(record.publisher.names),
        "author_email": None,
        "owner_org": organization["id"],
        "organization": organization,
        "groups": [_group(one) for one in record.themes],
        "geographical_coverage": [name.lower() for one in record.places if (name := _place(one))],
        "update_frequency": {
            one.language: [one.value] for one in names_of(record.frequency) if one.language
        },
        "valid_from": next((one.start.value for one in record.periods if one.start), ""),
        "valid_till": next((one.end.value for one in record.periods if one.end), ""),
        "date_released": created,
        "metadata_created": created,
        "metadata_modified": modified,
        "version": version_of(record, release),
        "url": landing_page(record, site),
        "external_urls": [landing_page(record, site)],
        "resources": _resources(record, package, site, modified),
        "num_resources": len(downloads_of(record.key)) + 1,
        "extras": [
            {"key": "uri", "value": record.iri},
            {"key": "identifier", "value": record.iri},
            {"key": "guid", "value": record.iri},
            {"key": "publisher_uri", "value": record.publisher.iri},
        ],
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _resources(record: DatasetRecord, package: str, site: Site, modified: str) -> list[Json]:
    ways = [
        (one.format_, one.format_.ending, f"{site.base_url}{one.path}", DOWNLOADED)
        for one in downloads_of(record.key)
    ]
    ways.append((N_TRIPLES, SPARQL.key, query_link(record, site), ASKED))
    found: list[Json] = []
    for position, (format_, key, link, title) in enumerate(ways):
        names = tuple(in_languages(title, format=format_.name))
        texts = tuple(in_languages(WHOLE, format=format_.name))
        found.append(
            {
                "id": identifier(distribution_node(record, key).value),
                "package_id": package,
                "position": position,
                "name": _text(names),
                "name_translated": _texts(names),
                "description": _text(texts),
                "description_translated": _texts(texts),
                "format": format_.name,
                "mimetype": format_.media_type,
                "url": link,
                "url_type": None,
                "state": "active",
                "last_modified": modified,
                "metadata_modified": modified,
            }
        )
    return found


def _organization(agent: NamedThing) -> Json:
    return {
        "id": identifier(agent.iri),
        "name": agent.iri.removeprefix(ID).replace("/", "-").lower(),
        "title": _text(agent.names),
        "title_translated": _texts(agent.names),
        "display_name": _text(agent.names),
        "description": agent.iri,
        "type": "organization",
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
        "image_url": "",
    }


def _group(theme: str) -> Json:
    names = names_of(theme)
    return {
        "id": identifier(theme),
        "name": short_iri(theme).lower(),
        "title": _text(names) or short_iri(theme),
        "title_translated": _texts(names),
        "display_name": _text(names) or short_iri(theme),
        "description": theme,
        "type": "group",
        "is_organization": False,
        "state": "active",
        "image_display_url": "",
    }


def _tag(word: str) -> Json:
    return {
        "id": identifier(f"{NAME}:{word}"),
        "name": word,
        "display_name": word,
        "state": "active",
        "vocabulary_id": None,
    }


def _place(place: NamedThing) -> str:
    return _text(place.names or names_of(place.iri))


def _text(texts: Iterable[Literal]) -> str:
    found = best_text(texts, FINNISH)
    return found.value if found else ""


def _texts(texts: Iterable[Literal]) -> dict[str, str]:
    return {one.language: one.value for one in texts if one.language}


def _lists(texts: Iterable[Literal]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in texts:
        if one.language:
            found.setdefault(one.language, []).append(one.value)
    return found
