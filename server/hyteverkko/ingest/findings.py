"""What was found wrong in the input, as a person and a program can use it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pyoxigraph import NamedNode

from hyteverkko.errors import HyteError
from hyteverkko.namespaces import PREFIXES
from hyteverkko.negotiation import LANGUAGES


class Severity(StrEnum):
    """How bad it is: a violation is refused, the rest is published and listed."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


def severity_of(iri: NamedNode) -> Severity:
    """Give the severity that SHACL names; one of a shape's own counts as a violation."""
    name = iri.value.removeprefix(PREFIXES["sh"])
    return Severity(name) if name in set(Severity) else Severity.VIOLATION


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found wrong: where it is, what is wrong and what would be right.

    ``rule`` names the shape, check or reader that found it; ``component`` is the constraint
    component of a shape; ``focus``, ``path`` and ``value`` are terms as N-Triples text or empty;
    ``messages`` holds the sentence in each language; ``file`` and ``line`` are where to mend it:
    in a table the sheet, the row as the spreadsheet numbers it, and the heading of the ``column``.
    """

    severity: Severity
    rule: str
    messages: Mapping[str, str]
    focus: str = ""
    path: str = ""
    value: str = ""
    component: str = ""
    file: str = ""
    line: int = 0
    column: str = ""

    def message(self, language: str) -> str:
        """Give the sentence in a language, else in the first language it has."""
        for wanted in (language, *LANGUAGES):
            if self.messages.get(wanted):
                return self.messages[wanted]
        return next(iter(self.messages.values()), "")

    @property
    def place(self) -> str:
        """Give the file and line, as an editor understands them, and the column of a table."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} [{self.column}]" if self.column else place


def finding_from(fields: Mapping[str, Any]) -> Finding:
    """Read a finding from the fields of its JSON form."""
    return Finding(**{**fields, "severity": Severity(fields["severity"])})


ORDER: Final = {severity: number for number, severity in enumerate(Severity)}


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings: the worst first, then by file, line and rule."""
    return sorted(
        findings,
        key=lambda f: (
            (ORDER[f.severity], f.file, f.line, f.column, f.focus, f.rule, f.path, f.value)
        ),
    )


def conform(findings: Iterable[Finding]) -> bool:
    """Say whether nothing in findings stands in the way of publishing."""
    return all(finding.severity is not Severity.VIOLATION for finding in findings)


class Refused(HyteError):
    """The input has violations; nothing was changed."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Carry every finding, the warnings too."""
        self.findings = in_order(findings)
        count = sum(finding.severity is Severity.VIOLATION for finding in self.findings)
        super().__init__("{count} violations; nothing was changed.", count=count)
