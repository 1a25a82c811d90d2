"""The releases on disk: each a folder that never changes, one of them current.

``releases/{id}/`` holds ``release.json`` (this record, which names the content of each graph),
``release.nt`` (the release's own description), ``report.json`` (what validation remarked) and
``store/`` (everything as the engine's snapshot); the contents lie in ``objects/``. ``current`` is a
symbolic link that is switched atomically. ``history/{number}.json`` are the records in the order in
which they became current; one with a number above the current one's never did.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from hyteverkko.errors import NoRelease, NotFound
from hyteverkko.namespaces import GRAPHS
from hyteverkko.store.objects import (
    checksum_of,
    object_lines,
    read_object,
    sync_folder,
    write_durably,
)

RECORD: Final = "release.json"
DESCRIPTION: Final = "release.nt"
REPORT: Final = "report.json"
SNAPSHOT: Final = "store"
HISTORY: Final = "history"
CURRENT: Final = "current"

NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
ID: Final = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Release:
    """The record of a release.

    ``id`` and ``sha256`` come from the contents of its graphs alone; ``inputs`` is the checksum of
    the files it was built from; ``objects`` gives the checksum of each graph's content and
    ``graphs`` its number of triples; ``ledger`` is the number of the last entry that is in it;
    ``valid_until`` is the last day on which every name in it may be shown, or empty; ``base`` is
    the release that it was made from by a change, or empty; ``erased`` says that names have been
    taken out since, so that ``sha256`` is that of what it was.
    """

    id: str
    number: int
    built: str
    sha256: str
    inputs: str
    quads: int
    graphs: dict[str, int]
    objects: dict[str, str]
    warnings: int
    valid_until: str
    ledger: int = 0
    base: str = ""
    erased: bool = False


def manifest_checksum(objects: Mapping[str, str]) -> str:
    """Give the checksum of a dataset: that of the list of its graphs with theirs."""
    lines = (f"{checksum}  {name}\n" for name, checksum in sorted(objects.items()))
    return checksum_of("".join(lines).encode())


def graph_iri(name: str) -> str:
    """Give the IRI of a graph by the name it has in a record."""
    return name if ":" in name else GRAPHS + name


def graph_label(iri: str) -> str:
    """Give the name a graph has in a record."""
    return iri.removeprefix(GRAPHS)


def release_named(home: Path, name: str) -> Release:
    """Give a release by its id, its number or ``current``; raise NotFound when there is none."""
    newest = current_record(home)
    found = _named(home, newest, name) if newest else None
    if found is None:
        raise NotFound("There is no release '{name}'. /releases lists them.", name=name)
    return found


def _named(home: Path, newest: Release, name: str) -> Release | None:
    if name == CURRENT:
        return record_of_number(home, newest.number)
    if NUMBER.fullmatch(name):
        return record_of_number(home, int(name)) if int(name) <= newest.number else None
    folder = releases_folder(home) / name
    if ID.fullmatch(name) is None or not (folder / RECORD).is_file():
        return None
    number = read_release(folder).number
    if number <= newest.number:
        return record_of_number(home, number)
    # What was current once is about to come back under a new number.
    return next((one for one in all_releases(home) if one.id == name), None)


def graph_content(home: Path, release: Release, graph: str) -> bytes:
    """Give the N-Triples of a graph as a release has it, empty when it has no such graph."""
    checksum = release.objects.get(graph, "")
    return read_object(home, checksum) if checksum else b""


def dataset_lines(
    home: Path, release: Release, graphs: Collection[str] | None = None
) -> Iterator[bytes]:
    """Give the N-Quads of a release or some of its graphs, each in canonical order."""
    for name, checksum in sorted(release.objects.items()):
        if graphs is not None and name not in graphs:
            continue
        end = f" <{graph_iri(name)}> .\n".encode()
        for line in object_lines(home, checksum):
            yield line.removesuffix(b" .\n") + end


def releases_folder(home: Path) -> Path:
    """Give the folder in which the releases lie."""
    return home / "releases"


def home_of(folder: Path) -> Path:
    """Give the folder of everything built, from the folder of one release."""
    return folder.parent.parent


def current_folder(home: Path) -> Path:
    """Give the folder of the current release; raise NoRelease when nothing has been built."""
    link = home / CURRENT
    if not (link / RECORD).is_file():
        raise NoRelease("There is no release yet. Build one with: hyteverkko build")
    return link.resolve()


def make_current(home: Path, folder: Path) -> Release:
    """Make a release the current one, in one step."""
    release = read_release(folder)
    history = home / HISTORY
    history.mkdir(exist_ok=True)
    write_durably(history / f"{release.number:08}.json", _json(release))
    draft = home / "current.new"
    draft.unlink(missing_ok=True)
    draft.symlink_to(folder.relative_to(home))
    draft.replace(home / CURRENT)
    sync_folder(home)
    return release


def read_release(folder: Path) -> Release:
    """Read the record of a release."""
    return record_in(folder / RECORD)


def record_in(path: Path) -> Release:
    """Read a record from its file."""
    return Release(**json.loads(path.read_text(encoding="utf-8")))


def write_release(folder: Path, release: Release) -> None:
    """Write the record of a release."""
    write_durably(folder / RECORD, _json(release))


def current_record(home: Path) -> Release | None:
    """Give the record of the current release, or None when nothing was built."""
    folder = home / CURRENT
    return read_release(folder) if (folder / RECORD).is_file() else None


def record_of_number(home: Path, number: int) -> Release | None:
    """Give the record of the release that became current as the n-th, or None."""
    path = home / HISTORY / f"{number:08}.json"
    return record_in(path) if path.is_file() else None


def all_releases(home: Path) -> list[Release]:
    """Give the records of what has been current, the newest first; none when nothing was built."""
    newest = current_record(home)
    numbers = range(newest.number, 0, -1) if newest else ()
    return [record for number in numbers if (record := record_of_number(home, number))]


def _json(release: Release) -> bytes:
    return (json.dumps(asdict(release), indent=2, ensure_ascii=False) + "\n").encode()
