"""How much each municipality has, as bars: one for each municipality in each line."""

from collections.abc import Iterable
from typing import Final

from hyteverkko.pages.pictures.compare import TITLE, Comparison, Line
from hyteverkko.pages.pictures.shapes import (
    GROUND,
    MARK,
    SOFT,
    Svg,
    drawing,
    element,
    label,
    link,
    shortened,
)
from hyteverkko.pages.reading import Reader
from hyteverkko.translations import catalogue

WIDTH: Final = 720.0
NAMES: Final = 190.0
ROW, GAP, HEADING = 24.0, 16.0, 24.0
BAR: Final = 15.0
MOST_LETTERS: Final = 24
NUMBERS: Final = 60.0


def comparison_drawing(comparison: Comparison, reader: Reader) -> Svg:
    """Draw the lines of a comparison that can be counted."""
    lines = [line for line in comparison.lines if line.counted]
    most = max((len(cell.entries) for line in lines for cell in line.cells), default=1)
    scale = (WIDTH - NAMES - NUMBERS) / max(most, 1)
    parts: list[Svg] = []
    top = GAP / 2
    for line in lines:
        parts.append(label(line.heading.value, 8, top + 16, "heading", font_weight=600))
        parts.extend(_bars(line, comparison, reader, top + HEADING, scale))
        top += HEADING + ROW * len(line.cells) + GAP
    translate = catalogue(reader.language).gettext
    return drawing(translate(TITLE), WIDTH, top, parts, language=reader.language)


def _bars(
    line: Line, comparison: Comparison, reader: Reader, top: float, scale: float
) -> Iterable[Svg]:
    for number, (one, cell) in enumerate(zip(comparison.municipalities, line.cells, strict=True)):
        y = top + number * ROW
        name = one.shown.text.value
        count = len(cell.entries)
        said = str(count) if count else cell.note
        day = f"&at={reader.at}" if reader.at else ""
        href = f"/doc/municipality/{one.code}?lang={reader.language}{day}#{line.key}"
        shapes = [
            # The place of the whole row is the target, not the bar alone.
            element("rect", y=y, width=WIDTH, height=ROW, fill=GROUND, fill_opacity=0),
            label(shortened(name, MOST_LETTERS), 16, y + 16, "name"),
            element(
                "rect",
                x=NAMES,
                y=y + 4,
                width=count * scale,
                height=BAR,
                fill=MARK,
                class_="amount",
            ),
            label(said, NAMES + count * scale + 6, y + 16, "said", fill=SOFT),
        ]
        yield link(href, f"{line.heading.value}: {name} {said}", shapes)
