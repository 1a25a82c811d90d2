"""The contents of graphs on disk, each under its own checksum: written once, shared by releases.

``objects/ab/cdef….nt`` holds the canonical N-Triples of one graph: the sorted, distinct lines. A
graph that a release does not change costs it nothing, and what was served last year is still there
to be compared. ``objects/.unsettled`` stands there from the first new content until a release that
has it is current: where a publisher finds it at its start, another was refused or ended midway, and
may have left contents that nothing refers to.
"""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final, Self

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from hyteverkko.errors import HyteError

OBJECTS: Final = "objects"
UNSETTLED: Final = ".unsettled"


class DamagedObject(HyteError):
    """What lies on disk is not what its checksum names."""


def canonical_triples(triples: Iterable[Triple]) -> bytes:
    """Give the canonical N-Triples: without blank nodes these are the sorted distinct lines."""
    text = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(set(text.splitlines(keepends=True))))


def triples_of(quads: Iterable[Quad]) -> Iterator[Triple]:
    """Give the triples of quads, whatever graph they stand in."""
    return (Triple(quad.subject, quad.predicate, quad.object) for quad in quads)


def graph_of(quad: Quad) -> str:
    """Give the IRI of the graph that a quad stands in, empty for the default graph."""
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def contents_of(quads: Iterable[Quad]) -> Iterator[tuple[str, bytes]]:
    """Give the IRI of each graph that quads stand in, with its canonical N-Triples."""
    for graph, held in groupby(sorted(quads, key=graph_of), key=graph_of):
        yield graph, canonical_triples(triples_of(held))


def checksum_of(content: bytes) -> str:
    """Give the name under which a content is kept."""
    return hashlib.sha256(content).hexdigest()


def changed_content(
    content: bytes, removed: Collection[bytes], added: Collection[bytes]
) -> tuple[bytes, int]:
    """Give canonical N-Triples with lines taken out and put in, and by how many they have grown.

    Only the places of these lines are looked for, so a small change to a large graph costs little.
    """
    parts: list[bytes | memoryview] = []
    end, growth = 0, 0
    whole = memoryview(content)
    for line in sorted({*removed, *added}):
        start = _place(content, line, end)
        known = content.startswith(line, start)
        parts += [whole[end:start], line if line in added else b""]
        end = start + len(line) if known else start
        growth += (line in added) - known
    return b"".join([*parts, whole[end:]]), growth


def _place(content: bytes, line: bytes, low: int) -> int:
    """Give where in sorted lines a line stands or would stand; ``low`` is the start of a line."""
    high = len(content)
    while low < high:
        middle = content.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = content.index(b"\n", middle) + 1
        if content[middle:end] < line:
            low = end
        else:
            high = middle
    return low


def object_path(home: Path, checksum: str) -> Path:
    """Give the place of a content."""
    return home / OBJECTS / checksum[:2] / f"{checksum[2:]}.nt"


def write_object(home: Path, content: bytes, checksum: str = "") -> str:
    """Keep a content, safely on disk when this returns; give its checksum, where not known yet."""
    checksum = checksum or checksum_of(content)
    path = object_path(home, checksum)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        (home / OBJECTS / UNSETTLED).touch()
        write_durably(path, content)
    return checksum


def are_settled(home: Path) -> bool:
    """Say whether something refers to each content that is kept."""
    return not (home / OBJECTS / UNSETTLED).exists()


def settle(home: Path) -> None:
    """Say that something refers to each content that is kept."""
    (home / OBJECTS / UNSETTLED).unlink(missing_ok=True)


def keep_only(home: Path, referred: Collection[str]) -> None:
    """Remove the contents that are not ``referred`` to, and what is half written.

    Nobody may be writing meanwhile.
    """
    for path in (home / OBJECTS).glob("*/*"):
        if path.parent.name + path.name.removesuffix(".nt") not in referred:
            path.unlink()
    settle(home)


class ContentWriter:
    """Keeps contents by a thread of its own, while what only needs their checksums goes on."""

    def __init__(self, home: Path) -> None:
        """Write into ``home``."""
        self._home, self._thread = home, ThreadPoolExecutor(1)
        self._begun: list[Future[str]] = []

    def keep(self, content: bytes) -> str:
        """Begin to keep a content; give its checksum."""
        checksum = checksum_of(content)
        self._begun.append(self._thread.submit(write_object, self._home, content, checksum))
        return checksum

    def wait(self) -> None:
        """Wait until all is safely on disk; raise OSError where it is not."""
        for one in self._begun:
            one.result()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End when what was begun has ended."""
        self._thread.shutdown()


def read_object(home: Path, checksum: str) -> bytes:
    """Read a content; raise DamagedObject when it is not what was written."""
    path = object_path(home, checksum)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    if checksum_of(content) != checksum:
        raise _damaged(home, path)
    return content


def object_lines(home: Path, checksum: str) -> Iterator[bytes]:
    """Read a content line by line; raise DamagedObject at its end when it is not what was written.

    However large it is, only a line of it is in memory.
    """
    path, found = object_path(home, checksum), hashlib.sha256()
    if path.is_file():
        with path.open("rb") as file:
            for line in file:
                found.update(line)
                yield line
    if found.hexdigest() != checksum:
        raise _damaged(home, path)


def _damaged(home: Path, path: Path) -> DamagedObject:
    return DamagedObject(
        "The file {path} is missing or damaged. Restore it from a backup, or delete the "
        "folder and build again.",
        path=path.relative_to(home),
    )


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power failure."""
    with written_durably(path) as file:
        file.write(content)


@contextmanager
def written_durably(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write, which is at its place, whole and safely on disk, at the end."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
