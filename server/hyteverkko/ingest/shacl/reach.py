"""Which nodes a change can matter to: what shapes look at, as paths that lead there from a node."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import DefaultGraph, Literal, NamedNode, QuerySolutions, Store, Triple

from hyteverkko.ingest.shacl.graph import Term
from hyteverkko.ingest.shacl.looks import Look
from hyteverkko.ingest.shacl.paths import Chain, Choice, Inverse, Path, Repeat, Step


@dataclass(frozen=True, slots=True)
class Reach:
    """What shapes look at, by property; every property where it is none.

    ``looks`` are paths from a node to a triple; ``everywhere`` are queries for the nodes that a
    change of the property may matter to wherever it is.
    """

    looks: Mapping[NamedNode | None, Sequence[Look]]
    everywhere: Mapping[NamedNode | None, Sequence[str]]

    def affected_by(self, changed: Iterable[Triple], store: Store) -> set[NamedNode]:
        """Give the nodes whose results may differ after triples were added and removed.

        One state of the store is enough, and it is the one after the change: where a path that
        led to a triple was broken as well, the first triple that is gone from it is itself one
        that has changed, and what leads to that one is still there.
        """
        walker, found, asked = _Walker(store), set[Term](), dict[str, None]()
        for triple in changed:
            for predicate in (triple.predicate, None):
                asked.update(dict.fromkeys(self.everywhere.get(predicate, ())))
                for look in self.looks.get(predicate, ()):
                    end = triple.object if look.at_object else triple.subject
                    found |= walker.starts(look.route, end)
        found.update(node for query in asked for node in _nodes(store, query))
        return {node for node in found if isinstance(node, NamedNode)}


def _nodes(store: Store, query: str) -> Iterator[Term]:
    rows = store.query(query)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("the nodes are asked for with a SELECT")
    (variable,) = rows.variables
    for row in rows:
        if (node := row[variable]) is not None:
            yield node


@dataclass(slots=True)
class _Walker:
    """Walks paths from their end to their start; remembers what leads to a node."""

    store: Store
    into: dict[Term, Mapping[NamedNode, set[Term]]] = field(default_factory=dict)

    def starts(self, path: Path | None, end: Term) -> set[Term]:
        """Give the nodes from which a path leads to a node."""
        return {end} if path is None else self._walked(path, {end}, forward=False)

    def _walked(self, path: Path, nodes: set[Term], *, forward: bool) -> set[Term]:
        match path:
            case Step(predicate):
                return {
                    found
                    for node in nodes
                    for found in self._next(predicate, node, forward=forward)
                }
            case Inverse(inner):
                return self._walked(inner, nodes, forward=not forward)
            case Chain(paths):
                for inner in paths if forward else reversed(paths):
                    nodes = self._walked(inner, nodes, forward=forward)
                return nodes
            case Choice(paths):
                return {
                    found
                    for inner in paths
                    for found in self._walked(inner, nodes, forward=forward)
                }
            case Repeat(inner, mark):
                return self._repeated(inner, mark, nodes, forward=forward)

    def _repeated(self, path: Path, mark: str, nodes: set[Term], *, forward: bool) -> set[Term]:
        found = set() if mark == "+" else set(nodes)
        fresh = self._walked(path, nodes, forward=forward) - found
        found |= fresh
        while fresh and mark != "?":
            fresh = self._walked(path, fresh, forward=forward) - found
            found |= fresh
        return found

    def _next(self, predicate: NamedNode, node: Term, *, forward: bool) -> Iterable[Term]:
        if forward:
            if isinstance(node, Literal):
                return ()
            quads = self.store.quads_for_pattern(node, predicate, None, DefaultGraph())
            return [quad.object for quad in quads]
        if node not in self.into:
            found: dict[NamedNode, set[Term]] = defaultdict(set)
            for quad in self.store.quads_for_pattern(None, None, node, DefaultGraph()):
                found[quad.predicate].add(quad.subject)
            self.into[node] = found
        return self.into[node].get(predicate, ())
