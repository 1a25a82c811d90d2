"""The ledger: what was accepted beside the files, by whom, when and why, and nothing forgotten.

``ledger/{number}.json`` is one entry each; an entry names the checksum of the one before, so that
none can be changed, lost or put in between unseen. The contents lie in ``objects/`` and the reports
of validation in ``ledger/{number}.report.json``. Only an erasure takes text out of an old entry; it
says so in an entry of its own, with the checksum that the old one had.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from hyteverkko.errors import HyteError
from hyteverkko.store.objects import checksum_of, write_durably

LEDGER: Final = "ledger"
ERASE: Final = "erase"
NO_CONTENT: Final = ""
"""The checksum of a graph that is not there."""


class BrokenLedger(HyteError):
    """The ledger on disk is not what was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing accepted.

    ``graphs`` gives for each graph touched the checksum of its whole new content, empty when it was
    deleted; ``base`` and ``release`` are the releases before and after; ``action`` is put, post,
    delete, undo, erase or expire; ``report`` is the checksum of the report; ``previous`` that of
    the entry before; ``erased`` gives by number what entries had been before text was taken out,
    ``replaced`` by checksum what took the place of contents, ``persons`` whose names an erasure
    took out.
    """

    number: int
    at: str
    by: str
    action: str
    graphs: dict[str, str]
    why: str
    base: str
    release: str
    report: str
    previous: str
    erased: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    persons: list[str] = field(default_factory=list)


def entry_path(home: Path, number: int) -> Path:
    """Give the place of an entry."""
    return home / LEDGER / f"{number:08}.json"


def report_path(home: Path, number: int) -> Path:
    """Give the place of the report of an entry."""
    return home / LEDGER / f"{number:08}.report.json"


def entries(home: Path) -> Iterator[Entry]:
    """Give the entries, the oldest first."""
    for path in sorted((home / LEDGER).glob("????????.json")):
        yield read_entry(path)


def read_entry(path: Path) -> Entry:
    """Read an entry; raise BrokenLedger when it cannot be one."""
    try:
        return Entry(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError):
        raise BrokenLedger(
            "The ledger entry {name} cannot be read. Restore the ledger from a backup.",
            name=path.name,
        ) from None


def last_entry(home: Path) -> Entry | None:
    """Give the newest entry, or None when nothing has been accepted."""
    paths = sorted((home / LEDGER).glob("????????.json"))
    return read_entry(paths[-1]) if paths else None


def append(home: Path, entry: Entry, report: bytes) -> None:
    """Write an entry with its report, safely on disk when this returns; else there is none."""
    (home / LEDGER).mkdir(exist_ok=True)
    write_durably(report_path(home, entry.number), report)
    path = entry_path(home, entry.number)
    try:
        write_durably(path, entry_bytes(entry))
    except OSError:
        # It may stand there under its name, and not be safe.
        path.unlink(missing_ok=True)
        raise


def entry_bytes(entry: Entry) -> bytes:
    """Give an entry as it is written."""
    return (json.dumps(asdict(entry), indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def checksum_of_last(home: Path) -> str:
    """Give the checksum of the newest entry, empty when there is none."""
    entry = last_entry(home)
    return checksum_of(entry_path(home, entry.number).read_bytes()) if entry else ""


def heads(home: Path) -> dict[str, str]:
    """Give the checksum of what each accepted graph holds now; deleted graphs are left out."""
    found: dict[str, str] = {}
    replaced: dict[str, str] = {}
    for entry in entries(home):
        found |= entry.graphs
        replaced |= entry.replaced
    current = {name: latest(checksum, replaced) for name, checksum in found.items()}
    return {name: checksum for name, checksum in current.items() if checksum != NO_CONTENT}


def withdrawn(home: Path) -> set[str]:
    """Give the IRIs of the persons whose names were taken out on request."""
    return {person for entry in entries(home) if entry.action == ERASE for person in entry.persons}


def latest(checksum: str, replaced: Mapping[str, str]) -> str:
    """Give what is kept now of a content: itself, or what an erasure put in its place."""
    while checksum in replaced:
        checksum = replaced[checksum]
    return checksum


def replacements(all_entries: Sequence[Entry]) -> dict[str, str]:
    """Give what erasures put in the place of contents."""
    return {old: new for entry in all_entries for old, new in entry.replaced.items()}


def check(home: Path) -> None:
    """Raise BrokenLedger when an entry is missing, was changed, or does not follow the last."""
    known = list(entries(home))
    # Of an entry erased from twice, what it was at first counts: that is what the next one names.
    erased = {int(n): old for entry in reversed(known) for n, old in entry.erased.items()}
    previous = ""
    for number, entry in enumerate(known, start=1):
        if entry.number != number or entry.previous != previous:
            raise BrokenLedger(
                "The ledger entry {number} does not follow the one before. Restore the ledger "
                "from a backup.",
                number=number,
            )
        written = checksum_of(entry_path(home, number).read_bytes())
        previous = erased.get(number, written)
