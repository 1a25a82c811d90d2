"""XLSX workbooks: bytes to grids.

The parts are read as a stream from memory, by the standard library alone: no file is opened, no
document is built, nothing is allocated for cells that are not there, and what a sheet hides, merges
or computes is known. A part that declares a document type is refused.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from xml.parsers import expat

from hyteverkko.ingest.tables.grids import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_UNPACKED,
    Cell,
    Form,
    Grid,
    TooBig,
    too_many_cells,
)
from hyteverkko.ingest.tables.problems import Problem
from hyteverkko.translations import marked

MOST_ENTRIES: Final = 5_000
MOST_ELEMENTS: Final = 8 * MOST_CELLS
MOST_MERGED: Final = 10_000

_CHUNK: Final = 1 << 16
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    KeyError,
)
"""What the standard library raises on archives that are no archives."""

_REFERENCE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.ASCII)
_NUMBER: Final = re.compile(
    r"[-+]?[0-9]{0,308}(?:\.[0-9]{0,308})?(?:[eE][-+]?[0-9]{1,3})?", re.ASCII
)
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_NOT_CODE: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].|AM/PM|A/P', re.IGNORECASE)
_BUILT_IN: Final = {
    **dict.fromkeys((14, 15, 16, 22, *range(27, 37), *range(50, 59)), "day"),
    17: "month",
}
"""Number formats that every spreadsheet knows by their number."""


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Say whether an archive is an XLSX workbook."""
    return "[Content_Types].xml" in archive.namelist()


def open_archive(content: bytes) -> zipfile.ZipFile:
    """Open a zip archive; raise Problem for one that is broken, locked or too big."""
    if content.count(b"PK\x01\x02") > MOST_ENTRIES:
        raise _too_big()
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        infos = archive.infolist()
    except BROKEN:
        raise broken() from None
    if any(info.flag_bits & 1 for info in infos):
        raise locked()
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise broken()
    return archive


def broken() -> Problem:
    """Give the problem of an archive that cannot be unpacked."""
    return Problem(
        "broken-file",
        marked("The file is broken and cannot be unpacked. Save it again and send it anew."),
    )


def locked() -> Problem:
    """Give the problem of a workbook behind a password."""
    return Problem(
        "password",
        marked("The file is protected by a password. Save it without one and send it again."),
    )


def read_workbook_grids(archive: zipfile.ZipFile) -> list[Grid]:
    """Read the sheets of a workbook; raise Problem for what is none."""
    try:
        return _Workbook(archive).grids()
    except BROKEN:
        raise broken() from None


def unpacked(archive: zipfile.ZipFile, name: str, room: int) -> Iterator[bytes]:
    """Unpack a part of an archive in pieces; raise Problem when it is bigger than ``room``."""
    with archive.open(name) as part:
        while piece := part.read(_CHUNK):
            room -= len(piece)
            if room < 0:
                raise _too_big()
            yield piece


def _too_big() -> TooBig:
    return TooBig(
        "too-big",
        marked("The file unpacks to more than {most} MiB. Send the table in parts."),
        most=MOST_UNPACKED >> 20,
    )


@dataclass(slots=True)
class _Stream:
    """One part as a stream of elements, with the text of the innermost kept on request."""

    started: Callable[[str, dict[str, str]], None]
    ended: Callable[[str], None] = lambda _name: None
    keeping: bool = False
    text: list[str] = field(default_factory=list)
    _left: int = MOST_ELEMENTS

    def run(self, pieces: Iterator[bytes]) -> None:
        """Read the part to its end."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse_document_type
        try:
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise broken() from None

    def taken(self) -> str:
        """Give the text kept, and keep none of it."""
        text = "".join(self.text)
        self.text.clear()
        return text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._left -= 1
        if self._left < 0:
            raise too_many_cells()
        self.started(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self.ended(name.rpartition(":")[2])

    def _characters(self, text: str) -> None:
        if self.keeping:
            self.text.append(text)


def _refuse_document_type(*_declared: object) -> None:
    raise Problem(
        "document-type",
        marked("The workbook declares a DOCTYPE, which no spreadsheet writes. It is not read."),
    )


class _Workbook:
    """The parts of one workbook, and how much more of them may be unpacked."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.casefold(): name for name in archive.namelist()}
        self._room = MOST_UNPACKED
        self._cells = MOST_CELLS
        self._starts_1904 = False

    def grids(self) -> list[Grid]:
        main = self._related("_rels/.rels", "").get("/officedocument", ["xl/workbook.xml"])[0]
        folder, _, file = main.rpartition("/")
        related = self._related(f"{folder}/_rels/{file}.rels", folder)
        sheets = self._sheets(main, self._by_id)
        texts = self._shared_texts(related.get("/sharedstrings", [""])[0])
        formats = self._formats(related.get("/styles", [""])[0])
        return [self._grid(name, part, hidden, texts, formats) for name, part, hidden in sheets]

    def _related(self, name: str, folder: str) -> dict[str, list[str]]:
        """Give the parts a part is related to, by kind; and keep them by their id."""
        found: dict[str, list[str]] = {}
        self._by_id: dict[str, str] = {}

        def started(element: str, attributes: dict[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = _resolved(folder, attributes.get("Target", ""))
                kind = "/" + attributes.get("Type", "").rpartition("/")[2].casefold()
                found.setdefault(kind, []).append(target)
                self._by_id[attributes.get("Id", "")] = target

        self._run(name, _Stream(started))
        return found

    def _sheets(self, main: str, by_id: dict[str, str]) -> list[tuple[str, str, bool]]:
        found: list[tuple[str, str, bool]] = []

        def started(element: str, attributes: dict[str, str]) -> None:
            if element == "workbookPr":
                self._starts_1904 = attributes.get("date1904") in ("1", "true")
            elif element == "sheet" and len(found) < MOST_SHEETS:
                id_ = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
                hidden = attributes.get("state", "visible") != "visible"
                found.append((attributes.get("name", ""), by_id.get(id_, ""), hidden))

        if not self._run(main, _Stream(started)):
            raise broken()
        return found

    def _shared_texts(self, name: str) -> list[str]:
        texts: list[str] = []
        phonetic = False

        def started(element: str, _attributes: dict[str, str]) -> None:
            nonlocal phonetic
            phonetic = phonetic or element == "rPh"
            stream.keeping = element == "t" and not phonetic

        def ended(element: str) -> None:
            nonlocal phonetic
            stream.keeping = False
            if element == "rPh":
                phonetic = False
            elif element == "si":
                if len(texts) >= MOST_CELLS:
                    raise too_many_cells()
                texts.append(_unescaped(stream.taken()))

        stream = _Stream(started, ended)
        self._run(name, stream)
        return texts

    def _formats(self, name: str) -> list[str]:
        """Give for each style whether it shows days, months or years."""
        codes: dict[int, str] = {}
        styles: list[str] = []
        inside = ""

        def started(element: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if element in ("cellXfs", "cellStyleXfs", "dxfs"):
                inside = element
            elif element == "numFmt":
                codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif element == "xf" and inside == "cellXfs":
                number = _whole(attributes.get("numFmtId"))
                shown = _shown_time(codes[number]) if number in codes else ""
                styles.append(shown or ("" if number in codes else _BUILT_IN.get(number, "")))

        self._run(name, _Stream(started))
        return styles

    def _grid(
        self, name: str, part: str, hidden: bool, texts: list[str], formats: list[str]
    ) -> Grid:
        grid = Grid(name, hidden=hidden)
        reader = _SheetReader(grid, texts, formats, self._starts_1904, self._cells)
        self._run(part, reader.stream)
        self._cells = reader.left
        return grid

    def _run(self, name: str, stream: _Stream) -> bool:
        actual = self._names.get(name.casefold())
        if actual is None:
            return False
        stream.run(self._counted(actual))
        return True

    def _counted(self, name: str) -> Iterator[bytes]:
        for piece in unpacked(self._archive, name, self._room):
            self._room -= len(piece)
            yield piece


class _SheetReader:
    """Fills a grid from the elements of a sheet."""

    def __init__(
        self, grid: Grid, texts: list[str], formats: list[str], starts_1904: bool, left: int
    ) -> None:
        self.grid = grid
        self.left = left
        self.stream = _Stream(self._started, self._ended)
        self._texts = texts
        self._formats = formats
        self._starts_1904 = starts_1904
        self._row = self._column = 0
        self._type = self._style = ""
        self._value = ""
        self._inline: list[str] = []
        self._has_formula = self._phonetic = False

    def _started(self, element: str, attributes: dict[str, str]) -> None:
        self.stream.keeping = False
        match element:
            case "row":
                self._row = _whole(attributes.get("r")) or self._row + 1
                self._column = 0
                if attributes.get("hidden") in ("1", "true") and self._row <= MOST_ROWS:
                    self.grid.hidden_rows.add(self._row)
            case "c":
                self._start_cell(attributes)
            case "f":
                self._has_formula = True
            case "v":
                self.stream.keeping = True
            case "rPh":
                self._phonetic = True
            case "t":
                self.stream.keeping = not self._phonetic
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.left -= 1
        if self.left < 0:
            raise too_many_cells()
        match = _REFERENCE.fullmatch(attributes.get("r", ""))
        if match:
            self._column, self._row = _column_number(match[1]), int(match[2])
        else:
            self._column += 1
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._value = ""
        self._inline.clear()
        self._has_formula = False

    def _ended(self, element: str) -> None:
        match element:
            case "v":
                self._value = self.stream.taken()
            case "t":
                self._inline.append(self.stream.taken())
            case "rPh":
                self._phonetic = False
            case "c":
                self._end_cell()
        self.stream.keeping = False

    def _end_cell(self) -> None:
        cell = self._cell()
        inside = 0 < self._row <= MOST_ROWS and 0 < self._column <= MOST_COLUMNS
        if inside and (cell.text.strip() or cell.formula):
            self.grid.rows.setdefault(self._row, {})[self._column] = cell

    def _cell(self) -> Cell:
        value, formula = self._value, self._has_formula
        match self._type:
            case "s":
                number = _whole(value)
                known = value.isdigit() and number < len(self._texts)
                return Cell(self._texts[number] if known else "", formula=formula)
            case "inlineStr":
                return Cell(_unescaped("".join(self._inline)), formula=formula)
            case "str":
                return Cell(_unescaped(value), formula=formula)
            case "b":
                return Cell("true" if value.strip() == "1" else "false", Form.BOOLEAN, formula)
            case "e":
                return Cell(value, Form.ERROR, formula)
            case "d":
                return Cell(value[:10], Form.DATE, formula)
            case _:
                return self._number(value.strip(), formula)

    def _number(self, value: str, formula: bool) -> Cell:
        if not value or not _NUMBER.fullmatch(value):
            return Cell(value, Form.TEXT, formula)
        number = float(value)
        style = _whole(self._style)
        shown = self._formats[style] if style < len(self._formats) else ""
        day = _day(number, self._starts_1904) if shown else None
        if day:
            length = {"day": 10, "month": 7, "year": 4}[shown]
            return Cell(day.isoformat()[:length], Form.DATE, formula)
        return Cell(_number_text(number), Form.NUMBER, formula)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if start and end and len(self.grid.merged) < MOST_MERGED:
            self.grid.merged.append(
                (int(start[2]), _column_number(start[1]), int(end[2]), _column_number(end[1]))
            )


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    steps = [step for step in folder.split("/") if step]
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _whole(text: str | None) -> int:
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else 0


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _shown_time(code: str) -> str:
    """Say what a number format shows of a date: the day, only the month, or only the year."""
    letters = _NOT_CODE.sub("", code.partition(";")[0]).casefold()
    if "general" in letters or not any(mark in letters for mark in "yd"):
        return ""
    if "d" in letters:
        return "day"
    return "month" if "m" in letters else "year"


def _day(number: float, starts_1904: bool) -> date | None:
    days = int(number)
    if starts_1904:
        return date(1904, 1, 1) + timedelta(days) if 0 <= days < 2_957_004 else None
    # Spreadsheets hold 1900 for a leap year: day 60 is one that never was.
    if not 1 <= days < 2_958_466 or days == 60:
        return None
    return date(1899, 12, 31 if days < 60 else 30) + timedelta(days)


def _number_text(number: float) -> str:
    if abs(number) < 1e15 and number == int(number):
        return str(int(number))
    text = repr(number)
    return f"{number:.15f}".rstrip("0") if "e-" in text else text
