"""What a change can affect is all that has to be asked again: the same comes out as of the whole.

Random changes to the real data: statements are taken away, moved to other things and given other
values. After each, rules, checks and shapes run over the neighbourhood and over everything.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hyteverkko.ingest.checks import check_findings
from hyteverkko.ingest.contribution import AFFECTED_GRAPH, Ground, validated_change
from hyteverkko.ingest.findings import Finding
from hyteverkko.ingest.rules import DERIVED_GRAPH, apply_rules
from hyteverkko.namespaces import GRAPHS
from hyteverkko.store.changes import Change, apply_change, in_union
from hyteverkko.store.graph import RELEASE_GRAPH, open_store
from hyteverkko.store.releases import current_folder
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

CHANGED: Final = (
    "koski-tl", "varkaus", "varkaus-persons", "kangasala", "satakunta", "lapin-seniorityo",
    "koski-tl-evidence", "municipalities", "municipality-changes", "area-memberships",
)  # fmt: skip
SIZES: Final = (1, 3, 20, 60)
NOT_STATED: Final = (DefaultGraph(), DERIVED_GRAPH, NamedNode(RELEASE_GRAPH))
ONE_OF_MANY: Final = (
    "foreign_term_undeclared", "iri_of_ours_undescribed", "undeclared_concept_used",
    "undeclared_term_used",
)  # fmt: skip
"""The checks that name one of those who use what is missing, whichever it is."""

Found = set[tuple[str, str, str, str]]


def random_change(store: Store, chance: Random) -> Change:
    """Give a change to one graph."""
    graph = NamedNode(GRAPHS + chance.choice(CHANGED))
    held = sorted(store.quads_for_pattern(None, None, None, graph), key=str)
    size = chance.choice(SIZES)
    added = set()
    for quad in chance.sample(held, size):
        other = chance.choice(held)
        predicate = other.predicate if chance.random() < 0.5 else quad.predicate
        added.add(Quad(quad.subject, predicate, other.object, graph))
    return Change(tuple(chance.sample(held, size)), tuple(added - set(held)))


def whole(store: Store, ground: Ground) -> tuple[set[Quad], Found]:
    """Give what follows from all that is stated, and what is found wrong with it."""
    plain = Store()
    plain.bulk_extend(quad for quad in store if quad.graph_name not in NOT_STATED)
    plain.bulk_extend(in_union(plain))
    apply_rules(plain, ground.rules)
    derived = set(plain.quads_for_pattern(None, None, None, DERIVED_GRAPH))
    findings = [one for check in ground.checks for one in check_findings(plain, check)]
    findings += ground.shapes.findings(plain)
    return derived, {told(one) for one in findings}


def told(finding: Finding) -> tuple[str, str, str, str]:
    focus = "" if finding.rule in ONE_OF_MANY else finding.focus
    return finding.rule, focus, finding.path, finding.value


@pytest.fixture(scope="module")
def store(home: Path) -> Iterator[Store]:
    yield open_store(current_folder(home), "memory")


@pytest.fixture(scope="module")
def before(store: Store, ground: Ground) -> Found:
    """Give what is found in the real data."""
    return whole(store, ground)[1]


@pytest.mark.parametrize("seed", range(8))
def test_the_neighbourhood_gives_what_the_whole_gives(
    store: Store, ground: Ground, before: Found, seed: int
) -> None:
    change = random_change(store, Random(seed))
    outcome = validated_change(store, "", ground, change)
    store.remove_graph(AFFECTED_GRAPH)
    derived, after = whole(store, ground)
    assert set(store.quads_for_pattern(None, None, None, DERIVED_GRAPH)) == derived
    affected = set(outcome.affected)
    kept = {one for one in before if one[1] not in affected}
    assert kept | {told(one) for one in outcome.findings} == after
    apply_change(store, Change(outcome.change.added, outcome.change.removed))
