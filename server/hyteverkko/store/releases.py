"""The releases on disk: each a folder that never changes, one of them current.

``releases/{id}/`` holds ``dataset.nq`` (the canonical N-Quads), ``release.nq`` (the release's own
description), ``union.nt`` (every triple of both, once: the default graph), ``store/`` (all three as
the engine's snapshot) and ``release.json`` (this record); ``current`` is a symbolic link that is
switched atomically.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from hyteverkko.errors import NoRelease

RECORD: Final = "release.json"
DATASET: Final = "dataset.nq"
RELEASE: Final = "release.nq"
UNION: Final = "union.nt"
SERVED: Final = (DATASET, RELEASE, UNION)
"""The files whose quads a served store holds."""

SNAPSHOT: Final = "store"


@dataclass(frozen=True, slots=True)
class Release:
    """The record of a release.

    ``id`` and ``sha256`` come from the canonical N-Quads alone; ``inputs`` is the checksum of the
    files it was built from; ``graphs`` counts the triples of each named graph; ``valid_until`` is
    the last day on which every name in it may be shown, or empty.
    """

    id: str
    number: int
    built: str
    sha256: str
    inputs: str
    quads: int
    graphs: dict[str, int]
    warnings: int
    valid_until: str


def releases_folder(home: Path) -> Path:
    """Give the folder in which the releases lie."""
    return home / "releases"


def current_folder(home: Path) -> Path:
    """Give the folder of the current release; raise NoRelease when nothing has been built."""
    link = home / "current"
    if not (link / RECORD).is_file():
        raise NoRelease("There is no release yet. Build one with: hyteverkko build")
    return link.resolve()


def read_release(folder: Path) -> Release:
    """Read the record of a release."""
    return Release(**json.loads((folder / RECORD).read_text(encoding="utf-8")))


def write_release(folder: Path, release: Release) -> None:
    """Write the record of a release."""
    text = json.dumps(asdict(release), indent=2, ensure_ascii=False)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def all_releases(home: Path) -> list[Release]:
    """Give the records of all releases, the newest first."""
    folders = releases_folder(home).glob(f"*/{RECORD}")
    return sorted((read_release(path.parent) for path in folders), key=lambda r: -r.number)
