"""What follows from the stated facts: the rules of ``ontology/rules`` fill a graph of their own.

A rule is a CONSTRUCT. The number before its name is its stratum: rules of one stratum see the
same graph, those of the next see what the earlier ones gave.
"""

from itertools import groupby
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad, QueryTriples, Store, Triple

from hyteverkko.namespaces import GRAPHS, sparql_prologue

DERIVED_GRAPH: Final = NamedNode(GRAPHS + "derived")


def rule_files(root: Path) -> list[Path]:
    """Give the rules in the order they run."""
    return sorted((root / "ontology" / "rules").glob("*.rq"))


def derive(store: Store, root: Path) -> None:
    """Add what the rules give to the store, as the graph ``derived``.

    A triple that some graph states already is not derived once more.
    """
    for _, stratum in groupby(rule_files(root), key=lambda path: path.name.partition("_")[0]):
        found = [triple for path in stratum for triple in _construct(store, path)]
        store.extend(
            Quad(triple.subject, triple.predicate, triple.object, DERIVED_GRAPH)
            for triple in found
            if not _stated(store, triple)
        )


def _stated(store: Store, triple: Triple) -> bool:
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    return next(found, None) is not None


def _construct(store: Store, path: Path) -> list[Triple]:
    text = path.read_text(encoding="utf-8")
    triples = store.query(sparql_prologue(text) + text, use_default_graph_as_union=True)
    if not isinstance(triples, QueryTriples):
        raise TypeError(f"{path.name} is not a CONSTRUCT")
    return list(triples)
