"""The triples that a path looks at, and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from hyteverkko.ingest.shacl.paths import Chain, Choice, Inverse, Path, Repeat, Step, chain


@dataclass(frozen=True, slots=True)
class Look:
    """Triples that are looked at: those whose subject, or object, a route leads to.

    The route is none where it is the node itself; the predicate where it is every property.
    """

    route: Path | None
    predicate: NamedNode | None
    at_object: bool = False


def along(route: Path | None, path: Path) -> tuple[Sequence[Look], Path | None]:
    """Give what a path looks at after a route, and the route to its end."""
    match path:
        case Step(predicate):
            return [Look(route, predicate)], chain(route, path)
        case Inverse(Step(predicate)):
            return [Look(route, predicate, at_object=True)], chain(route, path)
        case Inverse(inner):
            return along(route, _inverse(inner))
        case Chain(paths):
            looks: list[Look] = []
            for inner in paths:
                found, route = along(route, inner)
                looks.extend(found)
            return looks, route
        case Choice(paths):
            return [look for inner in paths for look in along(route, inner)[0]], chain(route, path)
        case Repeat(inner, mark):
            before = route if mark == "?" else chain(route, Repeat(inner, "*"))
            return along(before, inner)[0], chain(route, path)


def _inverse(path: Path) -> Path:
    match path:
        case Step():
            return Inverse(path)
        case Inverse(inner):
            return inner
        case Chain(paths):
            return Chain(tuple(_inverse(inner) for inner in reversed(paths)))
        case Choice(paths):
            return Choice(tuple(map(_inverse, paths)))
        case Repeat(inner, mark):
            return Repeat(_inverse(inner), mark)
