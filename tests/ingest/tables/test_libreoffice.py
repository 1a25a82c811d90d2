"""A workbook that LibreOffice has opened and saved says the same."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hyteverkko.ingest.findings import Severity
from hyteverkko.ingest.tables.datasets import read_statements
from hyteverkko.ingest.tables.holdings import held_in
from hyteverkko.ingest.tables.kinds import TableKind
from hyteverkko.ingest.tables.reading import ReadContext, read_table
from hyteverkko.ingest.tables.writing import write_table, write_workbook
from hyteverkko.store.graph import ReleaseGraph

Save = Callable[[bytes, str], bytes]
CSV = "csv:Text - txt - csv (StarCalc):59,34,76"
"""Semicolons, double quotes, UTF-8."""


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Open a workbook in LibreOffice and save it in a format."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")

    def saved(content: bytes, format_: str) -> bytes:
        source = tmp_path / "table.xlsx"
        source.write_bytes(content)
        target = tmp_path / "saved"
        subprocess.run(
            [
                *(program, "--headless", "--norestore"),
                f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
                *("--convert-to", format_, "--outdir", str(target), str(source)),
            ],
            capture_output=True,
            timeout=180,
            check=True,
        )
        return next(target.iterdir()).read_bytes()

    return saved


@pytest.mark.parametrize("format_", ["xlsx", CSV])
@pytest.mark.parametrize("name", ["members", "meetings"])
def test_a_filled_table(
    held: ReleaseGraph,
    context: ReadContext,
    kind: Callable[[str], TableKind],
    save: Save,
    name: str,
    format_: str,
) -> None:
    content = save(write_table(kind(name), held, "varkaus", "xlsx", "fi", filled=True), format_)
    sent = replace(context, graph="varkaus", scope="varkaus")
    read = read_table(content, None, "table", sent)
    assert [f for f in read.findings if f.severity is Severity.VIOLATION] == []
    assert {q for quads in read.quads.values() for q in quads} == set(
        held_in(held, ("varkaus", "varkaus-persons")).all()
    )


def test_a_whole_dataset(root: Path, held: ReleaseGraph, save: Save) -> None:
    graphs = ("varkaus", "varkaus-evidence", "varkaus-persons")
    content = save(write_workbook(root, held, graphs, "xlsx", "sv"), "xlsx")
    quads, findings = read_statements(root, content, "varkaus")
    assert findings == ()
    assert quads == set(held_in(held, graphs).all())


@pytest.mark.parametrize(("format_", "rule"), [("xls", "old-excel"), ("ods", "open-document")])
def test_other_formats_are_told(
    held: ReleaseGraph,
    context: ReadContext,
    kind: Callable[[str], TableKind],
    save: Save,
    format_: str,
    rule: str,
) -> None:
    content = write_table(kind("members"), held, "varkaus", "xlsx", "fi", filled=True)
    (finding,) = read_table(save(content, format_), None, "x", context).findings
    assert finding.rule == rule
