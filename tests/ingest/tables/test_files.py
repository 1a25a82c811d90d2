"""What is wrong with a table is said with its place, each fault in a sentence of its own."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
from hyteverkko.ingest.findings import Severity
from hyteverkko.ingest.tables.grids import MOST_BYTES, MOST_UNPACKED, Form
from hyteverkko.ingest.tables.kinds import TableKind
from hyteverkko.ingest.tables.problems import MOST, Notes
from hyteverkko.ingest.tables.workbooks import open_archive, read_workbook_grids
from hyteverkko.ingest.tables.writing import write_table
from hyteverkko.store.graph import ReleaseGraph
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tests.ingest.tables.conftest import Reader, rules, saved

HEADINGS = (
    "nimi (fi)", "nimi (sv)", "nimi (en)", "laji", "kuuluu organisaatioon tai hankkeeseen",
    "toiminta-aika",
)  # fmt: skip
GOOD = ("Ryhmä", "Grupp", "Group", "työryhmä", "Kuopio", "2020")
TABLE = ";".join(HEADINGS) + "\n" + ";".join(GOOD) + "\n"
BODY = "https://w3id.org/hyteverkko/id/body/kuopio/ryhma"
LANGUAGES = ("fi", "sv", "en")


def sheet() -> Worksheet:
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.append(HEADINGS)
    page.append(GOOD)
    return page


def bytes_of(page: Worksheet) -> bytes:
    book = page.parent
    assert book
    return saved(book)


def zipped(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.replace(";", ",").encode(),
        TABLE.replace(";", "\t").encode(),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        b"sep=;\n" + TABLE.encode(),
        TABLE.encode("utf-16"),
        TABLE.replace(";", "\t").encode("utf-16-le"),
        TABLE.encode("cp1252"),
        b"\n\nOtsikko;;;;;\n" + TABLE.encode(),
        TABLE.upper().replace("(FI)", "(fi)").encode(),
        zipped({"ryhmat.csv": TABLE.encode()}),
        bytes_of(sheet()),
    ],
    ids=[
        *("plain", "bom", "commas", "tabs", "crlf", "cr", "sep", "utf16", "utf16le", "cp1252"),
        *("title-above", "capitals", "zip", "xlsx"),
    ],
)
def test_read(read: Reader, content: bytes) -> None:
    result = read(content)
    assert [f for f in result.findings if f.severity is Severity.VIOLATION] == []
    assert [thing.casefold() for thing in result.added] == [BODY]
    assert result.kind == "networks"


FAULTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "blanks": (b" \r\n\xef\xbb\xbf", "empty"),
    "no headings": (b"a;b\n1;2\n", "headings"),
    "pdf": (b"%PDF-1.7 ...", "no-table-kind"),
    "web page": (b"<!DOCTYPE html><table></table>", "web-page"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old-excel"),
    "password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "password",
    ),
    "opendocument": (
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}),
        "open-document",
    ),
    "zip of others": (zipped({"a.txt": b"x"}), "no-table-zip"),
    "broken zip": (bytes_of(sheet())[:2000], "broken-file"),
    "workbook without parts": (zipped({"[Content_Types].xml": b"<a/>"}), "broken-file"),
    "doctype": (
        zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<!DOCTYPE a []><a/>"}),
        "document-type",
    ),
    "binary": (b"a;b\x00\x01\n", "no-table"),
    "bad utf-16": (b"\xff\xfe\x00\xd8\x00\xd8\x00", "encoding"),
    "no encoding": (b"nimi (fi);\x81\x8d\n", "encoding"),
    "saved twice": ("nimi (fi)\nHyvinvointiryhmÃ¤\n".encode(), "encoding-twice"),
    "quotes": (b'nimi (fi);laji\n"Ryhm;x\n', "csv-quotes"),
}


@pytest.mark.parametrize(("content", "rule"), FAULTS.values(), ids=FAULTS)
def test_no_table(read: Reader, content: bytes, rule: str) -> None:
    result = read(content)
    assert rules(result) == [rule]
    (finding,) = result.findings
    assert finding.severity is Severity.VIOLATION
    assert len({finding.message(language) for language in LANGUAGES}) == 3
    assert result.quads == {}


def test_too_big(read: Reader) -> None:
    assert rules(read(b"a" * (MOST_BYTES + 1))) == ["too-big-file"]


def test_a_zip_bomb_is_counted_while_it_is_unpacked(read: Reader) -> None:
    bomb = zipped({
        "[Content_Types].xml": b"<a/>",
        "xl/workbook.xml": b"<workbook>" + b" " * (MOST_UNPACKED + 1),
    })  # fmt: skip
    assert len(bomb) < 1_000_000
    assert rules(read(bomb)) == ["too-big"]
    many = zipped({f"{number}.csv": b"" for number in range(5001)})
    assert rules(read(many)) == ["too-big"]


def cell_faults() -> dict[str, tuple[str, str, str]]:
    """Give a heading, a text and the rule that the text breaks under the heading."""
    return {
        "date": ("toiminta-aika", "1/2/2024", "time-day-or-month"),
        "serial": ("toiminta-aika", "44538", "serial-number"),
        "unknown kind": ("laji", "työryhmälä", "name-unknown"),
        "unknown place": ("kuuluu organisaatioon tai hankkeeseen", "Qwertylä", "name-unknown"),
        "ambiguous": ("kuuluu organisaatioon tai hankkeeseen", "Parainen", "name-ambiguous"),
        "email": ("nimi (sv)", "Fråga aino.malli@kuopio.example", "contact"),
        "phone": ("nimi (sv)", "Ring 040 123 4567", "contact"),
        "control": ("nimi (sv)", "a\x0bb", "control"),
        "long": ("nimi (sv)", "a" * 32_768, "too-long-text"),
        "period address": ("toiminta-aika", "period/soon", "period-key"),
    }


@pytest.mark.parametrize(("heading", "text", "rule"), cell_faults().values(), ids=cell_faults())
def test_a_cell(read: Reader, heading: str, text: str, rule: str) -> None:
    cells = [text if name == heading else cell for name, cell in zip(HEADINGS, GOOD, strict=True)]
    result = read(TABLE + ";".join(["Toinen", *cells[1:]]) + "\n")
    (finding,) = result.findings
    assert (finding.rule, finding.file, finding.line) == (rule, "table", 3)
    assert finding.column == heading
    assert len({finding.message(language) for language in LANGUAGES}) == 3
    if rule == "contact":
        assert text not in repr(finding), "what is refused for privacy is not repeated"


def test_headings(read: Reader) -> None:
    table = "nimi (fi);nimi (fi);lajii;toiminta-aika;;muistiinpano\nRyhmä;x;työryhmä;2020;y;z\n"
    found = {finding.rule: finding for finding in read(table).findings}
    assert set(found) == {"heading-twice", "heading-unknown", "heading-missing", "column-missing"}
    assert found["heading-missing"].column == "E"
    unknown = [f for f in read(table).findings if f.rule == "heading-unknown"]
    assert "laji" in unknown[0].message("fi")
    missing = [f for f in read(table).findings if f.rule == "column-missing"]
    assert any("kuuluu organisaatioon" in finding.message("fi") for finding in missing)


def test_keys(read: Reader) -> None:
    table = "avain;nimi (fi);laji\nbody/kuopio/a;A;x\nbody/kuopio/a;B;x\nbody/varkaus/b;C;x\n"
    found = [(f.rule, f.line) for f in read(table).findings if f.rule.startswith("key")]
    assert found == [("key-twice", 3), ("key-unknown", 4)]


def test_a_row_without_a_name(read: Reader) -> None:
    assert ("row-without-name", 3) in [
        (f.rule, f.line) for f in read(TABLE + ";;;työryhmä;Kuopio;2020\n").findings
    ]


def test_remarks_on_what_was_mended(read: Reader) -> None:
    row = ["Ryhma\u0308 ", "Gr\u00a0upp", "Group", "työryhmä", "Kuopio", "2020"]
    result = read(";".join(HEADINGS) + "\n" + ";".join(row) + "\n")
    assert set(rules(result)) == {"nfc", "blanks", "hard-space"}
    assert result.added == (BODY,)
    names = {str(quad.object) for quad in result.quads["kuopio"]}
    assert {'"Ryhmä"@fi', '"Gr upp"@sv'} <= names


def test_findings_are_bounded(read: Reader) -> None:
    row = "Ryhmä {};Grupp;Group;eilaji{};Kuopio;2020\n"
    result = read(";".join(HEADINGS) + "\n" + "".join(row.format(n, n) for n in range(MOST + 50)))
    assert len(result.findings) == MOST + 1
    assert result.findings[-1].rule == "more"


def test_workbook_merged_hidden_formula_error(read: Reader) -> None:
    page = sheet()
    page.append(["Toinen", "b", "c", "=A1", "Kuopio", "2020"])
    page.append(["Kolmas", "b", "c", "työryhmä", "Kuopio", "#REF!"])
    page["F4"].data_type = "e"
    page.merge_cells("B5:B6")
    page["A5"] = "Neljäs"
    page.row_dimensions[2].hidden = True
    found = {(f.rule, f.line, f.column) for f in read(bytes_of(page)).findings}
    assert {
        ("formula-unknown", 3, "laji"),
        ("cell-error", 4, "toiminta-aika"),
        ("merged", 5, "B"),
        ("hidden-row", 2, ""),
    } <= found


def test_a_formula_with_its_result_is_read(read: Reader) -> None:
    content = bytes_of(sheet())
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                start = part.index(b'<c r="A2"')
                end = part.index(b"</c>", start) + 4
                cell = '<c r="A2" t="str"><f>"Ryh"&amp;"mä"</f><v>Ryhmä</v></c>'.encode()
                part = part[:start] + cell + part[end:]
            new.writestr(name, part)
    result = read(held.getvalue())
    assert rules(result) == ["formula"]
    assert result.added == (BODY,)


def test_hidden_and_unknown_sheets_are_not_read(read: Reader) -> None:
    page = sheet()
    book = page.parent
    assert book
    hidden = book.create_sheet("piilo")
    hidden.append(HEADINGS)
    hidden.append(("Piilossa", *GOOD[1:]))
    hidden.sheet_state = "hidden"
    book.create_sheet("omat").append(["muistiinpanoja"])
    result = read(saved(book))
    assert set(rules(result)) == {"hidden-sheet", "sheet-unknown"}
    assert result.added == (BODY,)


def test_two_sheets_with_the_same_headings(read: Reader) -> None:
    page = sheet()
    book = page.parent
    assert book
    copy = book.create_sheet("kopio")
    copy.append(HEADINGS)
    copy.append(GOOD)
    assert "sheet-twice" in rules(read(saved(book)))


def test_dates_of_a_workbook(read: Reader) -> None:
    page = sheet()
    for name, value, format_ in (
        ("a", date(2021, 12, 8), "d.m.yyyy"),
        ("b", datetime(2024, 2, 1, 0, 0), "mmm\\-yy"),
        ("c", date(2024, 1, 1), "yyyy"),
        ("d", 2021, "General"),
        ("e", 44538, "General"),
    ):
        page.append([name, *GOOD[1:5], value])
        page.cell(page.max_row, 6).number_format = format_
    result = read(bytes_of(page))
    assert [(f.rule, f.line) for f in result.findings] == [("serial-number", 7)]
    periods = {
        str(quad.subject).rpartition("/")[2][:-1]: str(quad.object).rpartition("/")[2][:-1]
        for quad in result.quads["kuopio"]
        if str(quad.predicate).endswith("terms/temporal>")
    }
    assert periods == {
        "ryhma": "2020", "a": "2021-12-08", "b": "2024-02", "c": "2024", "d": "2021",
    }  # fmt: skip


def test_dates_counted_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = book.active
    assert isinstance(page, Worksheet)
    page["A1"] = date(2021, 12, 8)
    (grid,) = read_workbook_grids(open_archive(saved(book)))
    assert (grid.text(1, 1), grid.rows[1][1].form) == ("2021-12-08", Form.DATE)


def test_text_that_became_a_date_is_asked(read: Reader) -> None:
    page = sheet()
    page["G1"] = "ryhmän numero"
    page["G2"] = date(2024, 1, 2)
    page["G2"].number_format = "d.m"
    # A day and month without a year: what a spreadsheet makes of “2.1”.
    result = read(bytes_of(page))
    assert [(f.rule, f.column) for f in result.findings] == [("text-as-date", "ryhmän numero")]


def test_reading_equals_openpyxl(held: ReleaseGraph, kind: Callable[[str], TableKind]) -> None:
    content = write_table(kind("networks"), held, "varkaus", "xlsx", "fi", filled=True)
    grids = {g.name: g for g in read_workbook_grids(open_archive(content))}
    for page in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        theirs = {
            (cell.row, cell.column): str(cell.value)
            for row in page.iter_rows()
            for cell in row
            if cell.value is not None and not isinstance(cell.value, datetime)
        }
        ours = {
            (row, column): cell.text
            for row, cells in grids[page.title].rows.items()
            for column, cell in cells.items()
            if cell.form is not Form.DATE
        }
        assert ours == theirs


def test_notes_start_empty() -> None:
    assert Notes().all() == ()
