"""A backup restored on an empty machine holds the same, byte for byte, and can be written to."""

from pathlib import Path

import pytest
from hyteverkko.ingest import ledger
from hyteverkko.ingest.backup import BadBackup, backup, canonical_checksum, restore
from hyteverkko.ingest.contributors import contributors
from hyteverkko.ingest.publisher import publish
from hyteverkko.store.graph import open_store
from hyteverkko.store.releases import all_releases, current_folder, dataset_lines

from tests.ingest.conftest import WorkOut
from tests.ingest.publishing import DEED, publish_graph
from tests.ingest.senders import TURTLE, Sender


def test_restored_into_an_empty_machine(
    own_home: Path, kuopio: Sender, work_out: WorkOut, tmp_path: Path
) -> None:
    publish(own_home, work_out(kuopio.sends(TURTLE)), DEED)
    archive, empty = tmp_path / "backup.tar.gz", tmp_path / "empty"
    release = backup(own_home, archive)
    assert restore(empty, archive) == release
    assert canonical_checksum(empty, release) == canonical_checksum(own_home, release)
    for engine in ("memory", "disk"):
        assert set(open_store(current_folder(empty), engine)) == set(
            open_store(current_folder(own_home), engine)
        )
    assert list(ledger.entries(empty)) == list(ledger.entries(own_home))
    assert list(contributors(empty)) == list(contributors(own_home))
    oldest = all_releases(own_home)[-1]
    assert list(dataset_lines(empty, oldest)) == list(dataset_lines(own_home, oldest))
    publish_graph(empty, 1)
    ledger.check(empty)
    assert archive.stat().st_mode & 0o077 == 0, "token hashes are nobody else's business"


def test_nothing_is_restored_over_what_is_there(own_home: Path, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    backup(own_home, archive)
    with pytest.raises(BadBackup, match="already"):
        restore(own_home, archive)


def test_half_a_backup_is_refused(own_home: Path, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    backup(own_home, archive)
    archive.write_bytes(archive.read_bytes()[:-5000])
    with pytest.raises(BadBackup, match="not a whole backup"):
        restore(tmp_path / "empty", archive)


def test_no_place_for_a_backup(own_home: Path, tmp_path: Path) -> None:
    with pytest.raises(BadBackup):
        backup(own_home, tmp_path / "nothing" / "backup.tar.gz")
