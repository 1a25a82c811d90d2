"""What each release did to each thing: the versions that registries copy, and the ends of things.

``versions/{number}.nq`` holds as N-Quads what the release with that number brought: for each thing
an activity of its own, and in the graph named by it the description of the thing as a whole.
``versions/{number}.tsv`` is the index: action, thing, and where its lines begin. Both are written
before the release becomes current and never change; names of persons do not go in, because a copy
that others have taken cannot be called back.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, serialize

from hyteverkko.namespaces import ID, PREFIXES
from hyteverkko.store.changes import Change
from hyteverkko.store.graph import RELEASE_GRAPH, Term
from hyteverkko.store.objects import write_durably, written_durably
from hyteverkko.store.releases import Release, record_of_number

VERSIONS: Final = "versions"
PERSON: Final = ID + "person/"
TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
WITHHELD: Final = NamedNode(PREFIXES["hyte"] + "WithheldPerson")
GRAPH: Final = NamedNode(PREFIXES["hyte"] + "graph")
BODY: Final = NamedNode(PREFIXES["oa"] + "hasBody")
RELEASE: Final = NamedNode(RELEASE_GRAPH)
TEXTS: Final = frozenset(
    NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (("xsd", "string"), ("rdf", "langString"), ("rdf", "dirLangString"))
)
STREAMS: Final = "https://www.w3.org/ns/activitystreams#"
OBJECT: Final = NamedNode(STREAMS + "object")
PUBLISHED: Final = NamedNode(STREAMS + "published")
DATE_TIME: Final = NamedNode(PREFIXES["xsd"] + "dateTime")


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


@dataclass(frozen=True, slots=True)
class State:
    """When a thing first came and last changed (UTC, milliseconds), and whether it is gone."""

    created: str
    modified: str
    gone: bool


@dataclass(frozen=True)
class Chronicle:
    """Everything that has been in a release or an earlier one, with its times."""

    number: int
    states: Mapping[str, State]

    def of(self, iri: str) -> State | None:
        """Give the state of a thing; None when it was never there."""
        return self.states.get(iri)

    @cached_property
    def latest(self) -> str:
        """Give the time of the last change of anything, empty when there is nothing."""
        return max((state.modified for state in self.states.values()), default="")


class Chronicles:
    """Gives the chronicle of the release that is served, going on from the one before."""

    def __init__(self, home: Path) -> None:
        """Read from ``home``."""
        self._home = home
        self._last = Chronicle(0, {})

    def of(self, release: Release) -> Chronicle:
        """Give the chronicle up to a release."""
        last = self._last
        if last.number > release.number:
            last = Chronicle(0, {})
        if last.number < release.number:
            last = self._continued(last, release.number)
            self._last = last
        return last

    def _continued(self, last: Chronicle, until: int) -> Chronicle:
        states = dict(last.states)
        for number in range(last.number + 1, until + 1):
            record = record_of_number(self._home, number)
            if record is None:
                continue
            at = time_of(record)
            for version in versions_of(self._home, number):
                known = states.get(version.thing)
                gone = version.action is Action.DELETE
                created = at if known is None or (known.gone and not gone) else known.created
                states[version.thing] = State(created, at, gone)
        return Chronicle(until, states)


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
    at = Literal(time_of(release), datatype=DATE_TIME)
    index, end = [], 0
    with written_durably(_content(home, release.number)) as file:
        for thing, action, described in (
            _whole(store) if change is None else _touched(store, change)
        ):
            index.append(f"{action}\t{thing.value}\t{end}\n")
            activity = NamedNode(version_iri(release.number, len(index)))
            quads = [
                Quad(activity, TYPE, NamedNode(STREAMS + action)),
                Quad(activity, OBJECT, thing),
                Quad(activity, PUBLISHED, at),
                *(Quad(thing, predicate, value, activity) for predicate, value in described),
            ]
            lines = serialize(quads, format=RdfFormat.N_QUADS) or b""
            end += file.write(b"".join(sorted(lines.splitlines(keepends=True))))
    index.append(f"end\t\t{end}\n")
    write_durably(_index(home, release.number), "".join(index).encode())


def has_versions(home: Path, number: int) -> bool:
    """Say whether what a release brought is recorded."""
    return _index(home, number).is_file()


def _whole(store: Store) -> Iterator["_Event"]:
    things = {
        quad.subject for quad in store if _counts(quad) and isinstance(quad.subject, NamedNode)
    }
    for thing in sorted(things, key=_value):
        if described := _description(_held(store, thing)):
            yield thing, Action.CREATE, described


def _touched(store: Store, change: Change) -> Iterator["_Event"]:
    removed, added = _by_subject(change.removed), _by_subject(change.added)
    graphs = {quad.graph_name for quad in (*change.removed, *change.added)}
    datasets = set(_datasets(store, graphs))
    for thing in sorted(removed.keys() | added.keys() | datasets, key=_value):
        held = _held(store, thing)
        before = _description((held - added.get(thing, set())) | removed.get(thing, set()))
        after = _description(held)
        if not after and before:
            yield thing, Action.DELETE, ()
        elif after and not before:
            yield thing, Action.CREATE, after
        elif after != before or (after and thing in datasets):
            yield thing, Action.UPDATE, after


_Description: TypeAlias = frozenset[tuple[NamedNode, Term]]
_Event: TypeAlias = tuple[NamedNode, Action, Iterable[tuple[NamedNode, Term]]]


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


def _held(store: Store, thing: NamedNode) -> set[Quad]:
    return {quad for quad in store.quads_for_pattern(thing, None, None, None) if _counts(quad)}


def _counts(quad: Quad) -> bool:
    """Say whether a quad is stated in a graph of the release, not by the release of itself."""
    return quad.graph_name not in (DefaultGraph(), RELEASE)


def _description(quads: Collection[Quad]) -> _Description:
    """Give what may be told of a thing: nothing of a person withheld, and no name of any."""
    if any(quad.object == WITHHELD for quad in quads):
        return frozenset()
    about_person = any(
        _is_person(quad.subject) or (quad.predicate == BODY and _is_person(quad.object))
        for quad in quads
    )
    return frozenset(
        (quad.predicate, quad.object)
        for quad in quads
        if not (about_person and isinstance(quad.object, Literal) and _is_text(quad.object))
    )


def _is_person(term: Term) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(PERSON)


def _is_text(literal: Literal) -> bool:
    return literal.datatype in TEXTS


def _value(thing: NamedNode) -> str:
    return thing.value


def _content(home: Path, number: int) -> Path:
    return home / VERSIONS / f"{number:08}.nq"


def _index(home: Path, number: int) -> Path:
    return home / VERSIONS / f"{number:08}.tsv"
