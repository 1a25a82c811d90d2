"""Graphs of a release as one RDF file, written as they are read: in memory is a piece at a time.

N-Quads are the canonical lines. TriG and JSON-LD keep the named graphs; Turtle, which has none, is
their union as a set.
"""

import gzip
import heapq
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from hyteverkko.formats import N_QUADS, TURTLE, Format
from hyteverkko.namespaces import PREFIXES
from hyteverkko.store.objects import object_lines
from hyteverkko.store.releases import Release, dataset_lines, graph_iri

LEVEL: Final = 6
PIECE: Final = 1024 * 1024
NAMES: Final = {prefix: iri for prefix, iri in PREFIXES.items() if prefix != "id"}
"""The prefixes of every file: which of them a file needs is not known until it is written."""


def write_graphs(
    output: BinaryIO, home: Path, release: Release, graphs: Sequence[str], format_: Format
) -> None:
    """Write graphs of a release in a format."""
    if format_ is N_QUADS:
        for line in dataset_lines(home, release, frozenset(graphs)):
            output.write(line)
    elif format_ is TURTLE:
        contents = [object_lines(home, release.objects[name]) for name in sorted(graphs)]
        write_triples(output, triples(one for one, _ in groupby(heapq.merge(*contents))), format_)
    elif isinstance(format_.engine, RdfFormat):
        held = _quads(home, release, graphs)
        serialize(held, output=output, format=format_.engine, prefixes=NAMES)
    else:
        raise TypeError(f"not a format of graphs: {format_.name}")


def write_triples(output: BinaryIO, held: Iterable[Triple], format_: Format) -> None:
    """Write triples in a format."""
    if not isinstance(format_.engine, RdfFormat):
        raise TypeError(f"not a format of graphs: {format_.name}")
    serialize(held, output=output, format=format_.engine, prefixes=NAMES)


def triples(lines: Iterable[bytes]) -> Iterator[Triple]:
    """Read lines of N-Triples as triples."""
    held = parse(io.BufferedReader(_Lines(lines), PIECE), format=RdfFormat.N_TRIPLES)
    return (quad.triple for quad in held)


@contextmanager
def zipped(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be written compressed; the same content gives the same bytes."""
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as packed,
        io.BufferedWriter(packed, PIECE) as pieces,
    ):
        yield pieces


def _quads(home: Path, release: Release, graphs: Sequence[str]) -> Iterator[Quad]:
    for name in sorted(graphs):
        graph = NamedNode(graph_iri(name))
        for one in triples(object_lines(home, release.objects[name])):
            yield Quad(one.subject, one.predicate, one.object, graph)


class _Lines(io.RawIOBase):
    """Lines as a file to read from."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        super().__init__()
        self._lines, self._left = iter(lines), b""

    def readable(self) -> bool:
        """Say that it is one to read from."""
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Fill a buffer with whole lines and a part of one."""
        parts, size = [self._left], len(self._left)
        while size < len(buffer) and (line := next(self._lines, b"")):
            parts.append(line)
            size += len(line)
        content = b"".join(parts)
        given, self._left = content[: len(buffer)], content[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)
