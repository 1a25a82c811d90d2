"""The shapes of files, compiled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hyteverkko.ingest.findings import Finding, severity_of
from hyteverkko.ingest.rdf import translated
from hyteverkko.ingest.shacl.compile import (
    Broken,
    NotCompiled,
    alone,
    broken,
    source,
    together,
)
from hyteverkko.ingest.shacl.gather import Gathering
from hyteverkko.ingest.shacl.graph import ShapesGraph, Term
from hyteverkko.ingest.shacl.model import Constraint, Shape, read_shapes
from hyteverkko.ingest.shacl.names import shortened
from hyteverkko.ingest.shacl.questions import Aimed, Check, Question, Source, filled
from hyteverkko.ingest.shacl.run import CompiledShapes


def shape_files(root: Path) -> list[Path]:
    """Give the files of shapes that the repository ships, seen as one graph."""
    return sorted((root / "shapes").glob("*.ttl"))


def compiled(paths: Sequence[Path]) -> CompiledShapes:
    """Compile the shapes of Turtle files, seen as one graph."""
    return compiled_graph(ShapesGraph.read(paths))


def compiled_graph(graph: ShapesGraph) -> CompiledShapes:
    """Compile the shapes of a graph."""
    shapes = read_shapes(graph)
    gathering, found = Gathering(shapes), dict[Source, list[_Found]]()
    uncompiled = {}
    for shape in shapes.values():
        if not shape.targets or shape.deactivated:
            continue
        try:
            for of, one in list(_found(shapes, shape, gathering)):
                found.setdefault(of, []).append(one)
        except NotCompiled as reason:
            uncompiled[shape.id] = str(reason)
            gathering.add_all()
    rest = ""
    if uncompiled:
        # Loaded now: what runs later may have no files to load from.
        from hyteverkko.ingest.shacl.oracle import only

        rest = only(graph, uncompiled.keys(), shapes)
    aimed = tuple(_aimed(of, several) for of, several in found.items())
    reasons = {shortened(id_): reason for id_, reason in uncompiled.items()}
    return CompiledShapes(aimed, gathering.reach(), reasons, rest)


@dataclass(frozen=True, slots=True)
class _Found:
    broken: Broken
    check: Check


def _found(
    shapes: Mapping[Term, Shape], shape: Shape, gathering: Gathering, above: tuple[Shape, ...] = ()
) -> Iterator[tuple[Source, _Found]]:
    if shape.deactivated:
        return
    if shape in above:
        raise NotCompiled(f"it leads back to {shape.id}")
    of = source(shape, above)
    gathering.add_targets((*above, shape)[0].targets, above)
    for one in shape.constraints:
        how = broken(shapes, shape, one, of)
        gathering.add(shape, one, of)
        node, value, path, message, *fill = (
            name[1:] for name in (of.node, how.value, how.path, how.message, *how.fill)
        )
        yield of, _Found(how, Check(_finding(shape, one), node, value, path, message, tuple(fill)))
    for other in shape.properties:
        yield from _found(shapes, shapes[other], gathering, (*above, shape))


def _aimed(of: Source, found: Sequence[_Found]) -> Aimed:
    merged = [one for one in found if not one.broken.rows]
    questions = [Question(*alone(of, one.broken), (one.check,)) for one in found if one.broken.rows]
    if merged:
        asked = together(of, [one.broken for one in merged])
        questions.insert(0, Question(*asked, tuple(one.check for one in merged)))
    return Aimed(
        f"SELECT {of.node} WHERE {{ {of.whole} }} LIMIT 1",
        f"SELECT ?affected {of.node} WHERE {{ {of.affected} }} LIMIT 1",
        of.classes,
        tuple(questions),
    )


def _finding(shape: Shape, one: Constraint) -> Finding:
    messages = (one.query.messages if one.query else None) or shape.messages
    rule, component = shortened(shape.id), shortened(one.component)
    if one.query:
        messages = filled(messages, dict(one.query.bound))
    return Finding(
        severity_of(shape.severity),
        rule,
        messages or _unworded(rule, component),
        path="" if shape.path is None else str(shape.path),
        component=component,
    )


def _unworded(rule: str, component: str) -> dict[str, str]:
    return translated(
        "What is stated does not meet the rule {rule} ({component}).",
        rule=rule,
        component=component,
    )
