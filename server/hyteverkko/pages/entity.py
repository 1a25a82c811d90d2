"""The page of a thing: what it is, its panels, what is stated of it and where, what leads to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.addresses import path_of
from hyteverkko.errors import Gone, NotFound
from hyteverkko.labels import Text, best_text, short_iri
from hyteverkko.namespaces import DEF, GRAPHS, ID, PREFIXES, expanded
from hyteverkko.pages.evidence import Cited, Source, cited, sources_by_thing
from hyteverkko.pages.incoming import Incoming, incoming_of
from hyteverkko.pages.kinds import (
    EVIDENCE_AROUND,
    KEY_FACTS,
    PANELS,
    STATED_IN_PANELS,
    TOLD_BY_PANELS,
)
from hyteverkko.pages.layout import Layout
from hyteverkko.pages.municipality import Fact, municipality_facts, name_on
from hyteverkko.pages.panels import Panel, Place, panel_of
from hyteverkko.pages.pictures.ways import Ways, ways_to_pictures
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.structured import dataset_data, structured_data
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.store.current import Serving, names_by_iri
from hyteverkko.store.datasets import NAMING as DATASET_NAMING
from hyteverkko.store.datasets import datasets_of, version_of
from hyteverkko.store.graph import ReleaseGraph, Row, Term, iri_of

DERIVED: Final = NamedNode(GRAPHS + "derived")
TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
NAMING: Final = tuple(NamedNode(expanded(name)) for name in DATASET_NAMING)
OTHER_NAMES: Final = NamedNode(PREFIXES["skos"] + "altLabel")
DESCRIBING: Final = tuple(
    NamedNode(expanded(name))
    for name in ("dct:description", "skos:definition", "org:purpose", "rdfs:comment")
)
PERIODS: Final = frozenset({"temporal", "actualPeriod", "memberDuring"})
LAST_GROUP: Final = (1000.0, "")

Pair = tuple[Term, Term]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a statement, with its sources; ``only`` says no other language has the text."""

    shown: Shown
    sources: tuple[Source, ...]
    only: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A property with its values; texts of other languages than the reader's stand apart."""

    property: Shown
    values: tuple[Value, ...]
    other_languages: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """Statements under one heading of the shapes; the last group has none."""

    key: str
    heading: Text | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Successor:
    """What a thing became, by which change."""

    shown: Shown
    change: Shown | None
    day: Shown | None


@dataclass(frozen=True, slots=True)
class Life:
    """Whether a thing holds on the day looked at: over, not yet begun, and what became of it."""

    ended: bool
    ahead: bool
    period: Shown | None
    successors: tuple[Successor, ...]


@dataclass(frozen=True, slots=True)
class EntityPage:
    """All that the page of a thing shows."""

    iri: str
    path: str
    kind: str
    title: Text
    title_only: bool
    kinds: tuple[Shown, ...]
    life: Life
    day: str
    facts: tuple[Statement, ...]
    more_facts: tuple[Fact, ...]
    panels: tuple[Panel, ...]
    groups: tuple[StatementGroup, ...]
    incoming: Incoming
    graphs: tuple[Shown, ...]
    documents: tuple[Shown, ...]
    description: str
    structured: str
    dated: bool
    ways: Ways


@dataclass(frozen=True, slots=True)
class Frame:
    """What the pages are built with beside the release: the shapes and the public address."""

    layout: Layout
    base_url: str


def kind_of(thing: NamedNode) -> str:
    """Give the kind of a thing, by its address: that of the page it gets."""
    iri = thing.value
    if iri.startswith(ID):
        return iri.removeprefix(ID).partition("/")[0]
    name = iri.removeprefix(DEF + "/")
    if iri.startswith(DEF + "/"):
        scheme, _, concept = name.partition("/")
        if not concept:
            return "scheme"
        return f"def/{scheme}" if f"def/{scheme}" in PANELS else "concept"
    return "term" if iri.startswith(DEF) else ""


def entity_page(reader: Reader, frame: Frame, thing: NamedNode, path: str) -> EntityPage:
    """Put together the page of a thing; raise NotFound, or Gone for what was withdrawn."""
    rows = reader.rows("statements", thing=thing)
    if not rows:
        raise NotFound("Nothing is known under this address.")
    refuse_withdrawn(reader.serving, thing)
    kind = kind_of(thing)
    statements = _Statements.of(rows, reader, frame.layout)
    own_cited = cited(reader, thing)
    around = sources_by_thing(reader, thing, _around(kind))
    place = Place(path, frame.base_url)
    asked = (panel_of(one, reader, thing, place, around) for one in PANELS.get(kind, ()))
    panels = tuple(panel for panel in asked if panel is not None)
    told = STATED_IN_PANELS.get(kind, frozenset()) if panels else frozenset()
    title = _title(statements.pairs, thing, reader)
    description = statements.description() or title.value
    return EntityPage(
        iri=thing.value,
        path=path,
        kind=kind,
        title=title,
        title_only=_is_only(statements.pairs, title),
        kinds=statements.kinds(),
        life=_life(statements, reader, thing),
        day=reader.in_words(reader.at),
        facts=statements.key_facts(own_cited),
        more_facts=municipality_facts(reader, thing) if kind == "municipality" else (),
        panels=panels,
        groups=statements.groups(own_cited, told),
        incoming=incoming_of(reader, thing, path, TOLD_BY_PANELS.get(kind, frozenset())),
        graphs=statements.graphs(),
        documents=tuple(dict.fromkeys(source.document for source in own_cited.all)),
        description=description,
        structured=_structured(reader, frame, thing, statements.pairs, description),
        dated=any(
            "period" in column.variables
            for question in PANELS.get(kind, ())
            for column in question.columns
        ),
        ways=ways_to_pictures(kind, thing, _nearest(panels)),
    )


def _structured(
    reader: Reader, frame: Frame, thing: NamedNode, pairs: Iterable[Pair], description: str
) -> str:
    graph = reader.serving.graph
    record = datasets_of(graph).by_iri.get(thing.value)
    if record is not None:
        version = version_of(record, graph.release)
        return dataset_data(record, version, reader.language, frame.base_url)
    url = f"{frame.base_url}{path_of(thing.value)}"
    return structured_data(thing.value, kind_of(thing), pairs, description, url)


def refuse_withdrawn(serving: Serving, thing: NamedNode) -> None:
    """Raise Gone for a person whose name is withheld."""
    if not thing.value.startswith(ID + "person/"):
        return
    for row in serving.graph.rows("withheld", thing=thing):
        after = row["after"]
        day = after.value if isinstance(after, Literal) else ""
        raise Gone(
            "The name that stood here was shown until {day}. The post and its place stay in the "
            "pages of the body; the name has been withdrawn.",
            day=day,
        )


@lru_cache(maxsize=2)
def graph_titles(graph: ReleaseGraph) -> Mapping[str, tuple[Literal, ...]]:
    """Read the titles of the named graphs of a release: they are few, and every page names some."""
    return MappingProxyType(names_by_iri(graph.rows("graph_titles"), "graph"))


def _nearest(panels: Iterable[Panel]) -> list[Shown]:
    """Give the municipalities nearest to one, as its panel of them has them."""
    found = [panel for panel in panels if panel.key == "neighbours"]
    return [one for panel in found for row in panel.rows for one in row.cells[0]]


def _around(kind: str) -> tuple[str, ...]:
    if kind not in PANELS:
        return ()
    return EVIDENCE_AROUND.get(kind, ("evidence_incoming", "evidence_outgoing"))


@dataclass(frozen=True, slots=True)
class _Statements:
    """What is stated of a thing, and what follows from it, ready to be laid out."""

    reader: Reader
    layout: Layout
    pairs: frozenset[Pair]
    stated: frozenset[Pair]
    names: Mapping[str, tuple[Literal, ...]]
    graph_nodes: frozenset[Term]

    @classmethod
    def of(cls, rows: Sequence[Row], reader: Reader, layout: Layout) -> "_Statements":
        """Sort out the rows of ``statements.rq``."""
        return cls(
            reader,
            layout,
            frozenset((row["property"], row["value"]) for row in rows),
            frozenset((row["property"], row["value"]) for row in rows if row["graph"] != DERIVED),
            names_by_iri(rows, "value"),
            frozenset(row["graph"] for row in rows if row["graph"] != DERIVED),
        )

    def shown(self, term: Term) -> Shown:
        names = self.names.get(term.value, ()) if isinstance(term, NamedNode) else ()
        return self.reader.shown(term, names)

    def kinds(self) -> tuple[Shown, ...]:
        own = {value for property_, value in self.stated if property_ == TYPE}
        # Two vocabularies may call a class the same: a reader is told once.
        named = {kind.text: kind for kind in sorted(map(self.shown, own), key=_by_iri_shown)}
        return tuple(sorted(named.values(), key=by_name))

    def graphs(self) -> tuple[Shown, ...]:
        titles = graph_titles(self.reader.serving.graph)
        graphs = (self.reader.shown(one, titles.get(iri_of(one), ())) for one in self.graph_nodes)
        return tuple(sorted(graphs, key=by_name))

    def description(self) -> str:
        for describing in DESCRIBING:
            texts = [v for p, v in self.pairs if p == describing and isinstance(v, Literal)]
            text = best_text(texts, self.reader.language)
            if text:
                return text.value
        return ""

    def values(self, words: frozenset[str]) -> list[Term]:
        return [value for p, value in self.pairs if short_iri(iri_of(p)) in words]

    def key_facts(self, own_cited: Cited) -> tuple[Statement, ...]:
        found = {one.property.iri: one for one in self._statements(self._key_pairs(), own_cited)}
        return tuple(found[iri] for iri in KEY_FACTS if iri in found)

    def groups(self, own_cited: Cited, told: frozenset[str]) -> tuple[StatementGroup, ...]:
        left = {
            pair
            for pair in self.pairs - self._key_pairs()
            if pair[0] != TYPE and short_iri(iri_of(pair[0])) not in told
        }
        found: dict[tuple[float, str], list[tuple[float, Statement]]] = {}
        for statement in self._statements(left, own_cited):
            field = self.layout.field(self._classes(), statement.property.iri)
            group = self.layout.groups.get(field.group) if field else None
            key = (group.order, group.iri) if group else LAST_GROUP
            found.setdefault(key, []).append((field.order if field else 0.0, statement))
        return tuple(
            StatementGroup(
                short_iri(iri) or "other",
                best_text(self.layout.groups[iri].names, self.reader.language) if iri else None,
                tuple(one for _, one in sorted(held, key=_by_order)),
            )
            for (_, iri), held in sorted(found.items())
        )

    def _key_pairs(self) -> frozenset[Pair]:
        return frozenset(pair for pair in self.pairs if iri_of(pair[0]) in KEY_FACTS)

    def _classes(self) -> list[str]:
        own = {iri_of(value) for property_, value in self.stated if property_ == TYPE}
        derived = {iri_of(value) for property_, value in self.pairs if property_ == TYPE} - own
        return [*sorted(own), *sorted(derived)]

    def _statements(self, pairs: Iterable[Pair], own_cited: Cited) -> list[Statement]:
        found = []
        for property_, group in groupby(sorted(pairs, key=_by_iri), key=lambda pair: pair[0]):
            held = [value for _, value in group]
            own, other = _by_language(property_, held, self.reader.language)
            found.append(
                Statement(
                    self._property(property_),
                    self._values(property_, own, own_cited, alone=not other),
                    self._values(property_, other, own_cited, alone=False),
                )
            )
        return found

    def _property(self, property_: Term) -> Shown:
        """Name a property as the shape of the thing does, else as the ontology does."""
        plain = self.reader.shown(property_)
        field = self.layout.field(self._classes(), plain.iri)
        text = best_text(field.names, self.reader.language) if field else None
        return Shown(text or plain.text, plain.href, plain.iri)

    def _values(
        self, property_: Term, values: Iterable[Term], own_cited: Cited, *, alone: bool
    ) -> tuple[Value, ...]:
        found = [
            Value(
                self.shown(value),
                own_cited.sources(property_, value),
                alone and isinstance(value, Literal) and bool(value.language),
            )
            for value in values
        ]
        return tuple(sorted(found, key=lambda value: by_name(value.shown)))


def _title(pairs: Iterable[Pair], thing: NamedNode, reader: Reader) -> Text:
    held = list(pairs)
    if reader.at and thing.value.startswith(ID + "municipality/"):
        text = name_on(reader, thing)
        if text:
            return text
    for naming in NAMING:
        names = [v for property_, v in held if property_ == naming and isinstance(v, Literal)]
        text = best_text(names, reader.language)
        if text:
            return text
    return reader.shown(thing).text


def _is_only(pairs: Iterable[Pair], title: Text) -> bool:
    """Say whether a title's language is the only one its naming property has."""
    languages = {
        value.language
        for property_, value in pairs
        if property_ in NAMING and isinstance(value, Literal) and value.language
    }
    return languages == {title.language}


def _life(statements: _Statements, reader: Reader, thing: NamedNode) -> Life:
    nodes = statements.values(PERIODS)
    periods = [(node, period) for node in nodes if (period := reader.period(node)) is not None]
    ended = bool(periods) and all(period.has_ended(reader.day) for _, period in periods)
    ahead = bool(periods) and all(
        period.since > reader.day and not period.has_ended(reader.day) for _, period in periods
    )
    replaced = bool(statements.values(frozenset({"isReplacedBy", "deprecated"})))
    return Life(
        ended,
        ahead,
        reader.shown(periods[0][0]) if periods else None,
        _successors(reader, thing) if ended or replaced else (),
    )


def _successors(reader: Reader, thing: NamedNode) -> tuple[Successor, ...]:
    rows = reader.rows("successors", thing=thing, language=Literal(reader.language))
    return tuple(
        dict.fromkeys(
            Successor(
                reader.shown(row["successor"], _named(row, "successor")),
                reader.shown(row["change"], _named(row, "change")) if "change" in row else None,
                reader.shown(row["day"]) if "day" in row else None,
            )
            for row in rows
        )
    )


def _named(row: Row, variable: str) -> tuple[Literal, ...]:
    name = row.get(f"{variable}Name")
    return (name,) if isinstance(name, Literal) else ()


def _by_language(
    property_: Term, values: list[Term], language: str
) -> tuple[list[Term], list[Term]]:
    """Part values into those for this reader and the same text in other languages.

    Names are no translations of each other: all of them are for every reader.
    """
    tagged = [v for v in values if isinstance(v, Literal) and v.language]
    best = best_text(tagged, language)
    if best is None or property_ in NAMING or property_ == OTHER_NAMES:
        return values, []
    own = [
        v
        for v in values
        if not isinstance(v, Literal) or (v.language or best.language) == best.language
    ]
    return own, [value for value in values if value not in own]


def _by_iri(pair: Pair) -> tuple[str, str]:
    return str(pair[0]), str(pair[1])


def _by_iri_shown(one: Shown) -> str:
    return one.iri


def _by_order(one: tuple[float, Statement]) -> tuple[float, str]:
    return one[0], by_name(one[1].property)
