"""Every prefix of the project, once: Turtle, SPARQL, shapes and pages all read it from here."""

import re
from types import MappingProxyType
from typing import Final

BASE: Final = "https://w3id.org/hyteverkko/"
DEF: Final = BASE + "def"
ID: Final = BASE + "id/"
GRAPHS: Final = BASE + "graphs/"

SCHEMES: Final = (
    "area-system",
    "availability",
    "body-kind",
    "certainty",
    "change-kind",
    "channel-kind",
    "coverage-status",
    "coverage-topic",
    "document-kind",
    "event-kind",
    "funding-kind",
    "goal-kind",
    "language-status",
    "office",
    "partner-kind",
    "party-role",
    "period-part",
    "precision",
    "recurrence",
    "role",
    "season",
    "status",
    "target-group",
    "theme",
)
"""The concept schemes; a scheme's prefix is its name without hyphens."""

KINDS: Final = (
    "address",
    "agent",
    "agreement",
    "area",
    "area-membership",
    "award",
    "body",
    "change",
    "council-term",
    "county",
    "county-area",
    "coverage",
    "dataset",
    "described",
    "development-area",
    "document",
    "event",
    "evidence",
    "feedback-channel",
    "funding",
    "geometry",
    "goal",
    "identifier",
    "interface",
    "language-status",
    "law",
    "matter",
    "measure",
    "membership",
    "model",
    "municipality",
    "name",
    "network",
    "organisation",
    "party-role",
    "passage",
    "period",
    "person",
    "population",
    "position",
    "post",
    "project",
    "province",
    "question",
    "region",
    "release",
    "service",
    "source",
    "text",
    "transfer",
    "unit",
)
"""The kinds of thing, as they stand in an address: ``id/{kind}/{key}``."""

PREFIXES: Final = MappingProxyType(
    {
        "hyte": DEF + "#",
        "hsh": BASE + "shapes#",
        "id": ID,
        "graphs": GRAPHS,
        "adfi": "http://avoindata.fi/ns#",
        "as": "https://www.w3.org/ns/activitystreams#",
        "adms": "http://www.w3.org/ns/adms#",
        "cpsv": "http://purl.org/vocab/cpsv#",
        "cv": "http://data.europa.eu/m8g/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcatap": "http://data.europa.eu/r5r/",
        "dct": "http://purl.org/dc/terms/",
        "eli": "http://data.europa.eu/eli/ontology#",
        "eurio": "http://data.europa.eu/s66#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "frapo": "http://purl.org/cerif/frapo/",
        "geo": "http://www.opengis.net/ont/geosparql#",
        "hydra": "http://www.w3.org/ns/hydra/core#",
        "ldes": "https://w3id.org/ldes#",
        "locn": "http://www.w3.org/ns/locn#",
        "oa": "http://www.w3.org/ns/oa#",
        "org": "http://www.w3.org/ns/org#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "person": "http://www.w3.org/ns/person#",
        "prov": "http://www.w3.org/ns/prov#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "http://schema.org/",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "time": "http://www.w3.org/2006/time#",
        "tree": "https://w3id.org/tree#",
        "vann": "http://purl.org/vocab/vann/",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "void": "http://rdfs.org/ns/void#",
        "wd": "http://www.wikidata.org/entity/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "yso": "http://www.yso.fi/onto/yso/",
        **{scheme.replace("-", ""): f"{DEF}/{scheme}/" for scheme in SCHEMES},
    }
)
"""Prefix to namespace, for everything the project writes or reads."""


LONGEST_FIRST: Final = tuple(sorted(PREFIXES.items(), key=lambda item: -len(item[1])))
"""Prefix and namespace, a namespace within another before it: for writing an IRI short."""


def expanded(name: str) -> str:
    """Give the IRI that a prefixed name stands for, as in ``skos:prefLabel``."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def sparql_prologue(text: str) -> str:
    """Give the ``PREFIX`` lines for the prefixes that occur in a query text."""
    return "".join(
        f"PREFIX {prefix}: <{iri}>\n"
        for prefix, iri in PREFIXES.items()
        if re.search(rf"(?<![\w-]){prefix}:", text)
    )


def with_prologue(text: str) -> str:
    """Give a query text with the ``PREFIX`` lines it needs in front."""
    return sparql_prologue(text) + text
