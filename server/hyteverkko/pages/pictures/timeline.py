"""What happened and held when: events, plans, bodies, projects and changes on one time axis."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode

from hyteverkko.errors import BadRequest, NotFound
from hyteverkko.labels import Text, short_iri
from hyteverkko.namespaces import DEF
from hyteverkko.pages.incoming import Paging
from hyteverkko.pages.lists import kept_parameters
from hyteverkko.pages.periods import Period
from hyteverkko.pages.pictures.shapes import Svg, listed
from hyteverkko.pages.pictures.whose import Options, named, options_of, within
from hyteverkko.pages.questions import asked
from hyteverkko.pages.reading import DAY, Reader
from hyteverkko.pages.tables import Table
from hyteverkko.pages.taken import OF_A_PICTURE
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.ready_code import ReadyCode, ready_code
from hyteverkko.store.graph import Row, Term
from hyteverkko.translations import catalogue, marked

PATH: Final = "/timeline"
TITLE: Final = marked("Timeline")
QUERY: Final = "timeline"
PER_PAGE: Final = 50
SEVERAL: Final = 4
"""So many changes of one day stand as one line where there are more lines than a page has."""

CONCERNED: Final = 6
"""So many of those a thing concerns are named in the table; the rest are counted."""

STATUS: Final = f"{DEF}/status/"
KINDS: Final = MappingProxyType(
    {
        "council-term": marked("Council terms"),
        "body": marked("Bodies and networks"),
        "plan": marked("Plans and documents"),
        "project": marked("Projects and operating models"),
        "event": marked("Meetings and events"),
        "change": marked("Changes of municipalities"),
    }
)
"""The kinds by their names in addresses, in the order in which they stand."""

CLASSES: Final = MappingProxyType(
    {
        "CouncilTerm": "council-term",
        "Body": "body",
        "Document": "plan",
        "Project": "project",
        "OperatingModel": "project",
        "Event": "event",
        "ChangeEvent": "change",
    }
)
BOUND: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose: kinds, whose, the first and the last day, the page."""

    kinds: frozenset[str]
    of: str
    since: str
    until: str
    page: int


@dataclass(frozen=True, slots=True)
class Item:
    """A thing with its time, where that is known, and those it concerns."""

    kind: str
    shown: Shown
    when: Shown | None
    period: Period | None
    concerns: tuple[Shown, ...]

    @property
    def since(self) -> str:
        """Give the first day on which it may have held."""
        return self.period.since if self.period else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the picture and of its table: a thing, or the changes of one day together."""

    kind: str
    shown: Shown
    when: Shown | None
    period: Period | None
    concerns: tuple[Shown, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind that can be chosen, and how many there are beside what else is chosen."""

    value: str
    heading: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """All that the page shows."""

    title: str
    path: str
    kinds: tuple[Kind, ...]
    names: Mapping[str, str]
    whose: tuple[Options, ...]
    of: Shown | None
    without: str
    since: str
    until: str
    lines: tuple[Line, ...]
    paging: Paging
    address: str
    summary: str
    picture: Svg
    day: str
    today: str
    query: str
    downloads: tuple[tuple[str, str], ...]
    codes: tuple[ReadyCode, ...]


def chosen_by(parameters: Iterable[tuple[str, str]]) -> Choice:
    """Read a choice from the parameters of an address; raise BadRequest for what is no time."""
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        given.setdefault(name, []).append(value)
    page = given.get("page", ["1"])[0]
    since, until = (_bound(given.get(name, [""])[0].strip()) for name in ("from", "to"))
    if since and until and first_day(since) > last_day(until):
        raise BadRequest(
            "The time asked for ends before it begins: from {since} to {until}.",
            since=since,
            until=until,
        )
    return Choice(
        frozenset(given.get("kind", ())) & set(KINDS),
        given.get("of", [""])[0].strip(),
        since,
        until,
        int(page) if page.isdecimal() and len(page) < 7 and int(page) > 0 else 1,
    )


def address(choice: Choice, reader: Reader, ending: str = "", *, page: int = 1) -> str:
    """Give the address of a choice."""
    given = [
        *(("kind", kind) for kind in KINDS if kind in choice.kinds),
        ("of", choice.of),
        ("from", choice.since),
        ("to", choice.until),
        ("page", str(page) if page > 1 else ""),
        *kept_parameters(reader),
    ]
    return f"{PATH}{ending}?{urlencode([one for one in given if one[1]], safe='/')}"


def items_of(choice: Choice, reader: Reader) -> tuple[Item, ...]:
    """Read all things that have a place in time; raise NotFound for an owner that is none."""
    groups: dict[Term, list[Row]] = {}
    for row in reader.rows(QUERY, language=Literal(reader.language)):
        groups.setdefault(row["item"], []).append(row)
    items = [_item(node, rows, reader) for node, rows in groups.items()]
    if choice.of:
        owner = within(named(choice.of, reader).iri, reader)
        items = [item for item in items if item.shown.iri in owner or _concerns(item) & owner]
    return tuple(item for item in items if _is_between(item, choice))


def in_order(items: Iterable[Item], choice: Choice) -> list[Item]:
    """Give the items of the chosen kinds by kind and time; those without a time stand last."""
    order = list(KINDS)
    chosen = [item for item in items if not choice.kinds or item.kind in choice.kinds]
    return sorted(
        chosen,
        key=lambda item: (
            item.period is None,
            order.index(item.kind),
            item.since,
            by_name(item.shown),
        ),
    )


def lines_of(items: Sequence[Item], choice: Choice, reader: Reader) -> list[Line]:
    """Give the lines of things in order; many changes of one day are one line of a long list."""
    found: list[Line] = []
    for (kind, when), group in groupby(items, key=lambda item: (item.kind, item.when)):
        held = list(group)
        together = kind == "change" and when and len(held) >= SEVERAL and len(items) > PER_PAGE
        if together:
            found.append(_together(held, choice, reader))
        else:
            found.extend(_line(item) for item in held)
    return found


def timeline_page(
    choice: Choice, reader: Reader, base_url: str, items: Sequence[Item], drawn: Svg
) -> TimelinePage:
    """Put together the page; raise NotFound beyond its last."""
    ordered = in_order(items, choice)
    lines = lines_of(ordered, choice, reader)
    paging = Paging(choice.page, max(1, -(-len(lines) // PER_PAGE)), len(lines))
    if choice.page > paging.pages:
        raise NotFound("There are only {pages} pages.", pages=paging.pages)
    of = named(choice.of, reader) if choice.of else None
    counts = Counter(item.kind for item in items)
    # Of changes hundreds of municipalities have one: a choice of all would hide those with work.
    owners = [one for item in items if item.kind != "change" for one in item.concerns]
    files = {ending: address(choice, reader, f".{ending}") for ending in OF_A_PICTURE}
    files["svg"] = address(choice, reader, ".svg", page=choice.page)
    return TimelinePage(
        title=TITLE,
        path=PATH,
        kinds=tuple(
            Kind(kind, heading, counts[kind], kind in choice.kinds)
            for kind, heading in KINDS.items()
        ),
        names=KINDS,
        whose=options_of(owners, of, reader),
        of=of,
        without=address(replace(choice, of=""), reader),
        since=choice.since,
        until=choice.until,
        lines=tuple(part_of(lines, choice)),
        paging=paging,
        address=address(choice, reader),
        summary=_summary(ordered, reader),
        picture=drawn,
        day=reader.in_words(reader.at),
        today=address(choice, replace(reader, at="")),
        query=f"{address(choice, reader)}&query=1",
        downloads=tuple((OF_A_PICTURE[ending], href) for ending, href in files.items()),
        codes=ready_code(base_url + files["csv"], ()),
    )


def part_of(lines: Sequence[Line], choice: Choice) -> Sequence[Line]:
    """Give the lines of the page that is chosen."""
    return lines[(choice.page - 1) * PER_PAGE : choice.page * PER_PAGE]


def timeline_table(items: Sequence[Item], reader: Reader) -> Table:
    """Give things as a table, with the bounds of each period as far as they are known."""
    translate = catalogue(reader.language).gettext
    bounds = ("earliest", "latest", "ends", "until")
    rows = []
    for item in items:
        stated: Mapping[str, str] = item.period.stated if item.period else {}
        rows.append(
            (
                item.kind,
                item.shown.text.value,
                item.shown.iri,
                item.when.text.value if item.when else "",
                *(stated.get(bound, "") for bound in bounds),
                short_iri(stated["status"]) if "status" in stated else "",
                "; ".join(one.text.value for one in item.concerns),
                "; ".join(one.iri for one in item.concerns),
            )
        )
    headings = (
        marked("Kind"),
        marked("Name"),
        marked("Name (IRI)"),
        marked("Period"),
        marked("Begins at the earliest"),
        marked("Begins at the latest"),
        marked("Ends at the earliest"),
        marked("Ends at the latest"),
        marked("State of the end"),
        marked("Concerns"),
        marked("Concerns (IRI)"),
    )
    names = (
        *("kind", "name", "name_iri", "period", "start_earliest", "start_latest"),
        *("end_earliest", "end_latest", "end_status", "concerns", "concerns_iri"),
    )
    return Table(translate(TITLE), names, tuple(translate(one) for one in headings), tuple(rows))


def timeline_query(choice: Choice, reader: Reader) -> str:
    """Give the query behind a choice: kinds, whose and time as filters."""
    filters = []
    if choice.kinds:
        names = [name for name, kind in CLASSES.items() if kind in choice.kinds]
        prefixes = {"ChangeEvent": "org"}
        nodes = ", ".join(f"{prefixes.get(name, 'hyte')}:{name}" for name in names)
        filters.append(f"?class IN ({nodes})")
    if choice.of:
        owners = within(named(choice.of, reader).iri, reader)
        nodes = ", ".join(str(NamedNode(iri)) for iri in sorted(owners))
        filters.append(f"?item IN ({nodes}) || COALESCE(?about IN ({nodes}), false)")
    if choice.since:
        day = Literal(first_day(choice.since), datatype=DAY)
        filters.append(f"BOUND(?period) && COALESCE(?until >= {day}, true)")
    if choice.until:
        filters.append(f"?since <= {Literal(last_day(choice.until), datatype=DAY)}")
    return asked(QUERY, {"language": Literal(reader.language)}, filters)


def _bound(text: str) -> str:
    """Read a year, a month or a day as it stands in an address."""
    if not text:
        return ""
    found = BOUND.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        raise BadRequest(
            "'{text}' is no time. Give a year, a month or a day, such as 2009, 2009-01 or "
            "2009-01-31.",
            text=text[:40],
        ) from None
    return text


def first_day(text: str) -> str:
    """Give the first day of a year, month or day."""
    return f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10]


def last_day(text: str) -> str:
    """Give the last day of a year, month or day."""
    if len(text) == 7:
        return f"{text}-{monthrange(int(text[:4]), int(text[5:]))[1]:02}"
    return f"{text}-12-31"[:10]


def _item(node: Term, rows: Sequence[Row], reader: Reader) -> Item:
    nodes = sorted({row["period"] for row in rows if "period" in row}, key=str)
    dated = [(one, period) for one in nodes if (period := reader.period(one)) is not None]
    concerned: dict[Term, list[Literal]] = {}
    for row in rows:
        if "about" in row:
            _add_name(concerned.setdefault(row["about"], []), row.get("aboutName"))
    names: list[Literal] = []
    for row in rows:
        _add_name(names, row.get("itemName"))
    kind = rows[0]["class"]
    concerns = (reader.shown(one, held) for one, held in concerned.items())
    return Item(
        CLASSES[short_iri(kind.value)] if isinstance(kind, NamedNode) else "",
        reader.shown(node, names),
        reader.shown(dated[0][0]) if dated else None,
        dated[0][1] if dated else None,
        tuple(sorted(concerns, key=by_name)),
    )


def _add_name(names: list[Literal], name: Term | None) -> None:
    if isinstance(name, Literal) and name not in names:
        names.append(name)


def _concerns(item: Item) -> frozenset[str]:
    return frozenset(one.iri for one in item.concerns)


def _is_between(item: Item, choice: Choice) -> bool:
    """Say whether a thing may have held on a day of the time asked for."""
    if not choice.since and not choice.until:
        return True
    if item.period is None:
        return False
    ended = bool(choice.since) and item.period.has_ended(first_day(choice.since))
    ahead = bool(choice.until) and item.period.since > last_day(choice.until)
    return not ended and not ahead


def _line(item: Item) -> Line:
    more = max(0, len(item.concerns) - CONCERNED)
    named_ = item.concerns[: CONCERNED if more else None]
    return Line(item.kind, item.shown, item.when, item.period, named_, more)


def _together(items: Sequence[Item], choice: Choice, reader: Reader) -> Line:
    """Put the changes of a day on one line, which leads to them one by one."""
    translate = catalogue(reader.language).gettext
    text = translate(marked("{count} changes of municipalities")).format(count=len(items))
    day = items[0].since
    apart = address(Choice(frozenset({"change"}), choice.of, day, day, 1), reader)
    shown = Shown(Text(text), apart)
    return Line("change", shown, items[0].when, items[0].period, (), 0)


def _summary(items: Sequence[Item], reader: Reader) -> str:
    translate = catalogue(reader.language).gettext
    counts = Counter(item.kind for item in items)
    kinds = [
        f"{translate(heading)} {counts[kind]}" for kind, heading in KINDS.items() if counts[kind]
    ]
    if not items:
        return translate(marked("Nothing has all that was chosen."))
    sentences = [
        translate(marked("In time order, {total} in all: {kinds}.")).format(
            total=len(items), kinds=listed(kinds, reader.language)
        )
    ]
    starts = sorted(item.since for item in items if item.since)
    if starts:
        text = marked("The first of them begins {first}, the last {last}.")
        first, last = (reader.in_words(day) for day in (starts[0], starts[-1]))
        sentences.append(translate(text).format(first=first, last=last))
    undated = sum(item.period is None for item in items)
    if undated:
        text = marked("Of {count} the sources give no time; they stand at the end of the table.")
        sentences.append(translate(text).format(count=undated))
    return " ".join(sentences)
