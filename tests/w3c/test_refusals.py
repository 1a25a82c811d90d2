"""What the suites ask that is not offered is refused by every way in: updates and SERVICE."""

from typing import Final
from urllib.parse import urlencode

import httpx2
import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from tests.w3c.asking import FORM, UPDATE
from tests.w3c.manifests import ABSENT, BASE, PREFIXES, SUITES, Case, parameters

NOT_AT_HAND: Final = {
    "entailment": "no entailment regime is offered: what follows is derived when a release is made",
    "graph-store-protocol": "its tests are HTTP dialogues, not at hand as data",
    "protocol": "its tests are HTTP dialogues, not at hand as data (tests/sparql asks the same)",
    "service-description": "its tests are HTTP dialogues, not at hand as data",
}
"""The suites that the W3C's list of all has and the folder has not."""

NOTHING_ASKED: Final = {f"syntax-update-1/test_{number}" for number in (38, 39, 40)}
"""Updates of a comment, a BASE or a PREFIX alone."""


def is_update(case: Case) -> bool:
    return case.is_update


def is_federated(case: Case) -> bool:
    return case.suite in {"service", "syntax-fed"}


@pytest.mark.parametrize("case", parameters(is_update))
def test_update(suites_client: httpx2.Client, case: Case) -> None:
    text = case.text.encode()
    form = urlencode({"update": case.text})
    ways = [
        suites_client.post("/sparql", content=text, headers={"content-type": UPDATE}),
        suites_client.post("/sparql", content=form, headers={"content-type": FORM}),
        suites_client.get("/sparql", params={"update": case.text}),
    ]
    assert [answer.status_code for answer in ways] == [403] * len(ways)
    assert all("not offered" in answer.json()["detail"] for answer in ways)


@pytest.mark.parametrize("case", parameters(is_update))
def test_update_as_query(suites_client: httpx2.Client, case: Case) -> None:
    answer = suites_client.get("/sparql", params={"query": case.text})
    # What is not an update either is refused as a query that cannot be read.
    assert answer.status_code in ({400, 403} if is_no_update(case) else {403}), answer.text


def is_no_update(case: Case) -> bool:
    """Say whether the text is a bad update, or one that asks for nothing."""
    return "Negative" in case.kind or case.id in NOTHING_ASKED


@pytest.mark.parametrize("case", parameters(is_federated))
def test_service(suites_client: httpx2.Client, case: Case) -> None:
    answer = suites_client.get("/sparql", params={"query": case.text})
    assert answer.status_code == 403, answer.text
    assert "SERVICE" in answer.json()["detail"]


@pytest.mark.skipif(not SUITES.is_dir(), reason=ABSENT)
def test_suites_not_at_hand_are_named() -> None:
    file = SUITES / "manifest-all.ttl"
    include = NamedNode(PREFIXES["rdf"] + "first")
    listed = {
        quad.object.value.removeprefix(BASE).removesuffix("/manifest.ttl")
        for quad in parse(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE + file.name)
        if quad.predicate == include and isinstance(quad.object, NamedNode)
    }
    missing = {name for name in listed if "/" not in name and not (SUITES / name).is_dir()}
    assert missing == set(NOT_AT_HAND)


@pytest.mark.parametrize("suite", sorted(NOT_AT_HAND))
def test_suite_not_at_hand(suite: str) -> None:
    pytest.skip(NOT_AT_HAND[suite])
