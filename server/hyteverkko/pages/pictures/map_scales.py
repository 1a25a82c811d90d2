"""From values to what is drawn: bands of numbers, classes, and the answers that are no value."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from babel.numbers import format_decimal

from hyteverkko.pages.pictures.map_indicators import COVERAGE, Indicator
from hyteverkko.pages.pictures.map_values import (
    ANSWERS,
    ELSEWHERE,
    FOUND,
    NOT_SEARCHED,
    SEARCHED,
    UNKNOWN,
    Finding,
)
from hyteverkko.pages.terms import by_name
from hyteverkko.translations import LOCALES, catalogue

BANDS: Final = 5
LONGEST_MARK: Final = 999
"""The largest number that stands in a tile; where there are larger ones, their band does."""

COLOURS: Final = 8
SYMBOLS: Final = (
    "circle",
    "square",
    "triangle",
    "diamond",
    "wedge",
    "hexagon",
    "plus",
    "bar",
)
WITHOUT: Final = {
    FOUND: ("q4", "✓", "circle", 6.0),
    ELSEWHERE: ("elsewhere", "○", "square", 4.0),
    SEARCHED: ("searched", "×", "plus", 5.0),
    NOT_SEARCHED: ("not-searched", "·", "circle", 2.6),
    UNKNOWN: ("unknown", "?", "diamond", 3.2),
}
"""How an answer without a value is drawn: its style, its mark, its symbol and how large that is."""


@dataclass(frozen=True, slots=True)
class Band:
    """What is drawn alike: its name, how it is drawn, and how many municipalities are in it."""

    label: str
    style: str
    mark: str
    symbol: str
    radius: float
    count: int


@dataclass(frozen=True, slots=True)
class Scale:
    """The bands in the order of the legend; which each municipality is in; what stands in it."""

    bands: tuple[Band, ...]
    band: Mapping[str, Band]
    marks: Mapping[str, str]


def scale_of(found: Sequence[Finding], indicator: Indicator, language: str) -> Scale:
    """Give the scale on which findings are drawn."""
    valued = indicator.query != COVERAGE
    known = [one for one in found if valued and one.answer == FOUND]
    rest = [one for one in found if not valued or one.answer != FOUND]
    groups = _numbers(known, language) if indicator.number else _classes(known)
    groups += _answers(rest, language)
    bands = {one.municipality.code: band for band, held in groups for one in held}
    largest = max((one.number for one in known if one.number is not None), default=0)
    marks = {code: band.mark for code, band in bands.items()}
    if indicator.number and largest <= LONGEST_MARK:
        marks |= {one.municipality.code: str(one.number) for one in known}
    return Scale(tuple(band for band, _ in groups), bands, marks)


def number_text(number: int, language: str) -> str:
    """Write a number in the form of a language."""
    return str(format_decimal(number, locale=LOCALES[language]))


def _numbers(known: Sequence[Finding], language: str) -> list[tuple[Band, list[Finding]]]:
    numbers = sorted(one.number for one in known if one.number)
    limits = _limits(numbers)
    groups = []
    none = [one for one in known if one.number == 0]
    if none:
        groups.append((Band("0", "zero", "0", "circle", 3.2, len(none)), none))
    step = BANDS - len(limits) if len(limits) < BANDS - 1 else 0
    for place, (low, high) in enumerate(limits, start=1):
        held = [one for one in known if one.number is not None and low <= one.number <= high]
        label = number_text(low, language)
        if low != high:
            label = f"{label}–{number_text(high, language)}"
        large = numbers[-1] > LONGEST_MARK
        mark = str(place) if large else (str(low) if low == high else "")
        tone = place + step // 2
        groups.append((Band(label, f"q{tone}", mark, "circle", 3.0 + tone, len(held)), held))
    return groups


def _limits(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Cut ascending numbers into at most five bands of about as many; equal ones stay together."""
    different = sorted(set(numbers))
    if len(different) <= BANDS:
        return [(one, one) for one in different]
    limits: list[tuple[int, int]] = []
    counts = Counter(numbers)
    low, taken = different[0], 0
    for number, following in zip(different, [*different[1:], None], strict=True):
        taken += counts[number]
        full = taken >= len(numbers) * (len(limits) + 1) / BANDS
        if following is None or (full and len(limits) < BANDS - 1):
            limits.append((low, number))
            low = following or number
    return limits


def _classes(known: Iterable[Finding]) -> list[tuple[Band, list[Finding]]]:
    held: dict[str, list[Finding]] = {}
    names = {}
    for one in known:
        value = one.values[0]
        names[value.iri] = value
        held.setdefault(value.iri, []).append(one)
    groups = []
    for place, iri in enumerate(sorted(held, key=lambda iri: by_name(names[iri]))):
        symbol = SYMBOLS[place % len(SYMBOLS)]
        style = f"k{(place + place // len(SYMBOLS)) % COLOURS}"
        label, members = names[iri].text.value, held[iri]
        groups.append((Band(label, style, _letter(place), symbol, 6.0, len(members)), members))
    return groups


def _answers(rest: Sequence[Finding], language: str) -> list[tuple[Band, list[Finding]]]:
    translate = catalogue(language).gettext
    groups = []
    for answer, (style, mark, symbol, radius) in WITHOUT.items():
        held = [one for one in rest if one.answer == answer]
        if held:
            label = translate(ANSWERS[answer])
            groups.append((Band(label, style, mark, symbol, radius, len(held)), held))
    return groups


def _letter(place: int) -> str:
    again, letter = divmod(place, len(ascii_uppercase))
    return ascii_uppercase[letter] + (str(again + 1) if again else "")
