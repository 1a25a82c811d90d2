"""The names of a municipality in time, led back from the present ones by the changes of name."""

import re
from dataclasses import dataclass
from typing import Final

from hyteverkko.reference.tables import Row, Tables

RENAMING: Final = re.compile(r"(.+) / (.+) -> (.+) / (.+)")
OFFICIAL: Final = "name_change"
RECOMMENDED_SWEDISH: Final = "swedish_name_change"


@dataclass(frozen=True, slots=True)
class Name:
    """The Finnish and the Swedish name; they are the same where Swedish uses the Finnish name."""

    fi: str
    sv: str


@dataclass(frozen=True, slots=True)
class Renaming:
    """A change of name: its row, its day, and the names before it."""

    row: Row
    day: str
    before: Name

    @property
    def is_official(self) -> bool:
        """Say whether official names changed, and not only the recommended Swedish name."""
        return self.row["kind"] == OFFICIAL


def renamings(tables: Tables, code: str) -> list[Renaming]:
    """Give the changes of name of a municipality, the earliest first."""
    rows = (row for row in tables["municipality-changes"] if row["to_code"] == code)
    found = (_renaming(row) for row in rows if row["kind"] in (OFFICIAL, RECOMMENDED_SWEDISH))
    return sorted(found, key=lambda renaming: renaming.day)


def name_on(tables: Tables, code: str, day: str) -> Name:
    """Give the names that a municipality had on a day."""
    row = tables.municipalities[code]
    later = [renaming.before for renaming in renamings(tables, code) if renaming.day > day]
    return later[0] if later else Name(row["name_fi"], row["name_sv"] or row["name_fi"])


def _renaming(row: Row) -> Renaming:
    match = RENAMING.fullmatch(row["note"])
    if match is None:
        raise ValueError(
            f"{row.table}, row {row.number}: the note does not give the names before and after. "
            "Write it as: Finnish / Swedish -> Finnish / Swedish."
        )
    return Renaming(row, row["date"], Name(match[1], match[2]))
