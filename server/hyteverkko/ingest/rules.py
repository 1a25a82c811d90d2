"""What follows from the stated facts: the rules of ``ontology/rules`` fill a graph of their own.

A rule is a CONSTRUCT. The number before its name is its stratum: rules of one stratum see the
same graph, those of the next see what the earlier ones gave.
"""

from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples, Store, Triple

from hyteverkko.namespaces import GRAPHS, with_prologue
from hyteverkko.store.changes import in_union

DERIVED_GRAPH: Final = NamedNode(GRAPHS + "derived")

Rules: TypeAlias = tuple[tuple[str, ...], ...]
"""The texts of the rules, by stratum."""


def rule_files(root: Path) -> list[Path]:
    """Give the rules in the order they run."""
    return sorted((root / "ontology" / "rules").glob("*.rq"))


def read_rules(root: Path) -> Rules:
    """Read the rules, stratum by stratum."""
    strata = groupby(rule_files(root), key=lambda path: path.name.partition("_")[0])
    return tuple(tuple(_query(path) for path in paths) for _, paths in strata)


def derive(store: Store, root: Path) -> None:
    """Add to a store its union and what the rules of a repository give, as graph ``derived``."""
    store.bulk_extend(in_union(store))
    apply_rules(store, read_rules(root))


def apply_rules(store: Store, rules: Rules) -> None:
    """Add what rules give to the store, as the graph ``derived``.

    A triple that some graph states already is not derived once more. The rules ask the default
    graph, which is the union of the others as a set: in the engine's own union a triple that a
    hundred graphs hold is found a hundred times by each pattern.
    """
    for stratum in rules:
        found = [triple for query in stratum for triple in _construct(store, query)]
        store.extend(
            Quad(triple.subject, triple.predicate, triple.object, graph)
            for triple in found
            if not _stated(store, triple)
            for graph in (DERIVED_GRAPH, DefaultGraph())
        )


def _stated(store: Store, triple: Triple) -> bool:
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    return next(found, None) is not None


def _query(path: Path) -> str:
    return with_prologue(path.read_text(encoding="utf-8"))


def _construct(store: Store, query: str) -> list[Triple]:
    triples = store.query(query)
    if not isinstance(triples, QueryTriples):
        raise TypeError(f"not a CONSTRUCT: {query}")
    return list(triples)
