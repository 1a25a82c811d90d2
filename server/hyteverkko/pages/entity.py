"""The page of a thing: what is stated of it, where each statement comes from, what leads to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.errors import Gone, NotFound
from hyteverkko.labels import FALLBACK, Text, best_text, short_iri
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.pages.terms import Shown, literal_text, period_text, shown
from hyteverkko.store.current import Serving, names_by_iri
from hyteverkko.store.graph import Row, Term

DERIVED: Final = NamedNode(GRAPHS + "derived")
TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
NAMING: Final = tuple(
    NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (
        ("skos", "prefLabel"),
        ("dct", "title"),
        ("foaf", "name"),
        ("rdfs", "label"),
    )
)
INCOMING_PER_PAGE: Final = 100
PERIOD: Final = ID + "period/"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a statement and the numbers of the sources that state it."""

    shown: Shown
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A property with its values; texts of other languages than the reader's stand apart."""

    property: Shown
    values: tuple[Value, ...]
    other_languages: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A passage of a document that states something of the thing.

    ``start`` and ``end`` count characters; ``fragment`` names a table's row instead.
    """

    number: int
    document: Shown
    passage: Shown
    start: str
    end: str
    fragment: str
    certainty: Shown
    reason: Text | None
    recorded: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """The things that are related to this one by one property."""

    property: Shown
    subjects: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of the incoming relations is shown."""

    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class EntityPage:
    """All that the page of a thing shows."""

    iri: str
    title: Text
    kinds: tuple[Shown, ...]
    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    incoming: tuple[Incoming, ...]
    paging: Paging
    graphs: tuple[Shown, ...]


def entity_page(serving: Serving, thing: NamedNode, language: str, page: int) -> EntityPage:
    """Put together the page of a thing; raise NotFound, or Gone for what was withdrawn."""
    rows = serving.graph.rows("statements", thing=thing)
    if not rows:
        raise NotFound("Nothing is known under this address.")
    refuse_withdrawn(serving, thing)
    reader = _Reader(serving, language, names_by_iri(rows, "value"))
    sources, cited = _sources(serving, thing, reader)
    incoming, paging = _incoming(serving, thing, reader, page)
    stated = {(row["property"], row["value"]) for row in rows if row["graph"] != DERIVED}
    derived = {(row["property"], row["value"]) for row in rows} - stated
    own_kinds = {value for property_, value in stated if property_ == TYPE}
    rest = {pair for pair in stated | derived if pair[0] not in {TYPE}}
    return EntityPage(
        iri=thing.value,
        title=_title(rows, thing, language),
        kinds=tuple(sorted((reader.shown(kind) for kind in own_kinds), key=_by_text)),
        statements=tuple(_statements(rest, reader, cited)),
        sources=tuple(sources),
        incoming=incoming,
        paging=paging,
        graphs=tuple(
            sorted(
                {reader.shown(row["graph"]) for row in rows if row["graph"] != DERIVED},
                key=_by_text,
            )
        ),
    )


def refuse_withdrawn(serving: Serving, thing: NamedNode) -> None:
    """Raise Gone for a person whose name is withheld."""
    for row in serving.graph.rows("withheld", thing=thing):
        after = row["after"]
        day = after.value if isinstance(after, Literal) else ""
        raise Gone(
            "The name that stood here was shown until {day}. The post and its place stay in the "
            "pages of the body; the name has been withdrawn.",
            day=day,
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Shows terms in one language, with the names one page needs."""

    serving: Serving
    language: str
    names: Mapping[str, tuple[Literal, ...]]

    def shown(self, term: Term) -> Shown:
        if not isinstance(term, NamedNode):
            return shown(term, (), self.language)
        if term.value.startswith(PERIOD):
            return self._period(term)
        names = self.names.get(term.value) or self.serving.names.get(term.value, ())
        return shown(term, names, self.language)

    def _period(self, term: NamedNode) -> Shown:
        rows = self.serving.graph.rows("periods", period=term)
        if not rows:
            return shown(term, (), self.language)
        stated = {
            name: term.value
            for name, term in rows[0].items()
            if isinstance(term, NamedNode | Literal)
        }
        names = {
            iri: text.value
            for iri in stated.values()
            if (text := best_text(self.serving.names.get(iri, ()), self.language))
        }
        words = period_text(stated, names, self.language)
        return Shown(Text(words), shown(term, (), self.language).href, term.value)


def _title(rows: Iterable[Row], thing: NamedNode, language: str) -> Text:
    stated = [(row["property"], row["value"]) for row in rows]
    for naming in NAMING:
        names = [v for property_, v in stated if property_ == naming and isinstance(v, Literal)]
        text = best_text(names, language)
        if text:
            return text
    return Text(short_iri(thing.value))


def _by_text(one: Shown) -> tuple[str, str]:
    return one.text.value.casefold(), one.iri


def _statements(
    pairs: Iterable[tuple[Term, Term]], reader: _Reader, cited: "_Cited"
) -> Iterable[Statement]:
    found = []
    for property_, group in groupby(
        sorted(pairs, key=lambda p: (str(p[0]), str(p[1]))), lambda p: p[0]
    ):
        own, other = _by_language([value for _, value in group], reader.language)
        found.append(
            Statement(
                reader.shown(property_),
                _values(property_, own, reader, cited),
                _values(property_, other, reader, cited),
            )
        )
    return sorted(found, key=lambda one: (_rank(one.property.iri), _by_text(one.property)))


def _rank(property_: str) -> int:
    """Names come first, then what is stated in our own words, then the machinery."""
    if NamedNode(property_) in NAMING:
        return 0
    if property_ == PREFIXES["skos"] + "altLabel":
        return 1
    if property_ in {PREFIXES["dct"] + "description", PREFIXES["skos"] + "definition"}:
        return 2
    return 4 if property_.startswith((PREFIXES["prov"], PREFIXES["rdfs"])) else 3


def _by_language(values: list[Term], language: str) -> tuple[list[Term], list[Term]]:
    """Part values into those for this reader and translations of them into other languages."""
    tagged = {value.language for value in values if isinstance(value, Literal) and value.language}
    best = next((one for one in (language, *FALLBACK) if one in tagged), None)
    own = [v for v in values if not isinstance(v, Literal) or v.language in {None, best}]
    return own, [value for value in values if value not in own]


def _values(
    property_: Term, values: Iterable[Term], reader: _Reader, cited: "_Cited"
) -> tuple[Value, ...]:
    found = [Value(reader.shown(value), cited.numbers(property_, value)) for value in values]
    return tuple(sorted(found, key=lambda value: _by_text(value.shown)))


@dataclass(frozen=True, slots=True)
class _Cited:
    """Which source stands behind which property and value."""

    entries: tuple[tuple[int, frozenset[Term], frozenset[Term]], ...]

    def numbers(self, property_: Term, value: Term) -> tuple[int, ...]:
        return tuple(
            dict.fromkeys(
                number
                for number, properties, values in self.entries
                if (not properties or property_ in properties) and (not values or value in values)
            )
        )


def _sources(serving: Serving, thing: NamedNode, reader: _Reader) -> tuple[list[Source], _Cited]:
    rows = serving.graph.rows("evidence", thing=thing)
    titles = names_by_iri(({"term": r["source"], "name": r["title"]} for r in rows), "term")
    by_evidence: dict[str, list[Row]] = {}
    for row in sorted(rows, key=_by_place):
        by_evidence.setdefault(str(row["evidence"]), []).append(row)
    sources: list[Source] = []
    entries = []
    for group in by_evidence.values():
        source = _source(group, titles, reader, len(sources) + 1)
        same = next((one for one in sources if _same(one, source)), None)
        if same is None:
            sources.append(source)
        entries.append(
            (
                (same or source).number,
                frozenset(row["property"] for row in group if "property" in row),
                frozenset(row["value"] for row in group if "value" in row),
            )
        )
    return sources, _Cited(tuple(entries))


def _by_place(row: Row) -> tuple[str, int, str]:
    start = row.get("start")
    return (
        str(row["source"]),
        int(start.value) if isinstance(start, Literal) else 0,
        str(row["evidence"]),
    )


def _same(one: Source, other: Source) -> bool:
    return (one.passage, one.certainty, one.reason) == (
        other.passage,
        other.certainty,
        other.reason,
    )


def _source(
    rows: list[Row], titles: Mapping[str, tuple[Literal, ...]], reader: _Reader, number: int
) -> Source:
    first = rows[0]
    reasons = [row["reason"] for row in rows if "reason" in row]
    recorded = first["recorded"]
    source = first["source"]
    names = titles.get(source.value, ()) if isinstance(source, NamedNode) else ()
    return Source(
        number=number,
        document=shown(source, names, reader.language),
        passage=reader.shown(first["passage"]),
        start=_lexical(first.get("start")),
        end=_lexical(first.get("end")),
        fragment=_lexical(first.get("fragment")),
        certainty=reader.shown(first["certainty"]),
        reason=best_text((r for r in reasons if isinstance(r, Literal)), reader.language),
        recorded=literal_text(recorded, reader.language).value
        if isinstance(recorded, Literal)
        else "",
    )


def _lexical(term: Term | None) -> str:
    return term.value if isinstance(term, Literal) else ""


def _incoming(
    serving: Serving, thing: NamedNode, reader: _Reader, page: int
) -> tuple[tuple[Incoming, ...], Paging]:
    rows = serving.graph.rows("incoming", thing=thing)
    names = names_by_iri(rows, "subject")
    named = _Reader(reader.serving, reader.language, names)
    pairs = sorted(
        {(row["property"], row["subject"]) for row in rows},
        key=lambda pair: (str(pair[0]), str(pair[1])),
    )
    pages = max(1, -(-len(pairs) // INCOMING_PER_PAGE))
    if page > pages:
        raise NotFound("There are only {pages} pages.", pages=pages)
    part = pairs[(page - 1) * INCOMING_PER_PAGE : page * INCOMING_PER_PAGE]
    groups = [
        Incoming(
            reader.shown(property_),
            tuple(sorted((named.shown(subject) for _, subject in group), key=_by_text)),
        )
        for property_, group in groupby(part, key=lambda pair: pair[0])
    ]
    return tuple(groups), Paging(page, pages, len(pairs))
