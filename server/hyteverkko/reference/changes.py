"""Changes of municipalities: mergers, a division, changes of name, language status and region.

A municipality whose territory was divided between two others has a row for each of them. They are
one event here: the municipality came to its end once, on one day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rdflib import URIRef

from hyteverkko.reference import doubts
from hyteverkko.reference.language_status import WORDS, statuses
from hyteverkko.reference.municipalities import municipality
from hyteverkko.reference.names import name_on
from hyteverkko.reference.periods import day_before, one_day
from hyteverkko.reference.statements import Basis, Statement, describe, inferred, stated
from hyteverkko.reference.tables import Row, Tables
from hyteverkko.reference.terms import Object, Words, concept, day, term, thing

REGIONS: Final = re.compile(r".+: region (\d\d) -> (\d\d)")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
NEW_CODE: Final = "merger_new_code"
SPLIT: Final = "split"

_WHAT: Final = {
    "merger_into_existing_code": Words("Kuntaliitos", "Kommunsammanslagning", "Merger"),
    NEW_CODE: Words("Kuntaliitos", "Kommunsammanslagning", "Merger"),
    SPLIT: Words("Kunnan jakaminen", "Delning av kommun", "Division"),
    "name_change": Words("Nimenmuutos", "Namnändring", "Change of name"),
    "swedish_name_change": Words(
        "Ruotsinkielisen nimen muutos", "Ändrat svenskt namn", "Change of Swedish name"
    ),
    "language_status_change": Words(
        "Kielisuhteen muutos", "Ändrat språkförhållande", "Change of language status"
    ),
    "region_change": Words("Maakunnan vaihtuminen", "Byte av landskap", "Change of region"),
}
_DIVIDED: Final = Words(
    "Kunta lakkautettiin, ja sen alue jaettiin vastaanottaville kunnille.",
    "Kommunen upplöstes och dess område delades mellan de mottagande kommunerna.",
    "The municipality was abolished and its territory divided between the receiving ones.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One event: its rows, which differ only in the receiver, and who took part in it."""

    rows: tuple[Row, ...]

    @property
    def kind(self) -> str:
        """Give the kind of change as the table has it."""
        return self.rows[0]["kind"]

    @property
    def day(self) -> str:
        """Give the first day on which the change was in force."""
        return self.rows[0]["date"]

    @property
    def origins(self) -> list[str]:
        """Give the codes that changed or came to an end."""
        return self.rows[0]["from_codes"].split("|")

    @property
    def receivers(self) -> list[str]:
        """Give the codes that there are after it."""
        return [row["to_code"] for row in self.rows]

    @property
    def node(self) -> URIRef:
        """Give the event; a division is named for what was divided, the rest for the receiver."""
        code = self.origins[0] if self.kind == SPLIT else self.receivers[0]
        return thing("change", f"{self.day}-{slug(self.kind)}-{code}")


def change_statements(tables: Tables) -> Iterator[Statement]:
    """State every change and lead to it from the municipalities it changed."""
    for change in changes(tables):
        yield from _event(tables, change)
        for row in change.rows:
            yield from _parties(change, row)


def changes(tables: Tables) -> list[Change]:
    """Give the events of the table, the rows of a division taken together."""

    def key(row: Row) -> tuple[str, str, str]:
        one = row["from_codes"] if row["kind"] == SPLIT else row["to_code"]
        return row["date"], row["kind"], one

    rows = sorted(tables["municipality-changes"], key=key)
    return [Change(tuple(found)) for _, found in groupby(rows, key=key)]


def slug(kind: str) -> str:
    """Give the name of a kind as our scheme has it."""
    return kind.replace("_", "-")


def _event(tables: Tables, change: Change) -> Iterator[Statement]:
    row, happened = change.rows[0], one_day(change.day)
    yield from describe(
        change.node,
        stated(row),
        {
            "rdf:type": term("org:ChangeEvent"),
            "dct:type": concept("change-kind", slug(change.kind)),
            "dct:title": title(tables, change),
            "dct:description": _DIVIDED if change.kind == SPLIT else Words(),
        },
    )
    yield from describe(
        change.node,
        _dated(row),
        {"dct:date": day(change.day), "dct:temporal": happened.node},
    )
    yield from happened.statements()


def _dated(row: Row) -> Basis:
    by_year = row["kind"] == "language_status_change"
    return inferred(row, doubts.LANGUAGE_STATUS_YEAR) if by_year else stated(row)


def _parties(change: Change, row: Row) -> Iterator[Statement]:
    """State who was there before and after: a code that goes on stands on both sides."""
    receiver, is_first = row["to_code"], row is change.rows[0]
    before = [municipality(code) for code in change.origins if is_first]
    if change.kind != NEW_CODE and receiver not in change.origins:
        before.append(municipality(receiver))
    after: list[Object] = [municipality(receiver)]
    yield from describe(
        change.node,
        stated(row),
        {"org:originalOrganization": [*before], "org:resultingOrganization": after},
    )
    for node in before:
        yield from describe(node, stated(row), {"org:changedBy": change.node})


def title(tables: Tables, change: Change) -> Words:
    """Compose the title from what changed, the day, and the names of before and after.

    All names stand in the nominative, so that none needs to be inflected.
    """
    what, before, after = _WHAT[change.kind], *_sides(tables, change)
    year, month, date = (int(part) for part in change.day.split("-"))
    numeric = f"{date}.{month}.{year}"
    return Words(
        f"{what.fi} {numeric}: {before.fi} → {after.fi}",
        f"{what.sv} {numeric}: {before.sv} → {after.sv}",
        f"{what.en}, {date} {MONTHS[month - 1]} {year}: {before.en} → {after.en}",
    )


def _sides(tables: Tables, change: Change) -> tuple[Words, Words]:
    """Give what stands before and after the arrow of a title."""
    before = _names(tables, change.origins, day_before(change.day))
    after = _names(tables, change.receivers, change.day)
    match change.kind:
        case "swedish_name_change":
            return _alike(before.sv), _alike(after.sv)
        case "language_status_change":
            earlier, later = statuses(change.rows[0])
            return _with(after, WORDS[earlier]), WORDS[later]
        case "region_change":
            earlier, later = _region_codes(change.rows[0])
            return _with(after, _region_name(tables, earlier)), _region_name(tables, later)
        case _:
            return before, after


def _alike(text: str) -> Words:
    return Words(text, text, text)


def _with(municipality_: Words, value: Words) -> Words:
    return Words(
        f"{municipality_.fi}, {value.fi}",
        f"{municipality_.sv}, {value.sv}",
        f"{municipality_.en}, {value.en}",
    )


def _names(tables: Tables, codes: list[str], on: str) -> Words:
    names = [name_on(tables, code, on) for code in codes]
    finnish, swedish = ", ".join(n.fi for n in names), ", ".join(n.sv for n in names)
    return Words(finnish, swedish, finnish)


def _region_codes(row: Row) -> tuple[str, str]:
    match = REGIONS.fullmatch(row["note"])
    if match is None:
        raise ValueError(
            f"{row.table}, row {row.number}: the note does not give the regions before and after. "
            "Write it as: name: region 08 -> 07."
        )
    return match[1], match[2]


def _region_name(tables: Tables, code: str) -> Words:
    row = tables.regions[code]
    return Words(row["name_fi"], row["name_sv"], row["name_en"])
