"""The releases on disk, and how one is found by its name."""

from dataclasses import replace
from pathlib import Path

import pytest
from hyteverkko.errors import NotFound
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.store.releases import (
    HISTORY,
    Release,
    make_current,
    release_named,
    releases_folder,
    write_release,
)
from pyoxigraph import Literal, NamedNode, Quad


def published(home: Path, name: str) -> Release:
    label = NamedNode(PREFIXES["skos"] + "prefLabel")
    thing, graph = NamedNode(f"{ID}network/x"), NamedNode(f"{GRAPHS}x")
    return publish_quads([Quad(thing, label, Literal(name, language="fi"), graph)], home)


@pytest.fixture
def three(tmp_path: Path) -> list[Release]:
    return [published(tmp_path, name) for name in ("yksi", "kaksi", "kolme")]


def test_a_release_is_found_by_number_id_and_as_the_current_one(
    tmp_path: Path, three: list[Release]
) -> None:
    for release in three:
        assert release_named(tmp_path, release.id) == release
        assert release_named(tmp_path, str(release.number)) == release
    assert release_named(tmp_path, "current") == three[-1]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    "name",
    ["", "0", "4", "01", "-1", "٢", "9" * 5000, "a" * 12, "a" * 5000, "..", "../current", "a\0"],
    ids=lambda name: repr(name[:12]),
)
def test_what_names_no_release_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        release_named(tmp_path, name)


def test_nothing_is_found_where_nothing_was_built(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        release_named(tmp_path, "current")


def test_one_release_is_found_without_reading_the_others(
    tmp_path: Path, three: list[Release]
) -> None:
    (tmp_path / HISTORY / "00000001.json").write_text("not read")
    for name in (three[1].id, "2", "current"):
        assert release_named(tmp_path, name).number in {2, 3}


def test_what_came_back_is_the_newer_one_once_it_is_current(
    tmp_path: Path, three: list[Release]
) -> None:
    back = replace(three[0], number=4)
    folder = releases_folder(tmp_path) / back.id
    write_release(folder, back)
    assert release_named(tmp_path, back.id) == three[0]
    make_current(tmp_path, folder)
    assert release_named(tmp_path, back.id) == back
    assert release_named(tmp_path, "1") == three[0]
