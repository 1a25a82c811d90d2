"""How every table of a store on disk comes to be open before a cell, which may open none."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, Quad, Store

TABLE: Final = ".sst"
STRIDES: Final = (1000, 10, 1)


def open_tables(store: Store, folder: Path) -> None:
    """Have the engine open every table of the store that lies in a folder.

    It opens the first sixteen itself, each other one when a read falls among its keys. So what the
    store holds is read in all its orders, here and there at first, until no table is missing. A
    table that no read falls into is not needed either.
    """
    tables = {path.name for path in folder.glob("*" + TABLE)}
    list(store.named_graphs())
    for stride in STRIDES:
        for number, quad in enumerate(islice(store, 0, None, stride)):
            if number % 100 == 0 and tables <= _opened():
                return
            _read_in_all_orders(store, quad)


def opened_tables() -> Iterator[tuple[int, Path]]:
    """Give the descriptor and the file of each table that the engine has opened, to read only."""
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the folder's own, which is closed again
            if (path := entry.readlink()).suffix == TABLE:
                yield int(entry.name), path


def _opened() -> set[str]:
    return {path.name for _, path in opened_tables()}


def _read_in_all_orders(store: Store, quad: Quad) -> None:
    subject, predicate, term = quad.subject, quad.predicate, quad.object
    for graph in (quad.graph_name, DefaultGraph(), None):
        for found in (
            store.quads_for_pattern(subject, None, None, graph),
            store.quads_for_pattern(None, predicate, None, graph),
            store.quads_for_pattern(None, None, term, graph),
        ):
            next(found, None)
