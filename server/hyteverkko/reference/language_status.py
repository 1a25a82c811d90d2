"""The language status of a municipality in time, as the yearly classifications show it."""

import re
from dataclasses import dataclass
from typing import Final

from rdflib import URIRef

from hyteverkko.reference.periods import Period, day_before
from hyteverkko.reference.tables import Row, Tables
from hyteverkko.reference.terms import Words, concept

OBSERVED_FROM: Final = "2013-01-01"
"""The first classification that was read; what held before it is not known."""

CHANGE: Final = re.compile(r".+: (\w+) -> (\w+) \(.+\)")
CONCEPTS: Final = {
    "fi": "finnish",
    "sv": "swedish",
    "bilingual_fi": "bilingual-finnish-majority",
    "bilingual_sv": "bilingual-swedish-majority",
}
WORDS: Final = {
    "fi": Words("suomenkielinen", "finskspråkig", "Finnish-speaking"),
    "sv": Words("ruotsinkielinen", "svenskspråkig", "Swedish-speaking"),
    "bilingual_fi": Words(
        "kaksikielinen, enemmistön kieli suomi",
        "tvåspråkig, majoritetens språk finska",
        "bilingual with a Finnish-speaking majority",
    ),
    "bilingual_sv": Words(
        "kaksikielinen, enemmistön kieli ruotsi",
        "tvåspråkig, majoritetens språk svenska",
        "bilingual with a Swedish-speaking majority",
    ),
}


@dataclass(frozen=True, slots=True)
class Spell:
    """One language status and when it held; ``change`` is the row that dates an end of it."""

    status: str
    period: Period
    change: Row | None = None

    @property
    def concept(self) -> URIRef:
        """Give the concept of the status."""
        return concept("language-status", CONCEPTS[self.status])


def spells(tables: Tables, row: Row, life: Period) -> list[Spell]:
    """Give the language statuses of a municipality, the earliest first."""
    if not row["language_status"]:
        return []
    observed = life.observed_from(OBSERVED_FROM)
    changes = [change for change in _changes(tables) if change["to_code"] == row["code"]]
    match changes:
        case []:
            return [Spell(row["language_status"], observed)]
        case [change]:
            before, after = statuses(change)
            return [
                Spell(before, observed.until(day_before(change["date"])), change),
                Spell(after, observed.since(change["date"]), change),
            ]
        case _:
            raise ValueError(f"{row['code']} has more than one change of language status.")


def statuses(change: Row) -> tuple[str, str]:
    """Give the status before and after a change of language status."""
    match = CHANGE.fullmatch(change["note"])
    if match is None:
        raise ValueError(
            f"{change.table}, row {change.number}: the note does not give the statuses before and "
            "after. Write it as: name: status -> status (where it is from)."
        )
    return match[1], match[2]


def _changes(tables: Tables) -> list[Row]:
    return [
        row for row in tables["municipality-changes"] if row["kind"] == "language_status_change"
    ]
