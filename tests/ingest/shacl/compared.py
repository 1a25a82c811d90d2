"""Findings as they are compared: each with how often it was found."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from hyteverkko.ingest.findings import Finding

Compared: TypeAlias = Counter[tuple[str, ...]]


def compared(findings: Iterable[Finding]) -> Compared:
    """Count the focus node, path, component, value, severity and source shape of findings.

    A blank node is called differently by everyone.
    """
    return Counter(
        (
            _named(one.focus),
            one.path,
            one.component,
            _named(one.value),
            one.severity,
            _named(one.rule),
        )
        for one in findings
    )


def _named(text: str) -> str:
    return "_:" if text.startswith("_:") else text


def said(findings: Iterable[Finding]) -> set[tuple[str, ...]]:
    """Give the messages of findings, with the nodes and shapes they are said of."""
    return {
        (one.focus, one.rule, one.component, language, text)
        for one in findings
        for language, text in one.messages.items()
    }
