"""What is known of each municipality in force on the reader's day: its place and its value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.geography.projection import Point, projected
from hyteverkko.namespaces import DEF
from hyteverkko.pages.pictures.map_indicators import COVERAGE, Indicator
from hyteverkko.pages.questions import parameters_of
from hyteverkko.pages.reading import DAY, Reader
from hyteverkko.pages.terms import Shown, shown
from hyteverkko.store.graph import ReleaseGraph, Row, Term, lexical_of
from hyteverkko.translations import marked

STATUS: Final = f"{DEF}/coverage-status/"
FOUND: Final = "found"
SEARCHED: Final = "searched-not-found"
NOT_SEARCHED: Final = "not-searched"
ELSEWHERE: Final = "found-elsewhere"
UNKNOWN: Final = "not-known"

ANSWERS: Final = MappingProxyType(
    {
        FOUND: marked("found"),
        ELSEWHERE: marked("something found, but none of its own on this day"),
        SEARCHED: marked("searched and not found"),
        NOT_SEARCHED: marked("not searched"),
        UNKNOWN: marked("not known"),
    }
)
"""What is said of a municipality, with a value or without; never more than one."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality: its name, code and page, and where it is as far as that is known."""

    shown: Shown
    code: str
    degrees: tuple[float, float] | None
    point: Point | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A municipality with its value; without one ``answer`` says why there is none."""

    municipality: Municipality
    answer: str
    number: int | None = None
    values: tuple[Shown, ...] = ()


def municipalities(reader: Reader) -> tuple[Municipality, ...]:
    """Give the municipalities in force on the reader's day, by code."""
    return _municipalities(reader.serving.graph, reader.language, reader.at, reader.day)


def findings(
    reader: Reader, indicator: Indicator, places: Iterable[Municipality]
) -> tuple[Finding, ...]:
    """Give what an indicator says of each municipality."""
    values: dict[str, dict[Term, Row]] = {}
    for row in reader.rows(indicator.query, **terms_of(indicator, reader)):
        node = row["municipality"]
        if isinstance(node, NamedNode):
            held = values.setdefault(node.value, {})
            # Of figures of several days, and of answers of several searches, the last one counts.
            if indicator.number or indicator.query == COVERAGE:
                held.clear()
            held[row["value"]] = row
    searched = {} if indicator.query == COVERAGE else _searched(reader, indicator)
    return tuple(
        _finding(one, values.get(one.shown.iri, {}), searched, indicator, reader) for one in places
    )


def terms_of(indicator: Indicator, reader: Reader) -> dict[str, Term]:
    """Give the terms an indicator's query takes."""
    given: dict[str, Term] = {"day": Literal(reader.day, datatype=DAY), **reader.terms}
    if indicator.thing is not None:
        given["thing"] = indicator.thing
    return {name: given[name] for name in parameters_of(indicator.query) if name in given}


@lru_cache(maxsize=2)
def territory_changes(graph: ReleaseGraph) -> Mapping[str, tuple[str, ...]]:
    """Give the days on which the territory of a municipality changed, by its IRI."""
    found: dict[str, tuple[str, ...]] = {}
    for row in graph.rows("map_territory_changes"):
        node = row["municipality"]
        if isinstance(node, NamedNode):
            found[node.value] = (*found.get(node.value, ()), lexical_of(row["date"]))
    return MappingProxyType(found)


@lru_cache(maxsize=16)
def _municipalities(
    graph: ReleaseGraph, language: str, at: str, day: str
) -> tuple[Municipality, ...]:
    """Read the municipalities of a day, once for all indicators."""
    terms = {"day": Literal(day, datatype=DAY), "language": Literal(language)}
    rows: dict[str, list[Row]] = {}
    for row in graph.rows("map_municipalities", **terms):
        rows.setdefault(lexical_of(row["code"]), []).append(row)
    return tuple(_municipality(code, held, language, at) for code, held in rows.items())


def _searched(reader: Reader, indicator: Indicator) -> Mapping[str, str]:
    if indicator.topic is None:
        return {}
    terms = {"thing": indicator.topic, **reader.terms}
    return {
        str(row["municipality"])[1:-1]: lexical_of(row["value"]).removeprefix(STATUS)
        for row in reader.rows(COVERAGE, **terms)
    }


def _finding(
    place: Municipality,
    rows: Mapping[Term, Row],
    searched: Mapping[str, str],
    indicator: Indicator,
    reader: Reader,
) -> Finding:
    if indicator.query == COVERAGE:
        stated = [lexical_of(term).removeprefix(STATUS) for term in rows]
        return Finding(place, stated[0] if stated else NOT_SEARCHED)
    if indicator.number:
        numbers = [int(term.value) for term in rows if isinstance(term, Literal)]
        if numbers or indicator.zero:
            return Finding(place, FOUND, numbers[0] if numbers else 0)
    elif rows:
        values = (reader.shown(term, _names(row, "valueName")) for term, row in rows.items())
        return Finding(place, FOUND, values=tuple(values))
    return Finding(place, _why_none(place, searched, indicator))


def _why_none(place: Municipality, searched: Mapping[str, str], indicator: Indicator) -> str:
    if indicator.query == "map_topics":
        return NOT_SEARCHED
    if indicator.topic is None:
        return UNKNOWN
    stated = searched.get(place.shown.iri, NOT_SEARCHED)
    return ELSEWHERE if stated == FOUND else stated


def _municipality(code: str, rows: list[Row], language: str, at: str) -> Municipality:
    row = rows[0]
    then = [one for held in rows for one in _names(held, "municipalityNameThen")]
    names = then if at and then else _names(row, "municipalityName")
    degrees = _degrees(lexical_of(row["point"])) if "point" in row else None
    point = _projected(*degrees) if degrees else None
    return Municipality(shown(row["municipality"], names, language), code, degrees, point)


def _degrees(text: str) -> tuple[float, float] | None:
    """Read ``POINT(longitude latitude)`` (OGC Simple Features, well-known text)."""
    longitude, _, latitude = text.strip().removeprefix("POINT").strip(" ()").partition(" ")
    try:
        return float(longitude), float(latitude)
    except ValueError:
        return None


_projected = lru_cache(maxsize=1024)(projected)


def _names(row: Row, name: str) -> list[Literal]:
    term = row.get(name)
    return [term] if isinstance(term, Literal) else []
