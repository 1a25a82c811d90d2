"""The kinds of table: which node shapes make one up, what stands first, how new rows are named.

What the columns are follows from the shapes; see `columns`.
"""

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

from hyteverkko.ingest.rdf import translated
from hyteverkko.ingest.tables.columns import GRAPH, KEY, Column, Shapes, read_shapes, type_column
from hyteverkko.namespaces import expanded
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.store.queries import query_text
from hyteverkko.store.search.inflection import voikko
from hyteverkko.translations import catalogue, marked

PERSON: Final = "hsh:Person"
QUERIES: Final = (
    *("graph", "names_to_match", "concepts_to_match", "codes_to_match"),
    *("ended_municipalities", "persons_known"),
)
"""The stored queries that reading a table asks."""

ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1252", "cp437")
"""The encodings a table, or the names in an archive, may be in; Python loads each at first use."""

MEMBER: Final = expanded("org:member")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the classes of its rows, its columns, and how a new row gets its address."""

    name: str
    titles: Mapping[str, str]
    classes: frozenset[str]
    default_class: str
    columns: tuple[Column, ...]
    addresses: Mapping[str, str] = field(default_factory=dict)
    named_by: tuple[tuple[str, ...], ...] = ()
    excluded: frozenset[str] = frozenset()
    has_persons: bool = False

    def holds(self, classes: Iterable[str]) -> bool:
        """Say whether a thing of these classes has its row in this sheet."""
        found = set(classes)
        return not found.isdisjoint(self.classes) and found.isdisjoint(self.excluded)

    def title(self, language: str) -> str:
        """Give the title of the sheet in a language."""
        return self.titles.get(language) or self.name

    def address(self, classes: Iterable[str]) -> str:
        """Give the kind in the address of a new thing of these classes."""
        return next((self.addresses[c] for c in classes if c in self.addresses), self.addresses[""])


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table that a municipality keeps, with one or more sheets."""

    name: str
    titles: Mapping[str, str]
    sheets: tuple[Sheet, ...]

    def title(self, language: str) -> str:
        """Give the name of the kind in a language."""
        return self.titles[language]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is said of a sheet by hand."""

    shapes: tuple[str, ...]
    main: str
    addresses: Mapping[str, str]
    named_by: tuple[tuple[str, ...], ...]
    first: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    leading_here: tuple[str, ...] = ()
    """Properties of other rows that are stated in this sheet, because its rows have no names."""

    elsewhere: tuple[str, ...] = ()
    """Properties of these rows that are stated in another sheet."""

    has_persons: bool = False


_LABEL: Final = (("skos:prefLabel",),)
_TITLE: Final = (("dct:title",),)
_PLANS: Final = {
    "bodies": _Plan(
        ("hsh:Organisation", "hsh:Body"),
        "hyte:Body",
        {"": "body", "hyte:CooperationNetwork": "network"},
        _LABEL,
        ("skos:prefLabel", "rdf:type", "org:classification", "hyte:bodyOf", "dct:temporal"),
    ),
    "members": _Plan(
        ("hsh:Membership",),
        "org:Membership",
        {"": "membership"},
        (
            ("org:organization",),
            ("org:member", "hyte:memberOffice", "hyte:memberDescription", "hyte:post", "org:role"),
        ),
        (
            "org:organization",
            "org:role",
            "org:member",
            "hyte:memberOffice",
            "hyte:memberDescription",
        ),
        has_persons=True,
    ),
    "described": _Plan(
        ("hsh:DescribedMember",),
        "hyte:DescribedMember",
        {"": "described"},
        _LABEL,
        ("skos:prefLabel",),
    ),
    "organisations": _Plan(
        ("hsh:Organisation", "hsh:Unit"),
        "org:Organization",
        {"": "organisation", "org:OrganizationalUnit": "unit"},
        _LABEL,
        ("skos:prefLabel", "rdf:type", "org:unitOf"),
        without=("hyte:Body", "hyte:Municipality", "hyte:Province", "hyte:WellbeingServicesCounty"),
    ),
    "documents": _Plan(
        ("hsh:Document",),
        "hyte:Document",
        {"": "document"},
        _TITLE,
        ("dct:title", "rdf:type", "dct:type", "hyte:owner", "hyte:availability", "dct:temporal"),
    ),
    "goals": _Plan(
        ("hsh:Goal",), "hyte:Goal", {"": "goal"}, _TITLE, ("dct:title", "dct:type", "hyte:setBy")
    ),
    "measures": _Plan(("hsh:Measure",), "hyte:Measure", {"": "measure"}, _TITLE, ("dct:title",)),
    "events": _Plan(
        ("hsh:Event",),
        "hyte:Event",
        {"": "event"},
        _TITLE,
        ("dct:title", "rdf:type", "dct:type", "dct:temporal", "hyte:heldBy"),
    ),
    "matters": _Plan(("hsh:Matter",), "hyte:Matter", {"": "matter"}, _TITLE, ("dct:title",)),
    "projects": _Plan(
        ("hsh:Project",),
        "hyte:Project",
        {"": "project"},
        _TITLE,
        ("dct:title", "hyte:plannedPeriod", "hyte:actualPeriod", "hyte:status"),
        elsewhere=("hyte:hasPartyRole", "hyte:hasFunding"),
    ),
    "parties": _Plan(
        ("hsh:ProjectPartyRole",),
        "hyte:ProjectPartyRole",
        {"": "party-role"},
        (("hyte:party",), ("hyte:partyRole",)),
        ("hyte:hasPartyRole", "hyte:party", "hyte:partyRole"),
        leading_here=("hsh:Project-party-role",),
    ),
    "funding": _Plan(
        ("hsh:Funding",),
        "hyte:Funding",
        {"": "funding"},
        (("dct:title", "hyte:funder"),),
        ("hyte:hasFunding", "dct:title", "hyte:funder"),
        leading_here=("hsh:Project-funding",),
    ),
    "posts": _Plan(
        ("hsh:Post",),
        "org:Post",
        {"": "post"},
        (("skos:prefLabel", "hyte:office", "org:role"),),
        ("skos:prefLabel", "org:postIn", "hyte:office", "org:role", "hyte:contactFor"),
    ),
    "addresses": _Plan(
        ("hsh:Address",),
        "locn:Address",
        {"": "address"},
        (("locn:thoroughfare",), ("locn:locatorDesignator",), ("locn:postName",)),
    ),
    "channels": _Plan(
        ("hsh:FeedbackChannel",),
        "hyte:FeedbackChannel",
        {"": "feedback-channel"},
        _TITLE,
        ("dct:title", "dct:type"),
    ),
}
"""The sheets that tables are made of."""

_KINDS: Final = {
    "networks": (
        marked("Networks and bodies with their members"),
        ("bodies", "members", "described", "organisations"),
    ),
    "members": (marked("Members of networks and bodies"), ("members",)),
    "plans": (marked("Plans and other documents"), ("documents", "goals", "measures")),
    "meetings": (marked("Meetings and other events"), ("events", "matters")),
    "projects": (marked("Projects"), ("projects", "parties", "funding")),
    "contacts": (
        marked("Contacts by office"),
        ("posts", "addresses", "channels", "organisations"),
    ),
}
"""The kinds of table, with the sheets of each."""


@cache
def kinds(root: Path) -> tuple[TableKind, ...]:
    """Give the kinds of table that the shapes under ``root`` make."""
    shapes = read_shapes(root)
    sheets = {name: _sheet(name, plan, shapes) for name, plan in _PLANS.items()}
    return tuple(
        TableKind(name, translated(title), tuple(sheets[one] for one in names))
        for name, (title, names) in _KINDS.items()
    )


def kind_named(root: Path, name: str) -> TableKind | None:
    """Give the kind with a name, or None."""
    return next((kind for kind in kinds(root) if kind.name == name), None)


def prepare(root: Path) -> None:
    """Read every file that tables need, so that what follows opens none."""
    kinds(root)
    voikko()
    for query in QUERIES:
        query_text(query)
    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    for language in LANGUAGES:
        catalogue(language)


@cache
def sheet_of_types(root: Path, types: frozenset[str]) -> Sheet:
    """Give the sheet that holds the things with exactly these types, and the graph of each."""
    shapes = read_shapes(root)
    columns = shapes.columns(shapes.shapes_of(types), "")
    kind = type_column(shapes, ())
    names = [one.rpartition("/")[2].rpartition("#")[2] for one in sorted(types)]
    return Sheet("+".join(names), {}, types, "", (KEY, GRAPH, kind, *columns))


def _sheet(name: str, plan: _Plan, shapes: Shapes) -> Sheet:
    main = expanded(plan.main)
    excluded = shapes.classes_below(expanded(one) for one in plan.without)
    classes = shapes.classes_below([main]) - excluded
    columns = shapes.columns((expanded(shape) for shape in plan.shapes), main)
    if len(classes) > 1:
        columns = (type_column(shapes, classes), *columns)
    if plan.has_persons:
        columns += _person_columns(shapes)
    elsewhere = {expanded(path) for path in plan.elsewhere}
    columns = tuple(column for column in columns if column.path not in elsewhere)
    columns += tuple(shapes.inverse_column(expanded(one)) for one in plan.leading_here)
    return Sheet(
        name,
        shapes.label(_about(plan, shapes)),
        classes,
        main,
        (KEY, *_in_order(columns, [expanded(path) for path in plan.first])),
        {expanded(curie) if curie else "": kind for curie, kind in plan.addresses.items()},
        tuple(tuple(expanded(path) for path in paths) for paths in plan.named_by),
        excluded,
        plan.has_persons,
    )


def _about(plan: _Plan, shapes: Shapes) -> str:
    """Give the shape that is about the main class of a sheet."""
    named = (expanded(shape) for shape in plan.shapes)
    return next(shape for shape in named if expanded(plan.main) in shapes.targets([shape]))


def _person_columns(shapes: Shapes) -> tuple[Column, ...]:
    person = shapes.label(expanded(PERSON))
    key = replace(KEY, path=MEMBER)
    return tuple(
        replace(
            column,
            names={
                language: f"{person[language]}: {name}" for language, name in column.names.items()
            },
            of_person=True,
            least=0,
        )
        for column in (*shapes.columns([expanded(PERSON)], ""), key)
    )


def _in_order(columns: Iterable[Column], first: list[str]) -> list[Column]:
    """Put the columns that are shown first before the others, and a person's after them."""

    def place(column: Column) -> int:
        if column.of_person:
            return len(first)
        return first.index(column.path) if column.path in first else len(first) + 1

    return sorted(columns, key=place)
