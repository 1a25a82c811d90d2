"""The timeline as bars: what is certain is full, what is not is pale and dashed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from hyteverkko.pages.periods import Period
from hyteverkko.pages.pictures.shapes import (
    BERRY,
    GROUND,
    INK,
    LINE,
    MARK,
    SOFT,
    Svg,
    drawing,
    element,
    label,
    link,
    shortened,
)
from hyteverkko.pages.pictures.timeline import (
    KINDS,
    PATH,
    STATUS,
    TITLE,
    Choice,
    Line,
    first_day,
    last_day,
)
from hyteverkko.pages.pictures.whose import with_day
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.terms import day_text
from hyteverkko.translations import catalogue, marked

WIDTH, NAMES, EDGE = 1000.0, 350.0, 18.0
ROW, HEADING, AXIS, LEGEND = 24.0, 30.0, 28.0, 30.0
MOST_LETTERS: Final = 42
TICK: Final = 36.0
"""What the words at a tick take; one nearer to the edge has a line only."""

MOST_TICKS: Final = 12
STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Years between two marks: the longest is for an axis of all years a day can have."""

CERTAIN, PERHAPS, UNKNOWN, ONGOING = "certain", "perhaps", "unknown", "ongoing"
LEGENDS: Final = (
    (CERTAIN, marked("held then")),
    (PERHAPS, marked("some time then")),
    (UNKNOWN, marked("beginning or end not known")),
    (ONGOING, marked("goes on")),
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a period, from a day to a day, and how surely it held then."""

    kind: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The days a drawing shows, from its left edge to its right."""

    first: str
    last: str

    def x(self, day: str) -> float:
        """Give where a day stands; one beyond an edge stands at the edge."""
        first, last = _number(self.first), _number(self.last)
        part = (_number(min(max(day, self.first), self.last)) - first) / max(last - first, 1)
        return NAMES + part * (WIDTH - NAMES - EDGE)

    def ticks(self, language: str) -> Iterator[tuple[str, str]]:
        """Give the days that are marked, each with what is written there."""
        first, last = int(self.first[:4]), int(self.last[:4])
        if last - first >= 3:
            step = next(one for one in STEPS if (last - first) / one <= MOST_TICKS)
            years = (f"{year:04}" for year in range(first - first % -step, last + 1, step))
            yield from ((f"{year}-01-01", year) for year in years)
            return
        months = [f"{y:04}-{m:02}" for y in range(first, last + 1) for m in range(1, 13)]
        months = [one for one in months if self.first[:7] <= one <= self.last[:7]]
        every = next(one for one in (1, 2, 3, 6) if len(months) / one <= MOST_TICKS / 2 or one == 6)
        yield from ((f"{one}-01", day_text(one, language)) for one in months[::every])


def segments(period: Period, axis: Axis, today: str) -> tuple[Segment, ...]:
    """Part a period into what certainly held, what may have, and what is not known."""
    stated = period.stated
    begun = stated.get("latest", "")
    over, until = stated.get("ends", "") or stated.get("until", ""), stated.get("until", "")
    if begun and over and begun > over and "earliest" in stated:
        # A time within a year or a season: nothing of it is certain.
        return (Segment(PERHAPS, stated["earliest"], until),)
    found = []
    if "earliest" not in stated:
        found.append(Segment(UNKNOWN, axis.first, begun or over or axis.last))
    elif stated["earliest"] < begun:
        found.append(Segment(PERHAPS, stated["earliest"], begun))
    if over:
        found.append(Segment(CERTAIN, begun or over, over))
        if over < until:
            found.append(Segment(PERHAPS, over, until))
    elif stated.get("status") == f"{STATUS}ongoing":
        found.append(Segment(CERTAIN, begun, max(begun, today)))
        found.append(Segment(ONGOING, max(begun, today), axis.last))
    else:
        found.append(Segment(UNKNOWN, begun, axis.last))
    return tuple(found)


def axis_of(lines: Sequence[Line], choice: Choice, today: str) -> Axis:
    """Give the days from the first to the last that lines show, or those asked for."""
    stated = [line.period.stated for line in lines if line.period]
    days = [
        one[bound] for one in stated for bound in ("earliest", "latest", "until") if bound in one
    ]
    if any("until" not in one for one in stated):
        days.append(today)
    days = days or [today]
    first = first_day(choice.since) if choice.since else _month_before(min(days))
    last = last_day(choice.until) if choice.until else max(*days, first)
    return Axis(first, max(last, first))


def timeline_drawing(lines: Sequence[Line], choice: Choice, reader: Reader) -> Svg:
    """Draw the lines that have a time."""
    dated = [line for line in lines if line.period]
    axis = axis_of(dated, choice, reader.day)
    translate = catalogue(reader.language).gettext
    top, parts = AXIS + 6, list[Svg]()
    for kind, group in groupby(dated, key=lambda line: line.kind):
        parts.append(label(translate(KINDS[kind]), 8, top + 20, "heading", font_weight=600))
        top += HEADING
        for line in group:
            parts.append(_line(line, axis, reader, top))
            top += ROW
    behind = [*_grid(axis, reader, top)]
    return drawing(
        translate(TITLE),
        WIDTH,
        top + LEGEND + 8,
        [*behind, *parts, *_legend(translate, top + 10)],
        language=reader.language,
    )


def _line(line: Line, axis: Axis, reader: Reader, top: float) -> Svg:
    if line.period is None:
        raise ValueError(f"a line without a time: {line.shown.iri}")
    name, when = line.shown.text.value, line.when.text.value if line.when else ""
    over = line.kind in {"body", "plan", "project"} and line.period.has_ended(reader.day)
    shapes = [
        element("rect", y=top, width=WIDTH, height=ROW, fill=GROUND, fill_opacity=0),
        label(shortened(name, MOST_LETTERS), 16, top + 16, "name"),
        *_bars(segments(line.period, axis, reader.day), axis, top),
    ]
    concerns = ", ".join(one.text.value for one in line.concerns)
    title = "; ".join(part for part in (name, when, concerns) if part)
    return link(with_day(line.shown.href or PATH, reader), title, shapes, "over" if over else "")


def _bars(parts: Iterable[Segment], axis: Axis, top: float) -> Iterator[Svg]:
    for one in parts:
        if one.until < axis.first or one.since > axis.last:
            continue
        left, right = axis.x(one.since), axis.x(one.until)
        if one.kind == CERTAIN and one.since == one.until:
            yield _day(left, top)
        else:
            yield _bar(one.kind, left, max(right, left + 3), top)


def _bar(kind: str, left: float, right: float, top: float) -> Svg:
    middle = top + ROW / 2
    if kind == UNKNOWN:
        return element(
            "line",
            x1=left,
            x2=right,
            y1=middle,
            y2=middle,
            stroke=MARK,
            stroke_width=3,
            stroke_dasharray="2 5",
            class_="unknown",
        )
    if kind == ONGOING:
        return _polygon(((right, top + 5), (right + 9, middle), (right, top + 19)))
    pale = kind == PERHAPS
    return element(
        "rect",
        x=left,
        y=top + 5,
        width=right - left,
        height=ROW - 10,
        fill=MARK,
        fill_opacity=0.18 if pale else None,
        stroke=MARK if pale else None,
        stroke_dasharray="4 3" if pale else None,
        class_="amount perhaps" if pale else "amount",
    )


def _day(x: float, top: float) -> Svg:
    middle = top + ROW / 2
    corners = ((x - 7, middle), (x, middle - 7), (x + 7, middle), (x, middle + 7))
    return _polygon(corners)


def _polygon(corners: Iterable[tuple[float, float]]) -> Svg:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return element("polygon", points=points, fill=MARK, class_="amount")


def _grid(axis: Axis, reader: Reader, bottom: float) -> Iterator[Svg]:
    for day, text in axis.ticks(reader.language):
        if axis.first <= day <= axis.last:
            x = axis.x(day)
            yield element("line", x1=x, x2=x, y1=AXIS, y2=bottom, stroke=LINE, class_="rule")
            if x + TICK < WIDTH:
                yield label(text, x + 3, AXIS - 8, "tick", fill=SOFT, font_size=12)
    if axis.first <= reader.day <= axis.last:
        x = axis.x(reader.day)
        yield element(
            "line", x1=x, x2=x, y1=AXIS, y2=bottom, stroke=BERRY, stroke_width=2, class_="now"
        )


def _legend(translate: Callable[[str], str], top: float) -> Iterator[Svg]:
    x = 16.0
    for kind, text in LEGENDS:
        words = translate(text)
        right = x + 4 if kind == ONGOING else x + 34
        yield _bar(kind, x, right, top)
        yield label(words, x + 42, top + 16, "tick", fill=INK, font_size=12)
        x += 60 + 7.2 * len(words)
    yield _day(x + 8, top)
    yield label(translate(marked("one day")), x + 22, top + 16, "tick", fill=INK, font_size=12)


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _month_before(day: str) -> str:
    """Give the first day of the month before a day, so that what begins then is not on the edge.

    Before the first day that can be written there is none.
    """
    year, month = int(day[:4]), int(day[5:7])
    if (year, month) == (1, 1):
        return f"{date.min}"
    return f"{year - (month == 1):04}-{(month - 2) % 12 + 1:02}-01"
