"""Tables read: bytes to the whole new content of a graph, what changes in it, and findings.

A row with a key is the thing with that key; one without is the thing of that name in the graph, or
a new thing. A thing of the sheet's classes that has no row is removed. What no column carries, and
what stands in columns that are not there, stays as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from hyteverkko.ingest.findings import Finding
from hyteverkko.ingest.periods import PERIOD, period_statements
from hyteverkko.ingest.tables.cells import Value, Writing, cell_values
from hyteverkko.ingest.tables.columns import KEY, TYPE, Column, Holds, read_shapes
from hyteverkko.ingest.tables.files import empty, read_grids
from hyteverkko.ingest.tables.grids import Grid
from hyteverkko.ingest.tables.holdings import (
    PERSON,
    PERSONS,
    Holdings,
    graph_node,
    held_in,
    value_of,
)
from hyteverkko.ingest.tables.keys import new_address, value_slug
from hyteverkko.ingest.tables.kinds import MEMBER, Sheet, TableKind, kinds
from hyteverkko.ingest.tables.names import folded, names_of, short_address, written_address
from hyteverkko.ingest.tables.persons import Persons
from hyteverkko.ingest.tables.problems import Notes, Place, Problem, shown
from hyteverkko.ingest.tables.rows import (
    SEARCHED_ROWS,
    Header,
    Row,
    data_rows,
    find_header,
    heading_problems,
)
from hyteverkko.ingest.tables.writing import shown_values
from hyteverkko.ingest.tables.xlsx_writing import is_ours
from hyteverkko.namespaces import ID, expanded
from hyteverkko.store.graph import Asked
from hyteverkko.translations import marked

NAMING: Final = (expanded("skos:prefLabel"), expanded("dct:title"))
OTHER_NAMES: Final = (expanded("skos:altLabel"), expanded("dct:alternative"))
_LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What a table is read against: the release, the graph it is for, and who sends it when."""

    root: Path
    held: Asked
    graph: str
    scope: str
    recorded: date


@dataclass(frozen=True, slots=True)
class TableRead:
    """What a table says: its kind, the whole new content of each graph it touches, and findings.

    ``origin`` leads a statement, by its thing and property, back to a cell; with an empty property
    it leads to the row.
    """

    kind: str = ""
    quads: Mapping[str, frozenset[Quad]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    origin: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def read_table(
    content: bytes, kind: TableKind | None, name: str, context: ReadContext
) -> TableRead:
    """Read a table of a kind, or of the kind that its headings are of."""
    notes = Notes()
    try:
        grids = read_grids(content, name, notes)
        tables = _recognised(grids, kind, context.root, notes)
    except Problem as problem:
        notes.problem(Place(name), problem, "")
        return TableRead(findings=notes.all())
    if not tables:
        return TableRead(findings=notes.all())
    return _Reading(context, notes, tables).read(kind or _kind_of(tables, context.root))


def located(finding: Finding, origin: Mapping[tuple[str, str], Place]) -> Finding:
    """Lead a finding about a statement back to the row and column it was read from."""
    thing = finding.focus.removeprefix("<").removesuffix(">")
    path = finding.path.partition(" / ")[0].removeprefix("<").removesuffix(">")
    place = origin.get((thing, path)) or origin.get((thing, ""))
    if place is None:
        return finding
    return replace(finding, file=place.sheet, line=place.row, column=place.column)


@dataclass(slots=True)
class _Line:
    """A row on its way to statements: what it is about, and its values by column."""

    row: Row
    thing: str = ""
    person: str = ""
    is_new: bool = False
    failed: bool = False
    values: dict[Column, tuple[Value, ...]] = field(default_factory=dict)

    def texts(self, path: str) -> dict[Column, str]:
        """Give the cells of a property that hold something."""
        return {
            column: text
            for column, text in self.row.texts.items()
            if column.path == path
            and text
            and not column.of_person
            and column.holds is not Holds.KEY
        }

    def of(self, path: str) -> list[Value]:
        """Give the values of a property that the row states."""
        return [
            value
            for column, found in self.values.items()
            if column.path == path and not column.of_person
            for value in found
        ]


@dataclass(slots=True)
class _Table:
    """A sheet of a file that is known for one of ours."""

    grid: Grid
    sheet: Sheet
    header: Header
    lines: list[_Line] = field(default_factory=list)

    def place(self, line: _Line, column: Column | None = None) -> Place:
        """Give the place of a row, or of a cell in it."""
        at = next((n for n, known in self.header.columns.items() if known == column), 0)
        heading = shown(self.grid.text(self.header.row, at)) if at else ""
        return Place(self.grid.name, line.row.number, heading)


def _recognised(
    grids: Sequence[Grid], kind: TableKind | None, root: Path, notes: Notes
) -> list[_Table]:
    """Give the sheets whose headings are of a kind, each once."""
    known = (kind,) if kind else kinds(root)
    sheets = list({sheet.name: sheet for one in known for sheet in one.sheets}.values())
    tables: dict[str, _Table] = {}
    unknown: list[Grid] = []
    filled = [grid for grid in grids if grid.rows and not is_ours(grid.name)]
    if not filled and not notes.refused:
        raise empty()
    for grid in filled:
        table = _table(grid, sheets)
        if grid.hidden:
            notes.remark(
                "hidden-sheet",
                Place(grid.name),
                marked("The sheet is hidden and was not read. Show it if it is to be read."),
            )
        elif table is None:
            unknown.append(grid)
        elif table.sheet.name in tables:
            notes.violation(
                "sheet-twice",
                Place(grid.name),
                marked("Two sheets have the same headings: {one} and {other}. Send one of them."),
                one=tables[table.sheet.name].grid.name,
                other=grid.name,
            )
        else:
            tables[table.sheet.name] = table
            heading_problems(grid, table.header, table.sheet.columns, notes)
            table.lines = [_Line(row) for row in data_rows(grid, table.header, notes)]
    _note_unknown(unknown, bool(tables), sheets[0], notes)
    _note_without_rows(tables.values(), notes)
    return list(tables.values())


def _note_unknown(grids: Iterable[Grid], beside: bool, sheet: Sheet, notes: Notes) -> None:
    for grid in grids:
        if beside:
            notes.warning(
                "sheet-unknown",
                Place(grid.name),
                marked("The headings of this sheet are of no table known here. It was not read."),
            )
        else:
            notes.violation(
                "headings",
                Place(grid.name),
                marked(
                    "No row of headings was found. The headings are those of the empty table: "
                    "{headings} …"
                ),
                headings=", ".join(c.heading("fi") for c in islice(sheet.columns, 4)),
            )


def _note_without_rows(tables: Iterable[_Table], notes: Notes) -> None:
    """Note the sheets without rows: such a sheet leaves all as it is, and empties no graph."""
    for table in tables:
        if not table.lines:
            notes.warning(
                "no-rows",
                Place(table.grid.name, table.header.row),
                marked("There are headings and no rows. What the sheet is about stays as it is."),
            )


def _table(grid: Grid, sheets: Sequence[Sheet]) -> _Table | None:
    best: tuple[tuple[int, int, bool], _Table] | None = None
    for sheet in sheets:
        header = find_header(grid, sheet.columns)
        if header is None:
            continue
        titles = {folded(title) for title in (sheet.name, *sheet.titles.values())}
        known = len(header.columns) - len(header.unknown)
        # Its keys and its title decide between sheets that have the same headings.
        score = (known, _keys_of(sheet, grid, header), folded(grid.name) in titles)
        enough = len(header.columns) > 1 or not header.unknown
        if enough and (best is None or score > best[0]):
            best = (score, _Table(grid, sheet, header))
    return best[1] if best else None


def _keys_of(sheet: Sheet, grid: Grid, header: Header) -> int:
    """Count the keys at the top of a sheet that are of its kinds of thing."""
    at = next((at for at, column in header.columns.items() if column == KEY), 0)
    kinds_there = [grid.text(row, at).partition("/")[0] for row in islice(grid.rows, SEARCHED_ROWS)]
    return sum(kind in sheet.addresses.values() for kind in kinds_there)


def _kind_of(tables: Sequence[_Table], root: Path) -> TableKind:
    """Give the smallest kind that has most of the sheets."""
    found = {table.sheet.name for table in tables}

    def fit(kind: TableKind) -> tuple[int, int]:
        return len(found & {sheet.name for sheet in kind.sheets}), -len(kind.sheets)

    return max(kinds(root), key=fit)


class _Reading:
    """One table on its way to statements."""

    def __init__(self, context: ReadContext, notes: Notes, tables: list[_Table]) -> None:
        self._context = context
        self._notes = notes
        self._tables = tables
        self._shapes = read_shapes(context.root)
        self._main = graph_node(context.graph)
        self._current = held_in(context.held, (context.graph, context.graph + PERSONS))
        self._names = names_of(context.held, self._current.about, context.scope)
        self._claimed: dict[str, _Line] = {}
        self._after = Holdings({t: set(q) for t, q in self._current.about.items()})
        self._persons = Persons(context, self._current, self._notes)
        self._origin: dict[tuple[str, str], Place] = {}
        self._read: dict[tuple[Column, str], tuple[Value, ...]] = {}

    def read(self, kind: TableKind) -> TableRead:
        for table in self._tables:
            self._claim_keyed(table)
        for table in self._tables:
            self._claim_named(table)
        for table in self._tables:
            for line in table.lines:
                self._read_cells(table, line)
        for table in self._tables:
            self._claim_composed(table)
            self._note_required(table)
        for table in self._tables:
            for line in table.lines:
                if line.thing:
                    self._state(table, line)
        removed = [thing for table in self._tables for thing in self._remove_missing(table)]
        self._drop_persons()
        self._settle_periods()
        return self._result(kind, removed)

    # Which thing each row is about.

    def _claim_keyed(self, table: _Table) -> None:
        for line in table.lines:
            text = line.row.texts.get(KEY, "")
            if not text:
                continue
            thing = written_address(text) or ""
            place = table.place(line, KEY)
            if not self._is_of_sheet(thing, table.sheet):
                self._notes.violation(
                    "key-unknown",
                    place,
                    marked(
                        "The key “{key}” is of nothing in this table's graph, and not an address "
                        "that a new row can have. Leave it empty in a new row."
                    ),
                    key=shown(text),
                )
            elif thing in self._claimed:
                self._notes.violation(
                    "key-twice",
                    place,
                    marked("The key “{key}” is there twice, in row {row} too. Remove one of them."),
                    key=shown(text),
                    row=self._claimed[thing].row.number,
                )
            else:
                self._claim(line, thing)

    def _is_of_sheet(self, thing: str, sheet: Sheet) -> bool:
        if thing in self._current.about:
            return sheet.holds(self._current.classes(thing))
        kind, _, key = thing.removeprefix(ID).partition("/")
        own = key.startswith(f"{self._context.scope}/") and not key.endswith("/")
        return thing.startswith(ID) and kind in sheet.addresses.values() and own

    def _claim(self, line: _Line, thing: str) -> None:
        line.thing = thing
        line.is_new = thing not in self._current.about
        self._claimed[thing] = line

    def _claim_named(self, table: _Table) -> None:
        """Claim things for the rows that have a name; and make the names known to other rows."""
        same = self._things_by_name(table.sheet)
        for line in table.lines:
            self._set_types(table, line)
            names, others = (self._texts(line, paths) for paths in (NAMING, OTHER_NAMES))
            key = self._raw_key(table.sheet, line)
            if not line.thing and key and not line.row.texts.get(KEY):
                free = (one for text in names for one in same.get(folded(text.value), ()))
                named = next((thing for thing in free if thing not in self._claimed), "")
                self._claim(line, named or self._address(table.sheet, line, key))
            if line.thing:
                classes = self._shapes.classes_above(self._types(table.sheet, line))
                self._names.add(
                    line.thing, names or self._spoken(table.sheet, line), others, classes
                )
                self._names.own.add(line.thing)

    def _things_by_name(self, sheet: Sheet) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for thing in sorted(self._current.about):
            if sheet.holds(self._current.classes(thing)):
                for path in NAMING:
                    for value in self._current.values(thing, path):
                        found[folded(value.value)].append(thing)
        return found

    def _claim_composed(self, table: _Table) -> None:
        """Claim things for the rows whose names are made of other things' names."""
        for line in table.lines:
            if line.thing or line.row.texts.get(KEY):
                continue
            key = self._composed_key(table.sheet, line)
            if key:
                self._claim(line, self._address(table.sheet, line, key))
            elif not line.row.unread and not line.failed:
                self._notes.violation(
                    "row-without-name",
                    table.place(line),
                    marked("The row has neither a key nor a name. Give it a name, or remove it."),
                )

    def _raw_key(self, sheet: Sheet, line: _Line) -> str:
        """Give the key of a row that is named by texts alone; empty when other values decide."""
        parts = []
        for paths in sheet.named_by:
            path = next((path for path in paths if line.texts(path)), "")
            columns = line.texts(path)
            if any(c.holds not in (Holds.TEXT, Holds.PLAIN) for c in columns):
                return ""
            texts = [Literal(t, language=c.language or "fi") for c, t in columns.items()]
            parts.append(value_slug(texts))
        return "/".join(part for part in parts if part) if parts[0] else ""

    def _composed_key(self, sheet: Sheet, line: _Line) -> str:
        parts = []
        for paths in sheet.named_by:
            found = [line.of(path) for path in paths]
            values = next((v for v in found if v and not v[0].value.startswith(PERSON)), [])
            parts.append(value_slug(values))
        return "/".join(parts) if parts and all(parts) else ""

    def _address(self, sheet: Sheet, line: _Line, key: str) -> str:
        """Give the address for a key: that of an unclaimed thing of the sheet, or a new one."""

        def is_free(address: str) -> bool:
            if address in self._claimed:
                return False
            known = address in self._current.about
            return (
                sheet.holds(self._current.classes(address))
                if known
                else not (self._names.of(address).classes)
            )

        kind = sheet.address(sorted(self._types(sheet, line)))
        return new_address(kind, self._context.scope, key, is_free)

    def _texts(self, line: _Line, paths: Iterable[str]) -> list[Literal]:
        return [
            Literal(text, language=column.language)
            for path in paths
            for column, text in line.texts(path).items()
            if column.holds is Holds.TEXT
        ]

    def _spoken(self, sheet: Sheet, line: _Line) -> list[Literal]:
        """Give the name of a thing that has none, such as an address, from the texts it has."""
        texts = [t for paths in sheet.named_by for p in paths for t in line.texts(p).values()]
        return [Literal(" ".join(texts), language="fi")] if texts else []

    # What the cells say.

    def _set_types(self, table: _Table, line: _Line) -> None:
        column = next((c for c in table.header.columns.values() if c.path == TYPE), None)
        if column:
            self._read_cell(table, line, column)

    def _types(self, sheet: Sheet, line: _Line) -> frozenset[str]:
        stated = frozenset(value.value for value in line.of(TYPE))
        known = self._current.classes(line.thing) if line.thing else frozenset()
        return stated or known or frozenset([sheet.default_class])

    def _read_cells(self, table: _Table, line: _Line) -> None:
        for column in line.row.texts:
            if column.holds is not Holds.KEY and column.path != TYPE:
                self._read_cell(table, line, column)

    def _read_cell(self, table: _Table, line: _Line, column: Column) -> None:
        text = line.row.texts.get(column)
        if text is None:
            return
        place = table.place(line, column)
        try:
            values = self._values(column, text)
        except Problem as problem:
            self._notes.problem(place, problem, text)
            line.failed = True
            return
        line.values[column] = values
        for value in values:
            self._note_ended(value, place)
            self._check_class(column, value, place)

    def _values(self, column: Column, text: str) -> tuple[Value, ...]:
        """Read a cell; what many rows say is looked for once."""
        known = self._read.get((column, text))
        if known is not None and column.holds is Holds.THING:
            return known
        values = cell_values(column, text, Writing(self._names))
        _check_periods(values)
        if column.holds is Holds.THING:
            self._read[column, text] = values
        return values

    def _check_class(self, column: Column, value: Value, place: Place) -> None:
        if column.path == TYPE and value.value not in column.choices:
            raise_text = marked("“{value}” is not a class of the things of this table.")
            self._notes.violation("class", place, raise_text, value=short_address(value.value))

    def _note_ended(self, value: Value, place: Place) -> None:
        ended = self._names.ended.get(value.value)
        if ended is None:
            return
        if ended.successors:
            self._notes.note(
                "municipality-ended",
                place,
                marked("{municipality} ended on {day} and became part of {successors}."),
                municipality=self._names.described(value.value),
                day=ended.last_day,
                successors=", ".join(self._names.described(one) for one in ended.successors),
            )
            return
        self._notes.note(
            "municipality-ended",
            place,
            marked("{municipality} ended on {day}."),
            municipality=self._names.described(value.value),
            day=ended.last_day,
        )

    def _note_required(self, table: _Table) -> None:
        """Note the columns that new rows need and the sheet does not have."""
        if not any(line.is_new for line in table.lines):
            return
        there: dict[str, int] = defaultdict(int)
        for column in table.header.columns.values():
            there[column.path] += 1
        wanted = [column for column in table.sheet.columns if column.least]
        for column in {column.path: column for column in reversed(wanted)}.values():
            languages = sum(column.path == other.path for other in wanted)
            if there[column.path] < min(column.least, languages):
                self._notes.violation(
                    "column-missing",
                    Place(table.grid.name, table.header.row),
                    marked("The column “{heading}” is missing, and new rows need it. Add it."),
                    heading=column.heading("fi"),
                )

    # What the graphs hold then.

    def _state(self, table: _Table, line: _Line) -> None:
        thing = line.thing
        self._origin[thing, ""] = table.place(line)
        for column in reversed(table.header.columns.values()):
            if not column.of_person and column.holds is not Holds.KEY:
                self._origin[thing, column.path] = table.place(line, column)
        if table.sheet.has_persons:
            self._state_person(table, line)
        home = self._home(line)
        for column, values in line.values.items():
            if not column.of_person:
                self._replace(thing, column, values, home)
        if not self._after.classes(thing):
            kind = NamedNode(table.sheet.default_class)
            self._after.add([Quad(NamedNode(thing), NamedNode(TYPE), kind, home)])
        if table.sheet.has_persons:
            self._move(thing, home)

    def _state_person(self, table: _Table, line: _Line) -> None:
        cells = {c: t for c, t in line.row.texts.items() if c.of_person}
        if not cells or any(c.of_person for c in line.row.unread):
            line.person = self._current.person(line.thing, MEMBER)
            return
        places = {column: table.place(line, column) for column in cells}
        period = next((v.value for v in line.of(expanded("org:memberDuring"))), "")
        held = self._persons.hold(line.thing, cells, places, period)
        written = (v.value for v in line.of(MEMBER) if v.value.startswith(PERSON))
        line.person = held.person or next(written, "")
        for column, place in places.items():
            self._origin.setdefault((line.person, column.path), place)
        if held.person:
            self._after.about[held.person] = set(held.quads)

    def _home(self, line: _Line) -> NamedNode:
        members = line.of(MEMBER)
        is_person = line.person or any(value.value.startswith(PERSON) for value in members)
        return graph_node(self._context.graph + PERSONS) if is_person else self._main

    def _replace(
        self, thing: str, column: Column, values: Sequence[Value], home: NamedNode
    ) -> None:
        """Put values for those that the column carries now."""
        now = self._current.column_values(thing, column)
        gone = set(shown_values(column, thing, self._current)) - set(values)
        for value in gone:
            for quad in list(self._quads(thing, column, value)):
                self._after.about[_subject(quad)].discard(quad)
        for value in values:
            if value not in now:
                subject = value if column.inverse else NamedNode(thing)
                object_ = NamedNode(thing) if column.inverse else value
                if isinstance(subject, NamedNode):
                    graph = self._main if column.inverse else home
                    path = NamedNode(column.path)
                    self._after.add([Quad(subject, path, object_, graph)])

    def _quads(self, thing: str, column: Column, value: Value) -> Iterator[Quad]:
        subject = value.value if column.inverse else thing
        object_ = NamedNode(thing) if column.inverse else value
        for quad in self._current.of(subject):
            if quad.predicate.value == column.path and quad.object == object_:
                yield quad

    def _move(self, thing: str, home: NamedNode) -> None:
        """Keep a membership in the graph it belongs to: that of the persons when it names one."""
        line = self._claimed[thing]
        quads = {
            q
            for q in self._after.of(thing)
            if not (
                q.predicate.value == MEMBER
                and value_of(q).value.startswith(PERSON)
                and line.person != value_of(q).value
            )
        }
        moved = {Quad(q.subject, q.predicate, q.object, home) for q in quads}
        if line.person:
            member = NamedNode(MEMBER)
            moved.add(Quad(NamedNode(thing), member, NamedNode(line.person), home))
        self._after.about[thing] = moved

    def _remove_missing(self, table: _Table) -> list[str]:
        if not table.lines or any(not line.thing for line in table.lines):
            return []
        missing = [
            thing
            for thing in sorted(self._current.about)
            if thing not in self._claimed and table.sheet.holds(self._current.classes(thing))
        ]
        for thing in missing:
            self._after.about.pop(thing, None)
            for column in table.sheet.columns:
                if column.inverse:
                    for value in self._current.leading(column.path, thing):
                        for quad in list(self._quads(thing, column, value)):
                            self._after.about[value.value].discard(quad)
        if missing:
            self._notes.warning(
                "removed",
                Place(table.grid.name),
                marked("{count} things have no row in the table and would be removed: {things}"),
                count=len(missing),
                things=", ".join(self._listed(missing)),
            )
        return missing

    def _listed(self, things: Sequence[str]) -> list[str]:
        more = ["…"] if len(things) > _LISTED else []
        return [self._names.described(thing) for thing in things[:_LISTED]] + more

    def _drop_persons(self) -> None:
        """Drop what is said of persons whom no membership names any more."""
        before = {o.value for o in _objects(self._current) if o.value.startswith(PERSON)}
        after = {o.value for o in _objects(self._after) if o.value.startswith(PERSON)}
        for person in before - after:
            self._after.about.pop(person, None)

    def _settle_periods(self) -> None:
        """State what the periods in use are, and drop those no longer in use."""
        before = {o.value for o in _objects(self._current) if o.value.startswith(PERIOD)}
        after = {o.value for o in _objects(self._after) if o.value.startswith(PERIOD)}
        for period in before - after:
            self._after.about.pop(period, None)
        for period in after - before:
            if not self._after.of(period):
                triples = period_statements(period.removeprefix(PERIOD))
                self._after.add(Quad(t.subject, t.predicate, t.object, self._main) for t in triples)

    def _result(self, kind: TableKind, removed: Sequence[str]) -> TableRead:
        quads: dict[str, set[Quad]] = {self._context.graph: set()}
        persons = self._context.graph + PERSONS
        for holdings in (self._current, self._after):
            if any(quad.graph_name == graph_node(persons) for quad in holdings.all()):
                quads[persons] = set()
        for quad in self._after.all():
            quads[persons if quad.graph_name == graph_node(persons) else self._context.graph].add(
                quad
            )
        rows = [line.thing for table in self._tables for line in table.lines if line.thing]
        added = tuple(thing for thing in rows if not self._current.of(thing))
        changed = tuple(
            thing
            for thing in rows
            if self._current.of(thing) and self._current.of(thing) != self._after.of(thing)
        )
        return TableRead(
            kind.name,
            {name: frozenset(found) for name, found in quads.items()},
            self._notes.all(),
            self._origin,
            added,
            changed,
            tuple(removed),
        )


def _objects(holdings: Holdings) -> Iterator[Value]:
    return (value_of(quad) for quad in holdings.all())


def _subject(quad: Quad) -> str:
    if isinstance(quad.subject, NamedNode):
        return quad.subject.value
    raise TypeError(f"no IRI: {quad.subject}")


def _check_periods(values: Iterable[Value]) -> None:
    """Refuse the address of a period that says no time."""
    for value in values:
        if isinstance(value, NamedNode) and value.value.startswith(PERIOD):
            try:
                period_statements(value.value.removeprefix(PERIOD))
            except ValueError:
                raise Problem(
                    "period-key",
                    marked("“{value}” is not the address of a period."),
                    value=shown(short_address(value.value)),
                ) from None
