"""What a page says to machines that read schema.org: a block of JSON-LD, which no browser runs."""

import json
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from hyteverkko.labels import short_iri
from hyteverkko.store.graph import Term

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
        "@context": "https://schema.org",
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


def safe_json(data: object) -> Markup:
    """Write JSON so that nothing in it can end the block it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _word(property_: Term) -> str:
    return short_iri(property_.value) if isinstance(property_, NamedNode) else ""


def _texts(pairs: Iterable[tuple[str, Term]], words: frozenset[str]) -> list[object]:
    return [
        {"@language": value.language, "@value": value.value} if value.language else value.value
        for word, value in pairs
        if word in words and isinstance(value, Literal)
    ]
