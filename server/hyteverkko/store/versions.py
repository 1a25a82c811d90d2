"""What each release did to each thing: the versions that registries copy, and the ends of things.

``versions/{number}.nq`` holds as N-Quads what the release with that number brought: for each thing
an activity of its own, and in the graph named by it the description of the thing as a whole.
``versions/{number}.tsv`` is the index: action, thing, and where its lines begin. Both are written
before the release becomes current and never change; names of persons do not go in, because a copy
that others have taken cannot be called back.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import merge
from io import BytesIO
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from hyteverkko.namespaces import ID, PREFIXES
from hyteverkko.store.changes import Change
from hyteverkko.store.graph import RELEASE_GRAPH
from hyteverkko.store.objects import (
    canonical_triples,
    read_object,
    triples_of,
    write_durably,
    written_durably,
)
from hyteverkko.store.releases import Release

VERSIONS: Final = "versions"
TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
GRAPH: Final = NamedNode(PREFIXES["hyte"] + "graph")
RELEASE: Final = NamedNode(RELEASE_GRAPH)
DATE_TIME: Final = NamedNode(PREFIXES["xsd"] + "dateTime")
STREAMS: Final = PREFIXES["as"]
OBJECT: Final = NamedNode(STREAMS + "object")
PUBLISHED: Final = NamedNode(STREAMS + "published")

PERSON: Final = f"<{ID}person/".encode()
ABOUT_PERSON: Final = f" <{PREFIXES['oa']}hasBody> <{ID}person/".encode()
WITHHELD: Final = f" {TYPE} <{PREFIXES['hyte']}WithheldPerson> .\n".encode()
TEXT: Final = re.compile(rb'"(@[A-Za-z0-9-]+)? \.\n\Z')
"""How a line ends whose object is a text, in a language or in none."""


class Action(StrEnum):
    """What happened to a thing, as Activity Streams names it."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True)
class Version:
    """One thing in one release: ``start`` and ``end`` are where its lines lie in the file."""

    number: int
    place: int
    action: Action
    thing: str
    start: int
    end: int


def time_of(release: Release) -> str:
    """Give the time at which a release was built, as an xsd:dateTime in UTC."""
    return release.built.removesuffix("+00:00") + "Z"


def version_iri(number: int, place: int) -> str:
    """Give the IRI of a version: the activity, and the graph that describes the thing."""
    return f"{ID}version/{number}/{place}"


def versions_of(home: Path, number: int) -> list[Version]:
    """Give the versions that a release brought, in order."""
    path = _index(home, number)
    if not path.is_file():
        return []
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Version(number, place, Action(action), thing, int(start), int(after[2]))
        for place, ((action, thing, start), after) in enumerate(pairwise(lines), 1)
    ]


def version_lines(home: Path, versions: Sequence[Version]) -> bytes:
    """Give the N-Quads of consecutive versions of one release."""
    if not versions:
        return b""
    with _content(home, versions[0].number).open("rb") as file:
        file.seek(versions[0].start)
        return file.read(versions[-1].end - versions[0].start)


def write_versions(home: Path, release: Release, store: Store, change: Change | None) -> None:
    """Write what a release, which ``store`` holds, did to each thing that a change touches.

    Without a change everything in the release is new.
    """
    (home / VERSIONS).mkdir(exist_ok=True)
    index, end = [], 0
    events = _whole(home, release) if change is None else _touched(store, change)
    with written_durably(_content(home, release.number)) as file:
        for thing, action, described in events:
            index.append(f"{action}\t{thing}\t{end}\n")
            activity = version_iri(release.number, len(index))
            graph = f" <{activity}> .\n".encode()
            lines = (line.removesuffix(b" .\n") + graph for line in sorted(described))
            activity_lines = _activity(activity, action, thing, time_of(release))
            end += file.write(b"".join((activity_lines, *lines)))
    index.append(f"end\t\t{end}\n")
    write_durably(_index(home, release.number), "".join(index).encode())


def _activity(activity: str, action: Action, thing: str, at: str) -> bytes:
    subject = NamedNode(activity)
    triples = (
        Triple(subject, TYPE, NamedNode(STREAMS + action)),
        Triple(subject, OBJECT, NamedNode(thing)),
        Triple(subject, PUBLISHED, Literal(at, datatype=DATE_TIME)),
    )
    return canonical_triples(triples)


def has_versions(home: Path, number: int) -> bool:
    """Say whether what a release brought is recorded."""
    return _index(home, number).is_file()


_Event: TypeAlias = tuple[str, Action, Collection[bytes]]
"""A thing, what happened to it, and its description as lines of N-Triples."""


def _whole(home: Path, release: Release) -> Iterator[_Event]:
    """Read the contents of all graphs side by side: each is sorted by what it describes."""
    contents = [BytesIO(read_object(home, checksum)) for checksum in release.objects.values()]
    for subject, lines in groupby(merge(*contents), key=_subject):
        described = _description(subject, set(lines))
        if described and subject.startswith(b"<"):
            yield subject[1:-1].decode(), Action.CREATE, described


def _touched(store: Store, change: Change) -> Iterator[_Event]:
    removed, added = _by_subject(change.removed), _by_subject(change.added)
    graphs = {quad.graph_name for quad in (*change.removed, *change.added)}
    datasets = set(_datasets(store, graphs))
    for thing in sorted(removed.keys() | added.keys() | datasets, key=lambda one: one.value):
        held = {quad for quad in store.quads_for_pattern(thing, None, None, None) if _counts(quad)}
        old = (held - added.get(thing, set())) | removed.get(thing, set())
        before, after = (_description(str(thing).encode(), _lines(one)) for one in (old, held))
        if before and not after:
            yield thing.value, Action.DELETE, ()
        elif after and not before:
            yield thing.value, Action.CREATE, after
        elif after != before or (after and thing in datasets):
            yield thing.value, Action.UPDATE, after


def _by_subject(quads: Iterable[Quad]) -> dict[NamedNode, set[Quad]]:
    found: dict[NamedNode, set[Quad]] = defaultdict(set)
    for quad in quads:
        if isinstance(quad.subject, NamedNode):
            found[quad.subject].add(quad)
    return found


def _datasets(store: Store, graphs: Iterable[object]) -> Iterator[NamedNode]:
    """Give the datasets of which a graph has changed."""
    for graph in graphs:
        if isinstance(graph, NamedNode):
            for quad in store.quads_for_pattern(None, GRAPH, graph, DefaultGraph()):
                if isinstance(quad.subject, NamedNode):
                    yield quad.subject


def _counts(quad: Quad) -> bool:
    """Say whether a quad is stated in a graph of the release, not by the release of itself."""
    return quad.graph_name not in (DefaultGraph(), RELEASE)


def _lines(quads: Iterable[Quad]) -> set[bytes]:
    return set(canonical_triples(triples_of(quads)).splitlines(keepends=True))


def _subject(line: bytes) -> bytes:
    return line[: line.index(b" ")]


def _description(subject: bytes, lines: Collection[bytes]) -> Collection[bytes]:
    """Give what may be told of a thing: nothing of a person withheld, and no name of any."""
    if any(line.endswith(WITHHELD) for line in lines):
        return ()
    if subject.startswith(PERSON) or any(ABOUT_PERSON in line for line in lines):
        return {line for line in lines if not TEXT.search(line)}
    return lines


def _content(home: Path, number: int) -> Path:
    return home / VERSIONS / f"{number:08}.nq"


def _index(home: Path, number: int) -> Path:
    return home / VERSIONS / f"{number:08}.tsv"
