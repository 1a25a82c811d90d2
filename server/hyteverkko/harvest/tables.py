"""The tables of a release: one row for each thing of a kind, with names, codes, dates and IRIs.

Each kind is one question, ``queries/table_{kind}.rq``, ordered by ``?iri``. What every table says
alike is filled in beside it: the names of whatever a column refers to, and what its period is.
No table names a person.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from hyteverkko.negotiation import LANGUAGES
from hyteverkko.store.graph import Asked, Row
from hyteverkko.translations import marked

SEPARATOR: Final = "|"
"""What stands between the values of a cell that has several; no IRI holds it."""

Cell: TypeAlias = str | int | bool | list[str] | None
Values: TypeAlias = list[Cell]


class Kind(Enum):
    """What the values of a column are."""

    TEXT = "string"
    IRI = "anyURI"
    DAY = "date"
    NUMBER = "integer"
    FLAG = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in every file, its heading, and what its values are.

    ``of`` names the column whose things it names, ``language`` in which; ``many`` says that a cell
    can have several values.
    """

    name: str
    title: str
    kind: Kind = Kind.TEXT
    many: bool = False
    of: str = ""
    language: str = ""
    required: bool = False
    refers: str = ""
    """The kind of table whose rows it refers to, where each value has a row there."""


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table: its place in addresses, its title, what a row is, and its columns."""

    kind: str
    title: str
    about: str
    columns: tuple[Column, ...]

    @property
    def query(self) -> str:
        """Give the name of its question."""
        return "table_" + self.kind.replace("-", "_")


def _names(of: str, title: str, called: str = "", *, many: bool = False) -> Iterator[Column]:
    for language in LANGUAGES:
        yield Column(f"{called or of}_{language}", title, many=many, of=of, language=language)


def _thing() -> Iterator[Column]:
    yield Column("iri", marked("Identifier (IRI)"), Kind.IRI, required=True)
    yield from _names("iri", marked("Name"), "name")


def _one(name: str, title: str, refers: str = "", *, required: bool = False) -> Iterator[Column]:
    yield Column(name, title, Kind.IRI, refers=refers, required=required)
    yield from _names(name, title)


def _many(name: str, title: str) -> Iterator[Column]:
    yield Column(name, title, Kind.IRI, many=True)
    yield from _names(name, title, many=True)


_CODE: Final = Column("code", marked("Code"))
_OTHER_NAMES: Final = Column("other_names", marked("Other names"), many=True)
_SAME: Final = Column("same_as", marked("The same in other registers"), Kind.IRI, many=True)
_PERIOD: Final = (
    Column("start", marked("Start, as stated")),
    Column("end", marked("End, as stated")),
    Column("start_earliest", marked("Start, earliest"), Kind.DAY),
    Column("start_latest", marked("Start, latest"), Kind.DAY),
    Column("end_earliest", marked("End, earliest"), Kind.DAY),
    Column("end_latest", marked("End, latest"), Kind.DAY),
    Column("end_status", marked("Has it ended"), Kind.IRI),
)
_TOPICS: Final = (
    *_many("theme", marked("Theme")),
    *_many("target_group", marked("Target group")),
)

TABLES: Final = (
    Table(
        "municipalities",
        marked("Municipalities"),
        marked("The municipalities of Finland since 2005; one that has not ended has no end."),
        (*_thing(), Column("code", marked("Code"), required=True), _OTHER_NAMES, _SAME, *_PERIOD),
    ),
    Table(
        "areas",
        marked("Areas"),
        marked("Regions, provinces and the areas of wellbeing services counties."),
        (
            *_thing(),
            *_one("kind", marked("Kind"), required=True),
            _CODE,
            Column("organisation", marked("Whose"), Kind.IRI),
            _SAME,
            *_PERIOD,
        ),
    ),
    Table(
        "area-memberships",
        marked("Area memberships"),
        marked("Which municipality belonged to which area, and when."),
        (
            Column("iri", marked("Identifier (IRI)"), Kind.IRI, required=True),
            *_one("municipality", marked("Municipality"), "municipalities", required=True),
            Column("municipality_code", marked("Code of the municipality"), required=True),
            *_one("area", marked("Area"), "areas", required=True),
            Column("area_code", marked("Code of the area")),
            *_one("system", marked("Division"), required=True),
            *_PERIOD,
        ),
    ),
    Table(
        "municipality-changes",
        marked("Changes of municipalities"),
        marked("Mergers, changes of region and the like: what there was before and after."),
        (
            *_thing(),
            *_one("kind", marked("Kind")),
            Column("day", marked("Day"), Kind.DAY),
            *_many("original", marked("Before")),
            Column("original_codes", marked("Codes before"), many=True),
            *_many("resulting", marked("After")),
            Column("resulting_codes", marked("Codes after"), many=True),
        ),
    ),
    Table(
        "bodies",
        marked("Bodies, networks and working groups"),
        marked("Who meets to work on wellbeing, for whom, and since when."),
        (
            *_thing(),
            _OTHER_NAMES,
            *_many("kind", marked("Kind")),
            *_many("owner", marked("Whose")),
            Column("owner_code", marked("Code of whose it is"), many=True),
            Column("part_of", marked("Part of"), Kind.IRI, many=True),
            Column("slice_of", marked("Composition of"), Kind.IRI),
            *_TOPICS,
            *_PERIOD,
        ),
    ),
    Table(
        "memberships",
        marked("Memberships"),
        marked("Which office, organisation or described group sits in which body, in which role."),
        (
            Column("iri", marked("Identifier (IRI)"), Kind.IRI, required=True),
            *_one("body", marked("Body"), required=True),
            *_one("role", marked("Role")),
            *_one("office", marked("Office")),
            *_one("member", marked("Member")),
            *_one("on_behalf_of", marked("On behalf of")),
            Column("post", marked("Post"), Kind.IRI),
            *_PERIOD,
        ),
    ),
    Table(
        "offices",
        marked("Offices"),
        marked("The job titles under which people sit in bodies or answer for matters."),
        (
            *_thing(),
            _OTHER_NAMES,
            Column("broader", marked("Broader"), Kind.IRI, many=True),
            _SAME,
            Column("memberships", marked("Memberships"), Kind.NUMBER),
        ),
    ),
    Table(
        "posts",
        marked("Posts"),
        marked("Seats that exist with or without somebody in them."),
        (
            *_thing(),
            *_many("body", marked("Belongs to")),
            *_one("office", marked("Office")),
            *_one("role", marked("Role")),
            Column("filled", marked("Filled"), Kind.FLAG),
        ),
    ),
    Table(
        "documents",
        marked("Plans and documents"),
        marked("By what wellbeing work is led: whose plan, on what, and in which state."),
        (
            *_thing(),
            *_many("kind", marked("Kind")),
            *_many("owner", marked("Whose")),
            *_many("status", marked("State")),
            *_one("availability", marked("Availability")),
            *_many("prepared_by", marked("Prepared by")),
            *_many("evaluated_by", marked("Evaluated by")),
            *_TOPICS,
            *_PERIOD,
        ),
    ),
    Table(
        "projects",
        marked("Projects and operating models"),
        marked("What is tried and developed together, and what has been taken into use."),
        (
            *_thing(),
            *_one("kind", marked("Kind"), required=True),
            *_one("status", marked("State")),
            *_many("party", marked("Parties")),
            *_TOPICS,
            *_PERIOD,
        ),
    ),
    Table(
        "events",
        marked("Events"),
        marked("Meetings, seminars and other events, and their series."),
        (
            *_thing(),
            *_many("kind", marked("Kind")),
            *_many("held_by", marked("Held by")),
            *_many("organiser", marked("Organisers")),
            *_one("series", marked("Series")),
            Column("ordinal", marked("Ordinal"), Kind.NUMBER),
            *_one("recurrence", marked("Recurrence")),
            *_one("status", marked("State")),
            Column("participants", marked("Participants"), Kind.NUMBER),
            *_TOPICS,
            *_PERIOD,
        ),
    ),
    Table(
        "organisations",
        marked("Organisations"),
        marked("Counties, partners, units and described groups beside municipalities and bodies."),
        (
            *_thing(),
            _CODE,
            _OTHER_NAMES,
            *_many("kind", marked("Kind")),
            *_many("partner_kind", marked("Kind of partner")),
            Column("unit_of", marked("Unit of"), Kind.IRI, many=True),
            *_PERIOD,
        ),
    ),
    Table(
        "coverage",
        marked("Coverage"),
        marked("What has been searched for in which municipality, and whether it was found."),
        (
            Column("iri", marked("Identifier (IRI)"), Kind.IRI, required=True),
            *_one("municipality", marked("Municipality"), "municipalities", required=True),
            Column("municipality_code", marked("Code of the municipality"), required=True),
            *_one("topic", marked("Topic"), required=True),
            *_one("status", marked("State"), required=True),
            *_many("searched_in", marked("Searched in")),
            Column("searched_on", marked("Searched on"), Kind.DAY),
        ),
    ),
)
"""Every kind of table there is."""

_OF_A_PERIOD: Final = frozenset(column.name for column in _PERIOD)


@dataclass(frozen=True, slots=True)
class Shared:
    """What every table fills in: names by IRI and language, and periods by IRI."""

    names: Mapping[str, Mapping[str, str]]
    periods: Mapping[str, Mapping[str, Cell]]


def shared(graph: Asked) -> Shared:
    """Read the names and the periods of a release; persons have none here."""
    names: dict[str, dict[str, str]] = {}
    for row in graph.each_row("table_names"):
        thing, name = row["thing"], row["name"]
        if isinstance(thing, NamedNode) and isinstance(name, Literal) and name.language:
            own = names.setdefault(thing.value, {})
            language = name.language.partition("-")[0]
            own[language] = min(own.get(language, name.value), name.value)
    periods = {
        str(_text(row["period"])): {key: _text(term) for key, term in row.items()}
        for row in graph.each_row("table_periods")
    }
    return Shared(names, periods)


def rows_of(graph: Asked, table: Table, filled: Shared) -> Iterator[Values]:
    """Give the rows of a table, a value for each column, in the order of their IRIs."""
    for _, rows in groupby(graph.each_row(table.query), key=lambda row: str(row["iri"])):
        yield _row(table, _gathered(rows), filled)


def _gathered(rows: Iterable[Row]) -> Mapping[str, list[str]]:
    """Gather the values of each variable over the rows of one thing, each once and in order."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for name, term in row.items():
            found.setdefault(name, set()).add(_text(term))
    return {name: sorted(values) for name, values in found.items()}


def _row(table: Table, found: Mapping[str, list[str]], filled: Shared) -> Values:
    period = filled.periods.get(found.get("period", [""])[0], {})
    return [_cell(column, found, filled, period) for column in table.columns]


def _cell(
    column: Column,
    found: Mapping[str, list[str]],
    filled: Shared,
    period: Mapping[str, Cell],
) -> Cell:
    if column.name in _OF_A_PERIOD:
        return period.get(column.name)
    values = found.get(column.of or column.name, [])
    if column.of:
        values = [filled.names.get(one, {}).get(column.language, "") for one in values]
        values = values if any(values) else []
    if column.many:
        # Names stand in the order of what they name, so one that is missing is empty.
        return [value.replace(SEPARATOR, "/") for value in values]
    if not values or not values[0]:
        return None
    match column.kind:
        case Kind.NUMBER:
            return int(values[0])
        case Kind.FLAG:
            return values[0] in {"true", "1"}
        case _:
            return values[0]


def _text(term: object) -> str:
    return str(getattr(term, "value", term))
