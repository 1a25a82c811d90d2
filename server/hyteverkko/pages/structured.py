"""What a page says to machines that read schema.org: a block of JSON-LD, which no browser runs."""

import json
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from hyteverkko.addresses import path_of
from hyteverkko.answers import shortened
from hyteverkko.downloads import COMPRESSED_TYPE, downloads_of
from hyteverkko.labels import best_text, short_iri
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.store.datasets import CATALOGUE, DatasetRecord, Datasets, NamedThing, Period
from hyteverkko.store.graph import Term

CONTEXT: Final = "https://schema.org"
LEAST: Final = 50
MOST: Final = 4900
MOST_DATASETS: Final = 100

TYPES: Final = MappingProxyType(
    {
        "municipality": "AdministrativeArea",
        "region": "AdministrativeArea",
        "province": "AdministrativeArea",
        "area": "AdministrativeArea",
        "county-area": "AdministrativeArea",
        "county": "GovernmentOrganization",
        "network": "Organization",
        "body": "Organization",
        "organisation": "Organization",
        "unit": "Organization",
        "document": "CreativeWork",
        "source": "CreativeWork",
        "law": "Legislation",
        "project": "Project",
        "event": "Event",
        "person": "Person",
        "dataset": "Dataset",
        "service": "Service",
        "award": "Thing",
        "concept": "DefinedTerm",
        "def/office": "DefinedTerm",
        "def/role": "DefinedTerm",
        "scheme": "DefinedTermSet",
        "term": "DefinedTerm",
    }
)
NAMES: Final = frozenset({"prefLabel", "title", "name"})
OTHER_NAMES: Final = frozenset({"altLabel", "alternative"})
SAME: Final = frozenset({"correspondsTo", "exactMatch"})
LICENCE: Final = "license"


def structured_data(
    iri: str, kind: str, pairs: Iterable[tuple[Term, Term]], description: str, url: str
) -> Markup:
    """Give the JSON-LD of a thing in the words of schema.org, safe inside a page."""
    held = sorted(((_word(p), v) for p, v in pairs), key=lambda pair: (pair[0], str(pair[1])))
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": TYPES.get(kind, "Thing"),
        "@id": iri,
        "url": url,
        "name": _texts(held, NAMES),
        "alternateName": _texts(held, OTHER_NAMES),
        "description": description,
        "identifier": [v.value for p, v in held if p == "identifier" and isinstance(v, Literal)],
        "sameAs": [v.value for p, v in held if p in SAME and isinstance(v, NamedNode)],
        "license": [v.value for p, v in held if p == LICENCE and isinstance(v, NamedNode)],
    }
    return safe_json({key: value for key, value in data.items() if value})


def dataset_data(record: DatasetRecord, version: str, language: str, base_url: str) -> Markup:
    """Give the JSON-LD of a dataset, with how it is downloaded, safe inside a page."""
    data = {"@context": CONTEXT, **_dataset(record, language, base_url)}
    data["version"] = version
    data["includedInDataCatalog"] = {
        "@type": "DataCatalog",
        "@id": CATALOGUE.value,
        "name": "hyteverkko",
        "url": f"{base_url}/catalog",
    }
    return safe_json(data)


def catalogue_data(held: Datasets, language: str, base_url: str) -> Markup:
    """Give the JSON-LD of the catalogue with its datasets, safe inside a page."""
    own = held.catalogue
    data = {
        "@context": CONTEXT,
        "@type": "DataCatalog",
        "@id": own.iri,
        "url": f"{base_url}/catalog",
        "name": _best(own.titles, language),
        "description": _best(own.descriptions, language),
        "license": own.licence,
        "publisher": _agent(own.publisher, language),
        "keywords": _in_language(own.keywords, language),
        "inLanguage": list(LANGUAGES),
        "dataset": [
            {
                "@type": "Dataset",
                "@id": one.iri,
                "name": _best(one.titles, language),
                "description": _described(one, language),
                "url": base_url + (path_of(one.iri) or ""),
                "license": one.licence,
                "creator": _agent(one.publisher, language),
            }
            for one in held.records[:MOST_DATASETS]
        ],
    }
    return safe_json(data)


def safe_json(data: object) -> Markup:
    """Write JSON so that nothing in it can end the block it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _dataset(record: DatasetRecord, language: str, base_url: str) -> dict[str, Any]:
    agent = _agent(record.publisher, language)
    data = {
        "@type": "Dataset",
        "@id": record.iri,
        "identifier": record.iri,
        "url": base_url + (path_of(record.iri) or ""),
        "name": _best(record.titles, language),
        "alternateName": [one.value for one in record.titles if one.language != language],
        "description": _described(record, language),
        "license": record.licence,
        "creator": agent,
        "publisher": agent,
        "keywords": _in_language(record.keywords, language),
        "inLanguage": [short_iri(one).lower() for one in record.languages],
        "isAccessibleForFree": True,
        "datePublished": record.issued,
        "dateModified": record.modified,
        "creditText": _best(record.rights, language),
        "temporalCoverage": [_coverage(one) for one in record.periods if one.start or one.end],
        "spatialCoverage": [
            {"@type": "Place", "@id": one.iri, "name": _best(one.names, language) or one.iri}
            for one in record.places
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": one.format_.name,
                "contentUrl": base_url + one.path,
                "encodingFormat": [one.format_.media_type, COMPRESSED_TYPE],
            }
            for one in downloads_of(record.key)
        ],
    }
    return {key: value for key, value in data.items() if value}


def _described(record: DatasetRecord, language: str) -> str:
    """Describe a dataset in 50 to 5,000 characters, as search engines for datasets ask."""
    text = _best(record.descriptions, language)
    if len(text) < LEAST:
        text = f"{_best(record.titles, language)}. {text} {_best(record.rights, language)}".strip()
    return shortened(text, MOST)


def _agent(agent: NamedThing, language: str) -> dict[str, str]:
    name = _best(agent.names, language) or agent.iri
    return {"@type": "Organization", "@id": agent.iri, "name": name, "url": agent.iri}


def _coverage(period: Period) -> str:
    """Give a period as ISO 8601 has it, with two dots for an end that is open."""
    start, end = (one.value if one else ".." for one in (period.start, period.end))
    return start if start == end else f"{start}/{end}"


def _best(texts: Iterable[Literal], language: str) -> str:
    found = best_text(texts, language)
    return found.value if found else ""


def _in_language(texts: Iterable[Literal], language: str) -> list[str]:
    return [one.value for one in texts if one.language == language]


def _word(property_: Term) -> str:
    return short_iri(property_.value) if isinstance(property_, NamedNode) else ""


def _texts(pairs: Iterable[tuple[str, Term]], words: frozenset[str]) -> list[object]:
    return [
        {"@language": value.language, "@value": value.value} if value.language else value.value
        for word, value in pairs
        if word in words and isinstance(value, Literal)
    ]
