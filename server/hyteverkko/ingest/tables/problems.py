"""What is wrong with a cell, and the list of findings that a reading gathers."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from hyteverkko.errors import HyteError
from hyteverkko.ingest.findings import Finding, Severity, conform
from hyteverkko.ingest.rdf import translated
from hyteverkko.translations import marked

MOST: Final = 1000
"""Findings that one reading lists; a table with more is read no better by listing them."""

SHOWN: Final = 80
"""Characters of a value that a sentence repeats."""


class Problem(HyteError):
    """What is wrong with a value: a marked text, and the values that fill its places."""

    def __init__(self, rule: str, text: str, **values: object) -> None:
        """Hold the sentence untranslated, and the rule that the value breaks."""
        super().__init__(text, **values)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a table, as the spreadsheet shows it; row 0 is the whole sheet."""

    sheet: str
    row: int = 0
    column: str = ""


def shown(value: str) -> str:
    """Shorten a value for a sentence, and take out what would break a line."""
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


@dataclass(slots=True)
class Notes:
    """The findings of one reading, no more than MOST of them."""

    findings: list[Finding] = field(default_factory=list)
    _remarks: Counter[tuple[str, str]] = field(default_factory=Counter)
    _left_off: int = 0

    def violation(self, rule: str, place: Place, text: str, /, **values: object) -> None:
        """Note what stands in the way of publishing."""
        self._add(Severity.VIOLATION, rule, place, text, values)

    def warning(self, rule: str, place: Place, text: str, /, **values: object) -> None:
        """Note what is read, and ought to be looked at."""
        self._add(Severity.WARNING, rule, place, text, values)

    def note(self, rule: str, place: Place, text: str, /, **values: object) -> None:
        """Note what a reader ought to know, at each place."""
        self._add(Severity.INFO, rule, place, text, values)

    def remark(self, rule: str, place: Place, text: str, /, **values: object) -> None:
        """Note once for each sheet how something was read."""
        self._remarks[rule, place.sheet] += 1
        if self._remarks[rule, place.sheet] == 1:
            self._add(Severity.INFO, rule, place, text, values)

    def problem(self, place: Place, problem: Problem, value: str) -> None:
        """Note that a cell cannot be read."""
        self._add(
            Severity.VIOLATION, problem.rule, place, problem.message, problem.values, shown(value)
        )

    @property
    def refused(self) -> bool:
        """Say whether anything stands in the way of publishing."""
        return not conform(self.findings)

    def all(self) -> tuple[Finding, ...]:
        """Give the findings, and last how many were left off."""
        if not self._left_off:
            return tuple(self.findings)
        text = marked("{count} further findings are not listed. Mend those listed first.")
        more = Finding(Severity.INFO, "more", translated(text, count=self._left_off))
        return (*self.findings, more)

    def _add(
        self,
        severity: Severity,
        rule: str,
        place: Place,
        text: str,
        values: dict[str, object],
        value: str = "",
    ) -> None:
        if len(self.findings) >= MOST and (severity is not Severity.VIOLATION or self.refused):
            self._left_off += 1
            return
        self.findings.append(
            Finding(
                severity,
                rule,
                translated(text, **values),
                value=value,
                file=place.sheet,
                line=place.row,
                column=place.column,
            )
        )
