"""CSV: bytes to a grid, in whatever encoding and with whatever separator it came; and back.

Written with a semicolon, which is what spreadsheets in Finnish and Swedish expect, and with the
mark that tells them that the text is UTF-8.
"""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from typing import Final

from hyteverkko.ingest.tables.grids import (
    MOST_CELLS,
    Cell,
    Grid,
    Written,
    too_many_cells,
)
from hyteverkko.ingest.tables.problems import Notes, Place, Problem
from hyteverkko.translations import marked

SEPARATORS: Final = (";", ",", "\t")
RUN_BY_SPREADSHEETS: Final = frozenset("=+-@\t\r＝＋－＠")
"""What a cell may begin with to be run as a formula."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOJIBAKE: Final = re.compile("Ã[¤¶¥„–…]|Ã\u0084|Ã\u0096|Ã\u0085|â€")
_BINARY: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")

csv.field_size_limit(2**31 - 1)


def read_csv(content: bytes, name: str, notes: Notes) -> Grid:
    """Read CSV into a grid; raise Problem for what is no table."""
    text = _decoded(content, name, notes)
    if "\x00" in text or len(_BINARY.findall(text[:20_000])) > 20:
        raise Problem(
            "no-table",
            marked("The file is not a table. Send an XLSX workbook or CSV."),
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    separator, lines = _separator(lines)
    grid = Grid(name)
    count = width = number = 0
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=separator, strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            cells = {at: Cell(read_back(t)) for at, t in enumerate(row, start=1) if t.strip()}
            count, width = count + len(cells), width + len(row)
            if count > MOST_CELLS or width > 8 * MOST_CELLS:
                raise too_many_cells()
            if cells:
                grid.rows[number] = cells
    except csv.Error:
        raise Problem(
            "csv-quotes",
            marked(
                "The quotation marks from row {row} on do not match. A cell that holds a quotation "
                "mark stands in quotation marks, and those inside it are doubled."
            ),
            row=number + 1,
        ) from None
    return grid


def write_csv(sheet: Written, guidance: bool) -> bytes:
    """Write a sheet as CSV, with help below the headings if it is to be filled in."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([guarded(heading.text) for heading in sheet.headings])
    if guidance:
        for language in sheet.headings[0].guidance:
            help_ = [heading.guidance.get(language, "") for heading in sheet.headings]
            writer.writerow([f"# {language}: {help_[0]}", *map(guarded, help_[1:])])
    for row in sheet.rows:
        writer.writerow([guarded(cell) for cell in row])
    return codecs.BOM_UTF8 + text.getvalue().encode()


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run, and before an apostrophe."""
    return f"'{text}" if text[:1] in RUN_BY_SPREADSHEETS or text[:1] == "'" else text


def read_back(text: str) -> str:
    """Take away the apostrophe that ``guarded`` put there."""
    runs = text[1:2] in RUN_BY_SPREADSHEETS or text[1:2] == "'"
    return text[1:] if text[:1] == "'" and text[1:] and runs else text


def _decoded(content: bytes, name: str, notes: Notes) -> str:
    encoding = _marked_encoding(content) or _unmarked_utf16(content)
    if encoding:
        text = _strictly(content, encoding)
        if encoding != "utf-8":
            notes.remark(
                "encoding-utf16",
                Place(name),
                marked("The file is in {encoding} and was read so. UTF-8 is safer: “CSV UTF-8”."),
                encoding=encoding.upper(),
            )
        return text.removeprefix("\ufeff")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = _strictly(content, "cp1252")
        notes.warning(
            "encoding-windows",
            Place(name),
            marked(
                "The file is not in UTF-8 and was read as Windows-1252. Check that ä, ö and å are "
                "right, or save it as “CSV UTF-8”."
            ),
        )
    broken = _MOJIBAKE.search(text)
    if broken:
        raise Problem(
            "encoding-twice",
            marked(
                "The letters ä, ö and å are broken (“{value}”): the file was saved in a wrong "
                "encoding. Save it again from the spreadsheet as “CSV UTF-8”."
            ),
            value=broken[0],
        )
    return text


def _marked_encoding(content: bytes) -> str:
    return next((name for bom, name in _BOMS if content.startswith(bom)), "")


def _unmarked_utf16(content: bytes) -> str:
    head = content[:4096]
    half = len(head) // 2
    if half < 4 or len(content) % 2:
        return ""
    if head[1::2].count(0) > 0.7 * half and head[0::2].count(0) == 0:
        return "utf-16-le"
    if head[0::2].count(0) > 0.7 * half and head[1::2].count(0) == 0:
        return "utf-16-be"
    return ""


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Problem(
            "encoding",
            marked(
                "The file is not a table in any encoding that is known here. Save it as XLSX or as "
                "“CSV UTF-8”."
            ),
        ) from None


def _separator(text: str) -> tuple[str, str]:
    """Give the separator, and the text without Excel's line that names it."""
    first, _, rest = text.partition("\n")
    if re.fullmatch("sep=[;,\t]", first, re.IGNORECASE):
        # The line takes a row in no spreadsheet.
        return first[-1], rest
    counts = {mark: _outside_quotes(text[:20_000], mark) for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: counts[mark]), text


def _outside_quotes(text: str, mark: str) -> int:
    """Count a separator in the first line that has any, outside quotation marks."""
    bare: Sequence[str] = re.sub('"[^"]*"', "", text).split("\n")
    return next((line.count(mark) for line in bare if any(s in line for s in SEPARATORS)), 0)
