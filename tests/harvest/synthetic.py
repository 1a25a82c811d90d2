"""A release of many datasets, some of them with texts that want to do harm."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hyteverkko.ingest.contribution import Outcome
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.ingest.publisher import Deed, publish
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.store.changes import Change
from hyteverkko.store.releases import Release, current_folder
from pyoxigraph import Literal, NamedNode, Quad

CATALOGUE: Final = NamedNode(f"{ID}dataset/catalogue")
AGENT: Final = NamedNode(f"{ID}agent/trial")
GRAPH: Final = NamedNode(f"{GRAPHS}trial")
RECORDS: Final = NamedNode(f"{GRAPHS}catalogue")
LANGUAGES: Final = ("fi", "sv", "en")
EU: Final = "http://publications.europa.eu/resource/authority/"
CC_BY: Final = NamedNode("http://creativecommons.org/licenses/by/4.0/")
HOSTILE: Final = {
    "control": "a\x01b\x08c\x0bd\x7fe\ufffe",
    "cdata": "]]> <![CDATA[ &amp; </rdf:RDF>",
    "bidi": "kunta \u202egro.elpmaxe\u202c \u2066x\u2069 \u200f",
    "markup": "</script></title><script>alert(1)</script>'\"><img src=x onerror=alert(2)>",
    "long": "pitkä " * 17_000,
}
"""What a title and a description may hold, by the key of the dataset."""


def term(name: str) -> NamedNode:
    """Give a term by its prefix and name."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def key_of(number: int) -> str:
    """Give the key of a dataset by its number."""
    return f"synthetic-{number:05}"


def dataset(key: str, text: str = "") -> Iterator[Quad]:
    """Give the record of a dataset; ``text`` stands in place of its title and description."""
    node = NamedNode(f"{ID}dataset/{key}")
    stated: list[tuple[str, NamedNode | Literal]] = [
        ("rdf:type", term("dcat:Dataset")),
        ("dct:publisher", AGENT),
        ("dct:license", CC_BY),
        ("hyte:graph", GRAPH),
    ]
    for language in LANGUAGES:
        stated.append(
            ("dct:title", Literal(text or f"Aineisto {key} {language}", language=language))
        )
        described = text or f"Kuvaus aineistosta {key}, jossa on kaikenlaista. {language}"
        stated.append(("dct:description", Literal(described, language=language)))
    yield Quad(CATALOGUE, term("dcat:dataset"), node, RECORDS)
    for name, value in stated:
        yield Quad(node, term(name), value, RECORDS)


def catalogue() -> Iterator[Quad]:
    """Give the record of the catalogue, and who publishes it."""
    yield Quad(CATALOGUE, term("rdf:type"), term("dcat:Catalog"), RECORDS)
    yield Quad(CATALOGUE, term("dct:publisher"), AGENT, RECORDS)
    yield Quad(CATALOGUE, term("dct:license"), CC_BY, RECORDS)
    yield Quad(CATALOGUE, term("dcat:theme"), NamedNode(f"{EU}data-theme/HEAL"), RECORDS)
    yield Quad(CATALOGUE, term("dct:spatial"), NamedNode(f"{EU}country/FIN"), RECORDS)
    yield Quad(AGENT, term("rdf:type"), term("foaf:Agent"), RECORDS)
    for language in LANGUAGES:
        for name in ("dct:title", "dct:description", "dcat:keyword"):
            yield Quad(CATALOGUE, term(name), Literal("Luettelo", language=language), RECORDS)
        yield Quad(AGENT, term("skos:prefLabel"), Literal("Julkaisija", language=language), RECORDS)


def publish_many(count: int, home: Path) -> Release:
    """Publish a release with so many datasets, and those with harmful texts."""
    quads = [*catalogue(), Quad(AGENT, term("rdf:type"), term("foaf:Agent"), GRAPH)]
    for number in range(count):
        quads += dataset(key_of(number))
    for key, text in HOSTILE.items():
        quads += dataset(f"hostile-{key}", text)
    return publish_quads(quads, home)


def change(home: Path, removed: set[Quad], added: set[Quad]) -> Release:
    """Publish a change to the current release."""
    folder = current_folder(home)
    outcome = Outcome(folder.name, Change(tuple(removed), tuple(added)), (), ())
    return publish(home, outcome, Deed("test", "put", "", "2026-11-22"))
