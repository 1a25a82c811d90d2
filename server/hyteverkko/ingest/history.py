"""What was, and what has changed since: graphs as they were, differences, who has changed one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hyteverkko.errors import NotFound
from hyteverkko.ingest import ledger
from hyteverkko.ingest.contributors import PERSONS
from hyteverkko.ingest.records import CONTRIBUTIONS, EVIDENCE
from hyteverkko.namespaces import GRAPHS
from hyteverkko.store.objects import read_object
from hyteverkko.store.releases import Release, graph_content, graph_iri


@dataclass(frozen=True, slots=True)
class GraphChange:
    """What went from and came to one graph between two releases, as lines of N-Triples."""

    graph: str
    removed: Sequence[str]
    added: Sequence[str]


def changes_between(
    home: Path, before: Release, after: Release, graph: str = ""
) -> Iterator[GraphChange]:
    """Give what changed from one release to another, graph by graph, or of one graph."""
    for name in sorted(before.objects.keys() | after.objects.keys()):
        same = before.objects.get(name) == after.objects.get(name)
        if same or (graph and name != graph):
            continue
        old, new = (
            set(graph_content(home, release, name).decode().splitlines())
            for release in (before, after)
        )
        yield GraphChange(name, sorted(old - new), sorted(new - old))


def entry_graph(entry: ledger.Entry) -> str:
    """Give the graph that an entry of the ledger is about, empty when it is about none."""
    names = [name for name in entry.graphs if graph_iri(name) != CONTRIBUTIONS.value]
    stated = sorted(name.removesuffix(EVIDENCE).removesuffix(PERSONS) for name in names)
    return stated[0] if stated else ""


def entries_about(home: Path, graph: str) -> list[ledger.Entry]:
    """Give the entries about a graph, the newest first."""
    return [one for one in ledger.entries(home) if entry_graph(one) == graph][::-1]


def state_before(home: Path, number: int) -> tuple[str, bytes]:
    """Give the graph that an entry is about, and as N-Quads what it and its persons' graph held.

    Raise NotFound when there is no such entry, or a later one has changed the same graph.
    """
    known = list(ledger.entries(home))
    if not 1 <= number <= len(known):
        raise NotFound("The ledger has no entry {number}.", number=number)
    graph = entry_graph(known[number - 1])
    later = [one.number for one in known[number:] if entry_graph(one) == graph]
    if not graph or later:
        raise NotFound(
            "Entry {number} cannot be undone by itself: undo what came after it first: {later}.",
            number=number,
            later=", ".join(map(str, later)) or "–",
        )
    held = _held_before(known[: number - 1], ledger.replacements(known))
    lines = b"".join(
        line.removesuffix(b" .\n") + f" <{GRAPHS}{name}> .\n".encode()
        for name in (graph, graph + PERSONS)
        if held.get(name)
        for line in read_object(home, held[name]).splitlines(keepends=True)
    )
    return graph, lines


def _held_before(known: Sequence[ledger.Entry], replaced: Mapping[str, str]) -> Mapping[str, str]:
    held: dict[str, str] = {}
    for entry in known:
        held |= entry.graphs
    return {name: ledger.latest(checksum, replaced) for name, checksum in held.items()}
