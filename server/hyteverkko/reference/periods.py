"""Periods of the tables: those with days, as the key and node of `ingest.periods`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from pyoxigraph import Literal, NamedNode
from rdflib import Literal as ReferenceLiteral
from rdflib import URIRef

from hyteverkko.ingest.periods import period_statements
from hyteverkko.reference.statements import Statement
from hyteverkko.reference.terms import Object, thing

BEFORE_2005: Final = "2004-12-31"
"""The last day before the time that the tables observe."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A time with its first day, or else a day by which it had begun, and its last day.

    Without a last day it goes on.
    """

    start: str = ""
    by: str = ""
    end: str = ""

    @property
    def key(self) -> str:
        """Write the period as the key of its address."""
        if self.start and self.start == self.end:
            return self.start
        first = self.start or ("before-2005" if self.by == BEFORE_2005 else f"by-{self.by}")
        return f"{first}--{self.end or 'ongoing'}"

    @property
    def node(self) -> URIRef:
        """Give the node of the period."""
        return thing("period", self.key)

    def statements(self) -> Iterator[Statement]:
        """State what the period is."""
        for subject, predicate, value in sorted(period_statements(self.key), key=str):
            yield Statement(URIRef(subject.value), URIRef(predicate.value), _object(value))

    def observed_from(self, first: str) -> "Period":
        """Give the part of the period that an observation beginning on a day can speak of."""
        return self if self.start >= first else replace(self, start="", by=first)

    def until(self, last: str) -> "Period":
        """Give the period cut off after a day."""
        return replace(self, end=last)

    def since(self, first: str) -> "Period":
        """Give the period cut off before a day."""
        return replace(self, start=first, by="")


def one_day(text: str) -> Period:
    """Give the period of one day."""
    return Period(start=text, end=text)


def day_before(text: str) -> str:
    """Give the day before a day."""
    return (date.fromisoformat(text) - timedelta(days=1)).isoformat()


def _object(value: object) -> Object:
    match value:
        case NamedNode():
            return URIRef(value.value)
        case Literal():
            return ReferenceLiteral(value.value, datatype=URIRef(value.datatype.value))
        case _:
            raise TypeError(f"no value of a period: {value}")
