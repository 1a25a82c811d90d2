"""Which nodes a change can matter to: what shapes look at, as paths that lead there from a node."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    QuerySolutions,
    Store,
    Triple,
)

from hyteverkko.ingest.shacl.compile import Source
from hyteverkko.ingest.shacl.graph import SUBCLASS, TYPE, Term
from hyteverkko.ingest.shacl.looks import Look, along
from hyteverkko.ingest.shacl.model import Constraint, Shape, Target
from hyteverkko.ingest.shacl.paths import Chain, Choice, Inverse, Path, Repeat, Step, chain
from hyteverkko.ingest.shacl.patterns import query_looks

INSTANCE_OF = Chain((Step(TYPE), Repeat(Step(SUBCLASS), "*")))
EVERY_NODE = "SELECT DISTINCT ?n WHERE { { ?n ?p ?o } UNION { ?s ?p ?n } }"


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


@dataclass(slots=True)
class Gathering:
    """The reach of shapes while they are compiled, constraint by constraint."""

    shapes: Mapping[Term, Shape]
    looks: dict[Look, None] = field(default_factory=dict)
    everywhere: dict[tuple[NamedNode | None, str], None] = field(default_factory=dict)

    def reach(self) -> Reach:
        """Give what was gathered."""
        looks: dict[NamedNode | None, list[Look]] = defaultdict(list)
        for look in self.looks:
            looks[look.predicate].append(look)
        queries: dict[NamedNode | None, list[str]] = defaultdict(list)
        for predicate, query in self.everywhere:
            queries[predicate].append(query)
        return Reach(dict(looks), dict(queries))

    def add_targets(self, targets: Sequence[Target], above: Sequence[Shape]) -> None:
        """Add what decides whether a node is one that a shape is for."""
        steps = [one.path for one in reversed(above) if one.path is not None]
        root = None
        for path in steps:
            root = self._add_path(root, Inverse(path))
        for target in targets:
            match target.kind, target.term:
                case "targetClass", _:
                    self._add_path(root, INSTANCE_OF)
                case "targetSubjectsOf", NamedNode() as predicate:
                    self._add(Look(root, predicate))
                case "targetObjectsOf", NamedNode() as predicate:
                    self._add(Look(root, predicate, at_object=True))

    def add(self, shape: Shape, one: Constraint, source: Source) -> None:
        """Add what a constraint looks at from the nodes of its source."""
        self._add_constraint(shape, one, None, source)

    def add_all(self) -> None:
        """Add everything: what the oracle looks at is not known."""
        self._add(Look(None, None))
        self._add(Look(None, None, at_object=True))
        self.everywhere[None, EVERY_NODE] = None

    def _add(self, look: Look) -> None:
        self.looks[look] = None

    def _add_path(self, route: Path | None, path: Path) -> Path | None:
        looks, end = along(route, path)
        self.looks.update(dict.fromkeys(looks))
        return end

    def _add_shape(self, id_: Term, route: Path | None, source: Source) -> None:
        shape = self.shapes[id_]
        if shape.deactivated:
            return
        for one in shape.constraints:
            self._add_constraint(shape, one, route, source)
        end = route if shape.path is None else self._add_path(route, shape.path)
        for other in shape.properties:
            self._add_shape(other, end, source)

    def _add_constraint(
        self, shape: Shape, one: Constraint, route: Path | None, source: Source
    ) -> None:
        end = route if shape.path is None else self._add_path(route, shape.path)
        match one.parameter, one.terms:
            case "class", _:
                self._add_path(end, INSTANCE_OF)
            case "closed", _:
                self._add(Look(end, None))
            case (
                "equals" | "disjoint" | "lessThan" | "lessThanOrEquals",
                (NamedNode() as predicate,),
            ):
                self._add(Look(route, predicate))
        for other in one.shapes:
            self._add_shape(other, end, source)
        if one.query is not None:
            starts = {"this": route, "value": end} if one.query.asks else {"this": route}
            looks, unreached = query_looks(one.query, starts)
            self.looks.update(dict.fromkeys(looks))
            nodes = f"SELECT DISTINCT {source.node} WHERE {{ {source.whole} }}"
            self.everywhere.update({(predicate, nodes): None for predicate in unreached})


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
                    found for node in nodes for found in self._next(predicate, node, forward=forward)
                }
            case Inverse(inner):
                return self._walked(inner, nodes, forward=not forward)
            case Chain(paths):
                for inner in paths if forward else reversed(paths):
                    nodes = self._walked(inner, nodes, forward=forward)
                return nodes
            case Choice(paths):
                return {
                    found for inner in paths for found in self._walked(inner, nodes, forward=forward)
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
