"""The release being served: notices when another has been published, and switches to it whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from hyteverkko.store.graph import ReleaseGraph, Row, open_graph
from hyteverkko.store.releases import current_folder


@dataclass(frozen=True, slots=True)
class Serving:
    """One release as it is served: its folder, its graph, and the names of the ontology's terms."""

    folder: Path
    graph: ReleaseGraph
    names: dict[str, tuple[Literal, ...]]


class CurrentRelease:
    """Gives the release being served; whoever follows the releases says when to look again."""

    def __init__(self, home: Path, engine: str) -> None:
        """Open the current release; raise NoRelease when there is none."""
        self._home, self._engine = home, engine
        self._serving = self.opened(current_folder(home))

    def serving(self) -> Serving:
        """Give the release being served; a reader keeps the one it was given."""
        return self._serving

    def published(self) -> Path | None:
        """Give the folder of the current release when it is not the one being served."""
        folder = current_folder(self._home)
        return None if folder == self._serving.folder else folder

    def opened(self, folder: Path, engine: str = "") -> Serving:
        """Open a release, with an engine of its own where one is named."""
        graph = open_graph(folder, engine or self._engine)
        return Serving(folder, graph, names_by_iri(graph.rows("names_of_terms"), "term"))

    def serve(self, serving: Serving) -> None:
        """Serve another release from now on."""
        self._serving = serving


def names_by_iri(rows: Iterable[Row], variable: str) -> dict[str, tuple[Literal, ...]]:
    """Collect the names of each IRI from rows of a variable and ``name``."""
    names: dict[str, tuple[Literal, ...]] = {}
    for row in rows:
        term, name = row[variable], row.get("name")
        if isinstance(term, NamedNode) and isinstance(name, Literal):
            names[term.value] = (*names.get(term.value, ()), name)
    return names
