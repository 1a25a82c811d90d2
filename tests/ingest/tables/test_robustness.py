"""Whatever comes in, the answer is a result with findings; and no file is opened for it."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hyteverkko.ingest.findings import Severity
from hyteverkko.ingest.tables.kinds import kinds
from hyteverkko.ingest.tables.reading import ReadContext, TableRead, read_table
from hyteverkko.ingest.tables.writing import write_table
from hyteverkko.store.graph import ReleaseGraph

ANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
HEADINGS = [
    *("avain", "nimi (fi)", "nimi (sv)", "muu nimi (fi)", "luokka", "laji", "toiminta-aika"),
    *("kuuluu organisaatioon tai hankkeeseen", "ryhmän numero", "toimielin tai organisaatio"),
    *("rooli", "jäsen", "työajan osuus", "Henkilö: nimi", "Henkilö: avain", "täytetty", "outo"),
]
CELLS = st.one_of(
    st.sampled_from([
        *("", "Kuopio", "Kuopion", "284", "työryhmä", "jäsen", "kevät 2021", "1.2.2024", "44538"),
        *("body/kuopio/a", "network/koski-tl/kosken-verkko", "period/x", "<urn:x>", "a; b"),
        *('"a;b"', "=1+1", "kyllä", "0,5", "person/kuopio/1", "hyte:WorkingGroup", "http://["),
        *("theme:x", "#"),
    ]),
    st.text(max_size=40),
)  # fmt: skip


def sound(result: TableRead) -> None:
    """Hold what every result holds: findings with places, and statements that can be stored."""
    for finding in result.findings:
        assert all(finding.message(language) for language in ("fi", "sv", "en"))
    for graph, quads in result.quads.items():
        for quad in quads:
            assert str(quad.graph_name).endswith(f"/{graph}>")
            str(quad).encode()


@pytest.fixture
def judge(context: ReadContext) -> Callable[[bytes], TableRead]:
    def judged(content: bytes) -> TableRead:
        result = read_table(content, None, "x", replace(context, graph="varkaus", scope="varkaus"))
        sound(result)
        return result

    return judged


@ANY
@given(content=st.binary(max_size=2000))
def test_any_bytes(judge: Callable[[bytes], TableRead], content: bytes) -> None:
    result = judge(content)
    assert result.quads or any(f.severity is Severity.VIOLATION for f in result.findings)


@ANY
@given(content=st.binary(max_size=500))
def test_any_archive(judge: Callable[[bytes], TableRead], content: bytes) -> None:
    judge(b"PK\x03\x04" + content)
    judge(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + content)


@ANY
@given(
    headings=st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=8),
    rows=st.lists(st.lists(CELLS, max_size=8), max_size=6),
    mark=st.sampled_from(";,\t"),
)
def test_any_table(
    judge: Callable[[bytes], TableRead], headings: list[str], rows: list[list[str]], mark: str
) -> None:
    lines = [headings, *rows]
    quoted = (['"' + cell.replace('"', '""') + '"' for cell in line] for line in lines)
    judge("\n".join(mark.join(line) for line in quoted).encode("utf-8", "replace"))


@pytest.fixture(scope="module")
def valid(root: Path, held: ReleaseGraph) -> bytes:
    return write_table(kinds(root)[0], held, "varkaus", "xlsx", "fi", filled=True)


@ANY
@given(at=st.floats(0, 1), change=st.binary(min_size=1, max_size=8))
def test_a_workbook_with_bytes_changed(
    judge: Callable[[bytes], TableRead], valid: bytes, at: float, change: bytes
) -> None:
    start = int(at * (len(valid) - len(change)))
    judge(valid[:start] + change + valid[start + len(change) :])
    judge(valid[:start])


@ANY
@given(
    part=st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                          "xl/styles.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"]),
    at=st.floats(0, 1),
    change=st.sampled_from([b"", b"<c/>", b'"', b">", b"<v>9999999999</v>", b"&#65;", b"&x;",
                            b"-1", b"1E309", b"nan", b"</row>", b"\xff", b"_xD800_", b"\xc3\xa4"]),
    length=st.integers(0, 30),
)  # fmt: skip
def test_a_workbook_with_parts_changed(
    judge: Callable[[bytes], TableRead],
    valid: bytes,
    part: str,
    at: float,
    change: bytes,
    length: int,
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(valid)) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                start = int(at * len(content))
                content = content[:start] + change + content[start + length :]
            new.writestr(name, content)
    judge(held.getvalue())


@pytest.mark.parametrize(
    "sheet",
    [
        '<sheetData><row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="ZZZ9999999" t="str"><v>x</v></c></row></sheetData>',
        '<sheetData><row><c t="s"><v>99999999</v></c><c t="s"><v>-1</v></c></row></sheetData>',
        "<sheetData>" + "<a>" * 5000 + "</a>" * 5000 + "</sheetData>",
        '<sheetData><row r="0"><c r="A0" t="str"><v>x</v></c></row></sheetData>',
        '<sheetData><row><c s="99999999"><v>1e308</v></c><c><v>-1e999</v></c></row></sheetData>',
    ],
)
def test_odd_sheets(judge: Callable[[bytes], TableRead], sheet: str) -> None:
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns:r="{relation}"><sheets><sheet name="a" r:id="r1"/></sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="r1" Type="{relation}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{sheet}</worksheet>")
    assert judge(held.getvalue()).quads == {}


def test_bounds_of_cells(judge: Callable[[bytes], TableRead]) -> None:
    result = judge(b"nimi (fi);laji\n" + b"a;b\n" * 600_000)
    assert [finding.rule for finding in result.findings] == ["too-many-cells"]


LOCKED = """
import sys
from datetime import date
from pathlib import Path
from hyteverkko.ingest.tables.kinds import kinds, prepare
from hyteverkko.ingest.tables.reading import ReadContext, read_table
from hyteverkko.ingest.tables.writing import write_table
from hyteverkko.store.graph import open_graph
from hyteverkko.store.releases import current_folder

root, home = Path(sys.argv[1]), Path(sys.argv[2])
held = open_graph(current_folder(home), "memory")
prepare(root)
opened = []
sys.addaudithook(lambda event, args: opened.append((event, args)) if event in (
    "open", "socket.connect", "subprocess.Popen", "import", "tempfile.mkstemp") else None)
context = ReadContext(root, held, "varkaus", "varkaus", date(2026, 11, 25))
for kind in kinds(root):
    for format_ in ("xlsx", "csv"):
        content = write_table(kind, held, "varkaus", format_, "fi", filled=True)
        read_table(content, None, "x", context)
        read_table(content[:500], kind, "x", context)
read_table("nimi (fi);laji\\nX;outo\\nY;hyvinvoinninryhmä\\n".encode("cp1252"), None, "x", context)
print(opened)
"""


def test_no_file_is_opened_and_nothing_imported(root: Path, home: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOCKED, str(root), str(home)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(root / "server")},
        timeout=120,
        check=False,
    )
    assert run.stderr == ""
    assert run.stdout.strip() == "[]"
