"""Compiled shapes: what is kept of the shapes to validate any store with them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QuerySolution,
    QuerySolutions,
    Store,
    Triple,
    Variable,
)

from hyteverkko.ingest.findings import Finding, severity_of
from hyteverkko.ingest.rdf import translated
from hyteverkko.ingest.shacl.compile import (
    AFFECTED,
    NotCompiled,
    Question,
    Source,
    question,
    source,
)
from hyteverkko.ingest.shacl.graph import TYPE, ShapesGraph, Term
from hyteverkko.ingest.shacl.model import Constraint, Shape, read_shapes
from hyteverkko.ingest.shacl.names import shortened
from hyteverkko.ingest.shacl.reach import Gathering, Reach

PLACE: Final = re.compile(r"\{[?$](\w+)\}")
GRAPH: Final = Variable("affected")


@dataclass(frozen=True, slots=True)
class Check:
    """A question with what a finding says of everything that it finds."""

    question: Question
    finding: Finding

    def found(self, row: QuerySolution) -> Finding:
        """Give the finding of a row."""
        asked = self.question
        focus = row[asked.node]
        value = row[asked.value] if asked.value else None
        path = row[asked.path] if asked.path else None
        text = row[asked.message] if asked.message else None
        messages: Mapping[str, str] = self.finding.messages
        if isinstance(text, Literal):
            messages = {text.language or "": text.value}
        if any("{" in message for message in messages.values()):
            values = {name: row[name] for name in asked.fill}
            messages = _filled(messages, {**values, "this": focus, "value": value})
        return Finding(
            self.finding.severity,
            self.finding.rule,
            messages,
            focus=str(focus),
            path=self.finding.path if path is None else str(path),
            value="" if value is None else str(value),
            component=self.finding.component,
        )


@dataclass(frozen=True, slots=True)
class Aimed:
    """Checks of the same nodes; ``any_whole`` and ``any_affected`` ask whether there is one."""

    any_whole: str
    any_affected: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CompiledShapes:
    """Shapes ready to run. They are plain values: cheap to keep, to pickle and to fork with.

    ``uncompiled`` are the shapes that pySHACL runs, each with the reason; it has them as ``rest``.
    """

    aimed: tuple[Aimed, ...]
    reach: Reach
    uncompiled: Mapping[str, str]
    rest: str

    def findings(self, store: Store, affected: NamedNode | None = None) -> Iterator[Finding]:
        """Validate the default graph of a store, which holds the union of all graphs.

        With ``affected``, only the nodes that a graph of this name types ``hyte:Affected``.
        """
        for aimed in self.aimed:
            if affected is None:
                yield from _run(store, aimed)
            else:
                yield from _run_affected(store, aimed, affected)
        if self.rest:
            yield from _left(self.rest, store, affected)

    def affected_by(self, changed: Iterable[Triple], store: Store) -> set[NamedNode]:
        """Give the nodes whose findings may differ after triples were added and removed.

        The store is as it is after the change.
        """
        return self.reach.affected_by(changed, store)


def compiled(paths: Sequence[Path]) -> CompiledShapes:
    """Compile the shapes of Turtle files, seen as one graph."""
    return compiled_graph(ShapesGraph.read(paths))


def compiled_graph(graph: ShapesGraph) -> CompiledShapes:
    """Compile the shapes of a graph."""
    shapes = read_shapes(graph)
    gathering, checks = Gathering(shapes), dict[Source, list[Check]]()
    uncompiled = {}
    for shape in shapes.values():
        if not shape.targets or shape.deactivated:
            continue
        try:
            for of, check in list(_checks(shapes, shape, gathering)):
                checks.setdefault(of, []).append(check)
        except NotCompiled as reason:
            uncompiled[shape.id] = str(reason)
            gathering.add_all()
    aimed = tuple(Aimed(*_any(of), tuple(found)) for of, found in checks.items())
    rest = ""
    if uncompiled:
        # Loaded now: what runs later may have no files to load from.
        from hyteverkko.ingest.shacl.oracle import only  # noqa: PLC0415

        rest = only(graph, uncompiled.keys(), shapes)
    named_reasons = {shortened(id_): reason for id_, reason in uncompiled.items()}
    return CompiledShapes(aimed, gathering.reach(), named_reasons, rest)


def _checks(
    shapes: Mapping[Term, Shape], shape: Shape, gathering: Gathering, above: tuple[Shape, ...] = ()
) -> Iterator[tuple[Source, Check]]:
    if shape.deactivated:
        return
    if shape in above:
        raise NotCompiled(f"it leads back to {shape.id}")
    of = source(shape, above)
    gathering.add_targets((*above, shape)[0].targets, above)
    for one in shape.constraints:
        asked = question(shapes, shape, one, of)
        gathering.add(shape, one, of)
        yield of, Check(asked, _finding(shape, one))
    for other in shape.properties:
        yield from _checks(shapes, shapes[other], gathering, (*above, shape))


def _finding(shape: Shape, one: Constraint) -> Finding:
    messages = (one.query.messages if one.query else None) or shape.messages
    rule, component = shortened(shape.id), shortened(one.component)
    if one.query:
        messages = _filled(messages, dict(one.query.bound))
    return Finding(
        severity_of(shape.severity),
        rule,
        messages or _unworded(rule, component),
        path="" if shape.path is None else str(shape.path),
        component=component,
    )


def _unworded(rule: str, component: str) -> dict[str, str]:
    return translated(
        "The shape {rule} is not satisfied: see {component}.", rule=rule, component=component
    )


def _filled(
    messages: Mapping[str, str], values: Mapping[str, Term | None]
) -> dict[str, str]:
    def value(place: re.Match[str]) -> str:
        term = values.get(place[1])
        if term is None:
            return place[0]
        return term.value if isinstance(term, Literal | NamedNode) else str(term)

    return {language: PLACE.sub(value, text) for language, text in messages.items()}


def _any(of: Source) -> tuple[str, str]:
    return (
        f"SELECT {of.node} WHERE {{ {of.whole} }} LIMIT 1",
        f"SELECT ?affected {of.node} WHERE {{ {of.affected} }} LIMIT 1",
    )


def _run(store: Store, aimed: Aimed) -> Iterator[Finding]:
    if next(_rows(store, aimed.any_whole), None) is None:
        return
    for check in aimed.checks:
        for row in _rows(store, check.question.whole):
            yield check.found(row)


def _run_affected(store: Store, aimed: Aimed, affected: NamedNode) -> Iterator[Finding]:
    if next(_rows(store, aimed.any_affected, affected), None) is None:
        return
    for check in aimed.checks:
        for row in _rows(store, check.question.affected, affected):
            yield check.found(row)


def _rows(store: Store, query: str, affected: NamedNode | None = None) -> Iterator[QuerySolution]:
    rows = store.query(query, substitutions={GRAPH: affected} if affected else None)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("shapes ask with a SELECT")
    return rows


def _left(rest: str, store: Store, affected: NamedNode | None) -> Iterator[Finding]:
    from hyteverkko.ingest.shacl.oracle import rest_findings  # noqa: PLC0415

    for finding in rest_findings(rest, store):
        if affected is None or _is_affected(finding.focus, store, affected):
            yield finding


def _is_affected(focus: str, store: Store, affected: NamedNode) -> bool:
    quad = Quad(NamedNode(focus[1:-1]), TYPE, AFFECTED, affected) if focus[:1] == "<" else None
    return quad is not None and quad in store
