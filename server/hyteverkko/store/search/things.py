"""What is searched: the kinds of thing, and each thing with its names, texts and place."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from hyteverkko.labels import Text
from hyteverkko.namespaces import DEF, ID, expanded
from hyteverkko.store.graph import iri_of

OFFICE: Final = "office"
CONCEPT: Final = "concept"
TERM: Final = "term"

INDEXED: Final = (
    "municipality",
    "network",
    "body",
    "document",
    OFFICE,
    "organisation",
    "project",
    "model",
    "county",
    "region",
    "province",
    "event",
    "service",
    "post",
    "person",
    "unit",
    "goal",
    "measure",
    "agreement",
    "development-area",
    "interface",
    "council-term",
    "award",
    "funding",
    "law",
    "change",
    "transfer",
    "matter",
    "question",
    "feedback-channel",
    CONCEPT,
    TERM,
    "source",
    "dataset",
    "described",
)
"""The kinds that are found, what readers look for most first; the rest are parts of these."""

CALLED: Final = {
    "municipality": "kunta kaupunki kommun stad municipality city town",
    "region": "maakunta landskap region",
}
"""What readers put beside the name of a thing of a kind, in the three languages."""

RANKS: Final = {kind: rank for rank, kind in enumerate(INDEXED)}


class Role(IntEnum):
    """What a name is to its thing."""

    NAME = 0
    OTHER = 1
    CODE = 2


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A name of a thing, and the days on which it was in force where they are known."""

    role: Role
    value: str
    language: str = ""
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing as it is indexed.

    ``places`` are the names of what it belongs to, ``officials`` the nodes of official names.
    """

    iri: str
    kind: str
    names: tuple[Name, ...]
    texts: tuple[Text, ...] = ()
    places: tuple[tuple[Text, ...], ...] = ()
    starts: str = ""
    ends: str = ""
    officials: tuple[str, ...] = ()


def _terms(*names: str) -> tuple[NamedNode, ...]:
    return tuple(NamedNode(expanded(name)) for name in names)


(LABEL, MUNICIPALITY, OFFICIAL_NAME, PREF_LABEL, TEMPORAL, TYPE) = _terms(
    *("rdfs:label", "hyte:municipality", "hyte:OfficialName", "skos:prefLabel", "dct:temporal"),
    "rdf:type",
)
(EARLIEST_START, LATEST_END) = _terms("hyte:earliestStart", "hyte:latestEnd")
NAMES: Final = {
    **dict.fromkeys(_terms("skos:prefLabel", "dct:title", "foaf:name"), Role.NAME),
    **dict.fromkeys(_terms("skos:altLabel", "skos:hiddenLabel", "dct:alternative"), Role.OTHER),
    **dict.fromkeys(_terms("dct:identifier", "skos:notation"), Role.CODE),
}
NAMING: Final = (LABEL, *(term for term, role in NAMES.items() if role is Role.NAME))
TEXTS: Final = frozenset(
    _terms(
        *("dct:description", "org:purpose", "skos:definition", "skos:scopeNote", "dcat:keyword"),
        *("hyte:need", "hyte:solution", "hyte:result"),
    )
)
OWNERS: Final = frozenset(_terms("hyte:bodyOf", "org:unitOf"))
PLACES: Final = OWNERS | frozenset(
    _terms(
        *("hyte:owner", "hyte:heldBy", "hyte:organiser", "hyte:setBy", "hyte:askedBy"),
        *("hyte:developedBy", "hyte:implementedIn", "hyte:place", "hyte:about", "org:postIn"),
        *("hyte:interfaceParty", "hyte:agreementParty", "dct:spatial"),
    )
)
"""What says whose a thing is: the municipality, body or organisation it belongs to."""


def kind_of(iri: str) -> str | None:
    """Give the kind a thing is found under, or None for what is not searched."""
    if iri.startswith(ID):
        kind = iri.removeprefix(ID).partition("/")[0]
        return kind if kind in RANKS else None
    if iri.startswith(f"{DEF}/{OFFICE}/"):
        return OFFICE
    if iri.startswith(DEF + "/"):
        return CONCEPT
    return TERM if iri.startswith(DEF + "#") else None


def all_things(store: Store) -> Iterator[Thing]:
    """Give every thing of a store that is searched, in the order of their IRIs."""
    named = {
        quad.subject.value
        for term in NAMING
        for quad in store.quads_for_pattern(None, term, None, DefaultGraph())
        if isinstance(quad.subject, NamedNode) and kind_of(quad.subject.value)
    }
    return things(store, named)


def things(store: Store, iris: Collection[str]) -> Iterator[Thing]:
    """Give those of these things that are in a store and are searched, in the order of IRIs."""
    for iri in sorted(iris):
        kind = kind_of(iri)
        thing = _thing(store, NamedNode(iri), kind) if kind else None
        if thing is not None:
            yield thing


def showing(store: Store, places: Iterable[str]) -> set[str]:
    """Give the things that are shown with the name of one of these: what belongs to them."""
    found: set[str] = set()
    for place in places:
        direct = _subjects(store, PLACES, place)
        owned = (one for one in direct if kind_of(one))
        found |= direct.union(*(_subjects(store, PLACES, one) for one in owned))
    return {one for one in found if kind_of(one)}


def named_by(store: Store, node: str) -> set[str]:
    """Give the things whose official name a node is."""
    return {iri_of(quad.object) for quad in _about(store, NamedNode(node), MUNICIPALITY)} - {""}


def _thing(store: Store, node: NamedNode, kind: str) -> Thing | None:
    names, texts, places, starts, ends = set(), set(), set(), "", ""
    labels: set[Name] = set()
    for quad in _about(store, node):
        term, value = quad.predicate, quad.object
        match value:
            case Literal() if term in NAMES:
                names.add(Name(NAMES[term], value.value, _language(value)))
            case Literal() if term == LABEL:
                labels.add(Name(Role.NAME, value.value, _language(value)))
            case Literal() if term in TEXTS:
                texts.add(Text(value.value, _language(value)))
            case NamedNode() if term in PLACES:
                places |= {value.value, *_owners(store, value)}
            case NamedNode() if term == TEMPORAL:
                starts, ends = _period(store, value)
    if not any(name.role is Role.NAME for name in names) and kind != "person":
        # The label of a person without a name says only that the name is withheld.
        names |= labels
    if not any(name.role is Role.NAME for name in names):
        return None
    officials = _officials(store, node) if kind == "municipality" else {}
    dated = _dated(names, {name for found in officials.values() for name in found})
    around = (_names(store, place) for place in _by_rank(places - {node.value}))
    shown = tuple(place for place in around if place)
    return Thing(
        node.value, kind, dated, tuple(sorted(texts)), shown, starts, ends, tuple(officials)
    )


def _dated(names: set[Name], officials: set[Name]) -> tuple[Name, ...]:
    """Give each name once, with the days of the official name that says the same."""
    days = {(name.value, name.language): name for name in officials}
    found = set()
    for name in names:
        official = None if name.role is Role.CODE else days.pop((name.value, name.language), None)
        found.add(replace(official, role=name.role) if official else name)
    return tuple(sorted(found | set(days.values())))


def _officials(store: Store, node: NamedNode) -> dict[str, list[Name]]:
    """Give the official names a municipality has had, by the nodes that state them."""
    found = {}
    for quad in store.quads_for_pattern(None, MUNICIPALITY, node, DefaultGraph()):
        statements = list(_about(store, quad.subject))
        if not any(one.predicate == TYPE and one.object == OFFICIAL_NAME for one in statements):
            continue
        periods = [one.object for one in statements if one.predicate == TEMPORAL]
        starts, ends = _period(store, periods[0]) if periods else ("", "")
        found[iri_of(quad.subject)] = [
            Name(Role.OTHER, one.object.value, _language(one.object), starts, ends)
            for one in statements
            if one.predicate == PREF_LABEL and isinstance(one.object, Literal)
        ]
    return dict(sorted(found.items()))


def _owners(store: Store, node: NamedNode) -> set[str]:
    return {iri_of(one.object) for term in OWNERS for one in _about(store, node, term)} - {""}


def _names(store: Store, iri: str) -> tuple[Text, ...]:
    found = {
        Text(one.object.value, _language(one.object))
        for one in _about(store, NamedNode(iri))
        if NAMES.get(one.predicate) is Role.NAME and isinstance(one.object, Literal)
    }
    return tuple(sorted(found))


def _period(store: Store, node: object) -> tuple[str, str]:
    """Give the first and the last day of a period at its widest, empty where it is open."""
    if not isinstance(node, NamedNode):
        return "", ""
    days = {one.predicate: one.object for one in _about(store, node)}
    starts, ends = days.get(EARLIEST_START), days.get(LATEST_END)
    return (
        starts.value if isinstance(starts, Literal) else "",
        ends.value if isinstance(ends, Literal) else "",
    )


def _by_rank(places: Iterable[str]) -> list[str]:
    known = [(RANKS[kind], place) for place in places if (kind := kind_of(place))]
    return [place for _, place in sorted(known)]


def _subjects(store: Store, terms: Iterable[NamedNode], iri: str) -> set[str]:
    node = NamedNode(iri)
    return {
        iri_of(quad.subject)
        for term in terms
        for quad in store.quads_for_pattern(None, term, node, DefaultGraph())
    } - {""}


def _about(store: Store, node: object, term: NamedNode | None = None) -> Iterator[Quad]:
    if isinstance(node, NamedNode):
        yield from store.quads_for_pattern(node, term, None, DefaultGraph())


def _language(literal: Literal) -> str:
    return (literal.language or "").partition("-")[0]
