"""What a run has measured: tables for people and for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TypeAlias

Cell: TypeAlias = str | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the report."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(slots=True)
class Report:
    """What was measured, and what went wrong on the way."""

    heading: Mapping[str, str]
    tables: list[Table] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    goals: list[tuple[str, str, float, str]] = field(default_factory=list)
    failed: bool = False

    def fail(self, remark: str) -> None:
        """Remark on what makes the run a failure."""
        self.remarks.append(remark)
        self.failed = True

    def aim(self, what: str, wanted: float, measured: float, *, at_most: bool = False) -> None:
        """Note a figure beside the one that is to be reached."""
        reached = measured <= wanted if at_most else measured >= wanted
        self.goals.append(
            (what, f"{'≤' if at_most else '≥'} {wanted:g}", measured, "yes" if reached else "no")
        )

    @property
    def all_tables(self) -> Sequence[Table]:
        """Give the tables, and last the one of the goals."""
        return [*self.tables, Table("Goals", ("goal", "wanted", "measured", "reached"), self.goals)]

    def markdown(self) -> str:
        """Write the report for people."""
        parts = ["\n".join(f"- {name}: {text}" for name, text in self.heading.items())]
        for table in self.all_tables:
            lines = [f"### {table.title}", "", _line(table.columns)]
            lines.append(_line(["---"] + ["---:"] * (len(table.columns) - 1)))
            lines += [_line([_shown(cell) for cell in row]) for row in table.rows]
            parts.append("\n".join(lines))
        parts += ["\n".join(f"- {remark}" for remark in self.remarks)] if self.remarks else []
        return "\n\n".join(parts)

    def json(self) -> str:
        """Write the report for programs."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case int():
            return f"{cell:,}"
        case _ if cell >= 100:
            return f"{cell:,.0f}"
        case _:
            return f"{cell:.2f}" if cell < 10 else f"{cell:.1f}"
