"""The rules of ``ontology/checks``: one SELECT a file, and a row found is an error.

A check opens with ``# rule:`` (the sentence that should hold) and ``# remedy:`` (what to do), and
with ``# about: ontology`` when it finds nothing wrong with data; its variables are ``?focus`` and,
where it helps, ``?detail``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import QuerySolutions, Store

from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.ingest.rdf import translated
from hyteverkko.namespaces import with_prologue

ABOUT_ONTOLOGY: Final = "# about: ontology"


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, its query, its rule and remedy in each language, and what it looks at."""

    name: str
    query: str
    messages: Mapping[str, str]
    is_about_data: bool


def check_files(root: Path) -> list[Path]:
    """Give the checks, in the order of their names."""
    return sorted((root / "ontology" / "checks").glob("*.rq"))


def read_check(path: Path) -> Check:
    """Read a check."""
    text = path.read_text(encoding="utf-8")
    rules, remedies = (translated(_head(text, word)) for word in ("rule", "remedy"))
    messages = {language: f"{rules[language]} {remedies[language]}" for language in rules}
    is_about_data = ABOUT_ONTOLOGY not in text.splitlines()
    return Check(path.stem, with_prologue(text), messages, is_about_data)


def check_findings(store: Store, check: Check) -> Iterator[Finding]:
    """Run one check on a store whose default graph is the union of the others, as a set.

    Give a violation for each row.
    """
    solutions = store.query(check.query)
    if not isinstance(solutions, QuerySolutions):
        raise TypeError(f"{check.name} is not a SELECT")
    names = [variable.value for variable in solutions.variables]
    for row in solutions:
        values = dict(zip(names, row, strict=True))
        yield Finding(
            Severity.VIOLATION,
            check.name,
            check.messages,
            focus=str(values["focus"] or ""),
            value=str(values.get("detail") or ""),
        )


def _head(text: str, word: str) -> str:
    mark = f"# {word}: "
    return next(line.removeprefix(mark) for line in text.splitlines() if line.startswith(mark))
