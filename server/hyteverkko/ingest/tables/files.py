"""Files of tables: which kind of file some bytes are, read into grids; and grids into bytes."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final

from hyteverkko.ingest.tables.csv_files import read_csv, write_csv
from hyteverkko.ingest.tables.grids import MOST_BYTES, MOST_UNPACKED, Grid, TooBig, Written
from hyteverkko.ingest.tables.problems import Notes, Place, Problem
from hyteverkko.ingest.tables.workbooks import (
    BROKEN,
    broken,
    is_workbook,
    locked,
    open_archive,
    read_workbook_grids,
    unpacked,
)
from hyteverkko.ingest.tables.xlsx_writing import write_xlsx
from hyteverkko.translations import marked

CSV: Final = "csv"
XLSX: Final = "xlsx"
FORMATS: Final = (CSV, XLSX)

_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHER_FILES: Final[Mapping[bytes, str]] = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
}


def read_grids(content: bytes, name: str, notes: Notes) -> list[Grid]:
    """Read a file of tables into grids; raise Problem for what is no table."""
    if len(content) > MOST_BYTES:
        raise TooBig(
            "too-big-file",
            marked("The file is bigger than {most} MiB. Send the table in parts."),
            most=MOST_BYTES >> 20,
        )
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise empty()
    _refuse_other_files(content)
    if not content.startswith(b"PK"):
        return [read_csv(content, name, notes)]
    archive = open_archive(content)
    if is_workbook(archive):
        return read_workbook_grids(archive)
    return _zipped(archive, notes)


def write_grids(sheets: Sequence[Written], format_: str, guidance: bool) -> bytes:
    """Write sheets as a workbook, as CSV, or several as a zip of CSV files."""
    match format_:
        case "xlsx":
            return write_xlsx(sheets)
        case "csv" if len(sheets) == 1:
            return write_csv(sheets[0], guidance)
        case "csv":
            return _zip({f"{s.name}.csv": write_csv(s, guidance) for s in sheets})
        case _:
            raise ValueError(f"not a format of tables: {format_!r}")


def empty() -> Problem:
    """Give the problem of a file that holds nothing."""
    return Problem(
        "empty", marked("The file is empty. Send a table with headings and at least one row.")
    )


def _refuse_other_files(content: bytes) -> None:
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(_OLD_OFFICE):
        if _ENCRYPTED in content:
            raise locked()
        raise Problem(
            "old-excel",
            marked(
                "The file is in the old Excel format (.xls). Save it as XLSX and send it again."
            ),
        )
    if head.startswith((b"<!doctype html", b"<html", b"<table")):
        raise Problem(
            "web-page",
            marked("The file is a web page, whatever its name says. Save the table as XLSX."),
        )
    kind = next((kind for mark, kind in _OTHER_FILES.items() if content.startswith(mark)), "")
    if kind:
        raise Problem(
            "no-table-kind",
            marked("The file is {kind}, not a table. Send an XLSX workbook or CSV."),
            kind=kind,
        )


def _zipped(archive: zipfile.ZipFile, notes: Notes) -> list[Grid]:
    names = [info.filename for info in archive.infolist() if not info.is_dir()]
    if "content.xml" in names and "mimetype" in names:
        raise Problem(
            "open-document",
            marked("The file is an OpenDocument file (.ods). Save it as XLSX and send it again."),
        )
    tables = [name for name in names if name.casefold().endswith(".csv")]
    if not tables or len(tables) != len(names):
        raise Problem(
            "no-table-zip",
            marked("The zip file holds something other than CSV tables. Send the tables alone."),
        )
    grids, room = [], MOST_UNPACKED
    for name in tables:
        try:
            content = b"".join(unpacked(archive, name, min(room, MOST_BYTES)))
        except BROKEN:
            raise broken() from None
        room -= len(content)
        sheet = name.rpartition("/")[2].removesuffix(name[-4:])
        try:
            grids.append(read_csv(content, sheet, notes))
        except Problem as problem:
            notes.problem(Place(sheet), problem, "")
    return grids


def _zip(files: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # A fixed time, so that the same table gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, 8)
    return held.getvalue()
