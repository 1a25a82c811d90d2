"""Tables to take along: CSV that a spreadsheet may open, JSON, and a workbook."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import xlsxwriter

from hyteverkko.answers import NOT_IN_XML

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

WRITTEN: Final = date(1980, 1, 1)
"""When every workbook says that it was made: its bytes depend on the table alone."""

LONGEST_TITLE: Final = 31
MOST_IN_A_CELL: Final = 32_767
"""Characters a cell of a workbook may hold."""


Cell: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table to take along: the key of each column, what a reader calls it, and the rows."""

    title: str
    names: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def as_csv(self) -> bytes:
        """Write the table as CSV."""
        return csv_table(self.names, ([_text(cell) for cell in row] for row in self.rows))

    def as_json(self) -> bytes:
        """Write the table as an array of objects."""
        return json_table([dict(zip(self.names, row, strict=True)) for row in self.rows])

    def as_workbook(self) -> bytes:
        """Write the table as a workbook."""
        return workbook(self.title, self.headings, self.rows)


def csv_table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table as CSV (RFC 4180); no cell of it is run as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; a plain number stays a number."""
    if not cell.startswith(FORMULA) or _is_number(cell):
        return cell
    return f"'{cell}"


def json_table(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Write rows as JSON."""
    return json_text(list(rows))


def json_text(value: object) -> bytes:
    """Write a value as JSON, to be read by people too."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a table as a workbook: text stays text, numbers are numbers, nothing is a formula.

    The same table gives the same bytes.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": WRITTEN})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(title[:LONGEST_TITLE])
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                else:
                    text = NOT_IN_XML.sub("", _text(cell))
                    sheet.write_string(number, column, text[:MOST_IN_A_CELL])
    return file.getvalue()


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
