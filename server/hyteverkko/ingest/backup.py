"""Backup and restore: all that cannot be built from the files of the project, in one archive.

The archive holds contents, ledger, history, records and contributors; snapshots are written anew
from them. It can be made while the server runs: what it holds never changes once it is written.
"""

import hashlib
import os
import shutil
import tarfile
from pathlib import Path
from typing import Final

from pyoxigraph import Store

from hyteverkko.errors import HyteError
from hyteverkko.ingest import contributors, ledger
from hyteverkko.ingest.drafts import PATIENCE, publisher_lock
from hyteverkko.ingest.publisher import recover_locked
from hyteverkko.store.graph import load
from hyteverkko.store.objects import OBJECTS, sync_folder
from hyteverkko.store.releases import (
    CURRENT,
    DESCRIPTION,
    HISTORY,
    RECORD,
    REPORT,
    SNAPSHOT,
    Release,
    current_folder,
    dataset_lines,
    read_release,
)
from hyteverkko.store.search import SEARCH, build_index
from hyteverkko.store.versions import VERSIONS

KEPT: Final = (OBJECTS, ledger.LEDGER, HISTORY, VERSIONS, contributors.FOLDER)
OF_A_RELEASE: Final = (RECORD, DESCRIPTION, REPORT)


class BadBackup(HyteError):
    """An archive cannot be written or restored."""


def backup(home: Path, archive: Path) -> Release:
    """Write an archive of ``home``; give the release that is current in it."""
    with publisher_lock(home, PATIENCE):
        recover_locked(home)
        paths = _paths(home)
        current = current_folder(home)
    draft = archive.with_name(f".{archive.name}.part")
    try:
        with tarfile.open(draft, "w:gz", compresslevel=6) as tar:
            for path in paths:
                tar.add(path, str(path.relative_to(home)), recursive=False)
            link = tarfile.TarInfo(CURRENT)
            link.type, link.linkname = tarfile.SYMTYPE, str(current.relative_to(home))
            tar.addfile(link)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.chmod(0o600)
        draft.replace(archive)
        sync_folder(archive.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BadBackup(
            "The backup cannot be written to {path}: {reason}.",
            path=archive,
            reason=error.strerror or "",
        ) from None
    return read_release(current)


def restore(home: Path, archive: Path) -> Release:
    """Restore an archive into an empty ``home``; raise BadBackup when it is not whole."""
    if (home / CURRENT).exists():
        raise BadBackup(
            "There is a release in {home} already. Restore into an empty folder: HYTE_HOME.",
            home=home,
        )
    with publisher_lock(home):
        try:
            with tarfile.open(archive, "r:gz") as tar:
                tar.extractall(home, filter="data")
        except (OSError, EOFError, tarfile.TarError):
            raise BadBackup("{path} is not a whole backup.", path=archive) from None
        folder = current_folder(home)
        ledger.check(home)
        store = Store(str(folder / "loading"))
        load(store, folder)
        store.optimize()
        store.flush()
        store.backup(str(folder / SNAPSHOT))
        build_index(store, folder / SEARCH)
        del store
        shutil.rmtree(folder / "loading")
        return read_release(folder)


def canonical_checksum(home: Path, release: Release) -> str:
    """Read every content of a release and give the checksum of its N-Quads."""
    checksum = hashlib.sha256()
    for line in dataset_lines(home, release):
        checksum.update(line)
    return checksum.hexdigest()


def _paths(home: Path) -> list[Path]:
    kept = [path for name in KEPT for path in sorted((home / name).rglob("*")) if path.is_file()]
    folders = sorted(path for path in (home / "releases").iterdir() if path.is_dir())
    return kept + [
        folder / name for folder in folders for name in OF_A_RELEASE if (folder / name).exists()
    ]
