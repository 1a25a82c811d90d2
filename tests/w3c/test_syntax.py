"""The SPARQL 1.1 syntax tests of queries, through HTTP: what must be read, and what must not."""

from typing import Final

import httpx2
import pytest

from tests.w3c.asking import query_of
from tests.w3c.manifests import NOTHING, Case, parameters

SKIPPED: Final = {
    "syntax-fed": "SERVICE is not offered: the endpoint asks no other (test_refusals sees to that)",
}
DEFECTS: Final = {
    "syntax-query/test_4": "the engine ends a query that calls a function it does not know, where "
    "SPARQL 1.1, section 17.6, has an error of that expression alone",
}
DATASET: Final = ("named-graph-uri", NOTHING.value)


def is_positive(case: Case) -> bool:
    return case.kind == "PositiveSyntaxTest11"


def is_negative(case: Case) -> bool:
    return case.kind == "NegativeSyntaxTest11" and not case.is_update


@pytest.mark.parametrize("case", parameters(is_positive, skipped=SKIPPED, defects=DEFECTS))
def test_positive_syntax(suites_client: httpx2.Client, case: Case) -> None:
    answer = suites_client.get("/sparql", params=[("query", query_of(case)), DATASET])
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("case", parameters(is_negative))
def test_negative_syntax(suites_client: httpx2.Client, case: Case) -> None:
    answer = suites_client.get("/sparql", params=[("query", query_of(case)), DATASET])
    assert answer.status_code == 400, answer.text
