"""The publisher: one at a time, it turns a change into an entry of the ledger and a release.

The order is what keeps every acknowledged change: the next release is written beside the current
one; then the entry goes into the ledger, and from that moment the change is accepted; then the
release is made current. Whatever ends the publisher on the way, the next start finds either no
entry, and sweeps, or an entry, and switches. Who asks again for a change that has been accepted is
told so: nobody has to know at which step the first asking was cut off.

Run as a program it publishes what comes in on its input, one job after the other; an empty job only
finishes what was begun.
"""

import json
import struct
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from pyoxigraph import DefaultGraph, Quad, Store

from hyteverkko.errors import HyteError, RequestError
from hyteverkko.ingest import ledger
from hyteverkko.ingest.contribution import Outcome, from_bytes
from hyteverkko.ingest.drafts import (
    DRAFTS,
    PATIENCE,
    Clone,
    count_of,
    new_record,
    publisher_lock,
    put_in_place,
    sweep,
    write_changed,
    write_whole,
)
from hyteverkko.ingest.findings import Finding, Severity, finding_from, in_order
from hyteverkko.ingest.persons import WITHHELD_AFTER
from hyteverkko.ingest.report import findings_json
from hyteverkko.store.changes import Change
from hyteverkko.store.objects import (
    ContentWriter,
    changed_content,
    checksum_of,
    contents_of,
    graph_of,
    read_object,
)
from hyteverkko.store.releases import (
    RECORD,
    REPORT,
    SNAPSHOT,
    Release,
    current_folder,
    graph_label,
    manifest_checksum,
    read_release,
    releases_folder,
)

LENGTHS: Final = struct.Struct("!QQ")
"""How long the two parts of a job are: who and why, and the outcome."""


class Outdated(HyteError):
    """Another release has been published since the change was worked out: do it again on that."""


class LedgerAhead(HyteError):
    """The ledger has what no release on disk has."""


class NoSpace(RequestError):
    """The disk is full; nothing was changed: 507."""

    status = 507

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "The disk of the server is full or failing. Nothing was changed; send it again later."
        )


class NotYetCurrent(HyteError):
    """A change is accepted and kept; the release that has it could not be made current yet."""

    def __init__(self, release: str) -> None:
        """Keep the id of the release."""
        super().__init__(
            "The change is accepted and kept in the ledger. It is not published yet, because the "
            "disk of the server is full or failing; that is done as soon as there is room."
        )
        self.release = release


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does what, and why; ``erased``, ``replaced``, ``persons`` are what an erasure is of."""

    by: str
    action: str
    why: str
    today: str
    erased: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    persons: Sequence[str] = ()


def publish(home: Path, outcome: Outcome, deed: Deed) -> Release:
    """Publish a change that was found to be good; give the release that has it.

    Raise Outdated when the change was worked out on another release, NoSpace when the disk is full
    and nothing was changed, NotYetCurrent when it is accepted and the next start will publish it.
    """
    try:
        with publisher_lock(home, PATIENCE):
            recover_locked(home)
            return publish_locked(home, outcome, deed)
    except OSError as error:
        raise NoSpace from error


def publish_locked(home: Path, outcome: Outcome, deed: Deed, *, whole: bool = False) -> Release:
    """Publish as the one who holds the lock; ``whole`` writes the snapshot anew."""
    base = current_folder(home)
    current = read_release(base)
    if base.name != outcome.base:
        if _is_accepted(home, outcome, deed):
            return current
        raise Outdated("Another change was published meanwhile.")
    if not outcome.change.removed and not outcome.change.added and not whole:
        return current
    try:
        draft = _accepted(home, base, current, outcome, deed, whole=whole)
    except OSError as error:
        raise NoSpace from error
    return _switched(home, draft)


def recover(home: Path) -> None:
    """Make current what the ledger has accepted and an interrupted publisher did not switch to.

    Raise LedgerAhead when only a build can do that, NotYetCurrent when the disk is full.
    """
    if is_behind(home):
        try:
            with publisher_lock(home, PATIENCE):
                recover_locked(home)
        except OSError as error:
            entry = ledger.last_entry(home)
            raise NotYetCurrent(entry.release if entry else "") from error


def is_behind(home: Path) -> bool:
    """Say whether the current release lacks something that the ledger has accepted."""
    entry = ledger.last_entry(home)
    return read_release(current_folder(home)).ledger != (entry.number if entry else 0)


def recover_locked(home: Path) -> None:
    """Recover as the one who holds the lock."""
    entry = ledger.last_entry(home)
    current = read_release(current_folder(home))
    if entry is not None and current.ledger != entry.number:
        for folder in (home / DRAFTS / entry.release, releases_folder(home) / entry.release):
            if _is_whole(folder) and read_release(folder).ledger == entry.number:
                put_in_place(home, folder)
                break
        else:
            raise LedgerAhead(
                "The ledger and the current release disagree. Build anew with: hyteverkko build"
            )
    sweep(home)


def _is_whole(folder: Path) -> bool:
    return _has_record(folder) and (folder / SNAPSHOT).is_dir()


def _has_record(folder: Path) -> bool:
    return (folder / RECORD).is_file()


def _is_accepted(home: Path, outcome: Outcome, deed: Deed) -> bool:
    """Say whether the last entry of the ledger is this very change by the same sender."""
    entry = ledger.last_entry(home)
    folder = releases_folder(home) / outcome.base
    if (
        entry is None
        or (entry.base, entry.by) != (outcome.base, deed.by)
        or not _has_record(folder)
    ):
        return False
    objects, _ = _contents(home, read_release(folder), outcome.change, checksum_of)
    return manifest_checksum(objects).startswith(entry.release)


def _switched(home: Path, draft: Path) -> Release:
    """Make current what has been accepted; raise NotYetCurrent when that has to wait."""
    try:
        return put_in_place(home, draft)
    except OSError as error:
        # It may have failed at tidying up, after the switch.
        if not is_behind(home):
            return read_release(current_folder(home))
        raise NotYetCurrent(draft.name) from error


def _accepted(
    home: Path, base: Path, current: Release, outcome: Outcome, deed: Deed, *, whole: bool
) -> Path:
    """Write the next release beside the current one, and the entry of the ledger; give its draft.

    When this raises, nothing has been accepted.
    """
    with ExitStack() as until_done:
        writer = until_done.enter_context(ContentWriter(home))
        clone = None if whole else until_done.enter_context(Clone(home, base))
        objects, counts = _contents(home, current, outcome.change, writer.keep)
        findings = _findings(base, outcome)
        number = current.ledger + 1
        record = new_record(
            home,
            objects,
            counts,
            inputs=current.inputs,
            warnings=count_of(findings, Severity.WARNING),
            valid_until=_valid_until(base, current, outcome.change, deed.today),
            ledger=number,
            base="" if whole else current.id,
        )
        if clone is None:
            writer.wait()
            draft = write_whole(home, record, findings)
        else:
            draft = write_changed(home, clone, record, findings, outcome.change)
            writer.wait()
        report = findings_json(outcome.findings).encode()
        touched = {graph_label(name) for name in _graphs(outcome.change)} - _from_files(
            home, current
        )
        entry = ledger.Entry(
            number=number,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            by=deed.by,
            action=deed.action,
            graphs={name: objects.get(name, ledger.NO_CONTENT) for name in sorted(touched)},
            why=deed.why,
            base=current.id,
            release=record.id,
            report=checksum_of(report),
            previous=ledger.checksum_of_last(home),
            erased=dict(deed.erased),
            replaced=dict(deed.replaced),
            persons=list(deed.persons),
        )
        ledger.append(home, entry, report)
        return draft


def _from_files(home: Path, current: Release) -> set[str]:
    """Give the graphs the ledger does not account for: those of the files, and what follows."""
    return set(current.objects) - ledger.heads(home).keys() | {"derived"}


def _contents(
    home: Path, current: Release, change: Change, keep: Callable[[bytes], str]
) -> tuple[dict[str, str], dict[str, int]]:
    """Have each graph that changes kept; give the checksums and the counts of all."""
    objects, counts = dict(current.objects), dict(current.graphs)
    removed, added = _lines_by_graph(change.removed), _lines_by_graph(change.added)
    for iri in removed.keys() | added.keys():
        name = graph_label(iri)
        before = read_object(home, objects[name]) if name in objects else b""
        after, growth = changed_content(before, removed.get(iri, ()), added.get(iri, ()))
        if after:
            objects[name], counts[name] = keep(after), counts.get(name, 0) + growth
        else:
            objects.pop(name, None)
            counts.pop(name, None)
    return objects, counts


def _lines_by_graph(quads: Iterable[Quad]) -> dict[str, set[bytes]]:
    return {graph: set(content.splitlines(keepends=True)) for graph, content in contents_of(quads)}


def _graphs(change: Change) -> Collection[str]:
    return {graph_of(quad) for quad in (*change.removed, *change.added)}


def _findings(base: Path, outcome: Outcome) -> list[Finding]:
    """Give the remarks on the whole: the old ones on what was not affected, and the new ones."""
    affected = set(outcome.affected)
    old = json.loads((base / REPORT).read_text(encoding="utf-8"))
    kept = (one for one in map(finding_from, old) if one.focus not in affected)
    return in_order([*kept, *outcome.findings])


def _valid_until(base: Path, current: Release, change: Change, today: str) -> str:
    """Give the next day on which a name ends, from the snapshot and the change to it."""
    is_touched = any(quad.predicate == WITHHELD_AFTER for quad in (*change.removed, *change.added))
    if not is_touched and (not current.valid_until or current.valid_until >= today):
        return current.valid_until
    store = Store.read_only(str(base / SNAPSHOT))
    held = set(store.quads_for_pattern(None, WITHHELD_AFTER, None, None))
    held = (held - set(change.removed)) | set(change.added)
    days = {
        quad.object.value  # type: ignore[union-attr]
        for quad in held
        if quad.predicate == WITHHELD_AFTER and quad.graph_name != DefaultGraph()
    }
    return min((day for day in days if day >= today), default="")


def main() -> None:
    """Publish jobs from standard input into the folder named on the command line."""
    home = Path(sys.argv[1])
    while job := _read_job(sys.stdin.buffer):
        answer = _answer(home, *job)
        sys.stdout.buffer.write(len(answer).to_bytes(4, "big") + answer)
        sys.stdout.buffer.flush()


def _read_job(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    head = stream.read(LENGTHS.size)
    if len(head) < LENGTHS.size:
        return None
    deed, outcome = LENGTHS.unpack(head)
    return stream.read(deed), stream.read(outcome)


def _answer(home: Path, deed: bytes, outcome: bytes) -> bytes:
    try:
        if not deed:
            recover(home)
            return b"{}"
        release = publish(home, from_bytes(outcome), Deed(**json.loads(deed)))
    except NotYetCurrent as error:
        return json.dumps({"accepted": error.release}).encode()
    except HyteError as error:
        return json.dumps({"refused": type(error).__name__, "reason": str(error)}).encode()
    return json.dumps({"published": release.id}).encode()


if __name__ == "__main__":
    main()
