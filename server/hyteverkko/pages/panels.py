"""A panel of a page: one stored question about a thing, its rows, and how to take them along."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.pages.evidence import Source, passage_shown
from hyteverkko.pages.periods import Period
from hyteverkko.pages.questions import columns_of, parameters_of
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.ready_code import ReadyCode, ready_code
from hyteverkko.store.graph import Row, Term, lexical_of

ROWS_SHOWN: Final = 100
"""Rows of a panel on a page; all of them are in the table to take along."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, a text of the catalogues, and the variables of which one fills it."""

    heading: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a panel asks: a stored query, the columns shown, and the node that is a row's record.

    Rows of one ``key`` become one; ``sorted`` puts them in the order of their first column,
    else they stand as the query orders them. ``note`` is a sentence of the catalogues.
    """

    key: str
    heading: str
    query: str
    columns: tuple[Column, ...]
    record: str = ""
    rows_by: tuple[str, ...] = ()
    sorted: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A row: in each cell the values, whether it is over, its sources, and its own page."""

    cells: tuple[tuple[Shown, ...], ...]
    ended: bool
    sources: tuple[Source, ...]
    record: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel as the template shows it; ``total`` counts the rows that are not shown too."""

    key: str
    heading: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[PanelRow, ...]
    total: int
    csv: str
    query: str
    codes: tuple[ReadyCode, ...]
    has_sources: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page of a thing is: its path, and the address of the site in front of it."""

    path: str
    base_url: str

    def csv(self, panel: str, reader: Reader) -> str:
        """Give the path of a panel's rows as CSV."""
        day = f"&at={reader.at}" if reader.at else ""
        return f"{self.path}.csv?panel={panel}&lang={reader.language}{day}"

    def query(self, panel: str, reader: Reader) -> str:
        """Give the path that leads to a panel's query in the editor."""
        day = f"&at={reader.at}" if reader.at else ""
        return f"{self.path}?query={panel}&lang={reader.language}{day}"


def terms_of(question: Question, reader: Reader, thing: NamedNode) -> dict[str, Term]:
    """Give the terms a panel's query takes."""
    given: dict[str, Term] = {"thing": thing, **reader.terms}
    return {name: given[name] for name in parameters_of(question.query) if name in given}


def panel_of(
    question: Question,
    reader: Reader,
    thing: NamedNode,
    place: Place,
    sources: Mapping[str, tuple[Source, ...]],
) -> Panel | None:
    """Ask a panel's question; None when nothing is known."""
    rows = reader.rows(question.query, **terms_of(question, reader, thing))
    found = [_row(question, group, reader, sources) for group in _groups(question, rows)]
    if not found:
        return None
    if question.sorted:
        found.sort(key=_first_name)
    # A column that is empty all the way down says nothing; the table to take along has it.
    filled = [
        number for number in range(len(question.columns)) if any(row.cells[number] for row in found)
    ]
    found = [replace(row, cells=tuple(row.cells[number] for number in filled)) for row in found]
    csv = place.csv(question.key, reader)
    return Panel(
        key=question.key,
        heading=question.heading,
        note=question.note,
        headings=tuple(question.columns[number].heading for number in filled),
        rows=tuple(found[:ROWS_SHOWN]),
        total=len(found),
        csv=csv,
        query=place.query(question.key, reader),
        codes=ready_code(place.base_url + csv, ()),
        has_sources=any(row.sources or row.record for row in found[:ROWS_SHOWN]),
    )


def _groups(question: Question, rows: Iterable[Row]) -> Iterable[Sequence[Row]]:
    """Put together the rows that are about one thing, in the order they come in."""
    by = question.rows_by or (question.record or question.columns[0].variables[0],)
    groups: dict[tuple[Term | None, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(name) for name in by), []).append(row)
    return groups.values()


def _row(
    question: Question,
    group: Sequence[Row],
    reader: Reader,
    sources: Mapping[str, tuple[Source, ...]],
) -> PanelRow:
    cells = tuple(_cell(column, group, reader) for column in question.columns)
    nodes = [group[0].get(name) for name in (question.record, *question.columns[0].variables)]
    iris = [node.value for node in nodes if isinstance(node, NamedNode)]
    record = reader.shown(nodes[0]).href if isinstance(nodes[0], NamedNode) else ""
    return PanelRow(
        cells,
        _is_over(group, reader),
        next((sources[iri] for iri in iris if iri in sources), ()),
        record or "",
    )


def _cell(column: Column, group: Sequence[Row], reader: Reader) -> tuple[Shown, ...]:
    if column.variables == ("passage",):
        return (passage_shown(group[0]["passage"], group[0], reader),)
    found: dict[Term, list[Literal]] = {}
    for row in group:
        name = next((one for one in column.variables if one in row), None)
        if name is not None:
            names = found.setdefault(row[name], [])
            label = row.get(f"{name}Name")
            if isinstance(label, Literal) and label not in names:
                names.append(label)
    return tuple(dict.fromkeys(reader.shown(term, names) for term, names in found.items()))


def _is_over(group: Sequence[Row], reader: Reader) -> bool:
    """Say whether all that a row tells was over on the day looked at."""
    periods: list[Period | None] = [reader.period(row.get("period")) for row in group]
    return bool(periods) and all(one is not None and one.has_ended(reader.day) for one in periods)


def _first_name(row: PanelRow) -> tuple[str, ...]:
    return tuple(by_name(one) for one in row.cells[0])


def panel_table(
    question: Question, reader: Reader, thing: NamedNode
) -> tuple[list[str], list[list[str]]]:
    """Give all rows of a panel as a table: the variables the query gives, and their values."""
    rows = reader.rows(question.query, **terms_of(question, reader, thing))
    names = list(columns_of(question.query))
    return names, [[lexical_of(row.get(name)) for name in names] for row in rows]
