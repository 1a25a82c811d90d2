"""A release from the files: built beside the current one, and made current with one switch."""

import hashlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, serialize

from hyteverkko.errors import HyteError
from hyteverkko.ingest.findings import Refused, Severity
from hyteverkko.ingest.inputs import inputs_checksum
from hyteverkko.ingest.persons import last_days, without_withheld
from hyteverkko.ingest.validate import Progress, Validated, quiet, validate_repository
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.store.graph import load
from hyteverkko.store.releases import (
    DATASET,
    RELEASE,
    SERVED,
    SNAPSHOT,
    UNION,
    Release,
    all_releases,
    read_release,
    releases_folder,
    write_release,
)

RELEASE_GRAPH: Final = NamedNode(GRAPHS + "release")


class BuildRunning(HyteError):
    """Another build holds the lock."""


def build(root: Path, home: Path, today: date, progress: Progress = quiet) -> Release:
    """Validate everything and publish it; raise Refused, with nothing changed, on a violation.

    The same input gives the same release: it keeps its id, its number and its folder.
    """
    with _publisher_lock(home):
        _sweep(home)
        inputs = inputs_checksum(root)
        validated = validate_repository(root, progress)
        if not validated.conforms:
            raise Refused(validated.findings)
        return _published(*_release(validated, inputs, today, home), home)


def publish_quads(quads: Iterable[Quad], home: Path) -> Release:
    """Publish quads as they are, without asking whether they are valid: for trials only."""
    with _publisher_lock(home):
        lines = canonical_lines(quads)
        return _published(_record(lines, _counts(lines), home), lines, home)


def canonical_lines(quads: Iterable[Quad]) -> list[bytes]:
    """Give the canonical N-Quads: without blank nodes these are the sorted distinct lines."""
    text = serialize(quads, format=RdfFormat.N_QUADS) or b""
    return sorted(set(text.splitlines(keepends=True)))


def union_lines(lines: Iterable[bytes]) -> list[bytes]:
    """Give the N-Triples of the union of the graphs of canonical N-Quads: each triple once."""
    return sorted({line.rpartition(b" <")[0] + b" .\n" for line in lines})


def _published(release: Release, lines: list[bytes], home: Path) -> Release:
    folder = releases_folder(home) / release.id
    if folder.exists():
        known = read_release(folder)
        release = replace(release, number=known.number, built=known.built)
        write_release(folder, release)
    else:
        _write(folder, release, lines, home)
    _switch(home, folder)
    return release


def _release(
    validated: Validated, inputs: str, today: date, home: Path
) -> tuple[Release, list[bytes]]:
    quads = list(validated.store)
    days = last_days(quads)
    withheld = {person for person, day in days.items() if day < today}
    lines = canonical_lines(without_withheld(quads, withheld))
    shown = sorted(day for day in days.values() if day >= today)
    release = replace(
        _record(lines, _counts(lines), home),
        inputs=inputs,
        warnings=sum(f.severity is Severity.WARNING for f in validated.findings),
        valid_until=shown[0].isoformat() if shown else "",
    )
    return release, lines


def _record(lines: list[bytes], graphs: dict[str, int], home: Path) -> Release:
    checksum = hashlib.sha256(b"".join(lines)).hexdigest()
    return Release(
        id=checksum[:12],
        number=max((release.number for release in all_releases(home)), default=0) + 1,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        sha256=checksum,
        inputs="",
        quads=len(lines),
        graphs=graphs,
        warnings=0,
        valid_until="",
    )


def _counts(lines: Iterable[bytes]) -> dict[str, int]:
    graphs = Counter(line.rpartition(b" <")[2].partition(b">")[0].decode() for line in lines)
    return {name.removeprefix(GRAPHS): count for name, count in sorted(graphs.items())}


def _write(folder: Path, release: Release, lines: list[bytes], home: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="building-", dir=home))
    described = canonical_lines(_description(release))
    (draft / DATASET).write_bytes(b"".join(lines))
    (draft / RELEASE).write_bytes(b"".join(described))
    (draft / UNION).write_bytes(b"".join(union_lines([*lines, *described])))
    loading = draft / "loading"
    store = Store(str(loading))
    load(store, draft)
    store.optimize()
    store.flush()
    store.backup(str(draft / SNAPSHOT))
    del store
    shutil.rmtree(loading)
    write_release(draft, release)
    for path in (*(draft / name for name in SERVED), draft):
        _sync(path)
    draft.chmod(0o755)
    draft.rename(folder)
    _sync(folder.parent)


def _description(release: Release) -> Iterator[Quad]:
    subject = NamedNode(f"{ID}release/{release.id}")
    integer = NamedNode(PREFIXES["xsd"] + "integer")
    day = NamedNode(PREFIXES["xsd"] + "dateTime")
    hex_binary = NamedNode(PREFIXES["xsd"] + "hexBinary")

    def stated(thing: NamedNode, term: str, value: NamedNode | Literal) -> Quad:
        prefix, name = term.split(":")
        return Quad(thing, NamedNode(PREFIXES[prefix] + name), value, RELEASE_GRAPH)

    yield stated(subject, "rdf:type", NamedNode(PREFIXES["hyte"] + "Release"))
    yield stated(subject, "dcat:version", Literal(release.id))
    yield stated(subject, "hyte:releaseNumber", Literal(str(release.number), datatype=integer))
    yield stated(subject, "prov:generatedAtTime", Literal(release.built, datatype=day))
    yield stated(subject, "hyte:sha256", Literal(release.sha256, datatype=hex_binary))
    yield stated(subject, "hyte:quadCount", Literal(str(release.quads), datatype=integer))
    for language, word in (("fi", "Julkaisu"), ("sv", "Utgåva"), ("en", "Release")):
        title = Literal(f"{word} {release.number} ({release.id})", language=language)
        yield stated(subject, "dct:title", title)
    for name, count in release.graphs.items():
        graph = NamedNode(GRAPHS + name)
        yield stated(subject, "dct:hasPart", graph)
        yield stated(graph, "void:triples", Literal(str(count), datatype=integer))


def _switch(home: Path, folder: Path) -> None:
    draft = home / "current.new"
    draft.unlink(missing_ok=True)
    draft.symlink_to(folder.relative_to(home))
    draft.replace(home / "current")
    _sync(home)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(home: Path) -> None:
    """Remove what an interrupted build left behind; the lock makes sure none is running."""
    for draft in home.glob("building-*"):
        shutil.rmtree(draft)


@contextmanager
def _publisher_lock(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "publisher.lock").open("w") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except OSError:
            raise BuildRunning(
                "Another build is running in {home}. Wait for it to end.", home=home
            ) from None
        yield
