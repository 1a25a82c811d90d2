"""Findings as a person reads them in a terminal, and as a program reads them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from rich.console import Console
from rich.text import Text

from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.translations import catalogue, marked

STYLES: Final = {
    Severity.VIOLATION: (marked("Violation"), "bold red"),
    Severity.WARNING: (marked("Warning"), "yellow"),
    Severity.INFO: (marked("Remark"), "cyan"),
}
"""How a severity is called and coloured."""


def print_findings(console: Console, findings: Sequence[Finding], language: str) -> None:
    """Print each finding: where, what is wrong and what would be right, and by which rule."""
    translate = catalogue(language).gettext
    for finding in findings:
        word, style = STYLES[finding.severity]
        head = Text(translate(word), style=style)
        if finding.place:
            head.append(f"  {finding.place}", style="default")
        console.print(head, soft_wrap=True)
        for text in (_subject(finding), finding.message(language)):
            if text:
                console.print(Text(f"    {text}"), soft_wrap=True)
        console.print(Text(f"    [{_rule(finding)}]", style="dim"), soft_wrap=True)


def summary(findings: Sequence[Finding], language: str) -> str:
    """Count the findings by severity in one sentence."""
    translate = catalogue(language).gettext
    counts = {severity: 0 for severity in Severity}
    for finding in findings:
        counts[finding.severity] += 1
    return translate("{violations} violations, {warnings} warnings, {infos} remarks").format(
        violations=counts[Severity.VIOLATION],
        warnings=counts[Severity.WARNING],
        infos=counts[Severity.INFO],
    )


def findings_json(findings: Sequence[Finding]) -> str:
    """Give the findings as a JSON array."""
    rows = [{**asdict(finding), "severity": finding.severity.value} for finding in findings]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _subject(finding: Finding) -> str:
    return "  ".join(part for part in (finding.focus, finding.path, finding.value) if part)


def _rule(finding: Finding) -> str:
    return " ".join(part for part in (finding.rule, finding.component) if part)
