"""Periods of time: a key that says all there is to a period, and the node it names."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from rdflib import URIRef

from hyteverkko.reference.statements import Statement, describe
from hyteverkko.reference.terms import Value, concept, day, term, thing

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
        begun: dict[str, Value] = (
            {"dcat:startDate": day(self.start)}
            if self.start
            else {"hyte:latestStart": day(self.by)}
        )
        over: dict[str, Value] = {"dcat:endDate": day(self.end)} if self.end else {}
        yield from describe(
            self.node,
            None,
            {
                "rdf:type": [term("dct:PeriodOfTime"), term("time:ProperInterval")],
                **begun,
                **over,
                "hyte:endStatus": concept("status", "ended" if self.end else "ongoing"),
            },
        )

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
