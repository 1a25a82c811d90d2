"""What is recorded of a contributor's graphs: the dataset, its graphs, where each thing is from.

A contributor states facts; that the contributor stated them, and on which day a thing was last
described anew, is recorded here: in the graph ``contributions`` and in an evidence graph beside
each contributed graph. So every statement leads to its sender as it does to a text elsewhere.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from hyteverkko.ingest.contributors import PERSONS, Contributor
from hyteverkko.namespaces import DEF, GRAPHS, ID, expanded
from hyteverkko.negotiation import LANGUAGES

CONTRIBUTIONS: Final = NamedNode(GRAPHS + "contributions")
EVIDENCE: Final = "-evidence"
LICENCE: Final = "http://creativecommons.org/licenses/by/4.0/"

TITLES: Final = {
    "dataset": {
        "fi": "{owner}: omat tiedot hyvinvointityöstä",
        "sv": "{owner}: egna uppgifter om välfärdsarbetet",
        "en": "{owner}: own data on wellbeing work",
    },
    "description": {
        "fi": "Tiedot, jotka {owner} on itse toimittanut hyvinvointityöstään: verkostot ja "
        "toimielimet jäsenineen, suunnitelmat, kokoukset ja hankkeet.",
        "sv": "Uppgifter som {owner} själv har sänt in om sitt välfärdsarbete: nätverk och organ "
        "med medlemmar, planer, möten och projekt.",
        "en": "What {owner} itself has sent in about its wellbeing work: networks and bodies with "
        "their members, plans, meetings and projects.",
    },
    "graph": {
        "fi": "{owner}: toimitetut tiedot",
        "sv": "{owner}: insända uppgifter",
        "en": "{owner}: data sent in",
    },
    "persons": {
        "fi": "{owner}: henkilöt tehtävissään",
        "sv": "{owner}: personer i sina uppdrag",
        "en": "{owner}: persons in their roles",
    },
    "evidence": {
        "fi": "{owner}: mistä ja milloin tiedot on saatu",
        "sv": "{owner}: varifrån och när uppgifterna har fåtts",
        "en": "{owner}: where and when the data is from",
    },
    "source": {
        "fi": "{owner}: lähetetyt taulukot ja tiedostot",
        "sv": "{owner}: insända tabeller och filer",
        "en": "{owner}: tables and files sent in",
    },
}
"""What the records of a contributed graph are called and say, in each language."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The contributor of a graph and the names of the body they act for, by language."""

    contributor: Contributor
    names: Mapping[str, str]

    @classmethod
    def of(cls, one: Contributor, store: Store) -> "Sender":
        """Look the names up; where a language has none, the Finnish one stands."""
        found = {
            quad.object.language: quad.object.value
            for quad in store.quads_for_pattern(
                NamedNode(one.owner), _term("skos:prefLabel"), None, DefaultGraph()
            )
            if isinstance(quad.object, Literal) and quad.object.language
        }
        finnish = found.get("fi") or next(iter(found.values()), one.name)
        return cls(one, {language: found.get(language, finnish) for language in LANGUAGES})

    def titles(self, what: str) -> Iterator[Literal]:
        """Give a title or description in each language."""
        for language, text in TITLES[what].items():
            yield Literal(text.format(owner=self.names[language]), language=language)


def records(
    sender: Sender, graph: str, held: Collection[Quad], store: Store, today: date
) -> set[Quad]:
    """Give what ``contributions`` says of a contributed graph; nothing of an empty one."""
    if not held:
        return set()
    dataset = NamedNode(f"{ID}dataset/{graph}")
    issued = _first_value(store, dataset, _term("dct:issued")) or _day(today)
    return {
        Quad(thing, _term(term), value, CONTRIBUTIONS)
        for thing, term, value in _statements(sender, graph, held, issued, today)
    }


def recorded_things(graph: str) -> tuple[NamedNode, ...]:
    """Give what the records of a contributed graph describe."""
    names = (graph, graph + PERSONS, graph + EVIDENCE)
    return (NamedNode(f"{ID}dataset/{graph}"), *(NamedNode(GRAPHS + name) for name in names))


def evidence(
    sender: Sender, graph: str, held: Iterable[Quad], changed: Collection[NamedNode], store: Store,
    today: date,
) -> set[Quad]:  # fmt: skip
    """Give the evidence graph of a contributed graph: each thing with the day it last changed."""
    own = NamedNode(GRAPHS + graph + EVIDENCE)
    days = _days(store, own)
    things = {quad.subject for quad in held if isinstance(quad.subject, NamedNode)}
    if not things:
        return set()
    by_day: dict[str, set[NamedNode]] = {}
    for thing in things:
        day = days.get(thing, today.isoformat())
        by_day.setdefault(today.isoformat() if thing in changed else day, set()).add(thing)
    return {
        Quad(thing, _term(term), value, own)
        for thing, term, value in _evidence_statements(sender, graph, by_day)
    }


def _statements(
    sender: Sender, graph: str, held: Collection[Quad], issued: Literal, today: date
) -> Iterator[tuple[NamedNode, str, NamedNode | Literal]]:
    dataset = NamedNode(f"{ID}dataset/{graph}")
    yield NamedNode(f"{ID}dataset/catalogue"), "dcat:dataset", dataset
    yield dataset, "rdf:type", _term("dcat:Dataset")
    for term, what in (("dct:title", "dataset"), ("dct:description", "description")):
        for text in sender.titles(what):
            yield dataset, term, text
    yield dataset, "dct:publisher", NamedNode(sender.contributor.owner)
    yield dataset, "dct:license", NamedNode(LICENCE)
    yield dataset, "dct:source", NamedNode(f"{ID}source/{graph}")
    yield dataset, "dct:issued", issued
    yield dataset, "dct:modified", _day(today)
    written = {quad.graph_name.value for quad in held if isinstance(quad.graph_name, NamedNode)}
    for name, kind, what in (
        (graph, "hyte:EvidencedGraph", "graph"),
        (graph + PERSONS, "hyte:PersonGraph", "persons"),
        (graph + EVIDENCE, "hyte:DataGraph", "evidence"),
    ):
        node = NamedNode(GRAPHS + name)
        if node.value in written or what == "evidence":
            yield dataset, "hyte:graph", node
            yield node, "rdf:type", _term(kind)
            yield node, "dct:isPartOf", dataset
            for text in sender.titles(what):
                yield node, "dct:title", text


def _evidence_statements(
    sender: Sender, graph: str, by_day: Mapping[str, Iterable[NamedNode]]
) -> Iterator[tuple[NamedNode, str, NamedNode | Literal]]:
    source = NamedNode(f"{ID}source/{graph}")
    passage = NamedNode(f"{ID}passage/{graph}/whole")
    yield source, "rdf:type", _term("hyte:SourceDocument")
    yield source, "dct:publisher", NamedNode(sender.contributor.owner)
    for text in sender.titles("source"):
        yield source, "dct:title", text
    yield passage, "rdf:type", _term("hyte:Passage")
    yield passage, "oa:hasSource", source
    for day, things in by_day.items():
        node = NamedNode(f"{ID}evidence/{graph}/{day}")
        yield node, "rdf:type", _term("hyte:Evidence")
        yield node, "oa:hasTarget", passage
        yield node, "oa:motivatedBy", _term("oa:identifying")
        yield node, "hyte:certainty", NamedNode(f"{DEF}/certainty/stated")
        yield node, "dct:created", Literal(day, datatype=_term("xsd:date"))
        yield node, "dct:creator", NamedNode(sender.contributor.owner)
        for thing in things:
            yield node, "oa:hasBody", thing


def _days(store: Store, graph: NamedNode) -> dict[NamedNode, str]:
    """Give the day on which each thing last changed, as an evidence graph says."""
    created = {
        quad.subject: quad.object.value
        for quad in store.quads_for_pattern(None, _term("dct:created"), None, graph)
        if isinstance(quad.object, Literal)
    }
    return {
        quad.object: created[quad.subject]
        for quad in store.quads_for_pattern(None, _term("oa:hasBody"), None, graph)
        if isinstance(quad.object, NamedNode) and quad.subject in created
    }


def _first_value(store: Store, thing: NamedNode, term: NamedNode) -> Literal | None:
    found = store.quads_for_pattern(thing, term, None, CONTRIBUTIONS)
    return next((quad.object for quad in found if isinstance(quad.object, Literal)), None)


def _day(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=_term("xsd:date"))


def _term(name: str) -> NamedNode:
    return NamedNode(expanded(name))
