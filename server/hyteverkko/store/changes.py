"""What one release has and the one before had not, and the other way round."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, parse, serialize

REMOVED: Final = "removed.nq"
ADDED: Final = "added.nq"


@dataclass(frozen=True, slots=True)
class Change:
    """Quads of named graphs that go and that come; the union of the graphs follows from them."""

    removed: tuple[Quad, ...] = ()
    added: tuple[Quad, ...] = ()


def write_change(folder: Path, change: Change) -> None:
    """Write a change into the folder of the release it leads to."""
    for name, quads in ((REMOVED, change.removed), (ADDED, change.added)):
        (folder / name).write_bytes(serialize(quads, format=RdfFormat.N_QUADS) or b"")


def read_change(folder: Path) -> Change:
    """Read the change that leads to the release in a folder."""
    removed, added = (
        tuple(parse(path=str(folder / name), format=RdfFormat.N_QUADS)) for name in (REMOVED, ADDED)
    )
    return Change(removed, added)


def apply_change(store: Store, change: Change) -> None:
    """Turn a store that holds one release into one that holds the next."""
    for quad in change.removed:
        store.remove(quad)
    store.extend(change.added)
    store.extend(in_union(change.added))
    for quad in change.removed:
        if not _is_stated(store, quad):
            store.remove(_united(quad))


def _is_stated(store: Store, quad: Quad) -> bool:
    """Say whether some named graph holds the triple of a quad."""
    found = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return any(one.graph_name != DefaultGraph() for one in found)


def in_union(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Give what quads add to the union of all graphs, which is the default graph."""
    return (_united(quad) for quad in quads)


def _united(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, DefaultGraph())


def difference(before: Iterable[Quad], after: Iterable[Quad]) -> Change:
    """Give the change from some quads to others."""
    old, new = set(before), set(after)
    return Change(tuple(old - new), tuple(new - old))
