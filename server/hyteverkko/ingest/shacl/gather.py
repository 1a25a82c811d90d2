"""What shapes look at, gathered while they are compiled."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import NamedNode

from hyteverkko.ingest.shacl.graph import SUBCLASS, TYPE, Term
from hyteverkko.ingest.shacl.looks import Look, along
from hyteverkko.ingest.shacl.model import Constraint, Shape, Target
from hyteverkko.ingest.shacl.paths import Chain, Inverse, Path, Repeat, Step
from hyteverkko.ingest.shacl.patterns import query_looks
from hyteverkko.ingest.shacl.questions import Source
from hyteverkko.ingest.shacl.reach import Reach
from hyteverkko.store.queries import query_text

INSTANCE_OF: Final = Chain((Step(TYPE), Repeat(Step(SUBCLASS), "*")))
EVERY_NODE: Final = query_text("every_node")


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
