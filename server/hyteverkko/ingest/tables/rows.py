"""Rows of a sheet: which columns its headings name, and the text of every cell that counts."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from hyteverkko.ingest.rdf import CONTROL
from hyteverkko.ingest.tables.cells import LONGEST, clean, without_hard_spaces
from hyteverkko.ingest.tables.columns import Column, Holds
from hyteverkko.ingest.tables.grids import Cell, Form, Grid
from hyteverkko.ingest.tables.names import folded
from hyteverkko.ingest.tables.problems import Notes, Place, Problem, shown
from hyteverkko.ingest.tables.xlsx_writing import MARK
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.translations import marked

SEARCHED_ROWS: Final = 20
"""Rows at the top of a sheet among which the headings are looked for."""

LONGEST_HEADING: Final = 500
"""Characters of a cell that are compared with the headings, all of which are shorter."""

_EMAIL: Final = re.compile(
    r"[a-z0-9._%+-] ?(?:@|\(at\)|\[at\]) ?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE
)
_PHONE: Final = re.compile(
    r"(?:^|[^0-9A-Za-z./–-])(?:\+358[ -]?\(?0?\)?[1-9][0-9]{0,2}|\(?0[1-9][0-9]{0,2}\)?)"
    r"[ -]?[0-9]{3,4}[ -]?[0-9]{2,4}(?:$|[^0-9A-Za-z])"
)
_GUIDANCE: Final = re.compile(rf"\s*{MARK} (?:{'|'.join(LANGUAGES)}):")
_AT: Final = re.compile(r"@|\(at\)|\[at\]|tel:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """The row of headings: its number, and the column of the sheet under each heading."""

    row: int
    columns: dict[int, Column] = field(default_factory=dict)
    """The columns by their number in the sheet; a heading found twice is there once."""

    unknown: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, and the text of its cells by column; an unreadable cell is not there."""

    number: int
    texts: dict[Column, str]
    unread: frozenset[Column] = frozenset()


def find_header(grid: Grid, columns: Sequence[Column]) -> Header | None:
    """Find the row that names most of the columns; None where no row names any."""
    best: Header | None = None
    last = {at: number for number in sorted(grid.rows) for at in grid.rows[number]}
    for number in sorted(grid.rows)[:SEARCHED_ROWS]:
        used = {at for at, row in last.items() if row > number}
        header = _header(grid, number, used, columns)
        if header.columns and (best is None or len(header.columns) > len(best.columns)):
            best = header
    return best


def heading_problems(grid: Grid, header: Header, columns: Sequence[Column], notes: Notes) -> None:
    """Note the headings that name no column, or one that is there already."""
    known = {column.heading(language): column for column in columns for language in LANGUAGES}
    for at in header.repeated:
        heading = grid.text(header.row, at)
        notes.violation(
            "heading-twice",
            Place(grid.name, header.row, shown(heading)),
            marked("The heading “{heading}” is there twice. Keep one of the columns."),
            heading=shown(heading),
        )
    for at in header.unknown:
        heading = shown(grid.text(header.row, at))
        place = Place(grid.name, header.row, heading or column_letters(at))
        if not heading:
            notes.violation(
                "heading-missing",
                place,
                marked("Column {column} has values and no heading. Give it one, or empty it."),
                column=column_letters(at),
            )
            continue
        near = get_close_matches(folded(heading), [folded(k) for k in known], n=1, cutoff=0.6)
        nearest = next((text for text in known if near and folded(text) == near[0]), "")
        text = marked("The heading “{heading}” is not known. Remove the column, or rename it.")
        if nearest:
            text = marked(
                "The heading “{heading}” is not known. Is it “{nearest}”? "
                "Rename the column, or remove it."
            )
        notes.violation("heading-unknown", place, text, heading=heading, nearest=nearest)


def data_rows(grid: Grid, header: Header, notes: Notes) -> Iterator[Row]:
    """Give the rows below the headings, each cell as it is to be read."""
    _note_merged(grid, header, notes)
    for number in sorted(number for number in grid.rows if number > header.row):
        cells = grid.rows[number]
        first = cells[min(cells)].text
        if _GUIDANCE.match(first):
            continue
        _note_contacts_elsewhere(grid, header, number, notes)
        texts, unread = {}, set()
        for at, column in header.columns.items():
            place = Place(grid.name, number, shown(grid.text(header.row, at)))
            try:
                text = _text(cells.get(at), column, place, notes)
            except Problem as problem:
                # What is refused for privacy is not repeated.
                value = "" if problem.rule == "contact" else grid.text(number, at)
                notes.problem(place, problem, value)
                unread.add(column)
            else:
                texts[column] = text
        if any(texts.values()) or unread:
            if number in grid.hidden_rows:
                notes.remark(
                    "hidden-row",
                    Place(grid.name, number),
                    marked("A row is hidden. It was read as the others; delete it if it must go."),
                )
            yield Row(number, texts, frozenset(unread))


def column_letters(number: int) -> str:
    """Give the letters by which a spreadsheet calls a column."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _header(grid: Grid, number: int, used: Set[int], columns: Sequence[Column]) -> Header:
    by_heading: dict[str, Column] = {}
    bare: dict[str, Column] = {}
    for column in columns:
        for language in LANGUAGES:
            by_heading.setdefault(folded(column.heading(language)), column)
            if column.language == language:
                # A heading without a language is in the language of its own words.
                bare.setdefault(folded(column.names.get(language, "")), column)
    found: dict[int, Column] = {}
    unknown, repeated = [], []
    for at in sorted(used | set(grid.rows[number])):
        text = folded(grid.text(number, at)[:LONGEST_HEADING])
        named = by_heading.get(text) or bare.get(text)
        if named is None and (text or at in used) and not text.startswith(MARK):
            unknown.append(at)
        elif named in found.values():
            repeated.append(at)
        elif named:
            found[at] = named
    return Header(number, found, tuple(unknown), tuple(repeated))


def _text(cell: Cell | None, column: Column, place: Place, notes: Notes) -> str:
    if cell is None:
        return ""
    _check_form(cell, column, place, notes)
    text = _plain(cell.text, place, notes)
    if CONTROL.search(text):
        raise Problem("control", marked("The cell holds a control character. Write it anew."))
    if len(text) > LONGEST:
        raise Problem(
            "too-long-text",
            marked("The text is longer than {most} characters. Shorten it."),
            most=LONGEST,
        )
    if has_contact(text):
        raise Problem(
            "contact",
            marked(
                "The cell holds an e-mail address or a telephone number. They are not stored here; "
                "an office is reached through the page of its organisation."
            ),
        )
    return text


def has_contact(text: str) -> bool:
    """Say whether a text holds an e-mail address or a telephone number."""
    return bool(_AT.search(text) and (_EMAIL.search(text) or "tel:" in text.casefold())) or bool(
        _PHONE.search(text)
    )


def _check_form(cell: Cell, column: Column, place: Place, notes: Notes) -> None:
    if cell.form is Form.ERROR:
        raise Problem(
            "cell-error", marked("The spreadsheet shows an error here. Write the value itself.")
        )
    if cell.formula and not cell.text:
        raise Problem(
            "formula-unknown",
            marked(
                "The cell holds a formula without its result. Open the table in the spreadsheet "
                "and save it, or write the value itself."
            ),
        )
    if cell.formula:
        notes.remark(
            "formula",
            place,
            marked("A cell holds a formula; the value it shows was read."),
        )
    if cell.form is Form.DATE and column.holds in (Holds.TEXT, Holds.PLAIN, Holds.KEY):
        raise Problem(
            "text-as-date",
            marked(
                "The spreadsheet has made a date of this text. Format the column as text and write "
                "it anew."
            ),
        )


def _plain(text: str, place: Place, notes: Notes) -> str:
    """Give the text as it is compared and kept; note what was changed in it."""
    spaced = without_hard_spaces(text)
    if spaced != text:
        notes.remark(
            "hard-space",
            place,
            marked("A cell holds spaces that do not break; plain spaces were read for them."),
        )
    stripped = spaced.strip()
    if stripped != spaced and stripped:
        notes.remark("blanks", place, marked("A cell has blanks at its end; they were left out."))
    plain = clean(stripped)
    if plain.replace("\n", "") != stripped.replace("\r\n", "").replace("\n", ""):
        notes.remark(
            "nfc",
            place,
            marked("A cell has letters in parts (Unicode NFD); they were put together (NFC)."),
        )
    return plain.replace("\r", "\n")


def _note_contacts_elsewhere(grid: Grid, header: Header, number: int, notes: Notes) -> None:
    """Refuse personal contact details also where no column is known."""
    for at, cell in grid.rows[number].items():
        if at not in header.columns and has_contact(cell.text[:LONGEST]):
            notes.violation(
                "contact",
                Place(grid.name, number, column_letters(at)),
                marked(
                    "The cell holds an e-mail address or a telephone number. They are not stored "
                    "here; an office is reached through the page of its organisation."
                ),
            )


def _note_merged(grid: Grid, header: Header, notes: Notes) -> None:
    for first_row, first_column, last_row, last_column in grid.merged:
        is_table = last_row >= header.row and first_column <= max(header.columns)
        if is_table and (first_row, first_column) != (last_row, last_column):
            area = (
                f"{column_letters(first_column)}{first_row}:{column_letters(last_column)}{last_row}"
            )
            notes.violation(
                "merged",
                Place(grid.name, first_row, column_letters(first_column)),
                marked(
                    "The cells {area} are merged, so it is not known which rows the value is for. "
                    "Unmerge them and write the value in each."
                ),
                area=area,
            )
