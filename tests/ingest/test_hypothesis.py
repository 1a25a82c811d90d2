"""Whatever is sent, the answer is a report or a release: never a fault of ours."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from hyteverkko.ingest.contribution import PUT, Contribution, Ground, Outcome, outcome_of
from hyteverkko.namespaces import ID
from hyteverkko.store.graph import open_store
from hyteverkko.store.releases import current_folder
from pyoxigraph import Store

from tests.ingest.senders import TODAY, TURTLE, Sender

ENDINGS: Final = (".ttl", ".trig", ".nt", ".nq", ".rdf", ".jsonld", ".csv", ".xlsx", ".zip")
PIECES: Final = some.sampled_from(
    [
        *TURTLE.splitlines(keepends=True), "<urn:a>", "a ", ".", ";", ",", "[", "]", "(", ")", '"',
        '"""', "\\u0000", "\ufffe", "\u202e", "@fi", "^^xsd:date", "{", "}", "_:b", "<", ">", "#",
        f"<{ID}body/kuopio/x>", f"<{ID}period/2020--2021>", "hyte:WorkingGroup", "99999999999999",
    ]
)  # fmt: skip
QUICK: Final = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def store(home: Path) -> Store:
    return open_store(current_folder(home), "memory")


def worked_out(
    store: Store, ground: Ground, sender: Sender, ending: str, content: bytes
) -> Outcome:
    """Work a contribution out; what it would change is undone afterwards."""
    from hyteverkko.store.changes import Change, apply_change

    sent = Contribution(sender.contributor, "kuopio", PUT, TODAY, "kuopio", ending, content=content)
    outcome = outcome_of(store, "", ground, sent)
    apply_change(store, Change(outcome.change.added, outcome.change.removed))
    return outcome


def check(outcome: Outcome) -> None:
    for finding in outcome.findings:
        assert all(finding.message(language) for language in ("fi", "sv", "en"))
    assert outcome.conforms or outcome.findings


@QUICK
@given(ending=some.sampled_from(ENDINGS), content=some.binary(max_size=400))
def test_any_bytes(
    store: Store, ground: Ground, kuopio: Sender, ending: str, content: bytes
) -> None:
    check(worked_out(store, ground, kuopio, ending, content))


@QUICK
@given(pieces=some.lists(PIECES, max_size=30))
def test_pieces_of_turtle(store: Store, ground: Ground, kuopio: Sender, pieces: list[str]) -> None:
    head = "".join(TURTLE.splitlines(keepends=True)[:7])
    content = (head + " ".join(pieces)).encode("utf-8", errors="surrogatepass")
    check(worked_out(store, ground, kuopio, ".ttl", content))


@QUICK
@given(place=some.integers(0, len(TURTLE)), text=some.text(max_size=6))
def test_a_good_file_with_something_in_it(
    store: Store, ground: Ground, kuopio: Sender, place: int, text: str
) -> None:
    content = (TURTLE[:place] + text + TURTLE[place:]).encode("utf-8", errors="surrogatepass")
    check(worked_out(store, ground, kuopio, ".ttl", content))
