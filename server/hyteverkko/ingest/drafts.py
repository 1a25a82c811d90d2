"""A release in the making: written beside the current one, and made current with one switch."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from time import monotonic, sleep
from typing import Final, Self

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from hyteverkko.errors import HyteError
from hyteverkko.ingest import ledger
from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.ingest.report import findings_json
from hyteverkko.namespaces import ID, PREFIXES, expanded
from hyteverkko.store.changes import Change, apply_change, difference, write_change
from hyteverkko.store.graph import RELEASE_GRAPH, load
from hyteverkko.store.objects import (
    are_settled,
    canonical_triples,
    keep_only,
    settle,
    sync_folder,
    write_durably,
)
from hyteverkko.store.releases import (
    CURRENT,
    DESCRIPTION,
    HISTORY,
    RECORD,
    REPORT,
    SNAPSHOT,
    Release,
    current_record,
    graph_content,
    graph_iri,
    make_current,
    manifest_checksum,
    read_release,
    record_in,
    record_of_number,
    releases_folder,
    write_release,
)
from hyteverkko.store.search import SEARCH, build_index, updated_index
from hyteverkko.store.versions import has_versions, write_versions

DRAFTS: Final = "drafts"
SNAPSHOTS: Final = 3
"""How many releases keep their snapshot, which a server may still have open."""

PATIENCE: Final = 60.0
"""Seconds that one publisher waits for another to end."""


class BuildRunning(HyteError):
    """Another build holds the lock."""


def new_record(
    home: Path,
    objects: Mapping[str, str],
    counts: Mapping[str, int],
    *,
    inputs: str = "",
    warnings: int = 0,
    valid_until: str = "",
    ledger: int = 0,
    base: str = "",
) -> Release:
    """Give the record of a release of these graphs; the current one keeps its number and time."""
    checksum = manifest_checksum(objects)
    newest = current_record(home)
    known = newest if newest and newest.sha256 == checksum else None
    return Release(
        id=checksum[:12],
        number=known.number if known else (newest.number + 1 if newest else 1),
        built=known.built if known else _later_than(newest),
        sha256=checksum,
        inputs=inputs,
        quads=sum(counts.values()),
        graphs=dict(sorted(counts.items())),
        objects=dict(sorted(objects.items())),
        warnings=warnings,
        valid_until=valid_until,
        ledger=ledger,
        base=base,
    )


def _later_than(newest: Release | None) -> str:
    """Give the time now, or one a moment after the newest release where the clock went back."""
    now = datetime.now(UTC)
    if newest is not None:
        now = max(now, datetime.fromisoformat(newest.built) + timedelta(milliseconds=1))
    return now.isoformat(timespec="milliseconds")


def write_whole(home: Path, release: Release, findings: Sequence[Finding]) -> Path:
    """Write the draft of a release from the contents of its graphs; give its folder."""

    def index(store: Store, draft: Path) -> None:
        build_index(store, draft / SEARCH)
        write_versions(home, release, store, _change_from_current(home, release))

    return _written(home, release, findings, _loaded, index)


class Clone:
    """A copy of the snapshot of a release, to be changed; a thread opens it while it is not used.

    Its tables, which never change, are only linked.
    """

    def __init__(self, home: Path, base: Path) -> None:
        """Copy the snapshot of the release in ``base``."""
        self.base, self._folder = base, home / DRAFTS / "clone"
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        """Begin."""
        self._opening = self._thread.submit(_cloned, self.base / SNAPSHOT, self._folder)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the copy."""
        self._thread.shutdown()
        del self._opening
        shutil.rmtree(self._folder, ignore_errors=True)

    def store(self) -> Store:
        """Give the copy; raise OSError when it could not be made."""
        return self._opening.result()


def write_changed(
    home: Path, clone: Clone, release: Release, findings: Sequence[Finding], change: Change
) -> Path:
    """Write the draft of a release as the one in a clone with a change; give its folder."""
    base = clone.base
    before, after = (
        tuple(_in_release_graph(description(one))) for one in (read_release(base), release)
    )
    said = difference(before, after)
    whole = Change((*change.removed, *said.removed), (*change.added, *said.added))

    def fill(draft: Path) -> Store:
        write_change(draft, whole)
        store = clone.store()
        apply_change(store, whole)
        return store

    def index(store: Store, draft: Path) -> None:
        quads = (*whole.removed, *whole.added)
        changed = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
        updated_index(base / SEARCH, draft / SEARCH, changed, store)
        whole_is_known = has_versions(home, release.number - 1)
        write_versions(home, release, store, change if whole_is_known else None)

    return _written(home, release, findings, fill, index)


def _change_from_current(home: Path, release: Release) -> Change | None:
    """Give what a release changes in the current one; None when nothing was told of that."""
    newest = current_record(home)
    if newest is None or not has_versions(home, newest.number):
        return None
    change = Change()
    for name in newest.objects.keys() | release.objects.keys():
        if newest.objects.get(name) != release.objects.get(name):
            old, new = (_quads(home, one, name) for one in (newest, release))
            of_graph = difference(old, new)
            change = Change(change.removed + of_graph.removed, change.added + of_graph.added)
    return change


def _quads(home: Path, release: Release, name: str) -> Iterator[Quad]:
    graph = NamedNode(graph_iri(name))
    for triple in parse(graph_content(home, release, name), format=RdfFormat.N_TRIPLES):
        yield Quad(triple.subject, triple.predicate, triple.object, graph)


def count_of(findings: Sequence[Finding], severity: Severity) -> int:
    """Count the findings of a severity."""
    return sum(finding.severity is severity for finding in findings)


def description(release: Release) -> Iterator[Triple]:
    """Give what a release states of itself."""
    subject = NamedNode(f"{ID}release/{release.id}")
    yield _stated(subject, "rdf:type", NamedNode(PREFIXES["hyte"] + "Release"))
    yield _stated(subject, "dcat:version", Literal(release.id))
    yield _stated(subject, "hyte:releaseNumber", _typed(release.number, "integer"))
    yield _stated(subject, "prov:generatedAtTime", _typed(release.built, "dateTime"))
    yield _stated(subject, "hyte:sha256", _typed(release.sha256, "hexBinary"))
    yield _stated(subject, "hyte:quadCount", _typed(release.quads, "integer"))
    for language, word in (("fi", "Julkaisu"), ("sv", "Utgåva"), ("en", "Release")):
        title = Literal(f"{word} {release.number} ({release.id})", language=language)
        yield _stated(subject, "dct:title", title)
    for name, count in release.graphs.items():
        graph = NamedNode(graph_iri(name))
        yield _stated(subject, "dct:hasPart", graph)
        yield _stated(graph, "void:triples", _typed(count, "integer"))


@contextmanager
def publisher_lock(home: Path, patience: float = 0.0) -> Iterator[None]:
    """Be the one publisher; raise BuildRunning when another is still one after some seconds."""
    home.mkdir(parents=True, exist_ok=True)
    until = monotonic() + patience
    with (home / "publisher.lock").open("w") as file:
        while not _locked(file.fileno()):
            if monotonic() >= until:
                raise BuildRunning(
                    "Another build is running in {home}. Wait for it to end.", home=home
                )
            sleep(0.02)
        yield


def put_in_place(home: Path, draft: Path) -> Release:
    """Move a draft among the releases and make it the current one."""
    folder = releases_folder(home) / draft.name
    if folder.resolve() != draft.resolve():
        folder.parent.mkdir(exist_ok=True)
        if folder.exists():
            # What was current once comes back, under a new number.
            folder.rename(home / DRAFTS / f"{draft.name}.old")
        draft.rename(folder)
        sync_folder(folder.parent)
    release = make_current(home, folder)
    settle(home)
    _prune(home, release)
    return release


def _prune(home: Path, newest: Release) -> None:
    """Remove snapshot and index of the release that is no longer among the newest.

    Its contents stay, to be read.
    """
    numbers = range(newest.number, max(0, newest.number - SNAPSHOTS), -1)
    kept = {record.id for number in numbers if (record := record_of_number(home, number))}
    old = record_of_number(home, newest.number - SNAPSHOTS)
    if old is not None and old.id not in kept:
        for name in (SNAPSHOT, SEARCH):
            shutil.rmtree(releases_folder(home) / old.id / name, ignore_errors=True)


def sweep(home: Path) -> None:
    """Remove what an interrupted build left behind; the lock makes sure none is running."""
    shutil.rmtree(home / DRAFTS, ignore_errors=True)
    if not are_settled(home):
        keep_only(home, _referred(home))


def _referred(home: Path) -> set[str]:
    """Give the contents that a release or the ledger names.

    Those that an erasure replaces are among them: it removes them itself when all else is done, and
    finds in them what it has to take out, should it be interrupted.
    """
    records = [*(home / HISTORY).glob("*.json"), *releases_folder(home).glob(f"*/{RECORD}")]
    found = {one for path in records for one in record_in(path).objects.values()}
    for entry in ledger.entries(home):
        found.update(entry.graphs.values(), entry.replaced, entry.replaced.values())
    return found


def _written(
    home: Path,
    release: Release,
    findings: Sequence[Finding],
    fill: Callable[[Path], Store],
    index: Callable[[Store, Path], None],
) -> Path:
    """Write the draft of a release; the current one, when it is that, only gets its new record."""
    folder = releases_folder(home) / release.id
    if _is_current(home, folder):
        write_release(folder, release)
        return folder
    draft = home / DRAFTS / release.id
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    write_release(draft, release)
    write_durably(draft / DESCRIPTION, canonical_triples(description(release)))
    write_durably(draft / REPORT, findings_json(findings).encode())
    store = fill(draft)
    store.flush()
    store.backup(str(draft / SNAPSHOT))
    index(store, draft)
    del store
    shutil.rmtree(draft / "loading", ignore_errors=True)
    for path in (draft, draft.parent):
        sync_folder(path)
    return draft


def _is_current(home: Path, folder: Path) -> bool:
    return (home / CURRENT).resolve() == folder.resolve() and folder.exists()


def _loaded(draft: Path) -> Store:
    store = Store(str(draft / "loading"))
    load(store, draft)
    store.optimize()
    return store


def _cloned(snapshot: Path, folder: Path) -> Store:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in snapshot.iterdir():
        if path.suffix == ".sst":
            os.link(path, folder / path.name)
        elif path.name != "LOCK":
            shutil.copyfile(path, folder / path.name)
    return Store(str(folder))


def _in_release_graph(triples: Iterator[Triple]) -> Iterator[Quad]:
    graph = NamedNode(RELEASE_GRAPH)
    return (Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)


def _stated(thing: NamedNode, term: str, value: NamedNode | Literal) -> Triple:
    return Triple(thing, NamedNode(expanded(term)), value)


def _typed(value: object, datatype: str) -> Literal:
    return Literal(str(value), datatype=NamedNode(PREFIXES["xsd"] + datatype))


def _locked(descriptor: int) -> bool:
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True
