"""The columns of tables, read out of the property shapes: what a column is called and may hold."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, parse

from hyteverkko.ingest.rdf import translated
from hyteverkko.namespaces import PREFIXES, expanded
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.translations import marked

TYPE: Final = expanded("rdf:type")
PERIOD_CLASS: Final = expanded("dct:PeriodOfTime")
VIOLATION: Final = expanded("sh:Violation")


class Holds(StrEnum):
    """What the cells of a column hold."""

    KEY = "key"
    GRAPH = "graph"
    TEXT = "text"
    PLAIN = "plain"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DAY = "day"
    PARTIAL = "partial"
    PERIOD = "period"
    THING = "thing"
    TERM = "term"


HOW: Final = {
    Holds.KEY: marked(
        "The lasting key of the row. Leave it as it is; leave it empty in a new row."
    ),
    Holds.GRAPH: marked("The graph that holds the row."),
    Holds.TEXT: marked("Text in the language of the column."),
    Holds.PLAIN: marked("Text, a number or a code as it stands."),
    Holds.INTEGER: marked("A whole number."),
    Holds.DECIMAL: marked("A number."),
    Holds.BOOLEAN: marked("Yes or no."),
    Holds.DAY: marked("A day, for example 8.12.2021."),
    Holds.PARTIAL: marked("A day, a month or a year, for example 8.12.2021, 12/2021 or 2021."),
    Holds.PERIOD: marked(
        "A time, for example 8.12.2021, joulukuu 2021, 2021, kevät 2021, 1.8.2021–31.5.2025, "
        "2021– (goes on) or 2021–? (end not known)."
    ),
    Holds.THING: marked("A name, a code or an address."),
    Holds.TERM: marked("An address, or a literal as in N-Triples."),
}
"""How a column of each kind is filled in."""

MANY: Final = marked("Several values are separated by a semicolon.")
REQUIRED: Final = marked("Required.")
REQUIRED_ONCE: Final = marked("Required in at least one language.")

_DATATYPES: Final = {
    expanded("xsd:integer"): Holds.INTEGER,
    expanded("xsd:decimal"): Holds.DECIMAL,
    expanded("xsd:boolean"): Holds.BOOLEAN,
    expanded("xsd:date"): Holds.DAY,
    expanded("rdf:langString"): Holds.TEXT,
}
PARTIAL_TYPES: Final = frozenset(expanded(t) for t in ("xsd:date", "xsd:gYearMonth", "xsd:gYear"))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the property it states, how it is called, and what its cells may hold."""

    path: str
    holds: Holds
    names: Mapping[str, str] = field(compare=False)
    help: Mapping[str, str] = field(default_factory=dict, compare=False)
    language: str = ""
    least: int = 0
    many: bool = False
    datatype: str = ""
    classes: frozenset[str] = frozenset()
    scheme: str = ""
    choices: tuple[str, ...] = ()
    of_person: bool = False
    inverse: bool = False
    """Whether the row is what the property leads to, and the cell where it comes from."""

    order: tuple[float, ...] = ()

    def heading(self, language: str) -> str:
        """Give the heading in a language."""
        name = self.names.get(language) or self.names.get("en") or self.path
        return f"{name} ({self.language})" if self.language else name

    def guidance(self, language: str) -> str:
        """Say what goes into the column."""
        parts = [translated(HOW[self.holds])[language]]
        if self.many:
            parts.append(translated(MANY)[language])
        if self.least:
            in_all = self.holds is not Holds.TEXT or self.least >= len(LANGUAGES)
            parts.insert(0, translated(REQUIRED if in_all else REQUIRED_ONCE)[language])
        if self.help.get(language):
            parts.append(self.help[language])
        return " ".join(parts)


KEY: Final = Column("key", Holds.KEY, translated(marked("key")), order=(-2,))
GRAPH: Final = Column("graph", Holds.GRAPH, translated(marked("graph")), order=(-1,))
_CLASS: Final = Column(TYPE, Holds.THING, translated(marked("class")), many=True, order=(0,))


class Shapes:
    """The shapes and classes, as far as tables are made from them."""

    def __init__(self, root: Path) -> None:
        """Read ``shapes/`` and the classes of ``ontology/``."""
        self._objects: dict[tuple[str, str], list[object]] = defaultdict(list)
        self._by_target: dict[str, list[str]] = defaultdict(list)
        self._broader: dict[str, set[str]] = defaultdict(set)
        self._labels: dict[str, dict[str, str]] = defaultdict(dict)
        for path in sorted((root / "shapes").glob("*.ttl")):
            self._read_shapes(path)
        for path in sorted((root / "ontology").rglob("*.ttl")):
            self._read_classes(path)

    def classes_above(self, classes: Iterable[str]) -> frozenset[str]:
        """Give classes with everything they are subclasses of."""
        found: set[str] = set()
        waiting = list(classes)
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(self._broader.get(one, ()))
        return frozenset(found)

    def classes_below(self, classes: Iterable[str]) -> frozenset[str]:
        """Give classes with everything that is a subclass of them."""
        wanted = set(classes)
        below = {one for one in self._broader if wanted & self.classes_above([one])}
        return frozenset(wanted | below)

    def label(self, thing: str) -> Mapping[str, str]:
        """Give the label of a shape or class in each language."""
        return self._labels.get(thing, {})

    def targets(self, shapes: Iterable[str]) -> tuple[str, ...]:
        """Give the classes that node shapes are about."""
        found = [t for shape in shapes for t in self._iris(shape, "sh:targetClass")]
        return tuple(dict.fromkeys(found))

    def shapes_of(self, classes: Iterable[str]) -> tuple[str, ...]:
        """Give the node shapes that a thing with these classes must fit."""
        above = self.classes_above(classes)
        return tuple(s for target in sorted(above) for s in self._by_target.get(target, ()))

    def columns(self, shapes: Iterable[str], main: str) -> tuple[Column, ...]:
        """Give the columns of node shapes, in the order of their groups and properties.

        What a shape requires is required of a row only if it is about every thing of the class
        ``main``.
        """
        above = self.classes_above([main])
        found: dict[str, Column] = {}
        schemes: dict[str, str] = {}
        for number, shape in enumerate(shapes):
            for property_ in self._iris(shape, "sh:property"):
                path = self._one(property_, "sh:path")
                if isinstance(path, NamedNode):
                    column = self._column(property_, path.value, number)
                    if column and above.isdisjoint(self._iris(shape, "sh:targetClass")):
                        column = replace(column, least=0)
                    if column:
                        known = found.get(path.value)
                        found[path.value] = _merged(known, column) if known else column
                elif isinstance(path, BlankNode):
                    schemes.update(self._scheme(property_, path))
        columns = [replace(c, scheme=schemes.get(c.path, "")) for c in found.values()]
        ordered = sorted(columns, key=lambda column: column.order)
        return _with_distinct_headings([each for c in ordered for each in self._languages(c)])

    def inverse_column(self, property_: str) -> Column:
        """Give the column for what leads to a row by a property: whose row, and of which class."""
        owner = next(
            s
            for (s, p), found in self._objects.items()
            if p == expanded("sh:property") and (NamedNode(property_) in found)
        )
        path = self._iris(property_, "sh:path")[0]
        classes = self.targets([owner])
        return Column(
            path,
            Holds.THING,
            self.label(owner),
            self._texts(property_, "sh:message"),
            many=True,
            classes=frozenset(classes),
            inverse=True,
        )

    def _column(self, shape: str, path: str, number: int) -> Column | None:
        most = self._number(shape, "sh:maxCount")
        if most == 0 or path == TYPE:
            return None
        holds, datatype, classes = self._values(shape)
        group = self._one(shape, "sh:group")
        group_order = self._number(group.value, "sh:order") if isinstance(group, NamedNode) else 99
        severity = self._one(shape, "sh:severity")
        is_rule = severity is None or severity == NamedNode(VIOLATION)
        unique = self._one(shape, "sh:uniqueLang") is not None
        return Column(
            path,
            holds,
            self._texts(shape, "sh:name"),
            self._texts(shape, "sh:message"),
            least=int(self._number(shape, "sh:minCount") or 0) if is_rule else 0,
            many=not unique if holds is Holds.TEXT else most != 1,
            datatype=datatype,
            classes=classes,
            choices=tuple(self._list(shape, "sh:in")),
            order=(group_order or 99, number, self._number(shape, "sh:order") or 0),
        )

    def _values(self, shape: str) -> tuple[Holds, str, frozenset[str]]:
        datatypes = self._iris(shape, "sh:datatype")
        classes = frozenset(self._iris(shape, "sh:class"))
        kind = self._one(shape, "sh:nodeKind")
        for option in self._options(shape):
            datatypes += self._iris(option, "sh:datatype")
            classes |= frozenset(self._iris(option, "sh:class"))
        if self._one(shape, "sh:languageIn") is not None:
            return Holds.TEXT, "", frozenset()
        if len(datatypes) > 1:
            return Holds.PARTIAL if set(datatypes) <= PARTIAL_TYPES else Holds.TERM, "", classes
        if datatypes:
            return _DATATYPES.get(datatypes[0], Holds.PLAIN), datatypes[0], frozenset()
        if classes == {PERIOD_CLASS}:
            return Holds.PERIOD, "", classes
        if classes or kind == NamedNode(expanded("sh:IRI")) or self._list(shape, "sh:in"):
            return Holds.THING, "", classes
        if kind == NamedNode(expanded("sh:Literal")):
            return Holds.PLAIN, expanded("xsd:string"), frozenset()
        return Holds.TERM, "", frozenset()

    def _languages(self, column: Column) -> list[Column]:
        if column.holds is not Holds.TEXT:
            return [column]
        return [replace(column, language=language) for language in LANGUAGES]

    def _scheme(self, shape: str, path: BlankNode) -> Iterator[tuple[str, str]]:
        steps = [step.value for step in self._items(path) if isinstance(step, NamedNode)]
        if len(steps) == 2 and steps[1] == expanded("skos:inScheme"):
            yield from ((steps[0], scheme) for scheme in self._list(shape, "sh:in"))

    def _options(self, shape: str) -> list[str]:
        head = self._one(shape, "sh:or")
        return [str(o) for o in self._items(head)] if head is not None else []

    def _list(self, shape: str, property_: str) -> list[str]:
        head = self._one(shape, property_)
        items = self._items(head) if head is not None else []
        return [item.value for item in items if isinstance(item, NamedNode)]

    def _items(self, head: object) -> list[object]:
        items = []
        while isinstance(head, BlankNode):
            items += self._objects[str(head), expanded("rdf:first")]
            rest = self._objects[str(head), expanded("rdf:rest")]
            head = rest[0] if rest else None
        return items

    def _iris(self, subject: str, property_: str) -> list[str]:
        found = self._objects.get((subject, expanded(property_)), [])
        return [value.value for value in found if isinstance(value, NamedNode)]

    def _one(self, subject: str, property_: str) -> object:
        found = self._objects.get((subject, expanded(property_)), [])
        return found[0] if found else None

    def _number(self, subject: str, property_: str) -> float | None:
        found = self._one(subject, property_)
        return float(found.value) if isinstance(found, Literal) else None

    def _texts(self, subject: str, property_: str) -> dict[str, str]:
        found = self._objects.get((subject, expanded(property_)), [])
        return {
            value.language: value.value
            for value in found
            if isinstance(value, Literal) and value.language
        }

    def _read_shapes(self, path: Path) -> None:
        for quad in parse(path=str(path), rename_blank_nodes=True):
            subject = _name(quad.subject)
            self._objects[subject, quad.predicate.value].append(quad.object)
            if quad.predicate.value == expanded("sh:targetClass"):
                self._by_target[_name(quad.object)].append(subject)
            self._read_label(quad.predicate.value, subject, quad.object)

    def _read_classes(self, path: Path) -> None:
        for quad in parse(path=str(path), rename_blank_nodes=True):
            if quad.predicate.value == expanded("rdfs:subClassOf"):
                self._broader[_name(quad.subject)].add(_name(quad.object))
            self._read_label(quad.predicate.value, _name(quad.subject), quad.object)

    def _read_label(self, predicate: str, subject: str, value: object) -> None:
        if predicate == expanded("rdfs:label") and isinstance(value, Literal) and value.language:
            self._labels[subject][value.language] = value.value


@cache
def read_shapes(root: Path) -> Shapes:
    """Read the shapes and classes of the repository once."""
    return Shapes(root)


def type_column(shapes: Shapes, classes: Iterable[str]) -> Column:
    """Give the column that says the class of a row, out of those a sheet is for."""
    choices = tuple(sorted(one for one in classes if shapes.label(one)))
    return replace(_CLASS, choices=choices)


def _name(value: object) -> str:
    return value.value if isinstance(value, NamedNode) else str(value)


def _merged(known: Column, other: Column) -> Column:
    """Join what two shapes say of one property: the first names it, the stricter of both holds."""
    vague = known.holds is Holds.TERM and other.holds is not Holds.TERM
    plain_thing = known.holds is Holds.THING and other.holds is Holds.PERIOD
    values = other if vague or plain_thing else known
    return replace(
        known,
        holds=values.holds,
        datatype=values.datatype,
        classes=known.classes or other.classes,
        choices=known.choices or other.choices,
        least=max(known.least, other.least),
        many=values.many and (known.many or vague) and (other.many or other.holds is Holds.TERM),
    )


def _with_distinct_headings(columns: list[Column]) -> tuple[Column, ...]:
    """Add the property to the headings that two columns would share."""
    seen: dict[str, set[str]] = defaultdict(set)
    for column in (KEY, GRAPH, _CLASS, *columns):
        for language in LANGUAGES:
            seen[column.heading(language)].add(column.path)
    shared = {
        column.path
        for column in columns
        if any(len(seen[column.heading(language)]) > 1 for language in LANGUAGES)
    }
    return tuple(
        replace(column, names=_with_property(column)) if column.path in shared else column
        for column in columns
    )


def _with_property(column: Column) -> dict[str, str]:
    return {lang: f"{name} – {_short(column.path)}" for lang, name in column.names.items()}


def _short(iri: str) -> str:
    prefix, namespace = next(
        (
            item
            for item in sorted(PREFIXES.items(), key=lambda i: -len(i[1]))
            if iri.startswith(item[1])
        ),
        ("", ""),
    )
    return f"{prefix}:{iri.removeprefix(namespace)}"
