"""The lists: rows of one stored question, narrowed by facets, sorted, paged, and taken along."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode

from hyteverkko.errors import NotFound
from hyteverkko.labels import Text
from hyteverkko.namespaces import DEF, ID, KINDS, PREFIXES
from hyteverkko.pages.catalogue import Facet, ListColumn, Listing
from hyteverkko.pages.incoming import Paging
from hyteverkko.pages.questions import asked, columns_of, parameters_of
from hyteverkko.pages.reading import DAY, Reader
from hyteverkko.pages.tables import Cell, Table
from hyteverkko.pages.taken import OF_A_LIST
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.ready_code import ReadyCode, ready_code
from hyteverkko.store.graph import Row, Term
from hyteverkko.translations import catalogue, marked

PER_PAGE: Final = 50
MANY: Final = 8
"""A facet with more values than these scrolls in a box of its own."""

LONGEST_WORDS: Final = 100
TERMS: Final = DEF + "#"
STATE: Final = "state"
CURRENT, ENDED, UNDATED = "current", "ended", "undated"
STATES: Final = MappingProxyType(
    {
        CURRENT: marked("in force"),
        ENDED: marked("ended"),
        UNDATED: marked("time not known"),
    }
)
INTEGERS: Final = frozenset({PREFIXES["xsd"] + "integer", PREFIXES["xsd"] + "nonNegativeInteger"})


@dataclass(frozen=True, slots=True)
class Item:
    """A thing in a list: what fills each variable, and whether it holds on the day looked at."""

    iri: str
    values: Mapping[str, tuple[Shown, ...]]
    numbers: Mapping[str, int]
    bounds: Mapping[str, str]
    state: str

    @property
    def last_day(self) -> str:
        """Give the last day on which the thing held, in words; empty while it may hold."""
        days = self.values.get("until", ()) if self.state == ENDED else ()
        return days[-1].text.value if days else ""

    def texts(self, variables: Iterable[str]) -> tuple[Shown, ...]:
        """Give what fills a column: the first of its variables that has anything."""
        return next((found for one in variables if (found := self.values.get(one))), ())


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose: words, values of facets, the order, the page."""

    words: str
    facets: Mapping[str, frozenset[str]]
    sort: str
    page: int


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, how many things have it beside what else is chosen, and whether it is."""

    value: str
    shown: Shown
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetShown:
    """A facet with its values, the most frequent first."""

    key: str
    heading: str
    values: tuple[FacetValue, ...]
    many: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: where a click sorts by it, and how it is sorted now."""

    text: str
    href: str
    sorted: str
    number: bool


@dataclass(frozen=True, slots=True)
class ListRow:
    """A thing as a row: the values of each column."""

    cells: tuple[tuple[Shown, ...], ...]
    ended: bool
    until: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """All that the page of a list shows."""

    key: str
    path: str
    title: str
    lead: str
    headings: tuple[Heading, ...]
    rows: tuple[ListRow, ...]
    facets: tuple[FacetShown, ...]
    chosen: tuple[tuple[str, Shown, str], ...]
    words: str
    sort: str
    paging: Paging
    address: str
    day: str
    downloads: tuple[tuple[str, str], ...]
    query: str
    codes: tuple[ReadyCode, ...]
    kept: tuple[tuple[str, str], ...]


def compact(iri: str) -> str:
    """Write one of our IRIs as it stands in an address: its kind or scheme, and its key."""
    if iri.startswith(TERMS):
        return f"term/{iri.removeprefix(TERMS)}"
    return iri.removeprefix(ID).removeprefix(DEF + "/")


def chosen_by(listing: Listing, parameters: Sequence[tuple[str, str]], *, dated: bool) -> Choice:
    """Read a choice from the parameters of an address; what is not known is left out."""
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        given.setdefault(name, []).append(value)
    facets = {
        facet.key: frozenset(value for value in given.get(facet.key, ()) if value)
        for facet in (*listing.facets, Facet(STATE, "", ""))
        if facet.key in given
    }
    if listing.current_first and STATE not in facets and not dated:
        facets[STATE] = frozenset({CURRENT})
    if STATE in facets and (not facets[STATE] & set(STATES) or facets[STATE] >= set(STATES)):
        del facets[STATE]
    sort = given.get("sort", [""])[0]
    page = given.get("page", ["1"])[0]
    words = "".join(c for c in given.get("q", [""])[0][:LONGEST_WORDS] if c.isprintable()).strip()
    return Choice(
        words,
        MappingProxyType(facets),
        sort if sort.removeprefix("-") in {column.key for column in listing.columns} else "",
        int(page) if page.isdecimal() and len(page) < 7 and int(page) > 0 else 1,
    )


def items_of(listing: Listing, reader: Reader) -> tuple[Item, ...]:
    """Read the things of a list as a reader sees them; the same ones are read once."""
    return _items(listing.key, reader.serving.graph, _Key(listing, reader))


def narrowed(items: Iterable[Item], listing: Listing, choice: Choice, but: str = "") -> list[Item]:
    """Give the things that have the words and a chosen value of every facet, but one."""
    words = choice.words.casefold()
    variables = {facet.key: facet.variable for facet in listing.facets}
    found = []
    for item in items:
        if words and not any(words in one.text.value.casefold() for one in item.values["item"]):
            continue
        if all(
            key == but or values & _values(item, variables.get(key, ""))
            for key, values in choice.facets.items()
        ):
            found.append(item)
    return found


def in_order(items: list[Item], listing: Listing, sort: str) -> list[Item]:
    """Put things in the order of a column; what has nothing there stands last either way."""
    column = next((one for one in listing.columns if one.key == sort.removeprefix("-")), None)
    named = sorted(items, key=lambda item: [by_name(one) for one in item.values["item"]])
    if column is None:
        return named
    filled = [item for item in named if item.texts(column.variables)]
    empty = [item for item in named if not item.texts(column.variables)]
    filled.sort(key=lambda item: _sortable(item, column), reverse=sort.startswith("-"))
    return filled + empty


def list_page(
    listing: Listing, reader: Reader, choice: Choice, base_url: str, day: str
) -> ListPage:
    """Put together the page of a list; raise NotFound beyond its last page."""
    items = items_of(listing, reader)
    found = in_order(narrowed(items, listing, choice), listing, choice.sort)
    pages = max(1, -(-len(found) // PER_PAGE))
    if choice.page > pages:
        raise NotFound("There are only {pages} pages.", pages=pages)
    part = found[(choice.page - 1) * PER_PAGE : choice.page * PER_PAGE]
    kept = kept_parameters(reader)
    facets = tuple(_facets(items, listing, reader, choice))
    address = _address(listing, choice, kept)
    files = {ending: _address(listing, choice, kept, f".{ending}") for ending in OF_A_LIST}
    return ListPage(
        key=listing.key,
        path=listing.path,
        title=listing.title,
        lead=listing.lead,
        headings=tuple(_heading(column, listing, choice, kept) for column in listing.columns),
        rows=tuple(_row(item, listing) for item in part),
        facets=facets,
        chosen=tuple(_chosen(facets, listing, choice, kept)),
        words=choice.words,
        sort=choice.sort,
        paging=Paging(choice.page, pages, len(found)),
        address=address,
        day=day,
        downloads=tuple((OF_A_LIST[ending], href) for ending, href in files.items()),
        query=f"{address}&query=1",
        codes=ready_code(base_url + files["csv"], ()),
        kept=tuple(kept),
    )


def list_table(listing: Listing, reader: Reader, choice: Choice) -> Table:
    """Give all things of a choice as a table: for each column the names, for things the IRIs."""
    translate = catalogue(reader.language).gettext
    items = in_order(narrowed(items_of(listing, reader), listing, choice), listing, choice.sort)
    columns: dict[str, tuple[str, list[Cell]]] = {}
    for column in listing.columns:
        heading = translate(column.heading)
        columns[column.key] = heading, [_plain(item, column) for item in items]
        held = [item.texts(column.variables) for item in items]
        if any(one.iri for texts in held for one in texts):
            iris: list[Cell] = ["; ".join(one.iri for one in texts) for texts in held]
            columns[f"{column.key}_iri"] = f"{heading} (IRI)", iris
    for name in ("since", "until"):
        if name in columns_of(listing.query):
            columns[name] = name, [item.bounds.get(name, "") for item in items]
    headings, cells = zip(*columns.values(), strict=True)
    return Table(
        translate(listing.title), tuple(columns), headings, tuple(zip(*cells, strict=True))
    )


def list_objects(listing: Listing, reader: Reader, choice: Choice) -> list[dict[str, object]]:
    """Give all things of a choice as objects: a column of things holds their IRIs and names."""
    items = in_order(narrowed(items_of(listing, reader), listing, choice), listing, choice.sort)
    return [
        {
            column.key: item.numbers[column.variables[0]]
            if column.variables[0] in item.numbers
            else _values_of(item.texts(column.variables))
            for column in listing.columns
        }
        | dict(item.bounds)
        for item in items
    ]


def list_query(listing: Listing, reader: Reader, choice: Choice) -> str:
    """Give the query behind a list as it is chosen: facets and words as filters."""
    filters = []
    for facet in listing.facets:
        values = sorted(choice.facets.get(facet.key, ()))
        if values:
            nodes = ", ".join(str(node) for value in values for node in nodes_of(value))
            filters.append(f"?{facet.variable} IN ({nodes})")
    states = choice.facets.get(STATE, frozenset())
    day = str(Literal(reader.day, datatype=DAY))
    if states == {CURRENT}:
        filters.append(f"COALESCE(?until >= {day}, false) || BOUND(?since) && !BOUND(?until)")
    if states == {ENDED}:
        filters.append(f"?until < {day}")
    if choice.words:
        words = str(Literal(choice.words.casefold()))
        filters.append(f"CONTAINS(LCASE(STR(?itemName)), {words})")
    return asked(listing.query, _terms(listing, reader), filters)


def kept_parameters(reader: Reader) -> list[tuple[str, str]]:
    """Give the parameters every address of a reader keeps: the language and the day."""
    day = [("at", reader.at)] if reader.at else []
    return [("lang", reader.language), *day]


class _Key:
    """What decides the things of a list, and how they are read; equal keys read the same."""

    __slots__ = ("_parts", "listing", "reader")

    def __init__(self, listing: Listing, reader: Reader) -> None:
        self.listing, self.reader = listing, reader
        self._parts = (reader.language, reader.at, reader.today)

    def __hash__(self) -> int:
        return hash(self._parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._parts == other._parts


@lru_cache(maxsize=48)
def _items(_key: str, _graph: object, by: _Key) -> tuple[Item, ...]:
    listing, reader = by.listing, by.reader
    groups: dict[Term, list[Row]] = {}
    for row in reader.rows(listing.query, **_terms(listing, reader)):
        groups.setdefault(row["item"], []).append(row)
    return tuple(
        _item(node.value, rows, reader)
        for node, rows in groups.items()
        if isinstance(node, NamedNode)
    )


def _terms(listing: Listing, reader: Reader) -> dict[str, Term]:
    given: dict[str, Term] = {"day": Literal(reader.day, datatype=DAY), **reader.terms}
    return {name: given[name] for name in parameters_of(listing.query) if name in given}


def _item(iri: str, rows: Sequence[Row], reader: Reader) -> Item:
    terms: dict[str, dict[Term, list[Literal]]] = {}
    for row in rows:
        for name, term in row.items():
            label = row.get(
                f"{name}NameThen" if reader.at else f"{name}Name", row.get(f"{name}Name")
            )
            held = terms.setdefault(name, {}).setdefault(term, [])
            if isinstance(label, Literal) and label not in held:
                held.append(label)
    values = {
        name: tuple(sorted((reader.shown(one, names) for one, names in held.items()), key=by_name))
        for name, held in terms.items()
        if not name.endswith(("Name", "NameThen"))
    }
    numbers = {
        name: int(term.value)
        for name, held in terms.items()
        for term in held
        if isinstance(term, Literal) and term.datatype.value in INTEGERS
    }
    bounds: dict[str, str] = {
        name: max(term.value for term in terms[name] if isinstance(term, Literal))
        for name in ("since", "until")
        if name in terms
    }
    return Item(
        iri,
        MappingProxyType(values),
        MappingProxyType(numbers),
        MappingProxyType[str, str](bounds),
        _state(rows, reader),
    )


def _state(rows: Sequence[Row], reader: Reader) -> str:
    periods = [reader.period(row["period"]) for row in rows if "period" in row]
    if not periods:
        return UNDATED
    over = all(period is None or period.has_ended(reader.day) for period in periods)
    return ENDED if over else CURRENT


def _values(item: Item, variable: str) -> frozenset[str]:
    if not variable:
        return frozenset({item.state})
    return frozenset(compact(one.iri) for one in item.values.get(variable, ()) if one.iri)


def _facets(
    items: Sequence[Item], listing: Listing, reader: Reader, choice: Choice
) -> Iterable[FacetShown]:
    translate = catalogue(reader.language).gettext
    for facet in listing.facets:
        chosen = choice.facets.get(facet.key, frozenset())
        beside = narrowed(items, listing, choice, but=facet.key)
        counts = Counter(value for item in beside for value in _values(item, facet.variable))
        names = {
            compact(one.iri): one for item in items for one in item.values.get(facet.variable, ())
        }
        values = [
            FacetValue(value, names[value], counts[value], value in chosen)
            for value in {*counts, *(chosen & set(names))}
        ]
        if values:
            values.sort(key=lambda one: (-one.count, by_name(one.shown)))
            yield FacetShown(facet.key, facet.heading, tuple(values), len(values) > MANY)
    states = Counter(item.state for item in narrowed(items, listing, choice, but=STATE))
    chosen = choice.facets.get(STATE, frozenset())
    known = {item.state for item in items}
    if len(known) > 1:
        held = tuple(
            FacetValue(state, Shown(Text(translate(name))), states[state], state in chosen)
            for state, name in STATES.items()
            if state in known
        )
        yield FacetShown(STATE, marked("In force"), held, many=False)


def _chosen(
    facets: Iterable[FacetShown], listing: Listing, choice: Choice, kept: list[tuple[str, str]]
) -> Iterable[tuple[str, Shown, str]]:
    for facet in facets:
        for one in facet.values:
            if one.chosen:
                less = {
                    key: values - {one.value} if key == facet.key else values
                    for key, values in choice.facets.items()
                }
                if facet.key == STATE and not less[STATE]:
                    less[STATE] = frozenset(STATES)
                fewer = Choice(choice.words, less, choice.sort, 1)
                yield facet.heading, one.shown, _address(listing, fewer, kept)


def _address(
    listing: Listing, choice: Choice, kept: list[tuple[str, str]], ending: str = ""
) -> str:
    facets = [(key, one) for key, held in choice.facets.items() for one in sorted(held)]
    words = [("q", choice.words)] if choice.words else []
    sort = [("sort", choice.sort)] if choice.sort else []
    parameters = [*words, *facets, *sort, *kept]
    return f"{listing.path}{ending}?{urlencode(parameters, safe='/')}"


def _heading(
    column: ListColumn, listing: Listing, choice: Choice, kept: list[tuple[str, str]]
) -> Heading:
    now = choice.sort.removeprefix("-") == column.key
    down = choice.sort.startswith("-")
    turned = f"-{column.key}" if now and not down else column.key
    href = _address(listing, Choice(choice.words, choice.facets, turned, 1), kept)
    order = ("descending" if down else "ascending") if now else ""
    return Heading(column.heading, href, order, column.number)


def _row(item: Item, listing: Listing) -> ListRow:
    cells = tuple(item.texts(column.variables) for column in listing.columns)
    until = "" if any("period" in one.variables for one in listing.columns) else item.last_day
    return ListRow(cells, item.state == ENDED, until)


def _sortable(item: Item, column: ListColumn) -> tuple[int, str]:
    number = item.numbers.get(column.variables[0])
    if number is not None:
        return number, ""
    first = item.texts(column.variables)[0]
    if "period" in column.variables:
        return 0, item.bounds.get("since", "")
    return 0, by_name(first)


def _plain(item: Item, column: ListColumn) -> str | int:
    number = item.numbers.get(column.variables[0])
    if number is not None:
        return number
    return "; ".join(one.text.value for one in item.texts(column.variables))


def _values_of(held: Sequence[Shown]) -> object:
    return [{"iri": one.iri, "name": one.text.value} if one.iri else one.text.value for one in held]


def nodes_of(value: str) -> tuple[NamedNode, ...]:
    """Give the IRI that stands compact in an address; none for what cannot be one."""
    kind, _, rest = value.partition("/")
    if "://" in value:
        iri = value
    elif kind == "term":
        iri = TERMS + rest
    else:
        iri = f"{ID if kind in KINDS else DEF + '/'}{value}"
    try:
        return (NamedNode(iri),)
    except ValueError:
        return ()
