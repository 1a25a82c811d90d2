"""The shapes of files, compiled."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hyteverkko.ingest.findings import Finding, severity_of
from hyteverkko.ingest.rdf import translated
from hyteverkko.ingest.shacl.compile import NotCompiled, question, source
from hyteverkko.ingest.shacl.gather import Gathering
from hyteverkko.ingest.shacl.graph import ShapesGraph, Term
from hyteverkko.ingest.shacl.model import Constraint, Shape, read_shapes
from hyteverkko.ingest.shacl.names import shortened
from hyteverkko.ingest.shacl.questions import Source
from hyteverkko.ingest.shacl.run import Aimed, Check, CompiledShapes, filled


def shape_files(root: Path) -> list[Path]:
    """Give the files of shapes that the repository ships, seen as one graph."""
    return sorted((root / "shapes").glob("*.ttl"))


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
        from hyteverkko.ingest.shacl.oracle import only

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


def _any(of: Source) -> tuple[str, str]:
    return (
        f"SELECT {of.node} WHERE {{ {of.whole} }} LIMIT 1",
        f"SELECT ?affected {of.node} WHERE {{ {of.affected} }} LIMIT 1",
    )
