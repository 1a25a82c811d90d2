"""The dumps that have been made, on disk: derived from releases, so all may be deleted any time.

``dumps/{number}-{contents}-{recipe}/`` holds the files made of a release; ``index.json`` says the
size and checksum of each file that was ever made there, also when the file has made room since. The
name of the folder is what decides the bytes: contents that an erasure has rewritten, or another way
of making, have a folder of their own.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fcntl import LOCK_EX, flock
from hashlib import file_digest
from pathlib import Path
from typing import Final

from hyteverkko.store.objects import checksum_of, write_durably
from hyteverkko.store.releases import Release, manifest_checksum

FOLDER: Final = "dumps"
INDEX: Final = "index.json"
DRAFT: Final = ".making-"


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of a file that has been made."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The place of the files made of one release in one way."""

    folder: Path

    def made(self) -> Mapping[str, Made]:
        """Give size and checksum of every file that has been made, by its address."""
        try:
            text = (self.folder / INDEX).read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        return {address: Made(**one) for address, one in json.loads(text).items()}

    def path(self, address: str) -> Path:
        """Give the place of a file; a graph's name may hold anything, so it is not the file's."""
        return self.folder / checksum_of(address.encode())[:32]

    def has(self, addresses: Iterable[str]) -> bool:
        """Say whether all the files are there to be read."""
        known = self.made()
        return all(one in known and self.path(one).is_file() for one in addresses)

    def put(self, drafts: Mapping[str, Path]) -> None:
        """Put files in their places, each whole, and say that they have been made."""
        self.folder.mkdir(parents=True, exist_ok=True)
        known = {address: asdict(made) for address, made in self.made().items()}
        for address, draft in drafts.items():
            known[address] = asdict(made_of(draft))
            draft.replace(self.path(address))
        text = json.dumps(dict(sorted(known.items())), indent=1, ensure_ascii=False)
        write_durably(self.folder / INDEX, text.encode())


def shelf_of(home: Path, release: Release, recipe: str) -> Shelf:
    """Give the place of what is made of a release in the way that ``recipe`` is the checksum of."""
    contents = manifest_checksum(release.objects)[:12]
    return Shelf(home / FOLDER / f"{release.number}-{contents}-{recipe[:12]}")


def made_of(path: Path) -> Made:
    """Give size and checksum of a file."""
    with path.open("rb") as file:
        return Made(path.stat().st_size, file_digest(file, "sha256").hexdigest())


@contextmanager
def shelf_lock(home: Path) -> Iterator[None]:
    """Be the one who makes or removes dumps; wait for another to end."""
    with (home / "dumps.lock").open("w") as file:
        flock(file.fileno(), LOCK_EX)
        yield


@contextmanager
def drafts(home: Path) -> Iterator[Path]:
    """Give a folder to make files in, and remove it and any that was left behind."""
    (home / FOLDER).mkdir(exist_ok=True)
    for left in (home / FOLDER).glob(f"{DRAFT}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=DRAFT, dir=home / FOLDER) as folder:
        yield Path(folder)


def touch(path: Path) -> None:
    """Say that a file was used now, so that others make room first."""
    os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))


def clear_shelves(home: Path) -> None:
    """Remove everything that has been made, when nobody is making any more."""
    with shelf_lock(home):
        shutil.rmtree(home / FOLDER, ignore_errors=True)


def make_room(home: Path, most: int, kept: Collection[Path], recipe: str) -> None:
    """Remove the files not used for longest until ``most`` bytes are left; none in ``kept``.

    What was made in another way goes first, and whole.
    """
    shelves = [path for path in (home / FOLDER).iterdir() if path.is_dir()]
    for shelf in shelves:
        if not shelf.name.endswith(recipe[:12]):
            shutil.rmtree(shelf)
    files = [
        (path.stat().st_atime, path.stat().st_size, path)
        for shelf in shelves
        if shelf.is_dir()
        for path in shelf.iterdir()
        if path.name != INDEX
    ]
    size = sum(one for _, one, _ in files)
    for _, length, path in sorted(files):
        if size <= most:
            return
        if path.parent not in kept:
            path.unlink()
            size -= length
