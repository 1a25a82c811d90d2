"""The files of the reference data: their text, made from the tables, in canonical Turtle."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from rdflib import Graph

from hyteverkko.namespaces import PREFIXES
from hyteverkko.reference.changes import change_statements
from hyteverkko.reference.evidence import collect_bases, evidence_statements
from hyteverkko.reference.memberships import membership_statements
from hyteverkko.reference.municipalities import municipality_statements
from hyteverkko.reference.regions import region_statements
from hyteverkko.reference.statements import Statement
from hyteverkko.reference.tables import Tables, read_tables

DATASETS: Final[Mapping[str, Callable[[Tables], Iterator[Statement]]]] = {
    "municipalities": municipality_statements,
    "regions": region_statements,
    "area-memberships": membership_statements,
    "municipality-changes": change_statements,
}
"""Each dataset and what states it."""


def reference_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Make the files from the tables in a folder; their paths are relative to ``data``."""
    tables = read_tables(folder)
    stated = {dataset: list(state(tables)) for dataset, state in DATASETS.items()}
    bases = collect_bases(statement for found in stated.values() for statement in found)
    for dataset, statements in stated.items():
        evidence = evidence_statements(tables, statements, bases)
        yield Path(dataset, f"{dataset}.ttl"), canonical_turtle(statements)
        yield Path(dataset, "evidence.ttl"), canonical_turtle(evidence)


def canonical_turtle(statements: Iterable[Statement]) -> str:
    """Write statements as Turtle that is the same for the same statements in any order."""
    graph = Graph(bind_namespaces="none")
    for statement in statements:
        graph.add((statement.subject, statement.predicate, statement.object))
    return serialize(graph)


def serialize(graph: Graph) -> str:
    """Write a graph as canonical Turtle with the prefixes of the project.

    ``id`` is no prefix here: the keys of things hold slashes, which prefixed names may not.
    """
    for prefix, namespace in PREFIXES.items():
        if prefix != "id":
            graph.bind(prefix, namespace)
    return graph.serialize(format="longturtle", canon=True)
