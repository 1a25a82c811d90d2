"""What has been searched: for each municipality and topic one of three answers, never a mix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.pages.lists import compact
from hyteverkko.pages.pictures.map_indicators import SYSTEM, TOPIC
from hyteverkko.pages.pictures.map_values import (
    FOUND,
    NOT_SEARCHED,
    SEARCHED,
    STATUS,
    Municipality,
    municipalities,
)
from hyteverkko.pages.reading import DAY, Reader
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.store.graph import Row, text_of

ANSWERS: Final = (FOUND, SEARCHED, NOT_SEARCHED)
REGION: Final = NamedNode(SYSTEM + "region")
ALAND: Final = "region/21"
"""The acts on municipalities and on wellbeing services counties are not in force in Åland."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that is followed, and the sections of law that bind a municipality in it."""

    key: str
    shown: Shown
    laws: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a municipality and a topic: when and where it was searched, if it was."""

    key: str
    day: str = ""
    sources: tuple[Shown, ...] = ()
    record: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """A municipality with its region and its answers, one for each topic in their order."""

    municipality: Municipality
    region: Shown | None
    answers: tuple[Answer, ...]

    @property
    def found(self) -> int:
        """Count the topics that were found."""
        return sum(one.key == FOUND for one in self.answers)

    @property
    def is_bound(self) -> bool:
        """Say whether the acts of mainland Finland bind the municipality."""
        return self.region is None or compact(self.region.iri) != ALAND


NOT_YET: Final = Answer(NOT_SEARCHED)


def topics(reader: Reader) -> tuple[Topic, ...]:
    """Give the topics that are followed, by name, with the law behind them."""
    rows = reader.rows("coverage_topics", language=Literal(reader.language))
    held: dict[str, list[Row]] = {}
    for row in rows:
        held.setdefault(str(row["topic"])[1:-1], []).append(row)
    found = (
        Topic(
            iri.removeprefix(TOPIC),
            reader.shown(group[0]["topic"], _names(group, "topicName")),
            tuple(
                reader.shown(row["law"], _names([row], "lawName")) for row in group if "law" in row
            ),
        )
        for iri, group in held.items()
    )
    return tuple(sorted(found, key=lambda one: by_name(one.shown)))


def searched(reader: Reader, followed: Sequence[Topic]) -> tuple[Searched, ...]:
    """Give the answers for each municipality in force on the reader's day."""
    statements = reader.rows("coverage_statements", **reader.terms)
    by_place: dict[str, dict[str, list[Row]]] = {}
    for row in statements:
        place, topic = str(row["municipality"])[1:-1], str(row["topic"])[1:-1]
        by_place.setdefault(place, {}).setdefault(topic, []).append(row)
    regions = _regions(reader)
    return tuple(
        Searched(
            place,
            regions.get(place.shown.iri),
            tuple(_answer(by_place.get(place.shown.iri, {}).get(one.shown.iri, ()), reader)
                  for one in followed),
        )
        for place in municipalities(reader)
    )  # fmt: skip


def _answer(rows: Sequence[Row], reader: Reader) -> Answer:
    """Give one answer from several searches: what was found anywhere is found."""
    for key in (FOUND, SEARCHED):
        held = [row for row in rows if str(row["status"])[1:-1] == STATUS + key]
        if held:
            last = held[-1]
            sources = dict.fromkeys(
                reader.shown(row["source"], _names([row], "sourceName")) for row in held
            )
            record = reader.shown(last["statement"]).href or ""
            return Answer(key, text_of(last.get("searchedOn")), tuple(sources), record)
    return NOT_YET


def _regions(reader: Reader) -> Mapping[str, Shown]:
    day = Literal(reader.day, datatype=DAY)
    language = Literal(reader.language)
    return {
        str(row["municipality"])[1:-1]: reader.shown(row["value"], _names([row], "valueName"))
        for row in reader.rows("map_areas", thing=REGION, day=day, language=language)
    }


def _names(rows: Iterable[Row], name: str) -> list[Literal]:
    return [term for row in rows if isinstance(term := row.get(name), Literal)]
