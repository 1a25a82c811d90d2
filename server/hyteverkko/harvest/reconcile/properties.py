"""What is known of what was matched: the properties, their values, and how a value is compared."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from babel.dates import format_date
from pyoxigraph import Literal, NamedNode

from hyteverkko.harvest.reconcile.entities import TYPES, id_of, names_of, thing_of, type_of
from hyteverkko.labels import best_text, short_iri
from hyteverkko.namespaces import BASE, DEF, PREFIXES, expanded
from hyteverkko.store.graph import ReleaseGraph, Row
from hyteverkko.store.search.words import folded_text
from hyteverkko.translations import LOCALES, marked

XSD: Final = PREFIXES["xsd"]
DATE: Final = NamedNode(XSD + "date")
INTEGERS: Final = {XSD + name for name in ("integer", "nonNegativeInteger", "positiveInteger")}
FLOATS: Final = {XSD + name for name in ("decimal", "double", "float")}


@dataclass(frozen=True, slots=True)
class Asking:
    """Of what a property is asked, for a reader of which language, and as of which day.

    Without a day it is today, or the last day of what has ended by then.
    """

    graph: ReleaseGraph
    thing: NamedNode
    language: str
    today: str
    at: str = ""

    def rows(self, name: str, **terms: NamedNode | Literal) -> list[Row]:
        """Ask a stored query about the thing."""
        return self.graph.rows(name, thing=self.thing, **terms)

    def day(self) -> Literal:
        """Give the day as a term."""
        return Literal(self.at or min([self.today, *self._last_days()]), datatype=DATE)

    def has_ended(self, day: str) -> bool:
        """Say whether the thing was certainly over on a day."""
        return bool(ends := self._last_days()) and max(ends) < day

    def _last_days(self) -> list[str]:
        ends = (row.get("until") for row in self.rows("bounds_of"))
        return [end.value for end in ends if isinstance(end, Literal)]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a property: a literal, or a thing with its names."""

    term: NamedNode | Literal
    names: tuple[Literal, ...] = ()

    def data(self, language: str) -> dict[str, Any]:
        """Give the value as the protocol writes it."""
        if isinstance(self.term, NamedNode):
            iri = self.term.value
            if not iri.startswith(BASE):
                return {"str": iri}
            return {"id": id_of(iri), "name": self.text(language)}
        datatype = self.term.datatype.value
        if datatype == DATE.value:
            return {"date": f"{self.term.value}T00:00:00Z"}
        if datatype in INTEGERS:
            return {"int": int(self.term.value)}
        if datatype in FLOATS:
            return {"float": float(self.term.value)}
        return {"str": self.term.value}

    def text(self, language: str) -> str:
        """Give the value as a reader of the language sees it."""
        if isinstance(self.term, Literal):
            is_day = self.term.datatype == DATE
            return day_in(language, self.term.value) if is_day else self.term.value
        best = best_text(self.names, language)
        return best.value if best else short_iri(self.term.value)

    def fits(self, given: str) -> bool:
        """Say whether a value that was given, as a text or an id, means this one."""
        if isinstance(self.term, NamedNode) and given in {self.term.value, id_of(self.term.value)}:
            return True
        if isinstance(self.term, Literal) and self.term.datatype == DATE:
            return given.startswith(self.term.value) or self.term.value.startswith(given)
        texts = self.names if isinstance(self.term, NamedNode) else (self.term,)
        return folded_text(given) in {folded_text(text.value) for text in texts}


def day_in(language: str, day: str) -> str:
    """Write a day as the language does."""
    return format_date(date.fromisoformat(day), "medium", LOCALES[language])


Source: TypeAlias = Callable[[Asking], Iterable[Value]]


@dataclass(frozen=True, slots=True)
class Property:
    """A property that can be asked for: its id, its name, and the types of thing that have it.

    ``values_are`` is the type of its values, where they are things that can be matched.
    """

    id: str
    name: str
    kinds: frozenset[str]
    source: Source
    values_are: str = ""
    is_dated: bool = False


def _grouped(rows: Iterable[Row], value: str = "value", name: str = "valueName") -> list[Value]:
    """Give each value once, with all the names the rows have of it."""
    names: dict[NamedNode | Literal, dict[Literal, None]] = {}
    for row in rows:
        term, called = row.get(value), row.get(name)
        if isinstance(term, NamedNode | Literal):
            found = names.setdefault(term, {})
            if isinstance(called, Literal):
                found[called] = None
    return [Value(term, tuple(found)) for term, found in names.items()]


def _stated(*terms: str) -> Source:
    nodes = [_node(term) for term in terms]

    def source(asking: Asking) -> Iterator[Value]:
        for node in nodes:
            yield from _grouped(asking.rows("values_of", property=node))

    return source


def _node(term: str) -> NamedNode:
    return NamedNode(expanded(term))


def _name_in(language: str) -> Source:
    def source(asking: Asking) -> Iterator[Value]:
        names = names_of(asking.graph, asking.thing)
        yield from dict.fromkeys(Value(name) for name in names if name.language == language)

    return source


def _other_names(asking: Asking) -> Iterator[Value]:
    shown = {name.value for name in names_of(asking.graph, asking.thing)}
    stated = _stated("skos:altLabel", "dct:alternative")(asking)
    official = _grouped(asking.rows("municipality_names"), "name")
    by_text = {value.term.value: value for value in (*stated, *official)}
    yield from (value for text, value in by_text.items() if text not in shown)


def _text_of(*terms: str) -> Source:
    stated = _stated(*terms)

    def source(asking: Asking) -> Iterator[Value]:
        literals = [one.term for one in stated(asking) if isinstance(one.term, Literal)]
        best = best_text(literals, asking.language)
        yield from [Value(Literal(best.value, language=best.language or None))] if best else []

    return source


def _bound(variable: str) -> Source:
    def source(asking: Asking) -> Iterator[Value]:
        yield from _grouped(asking.rows("bounds_of"), variable)

    return source


def _area(system: str) -> Source:
    node = NamedNode(f"{DEF}/area-system/{system}")

    def source(asking: Asking) -> Iterator[Value]:
        yield from _grouped(asking.rows("areas_on_day", system=node, day=asking.day()))

    return source


def _asked(query: str) -> Source:
    def source(asking: Asking) -> Iterator[Value]:
        yield from _grouped(asking.rows(query))

    return source


def _asked_on_day(query: str) -> Source:
    def source(asking: Asking) -> Iterator[Value]:
        yield from _grouped(asking.rows(query, day=asking.day()))

    return source


def _successors(asking: Asking) -> Iterator[Value]:
    rows = asking.rows("successors", language=Literal(asking.language))
    yield from _grouped(rows, "successor", "successorName")


def _successors_on_day(asking: Asking) -> Iterator[Value]:
    """Give what there is on the day of what an ended thing became, over all changes since."""
    day = asking.at or asking.today
    found: dict[NamedNode, Value] = {}
    ahead = [asking] if asking.has_ended(day) else []
    while ahead:
        one = ahead.pop()
        for value in _successors(one):
            if isinstance(value.term, NamedNode) and value.term not in found:
                found[value.term] = value
                later = replace(one, thing=value.term)
                ahead += [later] if later.has_ended(day) else []
    for node, value in found.items():
        if not replace(asking, thing=node).has_ended(day):
            yield value


def _nothing(_asking: Asking) -> Iterator[Value]:
    return iter(())


_EVERY: Final = frozenset(TYPES)
_MUNICIPALITIES: Final = frozenset({"municipality"})
_CODED: Final = frozenset({"municipality", "region", "county", "province"})
_LASTING: Final = _CODED | {"body", "network", "document", "project", "model", "event"}
_OWNED: Final = frozenset({"network", "body", "document", "unit", "post", "event", "model"})
_ABOUT: Final = frozenset({"network", "body", "document", "project", "model", "event", "service"})
_CONCEPTS: Final = frozenset({"office", "concept"})

AT: Final = Property("at", marked("As of a day or year"), _EVERY, _nothing)
"""A day that is given beside a name: what was called so then is meant. It is no value to fetch."""

CODE: Final = Property("code", marked("Code"), _CODED, _stated("dct:identifier"))
PROPERTIES: Final = MappingProxyType(
    {
        one.id: one
        for one in (
            AT,
            CODE,
            Property("name-fi", marked("Name in Finnish"), _EVERY, _name_in("fi")),
            Property("name-sv", marked("Name in Swedish"), _EVERY, _name_in("sv")),
            Property("name-en", marked("Name in English"), _EVERY, _name_in("en")),
            Property("other-names", marked("Other and former names"), _EVERY, _other_names),
            Property(
                "official-name",
                marked("Official name on the day"),
                _MUNICIPALITIES,
                _asked_on_day("official_names_on_day"),
                is_dated=True,
            ),
            Property("start", marked("First day"), _LASTING, _bound("start")),
            Property("end", marked("Last day"), _LASTING, _bound("end")),
            Property(
                "region",
                marked("Region"),
                _MUNICIPALITIES,
                _area("region"),
                "region",
                is_dated=True,
            ),
            Property(
                "county",
                marked("Wellbeing services county"),
                _MUNICIPALITIES,
                _area("wellbeing-services-county-area"),
                "county",
                is_dated=True,
            ),
            Property(
                "province",
                marked("Province"),
                _MUNICIPALITIES,
                _area("province"),
                "province",
                is_dated=True,
            ),
            Property(
                "population",
                marked("Population"),
                _MUNICIPALITIES,
                _asked_on_day("population_on_day"),
                is_dated=True,
            ),
            Property(
                "successor",
                marked("Successor"),
                _MUNICIPALITIES,
                _successors,
                "municipality",
            ),
            Property(
                "successor-on-day",
                marked("Successor on the day"),
                _MUNICIPALITIES,
                _successors_on_day,
                "municipality",
                is_dated=True,
            ),
            Property(
                "predecessor",
                marked("Predecessor"),
                _MUNICIPALITIES,
                _asked("predecessors"),
                "municipality",
            ),
            Property(
                "municipality",
                marked("Municipality"),
                _OWNED,
                _asked("municipality_of"),
                "municipality",
            ),
            Property(
                "belongs-to",
                marked("Belongs to"),
                _OWNED,
                _stated(
                    *("hyte:bodyOf", "hyte:owner", "org:unitOf", "org:postIn", "hyte:heldBy"),
                    *("hyte:organiser", "hyte:implementedIn"),
                ),
            ),
            Property(
                "kind",
                marked("Kind"),
                frozenset({"network", "body", "document", "event"}),
                _stated("org:classification", "dct:type"),
                "concept",
            ),
            Property(
                "office", marked("Office"), frozenset({"post"}), _stated("hyte:office"), "office"
            ),
            Property("theme", marked("Theme"), _ABOUT, _stated("hyte:theme"), "concept"),
            Property(
                "target-group",
                marked("Target group"),
                _ABOUT,
                _stated("hyte:targetGroup"),
                "concept",
            ),
            Property(
                "status",
                marked("Status"),
                frozenset({"document", "project", "model", "event"}),
                _stated("hyte:status"),
                "concept",
            ),
            Property("broader", marked("Broader concept"), _CONCEPTS, _stated("skos:broader")),
            Property(
                "definition",
                marked("Definition"),
                _CONCEPTS | {"network", "body", "model"},
                _text_of("skos:definition", "org:purpose", "hyte:solution"),
            ),
            Property(
                "same-as",
                marked("The same elsewhere"),
                _EVERY,
                _stated("hyte:correspondsTo", "skos:exactMatch", "skos:closeMatch"),
            ),
        )
    }
)
"""Every property, in the order in which it is proposed; those that tell things apart first."""

OTHER_IDS: Final = MappingProxyType({"date": AT})
"""What clients may call a property as well."""


def property_of(id_: str) -> Property | None:
    """Give the property with an id."""
    return PROPERTIES.get(id_) or OTHER_IDS.get(id_)


def fetched(kind: str) -> tuple[Property, ...]:
    """Give the properties whose values can be fetched for a type, or for any with the empty one."""
    return tuple(
        one for one in PROPERTIES.values() if one is not AT and (not kind or kind in one.kinds)
    )


def values(one: Property, asking: Asking) -> tuple[Value, ...]:
    """Give the values a thing has of a property; none where its type has no such property."""
    type_ = type_of(asking.thing.value)
    if type_ is None or type_.id not in one.kinds:
        return ()
    return tuple(one.source(asking))


def asking_about(
    graph: ReleaseGraph, id_: str, language: str, today: str, at: str = ""
) -> Asking | None:
    """Make ready to ask about what an id names; None where nothing has it."""
    thing = thing_of(id_)
    if thing is None or not names_of(graph, thing):
        return None
    return Asking(graph, thing, language, today, at)
