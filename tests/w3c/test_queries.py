"""The SPARQL 1.1 evaluation tests, through HTTP, in every format of a result."""

import re
from typing import Final

import httpx2
import pytest

from tests.w3c.asking import GRAPHS, RESULTS, ask
from tests.w3c.manifests import Case, iri, parameters
from tests.w3c.outcomes import Graph, Outcome, Table, as_csv, read, same

KINDS: Final = {"QueryEvaluationTest", "CSVResultFormatTest"}
ORDERED: Final = re.compile(r"ORDER\s+BY[^{}]*$", re.IGNORECASE)
"""An ORDER BY of the whole query: one of a subquery decides nothing about the answer."""

EVERY: Final = re.compile(r"SELECT\s+(DISTINCT\s+|REDUCED\s+)?\*", re.IGNORECASE)
"""A SELECT that names no variables leaves the order of the columns to the engine."""

SKIPPED: Final = {
    "service": "SERVICE is not offered: the endpoint asks no other (test_refusals sees to that)",
}
"""The suites that are not run, and why."""

GRAPH_SCOPE: Final = (
    "the engine binds the variable of GRAPH ?g inside of its pattern (oxigraph pull request 1758, "
    "not in 0.5.13)"
)
ZERO_PATHS: Final = (
    "the engine finds no path of length zero from a constant that is not in the data (oxigraph "
    "pull request 1815, not in 0.5.13)"
)
LANGUAGE: Final = (
    "the engine's GROUP_CONCAT keeps the language its values share (oxigraph pull request 1717, "
    "not in 0.5.13)"
)
DEFECTS: Final = {
    "aggregates/agg-empty-group-count-graph": GRAPH_SCOPE,
    "aggregates/agg-groupconcat-04": LANGUAGE,
    "aggregates/agg-groupconcat-06": LANGUAGE,
    "bindings/graph": GRAPH_SCOPE,
    "functions/bnode01": "the engine's BNODE(?s) gives one blank node for equal texts of several "
    "solutions (known to its developers since its first test suite)",
    "negation/graph-minus": GRAPH_SCOPE,
    "property-path/zero_or_more_set_end": ZERO_PATHS,
    "property-path/zero_or_more_set_start": ZERO_PATHS,
    "property-path/zero_or_one_set_end": ZERO_PATHS,
    "property-path/zero_or_one_set_start": ZERO_PATHS,
}
"""What the engine is known to answer otherwise, and why; each must go on failing to stay here."""


def is_asked(case: Case) -> bool:
    return case.kind in KINDS


def expected_of(case: Case) -> Outcome:
    assert case.result is not None
    return read(case.result.read_bytes(), case.result.suffix.removeprefix("."), iri(case.result))


@pytest.mark.parametrize("position", range(4), ids=["get", "form", "direct", "format"])
@pytest.mark.parametrize("case", parameters(is_asked, skipped=SKIPPED, defects=DEFECTS))
def test_evaluation(suites_client: httpx2.Client, case: Case, position: int) -> None:
    expected = expected_of(case)
    formats = GRAPHS if isinstance(expected, Graph) else RESULTS
    format_ = list(formats)[position]
    answer = ask(suites_client, case, format_)
    if answer.status_code != 200:
        pytest.fail(answer.text)
    assert answer.headers["content-type"].partition(";")[0] == formats[format_]
    got = read(answer.content, format_)
    if isinstance(expected, Table) and isinstance(got, Table) and is_csv(case, format_):
        expected, got = as_csv(expected), as_csv(got)
    if isinstance(expected, Table) and isinstance(got, Table) and not EVERY.search(case.text):
        assert got.variables == expected.variables
    ordered = ORDERED.search(case.text) is not None
    assert same(expected, got, ordered=ordered), f"expected {expected}\ngot {got}"


def is_csv(case: Case, format_: str) -> bool:
    """Say whether the answer or what is expected is CSV, which knows only the texts of terms."""
    return format_ == "csv" or case.kind == "CSVResultFormatTest"
