"""Published is published: whatever ends the publisher, nothing is lost and nothing is half."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hyteverkko.cli import _finish_what_was_begun
from hyteverkko.ingest import ledger
from hyteverkko.ingest.contribution import DELETE, Outcome
from hyteverkko.ingest.publish import build, publish_quads
from hyteverkko.ingest.publisher import (
    Deed,
    NoSpace,
    NotYetCurrent,
    Outdated,
    is_behind,
    publish,
    recover,
)
from hyteverkko.settings import settings_from
from hyteverkko.store.changes import Change, read_change
from hyteverkko.store.graph import load, open_store
from hyteverkko.store.objects import OBJECTS
from hyteverkko.store.releases import (
    SNAPSHOT,
    all_releases,
    current_folder,
    dataset_lines,
    read_release,
    releases_folder,
)
from pyoxigraph import Store

from tests.ingest.conftest import WorkOut
from tests.ingest.publishing import (
    DEED,
    SIZE,
    Ended,
    Nursery,
    cannot_switch,
    publish_graph,
    quads,
)
from tests.ingest.senders import TODAY, TURTLE, Sender

ROUNDS = int(os.environ.get("HYTE_KILL_ROUNDS", "200"))
"""How often the publisher is killed at a random moment."""

PAGES = int(os.environ.get("HYTE_DISK_PAGES", "1"))
"""How many pages the disk has more each time."""

MOUNTED = sys.platform == "linux" and hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Publish one small graph."""
    publish_quads(quads(0), tmp_path)
    return tmp_path


def check_all(home: Path, acknowledged: set[int]) -> None:
    """See that the ledger holds together and the release holds what was acknowledged, whole."""
    ledger.check(home)
    recover(home)
    assert not is_behind(home)
    release = read_release(current_folder(home))
    whole = {name for name, count in release.graphs.items() if count == SIZE}
    assert whole == set(release.graphs), "a graph is half there"
    assert {f"g{number}" for number in acknowledged} <= whole
    snapshot = Store.read_only(str(current_folder(home) / SNAPSHOT))
    loaded = Store()
    load(loaded, current_folder(home))
    assert set(snapshot) == set(loaded), "the snapshot is not what the record says"
    heads = ledger.heads(home)
    assert {name: release.objects[name] for name in heads} == heads


def test_a_change_is_published(small: Path) -> None:
    before = current_folder(small)
    release = publish_graph(small, 1)
    assert current_folder(small).name == release.id != before.name
    assert release.base == before.name
    assert (release.number, release.ledger) == (2, 1)
    assert set(read_change(current_folder(small)).added) >= set(quads(1))
    check_all(small, {0, 1})
    assert [one.number for one in all_releases(small)] == [2, 1]


def test_a_change_worked_out_on_another_release_is_not_published(small: Path) -> None:
    base = current_folder(small).name
    publish_graph(small, 1)
    with pytest.raises(Outdated):
        publish(small, Outcome(base, Change(added=tuple(quads(2))), (), ()), DEED)
    check_all(small, {0, 1})


def test_what_was_comes_back_under_a_new_number(small: Path) -> None:
    first = read_release(current_folder(small))
    release = publish_graph(small, 1)
    change = Change(removed=tuple(quads(1)))
    again = publish(small, Outcome(release.id, change, (), ()), DEED)
    assert (again.id, again.sha256) == (first.id, first.sha256)
    assert again.number == 3
    check_all(small, {0})


def test_old_releases_can_be_read_without_their_snapshots(small: Path) -> None:
    for number in range(1, 6):
        publish_graph(small, number)
    oldest = all_releases(small)[-1]
    assert not (releases_folder(small) / oldest.id / SNAPSHOT).exists()
    assert len(list(dataset_lines(small, oldest))) == SIZE


def test_contributions_and_files_give_the_same_as_a_build(
    root: Path, own_home: Path, kuopio: Sender, work_out: WorkOut
) -> None:
    empty = read_release(current_folder(own_home)).id
    renamed = TURTLE.replace("HYTE-ryhmä", "Hyvinvointiryhmä")
    for text in (TURTLE, renamed):
        publish(own_home, work_out(kuopio.sends(text)), DEED)
    step_by_step = read_release(current_folder(own_home))
    (own_home / "current").unlink()
    whole = build(root, own_home, TODAY)
    assert (whole.id, whole.objects) == (step_by_step.id, step_by_step.objects)
    assert whole.ledger == step_by_step.ledger == 2
    publish(own_home, work_out(kuopio.sends("", DELETE)), DEED)
    emptied = read_release(current_folder(own_home))
    assert emptied.id == empty, "as if nothing had been sent"
    assert build(root, own_home, TODAY).id == emptied.id


def test_killed_before_every_step(small: Path) -> None:
    acknowledged, number, step = {0}, 1, 0
    ended = Ended(frozenset(), finished=False)
    with Nursery() as nursery:
        while not ended.finished:
            step += 1
            ended = nursery.publish(small, number, 1, step=step)
            acknowledged |= ended.acknowledged
            ledger.check(small)
            if step % 10 == 0 or ended.finished:
                check_all(small, acknowledged)
            number += 1
    assert step > 50, "it touches more files than that"
    assert acknowledged > {0}


def kept(home: Path) -> set[str]:
    """Give the checksums of the contents on disk, and whatever else lies between them."""
    paths = (home / OBJECTS).glob("*/*")
    return {path.parent.name + path.name.removesuffix(".nt") for path in paths}


def referred(home: Path) -> set[str]:
    """Give the checksums of what every release and every entry of the ledger has."""
    entries = {one for entry in ledger.entries(home) for one in entry.graphs.values()}
    return entries | {one for old in all_releases(home) for one in old.objects.values()}


def test_what_a_killed_publisher_wrote_is_swept_by_the_next(tmp_path: Path) -> None:
    step, orphans = 1, 0
    ended = Ended(frozenset(), finished=False)
    with Nursery() as nursery:
        while not ended.finished:
            home = tmp_path / str(step)
            publish_quads(quads(0), home)
            ended = nursery.publish(home, 1, 1, step=step)
            orphans += bool(kept(home) - referred(home))
            publish_graph(home, 2)
            assert kept(home) == referred(home), step
            for release in all_releases(home):
                assert len(list(dataset_lines(home, release))) == release.quads
            shutil.rmtree(home)
            step += 4
    assert orphans > 5, "it is killed often between its contents and its entry"


def test_what_a_refused_publisher_wrote_is_swept_by_the_next(small: Path) -> None:
    report = ledger.report_path(small, 1)
    report.mkdir(parents=True)
    with pytest.raises(NoSpace):
        publish_graph(small, 1)
    assert kept(small) > referred(small)
    report.rmdir()
    publish_graph(small, 2)
    assert kept(small) == referred(small)


def test_killed_at_random_moments(small: Path) -> None:
    chance = random.Random(1)
    acknowledged, number = {0}, 1
    with Nursery() as nursery:
        for _ in range(ROUNDS):
            ended = nursery.publish(small, number, 50, kill_after=chance.random() * 0.1)
            acknowledged |= ended.acknowledged
            number = max(acknowledged) + 2
            ledger.check(small)
            published = set(read_release(current_folder(small)).graphs)
            assert {f"g{one}" for one in acknowledged} <= published | _accepted(small)
            _start_over(small, acknowledged)
    check_all(small, acknowledged)


def _start_over(home: Path, acknowledged: set[int]) -> None:
    """After some hundred releases look at everything, and begin with an empty home again."""
    if len(acknowledged) > 100:
        check_all(home, acknowledged)
        for path in home.iterdir():
            path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
        publish_quads(quads(0), home)
        acknowledged &= {0}


def _accepted(home: Path) -> set[str]:
    """Give the graphs that the next start will have made current."""
    return set(ledger.heads(home))


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ("-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place))
    if not MOUNTED or subprocess.run(("mount", *options), check=False).returncode != 0:
        pytest.skip("a disk of its own can be mounted by root only")
    try:
        yield place
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True)


def test_a_disk_that_fills_anywhere(little_disk: Path) -> None:
    """Leave some pages more each time: it fails further on each time, and at last it fits."""
    home = little_disk / "home"
    publish_quads(quads(0), home)
    ballast, page = little_disk / "ballast", os.sysconf("SC_PAGE_SIZE")
    number, failed, free = 1, 0, 0
    before = current_folder(home).name
    while True:
        _fill(little_disk, ballast, free * page)
        try:
            publish_graph(home, number)
        except (NoSpace, NotYetCurrent) as error:
            entry = ledger.last_entry(home)
            assert (entry is not None) is isinstance(error, NotYetCurrent), "it says what is so"
            failed += 1
            assert current_folder(home).name == before
            assert len(open_store(current_folder(home), "disk")) > 0, "reads go on"
            free += PAGES
            ledger.check(home)
            continue
        finally:
            ballast.unlink()
        break
    assert failed > 10, "the disk was full at every page of what is written"
    assert read_release(current_folder(home)).ledger == 1, "it was accepted once"
    check_all(home, {0, number})
    publish_graph(home, number + 1)
    check_all(home, {0, number, number + 1})


def _fill(disk: Path, ballast: Path, free: int) -> None:
    """Leave so many bytes free."""
    status = os.statvfs(disk)
    left = status.f_bavail * status.f_frsize - free
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(left, 1))


def test_a_full_disk_is_said_and_heals(little_disk: Path) -> None:
    home = little_disk / "home"
    publish_quads(quads(0), home)
    ballast = little_disk / "ballast"
    _fill(little_disk, ballast, 0)
    with pytest.raises(NoSpace, match="Nothing was changed"):
        publish_graph(home, 1)
    ballast.unlink()
    publish_graph(home, 1)
    check_all(home, {0, 1})


def test_accepted_and_not_yet_current(small: Path) -> None:
    outcome = Outcome(current_folder(small).name, Change(added=tuple(quads(1))), (), ())
    with cannot_switch(small, 2):
        with pytest.raises(NotYetCurrent, match="accepted and kept"):
            publish(small, outcome, DEED)
        assert is_behind(small)
        with pytest.raises(NotYetCurrent):
            recover(small)
        with pytest.raises(NoSpace, match="Nothing was changed"):
            publish(small, replace(outcome, change=Change(added=tuple(quads(2)))), DEED)
        assert len(list(ledger.entries(small))) == 1
    recover(small)
    check_all(small, {0, 1})


def test_who_asks_again_is_told_that_it_was_accepted(small: Path) -> None:
    outcome = Outcome(current_folder(small).name, Change(added=tuple(quads(1))), (), ())
    with cannot_switch(small, 2), pytest.raises(NotYetCurrent):
        publish(small, outcome, DEED)
    release = publish(small, outcome, DEED)
    assert (release.number, release.ledger) == (2, 1)
    assert len(list(ledger.entries(small))) == 1
    with pytest.raises(Outdated):
        publish(small, outcome, replace(DEED, by="somebody else"))
    with pytest.raises(Outdated):
        publish(small, replace(outcome, change=Change(added=tuple(quads(2)))), DEED)
    check_all(small, {0, 1})


def test_an_entry_that_may_not_be_safe_is_none(small: Path) -> None:
    entry = replace(_some_entry(small), number=2)
    ledger.entry_path(small, 2).mkdir()
    with pytest.raises(OSError, match="directory"):
        ledger.append(small, entry, b"[]")
    ledger.entry_path(small, 2).rmdir()
    assert [one.number for one in ledger.entries(small)] == [1]


def _some_entry(home: Path) -> ledger.Entry:
    publish_graph(home, 1)
    entry = ledger.last_entry(home)
    assert entry is not None
    return entry


def test_a_start_finishes_what_was_accepted(small: Path) -> None:
    """The ledger has the entry, the switch has not been made: the next start makes it."""
    with Nursery() as nursery:
        for step in range(40, 200):
            nursery.publish(small, 1, 1, step=step)
            if is_behind(small):
                break
    assert is_behind(small)
    _finish_what_was_begun(replace(settings_from({}), home=small), "en")
    assert not is_behind(small)
    check_all(small, {0, 1})


def test_a_start_says_when_the_ledger_is_broken(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_graph(small, 1)
    publish_graph(small, 2)
    ledger.entry_path(small, 1).unlink()
    _finish_what_was_begun(replace(settings_from({}), home=small), "en")
    assert "does not follow the one before" in capsys.readouterr().err


def test_who_and_why_are_remembered(small: Path) -> None:
    deed = Deed("kuopio", "put", "uusi ryhmä", "2026-11-22")
    outcome = Outcome(current_folder(small).name, Change(added=tuple(quads(1))), (), ())
    release = publish(small, outcome, deed)
    entry = ledger.last_entry(small)
    assert entry is not None
    assert (entry.by, entry.action, entry.why) == ("kuopio", "put", "uusi ryhmä")
    assert entry.graphs == {"g1": release.objects["g1"]}
    assert (entry.base, entry.release) == (outcome.base, release.id)
