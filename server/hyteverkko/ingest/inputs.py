"""What a release is built from, as a checksum: says at a start whether anything has changed."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Final

from hyteverkko import __version__
from hyteverkko.errors import NoRelease
from hyteverkko.ingest.ledger import last_entry
from hyteverkko.store.releases import current_folder, read_release

TRUTH: Final = ("ontology", "shapes", "data")


def is_current(root: Path, home: Path, today: date) -> bool:
    """Say whether the current release is what a build would give now."""
    try:
        release = read_release(current_folder(home))
    except (NoRelease, TypeError, ValueError):
        return False
    expired = bool(release.valid_until) and today > date.fromisoformat(release.valid_until)
    entry = last_entry(home)
    behind = release.ledger != (entry.number if entry else 0)
    return release.inputs == inputs_checksum(root) and not expired and not behind


def inputs_checksum(root: Path) -> str:
    """Give the checksum of every file of the truth, and of the version that reads them."""
    checksum = hashlib.sha256(__version__.encode())
    for folder in TRUTH:
        for path in sorted(path for path in (root / folder).rglob("*") if path.is_file()):
            checksum.update(str(path.relative_to(root)).encode())
            checksum.update(hashlib.sha256(path.read_bytes()).digest())
    return checksum.hexdigest()
