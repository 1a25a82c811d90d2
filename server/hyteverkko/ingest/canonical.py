"""The canonical form of the files under ``data/``: sorted Turtle, so that a diff shows the change.

Run as a program on a dataset's folder it rewrites its graphs; the record, written by hand, stays.
"""

import sys
from pathlib import Path

from rdflib import Graph

from hyteverkko.ingest.rdf import RECORD
from hyteverkko.namespaces import PREFIXES


def canonical_turtle(text: str) -> str:
    """Give the canonical form of a Turtle document without blank nodes."""
    graph = Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        if prefix != "id":
            graph.bind(prefix, iri)
    graph.parse(data=text, format="turtle")
    return str(graph.serialize(format="longturtle", canon=True))


def graph_files(folder: Path) -> list[Path]:
    """Give the files of a dataset that are kept canonical."""
    return sorted(path for path in folder.glob("*.ttl") if path.name != RECORD)


def main() -> None:
    """Rewrite the graphs of the folders named on the command line."""
    for folder in sys.argv[1:]:
        for path in graph_files(Path(folder)):
            path.write_text(canonical_turtle(path.read_text(encoding="utf-8")), encoding="utf-8")
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
