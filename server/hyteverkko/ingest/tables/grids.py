"""A sheet as rows of cells, whatever file it came in; and the bounds within which it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from hyteverkko.ingest.tables.problems import Problem
from hyteverkko.translations import marked

MOST_BYTES: Final = 50 * 1024 * 1024
"""Bytes of a file that are read."""

MOST_UNPACKED: Final = 200 * 1024 * 1024
"""Bytes that the parts of a workbook may unpack to; their XML packs twenty times and more."""

MOST_CELLS: Final = 1_000_000
MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
MOST_SHEETS: Final = 200


class Form(StrEnum):
    """How a spreadsheet holds a cell."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, and how the spreadsheet holds it; a date is written ``2021-12-08``."""

    text: str
    form: Form = Form.TEXT
    formula: bool = False


Rows = dict[int, dict[int, Cell]]
"""Rows and columns by their numbers, from 1, with the cells that hold something."""


@dataclass(slots=True)
class Grid:
    """One sheet as read: its name, its cells, and what of it a reader may not have seen."""

    name: str
    rows: Rows = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged areas: first row, first column, last row, last column."""

    def text(self, row: int, column: int) -> str:
        """Give the text of a cell, empty where there is none."""
        cell = self.rows.get(row, {}).get(column)
        return cell.text if cell else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a written column: its text, its help by language, and values to choose from."""

    text: str
    guidance: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    form: Form = Form.TEXT


@dataclass(frozen=True, slots=True)
class Written:
    """One sheet to be written."""

    name: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...] = ()


class TooBig(Problem):
    """A table is over a bound."""


def too_many_cells() -> TooBig:
    """Give the problem of a table with more cells than are read."""
    return TooBig(
        "too-many-cells",
        marked("The table has more than {most} cells. Send it in parts."),
        most=f"{MOST_CELLS:,}".replace(",", " "),
    )
