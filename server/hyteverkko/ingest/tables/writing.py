"""Tables written: empty or filled with what a graph holds, and whole datasets as workbooks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from hyteverkko.ingest.tables.cells import (
    YES_NO,
    Value,
    Writing,
    accepts,
    carried,
    cell_text,
    exact_text,
    is_clean,
)
from hyteverkko.ingest.tables.columns import Column, Holds
from hyteverkko.ingest.tables.files import write_grids
from hyteverkko.ingest.tables.grids import Form, Heading, Written
from hyteverkko.ingest.tables.holdings import PERSON, PERSONS, Holdings, held_in, value_of
from hyteverkko.ingest.tables.kinds import MEMBER, Sheet, TableKind, sheet_of_types
from hyteverkko.ingest.tables.names import Names, names_of, short_address
from hyteverkko.ingest.tables.xlsx_writing import sheet_titles
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.store.graph import Asked
from hyteverkko.translations import catalogue, marked

OTHER: Final = (
    marked("graph"),
    marked("thing"),
    marked("property"),
    marked("value"),
    marked("language"),
    marked("datatype"),
)
"""The headings of the sheet for what no column carries."""

OTHER_TITLE: Final = marked("other statements")

_FORMS: Final = {Holds.INTEGER: Form.NUMBER, Holds.DECIMAL: Form.NUMBER, Holds.DAY: Form.DATE}


def write_table(
    kind: TableKind, held: Asked, graph: str, format_: str, language: str, *, filled: bool
) -> bytes:
    """Write a kind of table, empty or with what a graph holds of it, as CSV or XLSX."""
    holdings = held_in(held, (graph, graph + PERSONS) if filled else ())
    writing = Writing(names_of(held, holdings.about, ""), language)
    titles = sheet_titles([sheet.title(language) for sheet in kind.sheets])
    sheets = [
        Written(
            title,
            tuple(_heading(column, writing) for column in sheet.columns),
            tuple(_rows(sheet, holdings, writing)),
        )
        for sheet, title in zip(kind.sheets, titles, strict=True)
    ]
    return write_grids(sheets, format_, guidance=not filled)


def write_workbook(
    root: Path, held: Asked, graphs: Sequence[str], format_: str, language: str
) -> bytes:
    """Write everything that graphs state, a sheet for each class, as XLSX or a zip of CSV."""
    return write_statements(root, held_in(held, graphs).all(), format_, language)


def write_statements(root: Path, quads: Iterable[Quad], format_: str, language: str) -> bytes:
    """Write statements of named graphs, a sheet for each class, and one for what is left over."""
    writing = Writing(Names(), language)
    by_graph: dict[str, Holdings] = defaultdict(Holdings)
    for quad in quads:
        by_graph[_graph_name(quad)].add([quad])
    rows: dict[frozenset[str], list[tuple[str, str]]] = defaultdict(list)
    for graph, holdings in sorted(by_graph.items()):
        for thing in sorted(holdings.about):
            rows[holdings.classes(thing)].append((graph, thing))
    written, left = [], set[Quad]()
    for types, things in sorted(rows.items(), key=lambda item: sorted(item[0])):
        if types and all(_can_stand_as_key(thing) for _, thing in things):
            sheet, rest = _class_sheet(sheet_of_types(root, types), things, by_graph, writing)
            written.append(sheet)
            left |= rest
        else:
            left |= {quad for graph, thing in things for quad in by_graph[graph].of(thing)}
    written.append(_other_sheet(left, language))
    titles = sheet_titles([sheet.name for sheet in written])
    sheets = [Written(t, s.headings, s.rows) for t, s in zip(titles, written, strict=True)]
    return write_grids(sheets, format_, guidance=False)


def _rows(sheet: Sheet, holdings: Holdings, writing: Writing) -> Iterable[tuple[str, ...]]:
    for thing in sorted(holdings.about):
        if sheet.holds(holdings.classes(thing)):
            person = holdings.person(thing, MEMBER) if sheet.has_persons else ""
            yield tuple(
                _cell(column, person if column.of_person else thing, holdings, writing)
                for column in sheet.columns
            )


def _cell(column: Column, thing: str, holdings: Holdings, writing: Writing) -> str:
    if column.holds is Holds.KEY:
        return short_address(thing) if thing else ""
    return cell_text(column, shown_values(column, thing, holdings), writing)


def shown_values(column: Column, thing: str, holdings: Holdings) -> tuple[Value, ...]:
    """Give the values that stand in a cell of a kind's table: a person has columns of its own."""
    values = holdings.column_values(thing, column)
    if column.path == MEMBER:
        values = [value for value in values if not value.value.startswith(PERSON)]
    return carried(column, values)


def _heading(column: Column, writing: Writing) -> Heading:
    guidance = {language: column.guidance(language) for language in LANGUAGES}
    form = _FORMS.get(column.holds, Form.TEXT)
    return Heading(column.heading(writing.language), guidance, _choices(column, writing), form)


def _choices(column: Column, writing: Writing) -> tuple[str, ...]:
    """Give the values that a drop-down offers."""
    if column.holds is Holds.BOOLEAN:
        return YES_NO[writing.language]
    concepts = column.choices or writing.names.schemes.get(column.scheme, ())
    accepted = accepts(column, writing.names)
    return tuple(sorted(writing.names.name(one, accepted, writing.language) for one in concepts))


def _class_sheet(
    sheet: Sheet,
    things: Sequence[tuple[str, str]],
    by_graph: dict[str, Holdings],
    writing: Writing,
) -> tuple[Written, set[Quad]]:
    """Write the things of one class; give what the columns do not carry as well."""
    shown: dict[tuple[str, str], dict[Column, tuple[Value, ...]]] = {}
    left: set[Quad] = set()
    for graph, thing in things:
        holdings = by_graph[graph]
        values = {
            column: carried(column, holdings.values(thing, column.path))
            for column in sheet.columns
            if column.holds not in (Holds.KEY, Holds.GRAPH)
        }
        shown[graph, thing] = values
        told = {(c.path, value) for c, found in values.items() for value in found}
        left |= {q for q in holdings.of(thing) if (q.predicate.value, value_of(q)) not in told}
    used = {column for values in shown.values() for column, found in values.items() if found}
    columns = [
        column
        for column in sheet.columns
        if column in used or column.least or column.holds in (Holds.KEY, Holds.GRAPH)
    ]
    rows = []
    for (graph, thing), values in shown.items():
        fixed = {Holds.KEY: short_address(thing), Holds.GRAPH: graph}
        cells = (
            fixed.get(column.holds) or cell_text(column, values.get(column, ()), writing)
            for column in columns
        )
        rows.append(tuple(cells))
    headings = tuple(
        Heading(column.heading(writing.language), form=_FORMS.get(column.holds, Form.TEXT))
        for column in columns
    )
    return Written(sheet.name, headings, tuple(rows)), left


def _other_sheet(quads: Iterable[Quad], language: str) -> Written:
    translate = catalogue(language).gettext
    return Written(
        translate(OTHER_TITLE),
        tuple(Heading(translate(text)) for text in OTHER),
        tuple(_other_row(quad) for quad in sorted(quads, key=str)),
    )


def _other_row(quad: Quad) -> tuple[str, ...]:
    value = value_of(quad)
    told = (_graph_name(quad), _short(quad.subject), _short(quad.predicate))
    if isinstance(value, Literal) and is_clean(value.value):
        language = value.language or ""
        return (
            *told,
            value.value,
            language,
            "" if language else short_address(value.datatype.value),
        )
    return (*told, exact_text(value), "", "")


def _graph_name(quad: Quad) -> str:
    return _short(quad.graph_name).removeprefix("graphs:")


def _short(node: object) -> str:
    if isinstance(node, NamedNode):
        return short_address(node.value)
    raise TypeError(f"no IRI: {node}")


def _can_stand_as_key(thing: str) -> bool:
    return not short_address(thing).startswith("#")
