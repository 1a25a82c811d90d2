"""Municipalities side by side: what each has, line by line, and what is not known of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode

from hyteverkko.addresses import thing as thing_named
from hyteverkko.errors import BadRequest, NotFound
from hyteverkko.labels import Text, best_text
from hyteverkko.namespaces import DEF
from hyteverkko.pages.kinds import COVERAGE, PANELS
from hyteverkko.pages.lists import kept_parameters
from hyteverkko.pages.municipality import (
    COUNTY,
    HEADINGS,
    LANGUAGES,
    POPULATION,
    PROVINCE,
    REGION,
    municipality_facts,
    name_on,
)
from hyteverkko.pages.panels import Place, Question, terms_of
from hyteverkko.pages.pictures.shapes import Svg, listed
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.tables import Table
from hyteverkko.pages.taken import OF_A_PICTURE
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.ready_code import ReadyCode, ready_code
from hyteverkko.store.graph import Row, Term
from hyteverkko.translations import catalogue, marked

PATH: Final = "/compare"
TITLE: Final = marked("Compare municipalities")
FEWEST, MOST = 2, 5
LONGEST_WORDS: Final = 200
TOPICS: Final = f"{DEF}/coverage-topic/"
FOUND: Final = f"{DEF}/coverage-status/found"
NOT_SEARCHED: Final = f"{DEF}/coverage-status/not-searched"
NOT_KNOWN: Final = marked("not known")
NONE_IN_DATA: Final = marked("none in the data")
NONE_THAT_DAY: Final = marked("none on that day")
CODE: Final = marked("Code")
EXISTS: Final = marked("Exists")
KEYS: Final = MappingProxyType(
    {
        CODE: "code",
        EXISTS: "period",
        HEADINGS[REGION]: "region",
        HEADINGS[COUNTY]: "county",
        HEADINGS[PROVINCE]: "province",
        POPULATION: "population",
        LANGUAGES: "languages",
    }
)
"""The keys of the facts in tables, by their headings, in the order in which they stand."""


@dataclass(frozen=True, slots=True)
class Part:
    """A line of things: the panel that asks for them, the variables of a thing, what is beside.

    ``topic`` is the topic of coverage that says what an empty place means.
    """

    panel: str
    names: tuple[str, ...]
    beside: tuple[str, ...]
    topic: str = ""


PARTS: Final = (
    Part("bodies", ("body",), ("kind", "period"), "networks-and-groups"),
    Part("offices", ("office", "post"), ("body", "role"), "contacts"),
    Part("plans", ("document",), ("kind", "period", "status"), "plans"),
    Part("projects", ("project",), ("status", "period"), "projects"),
    Part("events", ("event",), ("period",), "meetings"),
    Part("changes", ("change",), ()),
)
QUESTIONS: Final = MappingProxyType({one.key: one for one in PANELS["municipality"]})
FACTS, WORK, KNOWN = (
    marked("The municipality"),
    marked("Wellbeing work"),
    marked("What is known and what is not"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose: the codes, words to find another by, and whether equals are left out."""

    codes: tuple[str, ...]
    words: str
    differing: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in a cell: what stands beside it, whether it is over, and whether others share it."""

    shown: Shown
    beside: tuple[Shown, ...] = ()
    ended: bool = False
    common: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What one municipality has in one line; ``note`` says what it means that there is nothing."""

    entries: tuple[Entry, ...]
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: what is compared, a cell for each municipality, and whether all are the same."""

    key: str
    heading: Text
    cells: tuple[Cell, ...]
    counted: bool

    @property
    def same(self) -> bool:
        """Say whether every municipality has the same."""
        return len({_said(cell) for cell in self.cells}) == 1


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading."""

    key: str
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality that is compared: its page, its name on the day, and the way to remove it."""

    code: str
    node: NamedNode
    shown: Shown
    ended: bool
    without: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Municipalities and all lines of their comparison."""

    municipalities: tuple[Municipality, ...]
    groups: tuple[Group, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Give the lines of all groups."""
        return tuple(line for group in self.groups for line in group.lines)


@dataclass(frozen=True, slots=True)
class ComparePage:
    """All that the page shows."""

    title: str
    path: str
    municipalities: tuple[Municipality, ...]
    groups: tuple[Group, ...]
    summary: str
    picture: Svg
    words: str
    found: tuple[Shown, ...]
    near: tuple[Shown, ...]
    nearest_to: str
    full: bool
    ready: bool
    differing: bool
    toggle: str
    fields: tuple[tuple[str, str], ...]
    day: str
    today: str
    downloads: tuple[tuple[str, str], ...]
    codes: tuple[ReadyCode, ...]


def chosen_by(parameters: Iterable[tuple[str, str]]) -> Choice:
    """Read a choice from the parameters of an address; raise BadRequest for too many."""
    given = list(parameters)
    codes = tuple(dict.fromkeys(value for name, value in given if name == "m" and value))
    if len(codes) > MOST:
        raise BadRequest(
            "Two to five municipalities can be compared at a time; {count} were given. "
            "Leave some of them out of the address.",
            count=len(codes),
        )
    words = next((value for name, value in given if name == "q"), "")[:LONGEST_WORDS].strip()
    return Choice(codes, words, any(one == ("differing", "1") for one in given))


def address(choice: Choice, reader: Reader, ending: str = "", *, codes: Sequence[str] = ()) -> str:
    """Give the address of a choice, with other codes where they are given."""
    chosen = [("m", code) for code in codes or choice.codes]
    differing = [("differing", "1")] if choice.differing else []
    return f"{PATH}{ending}?{urlencode([*chosen, *differing, *kept_parameters(reader)])}"


def municipalities_of(choice: Choice, reader: Reader) -> tuple[Municipality, ...]:
    """Read the municipalities of a choice; raise NotFound for a code that none has."""
    return tuple(_municipality(code, choice, reader) for code in choice.codes)


def comparison_of(choice: Choice, reader: Reader, base_url: str) -> Comparison:
    """Compare the municipalities of a choice, line by line."""
    municipalities = municipalities_of(choice, reader)
    known = [_coverage(one.node, reader) for one in municipalities]
    groups = (
        Group("facts", FACTS, _facts(municipalities, reader)),
        Group("work", WORK, tuple(_work(municipalities, known, reader, base_url))),
        Group("known", KNOWN, _coverage_lines(known, reader)),
    )
    return Comparison(municipalities, groups)


def narrowed(comparison: Comparison, choice: Choice) -> Comparison:
    """Leave out the lines in which all are the same, where the reader chose so."""
    if not choice.differing:
        return comparison
    groups = tuple(
        Group(group.key, group.heading, tuple(line for line in group.lines if not line.same))
        for group in comparison.groups
    )
    return Comparison(comparison.municipalities, tuple(one for one in groups if one.lines))


def comparison_table(comparison: Comparison, reader: Reader) -> Table:
    """Give a comparison as a table: a row for each value, and for each place without one."""
    translate = catalogue(reader.language).gettext
    names = ("line", "heading", "code", "municipality", "value", "value_iri", "beside", "state")
    headings = (
        marked("Line"),
        marked("What is compared"),
        CODE,
        marked("Municipality"),
        marked("Value"),
        marked("Value (IRI)"),
        marked("Beside it"),
        marked("State"),
    )
    rows: list[tuple[str | int, ...]] = []
    for line in comparison.lines:
        for one, cell in zip(comparison.municipalities, line.cells, strict=True):
            start = (line.key, line.heading.value, one.code, one.shown.text.value)
            rows.extend(
                (
                    *start,
                    entry.shown.text.value,
                    entry.shown.iri,
                    "; ".join(beside.text.value for beside in entry.beside),
                    translate(marked("ended")) if entry.ended else "",
                )
                for entry in cell.entries
            )
            if not cell.entries:
                rows.append((*start, "", "", "", cell.note))
    return Table(
        translate(TITLE), names, tuple(translate(heading) for heading in headings), tuple(rows)
    )


def compare_page(
    choice: Choice,
    reader: Reader,
    base_url: str,
    found: tuple[Shown, ...],
    drawn: Svg,
    comparison: Comparison | None,
) -> ComparePage:
    """Put together the page; without a comparison it asks for municipalities."""
    municipalities = comparison.municipalities if comparison else municipalities_of(choice, reader)
    shown = narrowed(comparison, choice) if comparison else None
    near = _nearest(municipalities, choice, reader) if len(municipalities) < MOST else ()
    files = {ending: address(choice, reader, f".{ending}") for ending in OF_A_PICTURE}
    fields = [("m", code) for code in choice.codes]
    return ComparePage(
        title=TITLE,
        path=PATH,
        municipalities=municipalities,
        groups=shown.groups if shown else (),
        summary=summary_of(comparison, reader) if comparison else "",
        picture=drawn,
        words=choice.words,
        found=found,
        near=near,
        nearest_to=municipalities[-1].shown.text.value if municipalities else "",
        full=len(municipalities) >= MOST,
        ready=comparison is not None,
        differing=choice.differing,
        toggle=address(replace(choice, differing=not choice.differing), reader),
        fields=(*fields, *([("differing", "1")] if choice.differing else [])),
        day=reader.in_words(reader.at),
        today=address(choice, replace(reader, at="")),
        downloads=tuple((OF_A_PICTURE[ending], href) for ending, href in files.items()),
        codes=ready_code(base_url + files["csv"], ("code",)) if comparison else (),
    )


def offered(iris: Iterable[str], choice: Choice, reader: Reader) -> tuple[Shown, ...]:
    """Show municipalities with the address that has them beside those chosen."""
    found = []
    for iri in iris:
        code = iri.rpartition("/")[2]
        if code not in choice.codes:
            one = _municipality(code, choice, reader)
            more = address(choice, reader, codes=(*choice.codes, code))
            found.append(Shown(one.shown.text, more, iri))
    return tuple(found)


def summary_of(comparison: Comparison, reader: Reader) -> str:
    """Say a comparison in a paragraph."""
    translate = catalogue(reader.language).gettext
    lines = comparison.lines
    names = [one.shown.text.value for one in comparison.municipalities]
    sentences = [
        translate("{names} side by side: {differing} of {total} lines differ.").format(
            names=listed(names, reader.language),
            differing=sum(not line.same for line in lines),
            total=len(lines),
        )
    ]
    for line in lines:
        if line.counted:
            counts = (
                f"{name} {len(cell.entries)}" if cell.entries else f"{name} – {cell.note}"
                for name, cell in zip(names, line.cells, strict=True)
            )
            sentences.append(f"{line.heading.value}: {', '.join(counts)}.")
    return " ".join(sentences)


def _municipality(code: str, choice: Choice, reader: Reader) -> Municipality:
    node = thing_named("municipality", code)
    rows = reader.rows("municipality", thing=node)
    if not rows:
        raise NotFound(
            "There is no municipality with the code {code}. A code has three digits, such as 284.",
            code=code[:20],
        )
    names = [row["name"] for row in rows if isinstance(row["name"], Literal)]
    text = (name_on(reader, node) if reader.at else None) or best_text(names, reader.language)
    plain = reader.shown(node, names)
    periods = [reader.period(row.get("period")) for row in rows]
    ended = all(period is not None and period.has_ended(reader.day) for period in periods)
    left = [one for one in choice.codes if one != code]
    without = address(Choice((), "", choice.differing), reader, codes=left)
    return Municipality(
        code, node, Shown(text or plain.text, plain.href, plain.iri), ended, without
    )


def _facts(municipalities: Sequence[Municipality], reader: Reader) -> tuple[Line, ...]:
    translate = catalogue(reader.language).gettext
    held: dict[str, list[list[Entry]]] = {}
    for number, one in enumerate(municipalities):
        periods = dict.fromkeys(
            row["period"] for row in reader.rows("municipality", thing=one.node) if "period" in row
        )
        facts = [
            (CODE, Entry(Shown(Text(one.code)))),
            *((EXISTS, Entry(reader.shown(node), ended=one.ended)) for node in periods),
            *(
                (fact.heading, Entry(fact.value, (fact.period,) if fact.period else ()))
                for fact in municipality_facts(reader, one.node)
            ),
        ]
        for heading, entry in facts:
            held.setdefault(heading, [[] for _ in municipalities])[number].append(entry)
    unknown = translate(NOT_KNOWN)
    return tuple(
        _line(heading, Text(translate(heading)), held[heading], [unknown] * len(municipalities))
        for heading in KEYS
        if heading in held
    )


def _line(key: str, heading: Text, held: Sequence[Sequence[Entry]], notes: Sequence[str]) -> Line:
    cells = (
        Cell(tuple(entries), "" if entries else note)
        for entries, note in zip(held, notes, strict=True)
    )
    return Line(KEYS[key], heading, tuple(cells), counted=False)


def _work(
    municipalities: Sequence[Municipality],
    known: Sequence[Mapping[str, Cell]],
    reader: Reader,
    base_url: str,
) -> Iterable[Line]:
    translate = catalogue(reader.language).gettext
    for part in PARTS:
        question = QUESTIONS[part.panel]
        held = [_entries(part, question, one.node, reader) for one in municipalities]
        where = Counter(entry.shown.iri for entries in held for entry in entries)
        cells = []
        for one, entries, topics in zip(municipalities, held, known, strict=True):
            place = Place(f"/doc/municipality/{one.code}", base_url)
            shared = tuple(
                Entry(entry.shown, entry.beside, entry.ended, where[entry.shown.iri] > 1)
                for entry in entries
            )
            note = "" if entries else _note(topics.get(TOPICS + part.topic), reader)
            cells.append(Cell(shared, note, place.query(part.panel, reader)))
        yield Line(part.panel, Text(translate(question.heading)), tuple(cells), counted=True)


def _note(topic: Cell | None, reader: Reader) -> str:
    """Say what it means that there is nothing: what the search for it has answered."""
    translate = catalogue(reader.language).gettext
    if topic is None or topic.entries[0].shown.iri == FOUND:
        return translate(NONE_THAT_DAY if reader.at else NONE_IN_DATA)
    return topic.entries[0].shown.text.value


def _entries(part: Part, question: Question, node: NamedNode, reader: Reader) -> tuple[Entry, ...]:
    groups: dict[Term, list[Row]] = {}
    for row in reader.rows(question.query, **terms_of(question, reader, node)):
        name = next((one for one in part.names if one in row), None)
        if name is not None:
            groups.setdefault(row[name], []).append(row)
    found = [_entry(part, node, rows, reader) for node, rows in groups.items()]
    return tuple(sorted(found, key=lambda entry: by_name(entry.shown)))


def _entry(part: Part, node: Term, rows: Sequence[Row], reader: Reader) -> Entry:
    name = next(one for one in part.names if rows[0].get(one) == node)
    beside = (
        _shown(row[key], row.get(f"{key}Name"), reader)
        for key in part.beside
        for row in rows
        if key in row
    )
    periods = [reader.period(row.get("period")) for row in rows]
    return Entry(
        _shown(node, rows[0].get(f"{name}Name"), reader),
        tuple(dict.fromkeys(beside)),
        all(period is not None and period.has_ended(reader.day) for period in periods)
        and "period" in part.beside
        and part.panel != "events",
    )


def _shown(term: Term, name: Term | None, reader: Reader) -> Shown:
    return reader.shown(term, (name,) if isinstance(name, Literal) else ())


def _coverage(node: NamedNode, reader: Reader) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for row in reader.rows(COVERAGE.query, **terms_of(COVERAGE, reader, node)):
        topic, status = row["topic"], row["status"]
        if isinstance(topic, NamedNode):
            on = (reader.shown(row["searchedOn"]),) if "searchedOn" in row else ()
            entry = Entry(_shown(status, row.get("statusName"), reader), on)
            held = found.get(topic.value, Cell(())).entries
            found[topic.value] = Cell(tuple(dict.fromkeys((*held, entry))))
    return found


def _coverage_lines(known: Sequence[Mapping[str, Cell]], reader: Reader) -> tuple[Line, ...]:
    lines = [
        Line(
            f"coverage-{topic.removeprefix(TOPICS)}",
            reader.shown(NamedNode(topic)).text,
            tuple(one[topic] for one in known),
            counted=False,
        )
        for topic in known[0]
    ]
    return tuple(lines)


def _nearest(
    municipalities: Sequence[Municipality], choice: Choice, reader: Reader
) -> tuple[Shown, ...]:
    language = Literal(reader.language)
    if not municipalities:
        rows = reader.rows("best_known", language=language)
        iris = [row["municipality"] for row in rows]
    else:
        rows = reader.rows(
            "municipality_neighbours", thing=municipalities[-1].node, language=language
        )
        iris = [row["neighbour"] for row in rows]
    unique = dict.fromkeys(node.value for node in iris if isinstance(node, NamedNode))
    return offered(unique, choice, reader)


def _said(cell: Cell) -> tuple[frozenset[tuple[str, str]], str]:
    return frozenset((one.shown.iri, one.shown.text.value) for one in cell.entries), cell.note
