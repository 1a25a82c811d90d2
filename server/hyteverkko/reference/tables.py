"""The tables the reference data is made from: tab-separated, one header row, no quoting.

An empty cell means that the value is unknown or does not apply.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

SLUGS: Final = (
    "municipalities",
    "municipality-changes",
    "municipality-provinces-2009",
    "municipality-region-history",
    "provinces-2009",
    "regions",
    "wellbeing-counties",
)
"""The tables by name; the file of a table has underscores for hyphens and ends in ``.tsv``."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; rows are counted from 1, the header included (RFC 7111, section 2.1)."""

    table: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Give the cell of a column."""
        return self.cells[column]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read, with what identifies its text."""

    slug: str
    rows: tuple[Row, ...]
    sha256: str
    characters: int


@dataclass(frozen=True)
class Tables:
    """All tables of one folder, by name."""

    by_slug: Mapping[str, Table]

    def __getitem__(self, slug: str) -> tuple[Row, ...]:
        """Give the rows of a table."""
        return self.by_slug[slug].rows

    @cached_property
    def municipalities(self) -> Mapping[str, Row]:
        """Give the row of each municipality by its code."""
        return {row["code"]: row for row in self["municipalities"]}

    @cached_property
    def regions(self) -> Mapping[str, Row]:
        """Give the row of each region by its code."""
        return {row["code"]: row for row in self["regions"]}

    @cached_property
    def counties(self) -> Mapping[str, Row]:
        """Give the row of each county, and of Helsinki and Åland beside them, by its code."""
        return {row["code"]: row for row in self["wellbeing-counties"]}


def read_tables(folder: Path) -> Tables:
    """Read every table of the folder."""
    return Tables({slug: read_table(folder, slug) for slug in SLUGS})


def read_table(folder: Path, slug: str) -> Table:
    """Read one table; a row with too few or too many cells is an error that names it."""
    path = folder / f"{slug.replace('-', '_')}.tsv"
    if not path.is_file():
        raise FileNotFoundError(f"There is no {path.name} in {folder}. Add the table.")
    content = path.read_bytes()
    text = content.decode("utf-8")
    header, *lines = (line.split("\t") for line in text.splitlines())
    rows = tuple(
        Row(slug, number, _cells(path, number, header, line))
        for number, line in enumerate(lines, start=2)
    )
    return Table(slug, rows, hashlib.sha256(content).hexdigest(), len(text))


def _cells(path: Path, number: int, header: list[str], line: list[str]) -> dict[str, str]:
    if len(line) != len(header):
        raise ValueError(
            f"{path.name}, row {number}: {len(line)} cells where the header has {len(header)}. "
            "Write one cell per column, with a tab between them."
        )
    return dict(zip(header, line, strict=True))
