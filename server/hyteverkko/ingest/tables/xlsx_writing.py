"""XLSX workbooks written: headings that stay in sight, help, drop-downs; nothing that runs."""

import io
import re
from collections.abc import Sequence
from datetime import date
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from hyteverkko.ingest.tables.csv_files import RUN_BY_SPREADSHEETS
from hyteverkko.ingest.tables.grids import MOST_ROWS, Form, Heading, Written
from hyteverkko.ingest.tables.problems import Problem
from hyteverkko.translations import marked

LIST_SHEET: Final = "_lists"
"""The sheet of the drop-downs' values, hidden from readers."""

MARK: Final = "#"
LONGEST_TITLE: Final = 31

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "d.m.yyyy",
}
_NO_TITLE: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f\U00010000-\U0010ffff]")
_ROWS_TO_FILL: Final = 1_000
_WIDEST: Final = 60
_FIRST_DAY: Final = date(1900, 3, 1)
_WHEN: Final = date(1980, 1, 1)


def write_xlsx(sheets: Sequence[Written]) -> bytes:
    """Write sheets as a workbook."""
    held = io.BytesIO()
    workbook = xlsxwriter.Workbook(held, _OPTIONS)
    workbook.set_properties({"created": _WHEN})
    styles = _Styles(workbook)
    lists = _Lists()
    pages = [workbook.add_worksheet(sheet.name) for sheet in sheets]
    for sheet, page in zip(sheets, pages, strict=True):
        _write_sheet(page, sheet, styles, lists)
    _write_help(workbook, sheets, styles)
    lists.write(workbook)
    workbook.close()
    return held.getvalue()


def sheet_titles(names: Sequence[str]) -> list[str]:
    """Give titles that a workbook can have, each once."""
    titles: list[str] = []
    for name in names:
        base = _NO_TITLE.sub(" ", name).strip("' ")[:LONGEST_TITLE] or "sheet"
        title, number = base, 1
        while title.casefold() in {known.casefold() for known in titles}:
            number += 1
            title = f"{base[: LONGEST_TITLE - 1 - len(str(number))]} {number}"
        titles.append(title)
    return titles


class _Styles:
    """The few ways a cell is shown."""

    def __init__(self, workbook: Workbook) -> None:
        heading = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "num_format": "@"}
        self.heading: Format = workbook.add_format(heading)
        self.text: Format = workbook.add_format({"num_format": "@", "valign": "top"})
        self.guarded: Format = workbook.add_format(
            {"num_format": "@", "valign": "top", "quote_prefix": True}
        )
        self.number: Format = workbook.add_format({"num_format": "General", "valign": "top"})
        self.day: Format = workbook.add_format({"num_format": "d.m.yyyy", "valign": "top"})
        self.wrapped: Format = workbook.add_format(
            {"num_format": "@", "valign": "top", "text_wrap": True}
        )

    def of(self, form: Form) -> Format:
        return {Form.NUMBER: self.number, Form.DATE: self.day}.get(form, self.text)


class _Lists:
    """The values of drop-downs, each list in a column of a sheet of its own."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, ...], int] = {}

    def source(self, choices: tuple[str, ...]) -> str:
        column = self._columns.setdefault(choices, len(self._columns))
        letters = xlsxwriter.utility.xl_col_to_name(column, True)
        return f"='{LIST_SHEET}'!{letters}$1:{letters}${len(choices)}"

    def write(self, workbook: Workbook) -> None:
        if not self._columns:
            return
        page = workbook.add_worksheet(LIST_SHEET)
        for choices, column in self._columns.items():
            for row, choice in enumerate(choices):
                page.write_string(row, column, choice)
        page.hide()


def _write_sheet(page: Worksheet, sheet: Written, styles: _Styles, lists: _Lists) -> None:
    if len(sheet.rows) >= MOST_ROWS:
        raise Problem(
            "too-many-rows",
            marked("{sheet} has more rows than a workbook holds. Take it as CSV."),
            sheet=sheet.name,
        )
    page.freeze_panes(1, 1)
    last = max(_ROWS_TO_FILL, len(sheet.rows) + _ROWS_TO_FILL // 2)
    for column, heading in enumerate(sheet.headings):
        texts = [row[column] for row in sheet.rows[:200]]
        page.set_column(column, column, _width(heading, texts), styles.of(heading.form))
        page.write_string(0, column, heading.text, styles.heading)
        if heading.guidance:
            page.write_comment(
                0, column, _comment(heading), {"width": 420, "height": 220, "author": ""}
            )
        if heading.choices:
            page.data_validation(1, column, last, column, _validation(heading, lists))
    for number, row in enumerate(sheet.rows, start=1):
        for column, text in enumerate(row):
            if text:
                _write_cell(page, (number, column), text, sheet.headings[column].form, styles)


def _write_cell(
    page: Worksheet, at: tuple[int, int], text: str, form: Form, styles: _Styles
) -> None:
    digits = text.replace(",", ".") if form is Form.NUMBER else ""
    if _is_plain_number(digits):
        page.write_number(*at, float(digits), styles.number)
        return
    day = _day(text) if form is Form.DATE else None
    if day:
        page.write_datetime(*at, day, styles.day)
        return
    guarded = text[0] in RUN_BY_SPREADSHEETS
    if page.write_string(*at, text, styles.guarded if guarded else styles.text):
        raise Problem(
            "too-long",
            marked("A value is longer than a cell of a workbook can be. Take the table as CSV."),
        )


def _validation(heading: Heading, lists: _Lists) -> dict[str, object]:
    # Other values are let through: the table is read by rules, not by its drop-downs.
    return {
        "validate": "list",
        "source": lists.source(heading.choices),
        "show_error": False,
    }


def _write_help(workbook: Workbook, sheets: Sequence[Written], styles: _Styles) -> None:
    rows = [
        (sheet.name, heading.text, heading.guidance)
        for sheet in sheets
        for heading in sheet.headings
        if heading.guidance
    ]
    if not rows:
        return
    page = workbook.add_worksheet(f"{MARK} fi sv en")
    page.freeze_panes(1, 2)
    languages = list(rows[0][2])
    for column, text in enumerate([MARK, MARK, *languages]):
        page.set_column(column, column, 24 if column < 2 else _WIDEST)
        page.write_string(0, column, text, styles.heading)
    for number, (name, heading, guidance) in enumerate(rows, start=1):
        texts = [name, heading, *(guidance.get(language, "") for language in languages)]
        for column, text in enumerate(texts):
            page.write_string(number, column, text, styles.wrapped)


def is_ours(title: str) -> bool:
    """Say whether a sheet is one that the writer adds: the help or the lists."""
    return title == LIST_SHEET or title.startswith(MARK)


def _comment(heading: Heading) -> str:
    return "\n\n".join(f"{language}: {text}" for language, text in heading.guidance.items())


def _width(heading: Heading, texts: Sequence[str]) -> int:
    longest = max((len(text) for text in texts), default=0)
    return min(_WIDEST, max(12, len(heading.text) // 2 + 4, longest + 2))


def _is_plain_number(text: str) -> bool:
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", text, re.ASCII):
        return False
    number = float(text)
    return text == (str(int(number)) if number == int(number) else repr(number))


def _day(text: str) -> date | None:
    match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})-(\d\d)-(\d\d)", text, re.ASCII)
    if not match:
        return None
    parts = (match[3], match[2], match[1]) if match[1] else (match[4], match[5], match[6])
    day = date(*(int(part) for part in parts))
    return day if day >= _FIRST_DAY else None
