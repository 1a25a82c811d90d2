"""What the tests of tables share: the release, a context to read against, and tables by hand."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hyteverkko.ingest.tables.kinds import TableKind, kind_named
from hyteverkko.ingest.tables.reading import ReadContext, TableRead, read_table
from hyteverkko.store.current import Serving
from hyteverkko.store.graph import ReleaseGraph
from openpyxl.workbook import Workbook

Reader = Callable[..., TableRead]
RECORDED = date(2026, 11, 25)


@pytest.fixture(scope="session")
def held(serving: Serving) -> ReleaseGraph:
    return serving.graph


@pytest.fixture
def context(root: Path, held: ReleaseGraph) -> ReadContext:
    return ReadContext(root, held, "kuopio", "kuopio", RECORDED)


@pytest.fixture
def kind(root: Path) -> Callable[[str], TableKind]:
    def named(name: str) -> TableKind:
        found = kind_named(root, name)
        assert found
        return found

    return named


@pytest.fixture
def read(context: ReadContext) -> Reader:
    """Read bytes, or the text of a CSV, for a graph; Kuopio's, which is empty, unless given."""

    def reader(content: bytes | str, graph: str = "kuopio") -> TableRead:
        raw = content if isinstance(content, bytes) else content.encode()
        return read_table(raw, None, "table", replace(context, graph=graph, scope=graph))

    return reader


def workbook(content: bytes) -> Workbook:
    """Open a workbook with openpyxl."""
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: Workbook) -> bytes:
    """Save a workbook with openpyxl."""
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def rules(read: TableRead) -> list[str]:
    """Give the rules that the findings of a reading name."""
    return [finding.rule for finding in read.findings]
