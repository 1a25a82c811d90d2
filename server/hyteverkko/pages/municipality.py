"""What a reader wants to know of a municipality first, on the day looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.labels import Text, best_text
from hyteverkko.namespaces import DEF
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.terms import Shown
from hyteverkko.store.graph import Row
from hyteverkko.translations import marked

REGION: Final = f"{DEF}/area-system/region"
COUNTY: Final = f"{DEF}/area-system/wellbeing-services-county-area"
PROVINCE: Final = f"{DEF}/area-system/province"
HEADINGS: Final = {
    REGION: marked("Region"),
    COUNTY: marked("Wellbeing services county"),
    PROVINCE: marked("Province"),
}
POPULATION: Final = marked("Population")
LANGUAGES: Final = marked("Languages")


@dataclass(frozen=True, slots=True)
class Fact:
    """A heading, a text of the catalogues, with what it says, and as of when."""

    heading: str
    value: Shown
    period: Shown | None = None


def municipality_facts(reader: Reader, thing: NamedNode) -> tuple[Fact, ...]:
    """Give region, county, population and languages as they are, or were, on the reader's day."""
    rows = reader.rows("municipality_facts", thing=thing, language=Literal(reader.language))
    holding = [row for row in rows if _holds(row, reader)]
    facts = [_area(row, reader) for row in holding if "system" in row]
    order = [HEADINGS[REGION], HEADINGS[COUNTY], HEADINGS[PROVINCE]]
    facts.sort(key=lambda fact: order.index(fact.heading))
    known = sorted((row for row in rows if "count" in row), key=lambda row: _since(row, reader))
    known = [row for row in known if _since(row, reader) <= reader.day]
    for row in known[-1:]:
        facts.append(Fact(POPULATION, reader.shown(row["count"]), reader.shown(row["period"])))
    facts.extend(
        Fact(LANGUAGES, reader.shown(row["value"], _names(row)))
        for row in holding
        if "value" in row and "system" not in row
    )
    return tuple(dict.fromkeys(facts))


def name_on(reader: Reader, thing: NamedNode) -> Text | None:
    """Give the official name a municipality had on the day asked for, where it is known."""
    rows = reader.rows("municipality_names", thing=thing, **_day(reader))
    names = [row["name"] for row in rows]
    return best_text((name for name in names if isinstance(name, Literal)), reader.language)


def _day(reader: Reader) -> dict[str, Literal]:
    at = reader.terms.get("at")
    return {"at": at} if isinstance(at, Literal) else {}


def _holds(row: Row, reader: Reader) -> bool:
    period = reader.period(row.get("period"))
    return period is None or period.may_hold(reader.day)


def _since(row: Row, reader: Reader) -> str:
    period = reader.period(row.get("period"))
    return period.since if period else ""


def _area(row: Row, reader: Reader) -> Fact:
    system = row["system"]
    heading = HEADINGS[system.value] if isinstance(system, NamedNode) else ""
    return Fact(heading, reader.shown(row["value"], _names(row)))


def _names(row: Row) -> Iterable[Literal]:
    name = row.get("valueName")
    return (name,) if isinstance(name, Literal) else ()
