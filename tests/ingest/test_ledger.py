"""The ledger keeps all in one chain, and notices what was changed, lost or put in between."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hyteverkko.ingest.ledger import (
    BrokenLedger,
    Entry,
    append,
    check,
    checksum_of_last,
    entries,
    entry_path,
    heads,
    last_entry,
)


def entry(home: Path, number: int, **graphs: str) -> Entry:
    return Entry(
        number, "2026-11-22T10:00:00+00:00", "kuopio", "put", graphs, "", "a", "b", "",
        checksum_of_last(home),
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for number, graphs in enumerate(({"a": "1"}, {"a": "2", "b": "3"}, {"b": ""}), start=1):
        append(tmp_path, entry(tmp_path, number, **graphs), b"[]")
    return tmp_path


def test_an_empty_ledger(tmp_path: Path) -> None:
    check(tmp_path)
    assert last_entry(tmp_path) is None
    assert heads(tmp_path) == {}


def test_the_heads_are_the_last_content_of_each_graph(home: Path) -> None:
    check(home)
    assert heads(home) == {"a": "2"}
    assert [one.number for one in entries(home)] == [1, 2, 3]


def test_a_replaced_content_is_followed(home: Path) -> None:
    last = entry(home, 4)
    append(home, replace(last, replaced={"2": "5", "5": "6"}), b"[]")
    assert heads(home) == {"a": "6"}


def test_a_changed_entry_is_noticed(home: Path) -> None:
    path = entry_path(home, 1)
    path.write_text(path.read_text().replace('"kuopio"', '"somebody"'))
    with pytest.raises(BrokenLedger, match="2"):
        check(home)


def test_a_missing_entry_is_noticed(home: Path) -> None:
    entry_path(home, 2).unlink()
    with pytest.raises(BrokenLedger):
        check(home)


def test_an_entry_that_cannot_be_read_is_noticed(home: Path) -> None:
    entry_path(home, 3).write_text("{")
    with pytest.raises(BrokenLedger, match="00000003"):
        check(home)


def test_an_entry_from_which_text_was_taken_is_accounted_for(home: Path) -> None:
    path = entry_path(home, 1)
    before = json.loads(entry_path(home, 2).read_text())["previous"]
    path.write_text(path.read_text().replace('"why": ""', '"why": "…"'))
    append(home, replace(entry(home, 4), erased={"1": before}), b"[]")
    check(home)
