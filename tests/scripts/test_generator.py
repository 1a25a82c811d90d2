"""The made-up data of the benchmarks: the same each time, of the size asked for, and valid."""

from pathlib import Path

import pytest
from hyteverkko.ingest.checks import check_files, check_findings, read_check
from hyteverkko.ingest.findings import Severity
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.ingest.rules import DERIVED_GRAPH, derive
from hyteverkko.ingest.shacl.shapes import compiled, shape_files
from hyteverkko.store.changes import in_union
from hyteverkko.store.releases import current_folder
from pyoxigraph import (
    DefaultGraph,
    Quad,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
)

from scripts.benchmarks.generator import generate
from scripts.benchmarks.workload import (
    MIX,
    Workload,
    by_popularity,
    things_by_kind,
    varied,
    workload,
)

QUADS = 30_000
"""Enough for more than one round of the rules."""


@pytest.fixture(scope="module")
def lines(root: Path) -> list[bytes]:
    return generate(root, QUADS)


@pytest.fixture(scope="module")
def quads(lines: list[bytes]) -> list[Quad]:
    return list(parse(b"".join(lines), format=RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def store(quads: list[Quad]) -> Store:
    store = Store()
    store.bulk_extend(quads)
    store.bulk_extend(in_union(quads))
    return store


@pytest.fixture(scope="module")
def release(quads: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    publish_quads(quads, home)
    return current_folder(home)


@pytest.fixture(scope="module")
def asked(release: Path) -> Workload:
    return workload(release, seed=1)


def test_same_seed_same_bytes(root: Path, lines: list[bytes]) -> None:
    assert generate(root, QUADS) == lines


def test_another_seed_other_data(root: Path, lines: list[bytes]) -> None:
    other = generate(root, QUADS, seed=2)
    assert len(set(other) - set(lines)) > QUADS / 3


def test_size_is_reached_and_not_much_passed(lines: list[bytes]) -> None:
    assert QUADS <= len(lines) < QUADS + 25_000


def test_derived_is_what_the_rules_give_for_the_whole(root: Path, quads: list[Quad]) -> None:
    stated = Store()
    stated.bulk_extend(quad for quad in quads if quad.graph_name != DERIVED_GRAPH)
    derive(stated, root)
    assert {quad for quad in stated if quad.graph_name != DefaultGraph()} == set(quads)


def test_every_check_passes(root: Path, store: Store) -> None:
    found = [
        finding for path in check_files(root) for finding in check_findings(store, read_check(path))
    ]
    assert found == []


def test_no_shape_is_violated(root: Path, store: Store) -> None:
    found = compiled(shape_files(root)).findings(store)
    assert [one for one in found if one.severity is Severity.VIOLATION] == []


def test_every_kind_that_is_asked_for_is_there(release: Path) -> None:
    wanted = {"body", "dataset", "document", "event", "evidence", "goal", "membership"}
    wanted |= {"municipality", "network", "passage", "population", "post", "region", "source"}
    assert wanted <= things_by_kind(release).keys()


def test_every_analytic_query_has_rows(store: Store, asked: Workload) -> None:
    for name, query in asked.analytics.items():
        assert rows(store, query) > 0, name


def test_most_of_the_mix_has_rows(store: Store, asked: Workload) -> None:
    assert len(asked.mix) == MIX
    assert sum(rows(store, query) > 0 for query in asked.mix) > 0.8 * MIX


def test_each_lookup_is_asked_once_and_never_to_warm_up(store: Store, asked: Workload) -> None:
    every = [*asked.warm_up, *asked.lookups]
    assert len(set(every)) == len(every)
    assert all(rows(store, query) > 1 for query in every[:100])


def test_varied_query_is_another_text_with_the_same_answer(store: Store, asked: Workload) -> None:
    query = asked.analytics["offices by seats"]
    assert varied(query, 3) != query
    assert rows(store, varied(query, 3)) == rows(store, query)


def test_first_query_is_the_most_popular() -> None:
    drawn = by_popularity(["a", "b", "c", "d"], 10_000, seed=1)
    # With s = 1 the shares are 12, 6, 4 and 3 of 25.
    assert [round(drawn.count(one) / 10_000, 1) for one in "abcd"] == [0.5, 0.2, 0.2, 0.1]


def rows(store: Store, query: str) -> int:
    answer = store.query(query)
    if isinstance(answer, QueryBoolean):
        return int(bool(answer))
    assert isinstance(answer, QuerySolutions)
    return len(list(answer))
