"""Periods of time: a key that says all there is to a period, and what its node states.

A key is one point of time (``2021-12-08``, ``2021-12``, ``2021``, ``2021-spring``,
``2022-01~end``), or two with ``--`` between them. The first may be left out, or be ``by-`` a day
on which the period had begun, or ``before-`` a time at which it had; the last may be ``ongoing``
or ``end-unknown``.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from hyteverkko.namespaces import ID, expanded

PERIOD: Final = ID + "period/"
ONGOING: Final = "ongoing"
END_UNKNOWN: Final = "end-unknown"
SEASONS: Final = ("spring", "summer", "autumn", "winter")
PARTS: Final = ("beginning", "middle", "end")

_POINT: Final = re.compile(
    rf"(?P<time>\d{{4}}(?:-\d\d(?:-\d\d)?)?)"
    rf"(?:-(?P<season>{'|'.join(SEASONS)}))?(?:~(?P<part>{'|'.join(PARTS)}))?"
)
_DATATYPES: Final = {4: "gYear", 7: "gYearMonth", 10: "date"}


@dataclass(frozen=True, slots=True)
class Point:
    """A day, month or year, and what narrows it."""

    time: str
    season: str = ""
    part: str = ""

    @property
    def key(self) -> str:
        """Write the point as it stands in a key."""
        season = f"-{self.season}" if self.season else ""
        return self.time + season + (f"~{self.part}" if self.part else "")

    @property
    def first(self) -> date:
        """Give the first day of the day, month or year."""
        return date.fromisoformat(self.time + "-01-01"[len(self.time) - 10 or 10 :])

    @property
    def last(self) -> date:
        """Give the last day of the day, month or year."""
        first = self.first
        match len(self.time):
            case 4:
                return first.replace(month=12, day=31)
            case 7:
                return first.replace(day=monthrange(first.year, first.month)[1])
            case _:
                return first

    @property
    def literal(self) -> Literal:
        """Give the day, month or year as a literal."""
        return Literal(self.time, datatype=_term(f"xsd:{_DATATYPES[len(self.time)]}"))


@dataclass(frozen=True, slots=True)
class Period:
    """A time as its key says it; ``begun`` is what the key says of a start before a time."""

    start: Point | None = None
    end: Point | None = None
    begun: str = ""
    status: str = "ended"

    @property
    def key(self) -> str:
        """Write the key."""
        if self.start and self.start == self.end:
            return self.start.key
        start = self.start.key if self.start else self.begun
        return f"{start}--{self.end.key if self.end else self.status}"

    @property
    def latest_start(self) -> date | None:
        """Give the day by which the period had begun, where only that is known."""
        word, _, time = self.begun.partition("-")
        if not time:
            return None
        return Point(time).first - timedelta(days=1 if word == "before" else 0)

    @property
    def last(self) -> date | None:
        """Give the last day it can have gone on, if it has ended."""
        return self.end.last if self.end else None


def read_period(key: str) -> Period | None:
    """Read a key, or give None for what is none, or is not the only way to write it."""
    period = _read(key)
    return period if period and period.key == key and _sound(period) else None


def period_iri(key: str) -> str:
    """Give the address of the period with a key."""
    return PERIOD + key


def period_statements(key: str) -> frozenset[Triple]:
    """Give exactly what the node of a period states; raise ValueError for what is no key."""
    period = read_period(key)
    if period is None:
        raise ValueError(f"not the key of a period: {key!r}")
    return frozenset(_statements(NamedNode(period_iri(key)), period))


def _statements(node: NamedNode, period: Period) -> Iterator[Triple]:
    def stated(property_: str, value: NamedNode | Literal) -> Triple:
        return Triple(node, _term(property_), value)

    yield stated("rdf:type", _term("dct:PeriodOfTime"))
    yield stated("rdf:type", _term("time:ProperInterval"))
    yield stated("hyte:endStatus", _term(f"status:{period.status}"))
    if period.start:
        yield stated("dcat:startDate", period.start.literal)
    if period.latest_start:
        day = Literal(period.latest_start.isoformat(), datatype=_term("xsd:date"))
        yield stated("hyte:latestStart", day)
    if period.end:
        yield stated("dcat:endDate", period.end.literal)
    for point in (period.start, period.end):
        if point and point.season:
            yield stated("hyte:season", _term(f"season:{point.season}"))
        if point and point.part:
            yield stated("hyte:partOfPeriod", _term(f"periodpart:{point.part}"))


def _read(key: str) -> Period | None:
    start, dashes, end = key.partition("--")
    if not dashes:
        point = read_point(key)
        return Period(point, point) if point else None
    first = read_point(start)
    if first is None and start and not _is_begun(start):
        return None
    begun = "" if first else start
    if end in (ONGOING, END_UNKNOWN):
        return Period(first, None, begun, end) if start else None
    last = read_point(end)
    return Period(first, last, begun) if last else None


def read_point(text: str) -> Point | None:
    """Read a day, month or year with what narrows it; None when the calendar has no such time."""
    match = _POINT.fullmatch(text)
    if match is None or not text.isascii():
        return None
    point = Point(match["time"], match["season"] or "", match["part"] or "")
    try:
        first = point.first
    except ValueError:
        return None
    # A season narrows a year only, and there is none beside the part of a year.
    wide = point.season and (len(point.time) != 4 or point.part)
    return None if wide or first.year < 1000 else point


def _is_begun(text: str) -> bool:
    word, _, time = text.partition("-")
    point = read_point(time)
    if point is None or point.season or point.part:
        return False
    return word == "before" or (word == "by" and len(time) == 10)


def _sound(period: Period) -> bool:
    start, end = period.start, period.end
    begun = start.first if start else period.latest_start
    if end and begun and begun > end.last:
        return False
    if not start or not end or start == end:
        return True
    # What narrows a period goes with its start (see the rules of ontology/rules); the end can have
    # a season only beside a start that is no year.
    narrowed_twice = (start.season or start.part) and (end.season or end.part)
    return (
        not narrowed_twice
        and not end.part
        and not (end.season and len(start.time) == 4)
        and (start.time != end.time)
    )


def _term(curie: str) -> NamedNode:
    return NamedNode(expanded(curie))
