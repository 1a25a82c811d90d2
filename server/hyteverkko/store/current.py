"""The release being served: notices when another has been published, and switches to it whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.store.graph import ReleaseGraph, Row, open_graph
from hyteverkko.store.releases import SNAPSHOT, current_folder

NOTICED_WITHIN: Final = 0.25
"""Seconds after which another release is noticed."""


@dataclass(frozen=True, slots=True)
class Serving:
    """One release as it is served: its folder, its graph, and the names of the ontology's terms."""

    folder: Path
    graph: ReleaseGraph
    names: dict[str, tuple[Literal, ...]]

    @property
    def snapshot(self) -> str:
        """Give the folder that query workers open."""
        return str(self.folder / SNAPSHOT)


class CurrentRelease:
    """Gives the current release, opened once."""

    def __init__(self, home: Path, engine: str) -> None:
        """Open the current release; raise NoRelease when there is none."""
        self._home, self._engine = home, engine
        self._lock = Lock()
        self._serving = self._open()
        self._look_again = 0.0

    def serving(self) -> Serving:
        """Give the current release; a reader keeps the one it was given."""
        now = monotonic()
        if now >= self._look_again:
            with self._lock:
                if current_folder(self._home) != self._serving.folder:
                    self._serving = self._open()
                self._look_again = now + NOTICED_WITHIN
        return self._serving

    def _open(self) -> Serving:
        folder = current_folder(self._home)
        graph = open_graph(folder, self._engine)
        return Serving(folder, graph, names_by_iri(graph.rows("names_of_terms"), "term"))


def names_by_iri(rows: Iterable[Row], variable: str) -> dict[str, tuple[Literal, ...]]:
    """Collect the names of each IRI from rows of a variable and ``name``."""
    names: dict[str, tuple[Literal, ...]] = {}
    for row in rows:
        term, name = row[variable], row.get("name")
        if isinstance(term, NamedNode) and isinstance(name, Literal):
            names[term.value] = (*names.get(term.value, ()), name)
    return names
