"""Persons named in a table: a number for each, and a last day for the name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Quad

from hyteverkko.ingest.periods import PERIOD, read_period
from hyteverkko.ingest.tables.columns import TYPE, Column, Holds
from hyteverkko.ingest.tables.dates import read_day
from hyteverkko.ingest.tables.holdings import PERSON, PERSONS, Holdings, graph_node
from hyteverkko.ingest.tables.kinds import MEMBER
from hyteverkko.ingest.tables.names import folded, written_address
from hyteverkko.ingest.tables.problems import Notes, Place, Problem
from hyteverkko.namespaces import expanded
from hyteverkko.translations import marked

if TYPE_CHECKING:
    from hyteverkko.ingest.tables.reading import ReadContext

YEARS_SHOWN: Final = 10
"""Years that a name is shown after the last day on which a source shows the person in the role."""

NAME: Final = expanded("foaf:name")
GIVEN: Final = expanded("foaf:givenName")
FAMILY: Final = expanded("foaf:familyName")
WITHHELD: Final = expanded("hyte:withheldAfter")
_CLASSES: Final = (expanded("foaf:Person"), expanded("person:Person"))


@dataclass(frozen=True, slots=True)
class Held:
    """The person a membership names, if any, and what is stated of the person."""

    person: str = ""
    quads: frozenset[Quad] = frozenset()


class Persons:
    """The persons of one graph, while a table is read."""

    def __init__(self, context: "ReadContext", current: Holdings, notes: Notes) -> None:
        """Know the persons there are, so that no number is given twice."""
        self._context = context
        self._current = current
        self._notes = notes
        self._graph = graph_node(context.graph + PERSONS)
        self._prefix = f"{PERSON}{context.scope}/"
        self._seen: dict[str, frozenset[Quad]] = {}
        known = (row["thing"] for row in context.held.rows("persons_known"))
        numbers = [_number(self._prefix, n.value) for n in known if isinstance(n, NamedNode)]
        numbers += [_number(self._prefix, thing) for thing in current.about]
        self._last = max(numbers, default=0)

    def hold(
        self,
        membership: str,
        cells: Mapping[Column, str],
        places: Mapping[Column, Place],
        period: str,
    ) -> Held:
        """Give the person that the cells of a membership name."""
        texts = {c.path: t for c, t in cells.items() if c.holds is not Holds.KEY}
        names = {path: texts.get(path, "") for path in (NAME, GIVEN, FAMILY)}
        if not any(names.values()):
            return Held()
        place = next(iter(places.values()))
        now = self._current.person(membership, MEMBER)
        person = self._keyed(cells, places) if _has_key(cells) else now
        if person and not self._is_same(person, names):
            self._notes.violation(
                "person-changed",
                place,
                marked(
                    "The name is another than the one this person had. If it is another person, "
                    "empty the key of the person; if the name was wrong, keep a part of it."
                ),
            )
            return Held(now, frozenset(self._current.of(now)))
        if not person:
            self._last += 1
            person = f"{self._prefix}{self._last}"
        quads = self._stated(person, names, texts.get(WITHHELD, ""), place, period, cells)
        if self._seen.setdefault(person, quads) != quads:
            self._notes.violation(
                "person-twice",
                place,
                marked("Two rows say different things of the same person. Correct one of them."),
            )
        return Held(person, quads)

    def _keyed(self, cells: Mapping[Column, str], places: Mapping[Column, Place]) -> str:
        column = next(c for c in cells if c.holds is Holds.KEY)
        if not cells[column]:
            return ""
        person = written_address(cells[column]) or ""
        known = person in self._current.about
        if not person.startswith(PERSON) or not (known or person in self._seen):
            self._notes.violation(
                "person-key",
                places[column],
                marked("The key is of no person in this graph. Leave it empty for a new person."),
            )
            return ""
        return person

    def _is_same(self, person: str, names: Mapping[str, str]) -> bool:
        """Say whether a name has a part of the one that the person has now."""
        values = [v.value for path in names for v in self._current.values(person, path)]
        before = set(folded(" ".join(values)).split())
        after = set(folded(" ".join(names.values())).split())
        return not before or bool(before & after)

    def _stated(
        self,
        person: str,
        names: Mapping[str, str],
        withheld: str,
        place: Place,
        period: str,
        cells: Mapping[Column, str],
    ) -> frozenset[Quad]:
        there = {column.path for column in cells}
        if not names[NAME]:
            names = {**names, NAME: f"{names[GIVEN]} {names[FAMILY]}".strip()}
        stated = {path: Literal(text) for path, text in names.items() if text}
        kept = {
            quad
            for quad in self._current.of(person)
            if quad.predicate.value not in there | {NAME} or quad.predicate.value == TYPE
        }
        last = self._last_day(person, withheld, place, period)
        stated[WITHHELD] = Literal(last, datatype=NamedNode(expanded("xsd:date")))
        kept = {quad for quad in kept if quad.predicate.value not in stated}
        subject = NamedNode(person)
        new = {Quad(subject, NamedNode(p), v, self._graph) for p, v in stated.items()}
        classes = set() if self._current.classes(person) else set(_CLASSES)
        new |= {Quad(subject, NamedNode(TYPE), NamedNode(one), self._graph) for one in classes}
        return frozenset(kept | new)

    def _last_day(self, person: str, written: str, place: Place, period: str) -> str:
        latest = _years_later(self._context.recorded)
        known = [value.value for value in self._current.values(person, WITHHELD)]
        try:
            day = read_day(written) if written else ""
        except Problem as problem:
            self._notes.problem(place, problem, written)
            day = ""
        if day and day > max([latest.isoformat(), *known]):
            self._notes.violation(
                "person-shown-too-long",
                place,
                marked("A name is shown for ten years at most: the last day can be {day}."),
                day=latest.isoformat(),
            )
            day = ""
        return day or next(iter(known), "") or _years_later(self._last_shown(period)).isoformat()

    def _last_shown(self, address: str) -> date:
        """Give the last day on which the table shows the person in the role."""
        recorded = self._context.recorded
        period = read_period(address.removeprefix(PERIOD)) if address else None
        if period is None or period.status == "ongoing":
            return recorded
        last = period.last or (period.start.last if period.start else period.latest_start)
        return min(recorded, last or recorded)


def _has_key(cells: Mapping[Column, str]) -> bool:
    return any(column.holds is Holds.KEY for column in cells)


def _number(prefix: str, person: str) -> int:
    key = person.removeprefix(prefix)
    return int(key) if person.startswith(prefix) and key.isascii() and key.isdigit() else 0


def _years_later(day: date) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year + YEARS_SHOWN, day=28 if leap else day.day)
