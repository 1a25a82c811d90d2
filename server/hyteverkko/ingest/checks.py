"""The rules of ``ontology/checks``: one SELECT a file, and a row found is an error.

A check opens with ``# rule:`` (the sentence that should hold) and ``# remedy:`` (what to do);
its variables are ``?focus`` and, where it helps, ``?detail``.
"""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import QuerySolutions, Store

from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.ingest.rdf import translated
from hyteverkko.namespaces import sparql_prologue


def check_files(root: Path) -> list[Path]:
    """Give the checks, in the order of their names."""
    return sorted((root / "ontology" / "checks").glob("*.rq"))


def check_findings(store: Store, path: Path) -> Iterator[Finding]:
    """Run one check; give a violation for each row."""
    text = path.read_text(encoding="utf-8")
    rule, remedy = (_head(text, word) for word in ("rule", "remedy"))
    solutions = store.query(sparql_prologue(text) + text, use_default_graph_as_union=True)
    if not isinstance(solutions, QuerySolutions):
        raise TypeError(f"{path.name} is not a SELECT")
    names = [variable.value for variable in solutions.variables]
    rules, remedies = translated(rule), translated(remedy)
    for row in solutions:
        values = dict(zip(names, row, strict=True))
        yield Finding(
            Severity.VIOLATION,
            path.stem,
            {language: f"{rules[language]} {remedies[language]}" for language in rules},
            focus=str(values["focus"] or ""),
            value=str(values.get("detail") or ""),
        )


def _head(text: str, word: str) -> str:
    mark = f"# {word}: "
    return next(line.removeprefix(mark) for line in text.splitlines() if line.startswith(mark))
