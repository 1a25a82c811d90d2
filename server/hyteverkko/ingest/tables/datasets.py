"""Workbooks of whole datasets read back: every statement, in the graph it came from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from hyteverkko.ingest.findings import Finding
from hyteverkko.ingest.tables.cells import Value, Writing, cell_values, read_exact
from hyteverkko.ingest.tables.columns import GRAPH, KEY, TYPE, Column, Holds
from hyteverkko.ingest.tables.files import read_grids
from hyteverkko.ingest.tables.grids import Grid
from hyteverkko.ingest.tables.holdings import graph_node
from hyteverkko.ingest.tables.kinds import Sheet, sheet_of_types
from hyteverkko.ingest.tables.names import Names, written_address
from hyteverkko.ingest.tables.problems import Notes, Place, Problem, shown
from hyteverkko.ingest.tables.rows import Header, Row, data_rows, find_header, heading_problems
from hyteverkko.ingest.tables.writing import OTHER
from hyteverkko.ingest.tables.xlsx_writing import is_ours
from hyteverkko.namespaces import PREFIXES
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.translations import catalogue, marked

XSD_STRING: Final = PREFIXES["xsd"] + "string"
_EXACT: Final = Writing(Names())


def read_statements(
    root: Path, content: bytes, name: str
) -> tuple[frozenset[Quad], tuple[Finding, ...]]:
    """Read a workbook that ``write_statements`` wrote: its statements, and what is wrong."""
    notes = Notes()
    quads: set[Quad] = set()
    try:
        grids = read_grids(content, name, notes)
    except Problem as problem:
        notes.problem(Place(name), problem, "")
        return frozenset(), notes.all()
    for grid in grids:
        if not is_ours(grid.name) and grid.rows:
            quads |= _Sheet(root, grid, notes).quads()
    return frozenset(quads), notes.all()


class _Sheet:
    """One sheet of a workbook of statements."""

    def __init__(self, root: Path, grid: Grid, notes: Notes) -> None:
        self._root, self._grid, self._notes = root, grid, notes

    def quads(self) -> set[Quad]:
        top = min(self._grid.rows)
        headings = [self._grid.text(top, at) for at in range(1, len(OTHER) + 1)]
        if any(headings == _other_headings(language) for language in LANGUAGES):
            return self._other(top)
        sheet = self._class_sheet()
        header = find_header(self._grid, sheet.columns) if sheet else None
        if sheet is None or header is None:
            self._notes.violation(
                "headings",
                Place(self._grid.name),
                marked("The headings of this sheet are not known. It is not read."),
            )
            return set()
        heading_problems(self._grid, header, sheet.columns, self._notes)
        rows = data_rows(self._grid, header, self._notes)
        return {quad for row in rows for quad in self._row(row, header)}

    def _class_sheet(self) -> Sheet | None:
        """Give the columns of the classes that the first row of the sheet is of."""
        bare = sheet_of_types(self._root, frozenset())
        header = find_header(self._grid, bare.columns)
        at = next((n for n, c in header.columns.items() if c.path == TYPE), 0) if header else 0
        if header is None or not at:
            return None
        first = next((row for row in sorted(self._grid.rows) if row > header.row), 0)
        try:
            types = cell_values(header.columns[at], self._grid.text(first, at), _EXACT)
        except Problem:
            return None
        return sheet_of_types(self._root, frozenset(kind.value for kind in types))

    def _row(self, row: Row, header: Header) -> list[Quad]:
        thing = written_address(row.texts.get(KEY, ""))
        graph = row.texts.get(GRAPH, "")
        node = _graph(graph)
        if thing is None or node is None:
            self._notes.violation(
                "row-key",
                Place(self._grid.name, row.number),
                marked("The row has no key or no graph. Both say what its statements are about."),
            )
            return []
        subject = NamedNode(thing)
        return [
            Quad(subject, NamedNode(column.path), value, node)
            for column, text in row.texts.items()
            if column.holds not in (Holds.KEY, Holds.GRAPH)
            for value in self._values(column, text, row, header)
        ]

    def _values(self, column: Column, text: str, row: Row, header: Header) -> Sequence[Value]:
        try:
            return cell_values(column, text, _EXACT)
        except Problem as problem:
            at = next(at for at, known in header.columns.items() if known == column)
            heading = shown(self._grid.text(header.row, at))
            self._notes.problem(Place(self._grid.name, row.number, heading), problem, text)
            return ()

    def _other(self, top: int) -> set[Quad]:
        quads = set()
        for number in sorted(self._grid.rows):
            if number == top:
                continue
            texts = [self._grid.text(number, at) for at in range(1, len(OTHER) + 1)]
            try:
                quads.add(_statement(*texts))
            except Problem as problem:
                self._notes.problem(Place(self._grid.name, number), problem, " ".join(texts))
        return quads


def _statement(
    graph: str, thing: str, property_: str, value: str, language: str, datatype: str
) -> Quad:
    node, subject, predicate = _graph(graph), read_exact(thing), read_exact(property_)
    if node is None or not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode):
        raise Problem("row-key", marked("The graph, the thing and the property are addresses."))
    return Quad(subject, predicate, _object(value, language, datatype), node)


def _object(value: str, language: str, datatype: str) -> Value:
    if not language and not datatype:
        return read_exact(value)
    try:
        if language:
            return Literal(value, language=language)
        return Literal(value, datatype=NamedNode(written_address(datatype) or XSD_STRING))
    except ValueError:
        raise Problem(
            "language",
            marked("“{value}” is not the code of a language."),
            value=shown(language),
        ) from None


def _graph(text: str) -> NamedNode | None:
    if ":" in text:
        address = written_address(text)
        return NamedNode(address) if address else None
    try:
        return graph_node(text) if text else None
    except ValueError:
        return None


def _other_headings(language: str) -> list[str]:
    return [catalogue(language).gettext(text) for text in OTHER]
