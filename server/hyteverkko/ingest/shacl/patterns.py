"""What the SPARQL of a shape looks at, read from its triple patterns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import NamedNode
from pyparsing import ParseBaseException
from rdflib import URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import translateGroupGraphPattern
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import SPARQLError
from rdflib.term import Variable

from hyteverkko.ingest.shacl.looks import Look, along
from hyteverkko.ingest.shacl.paths import Chain, Choice, Inverse, Path, Repeat, Step
from hyteverkko.ingest.shacl.queries import Query

Routes = dict[str, Path | None]
"""How the nodes that a variable may be bound to are reached."""

HOLDING: Final = {"SelectQuery", "AskQuery", "Filter", "Extend", "ToMultiSet", "Graph"} | {
    "Distinct",
    "Reduced",
    "OrderBy",
    "Slice",
    "Group",
    "AggregateJoin",
}
"""The parts of a query that hold only where the pattern in them holds."""


def query_looks(
    query: Query, starts: Mapping[str, Path | None]
) -> tuple[Sequence[Look], set[NamedNode | None]]:
    """Give what a query looks at from the nodes that are bound beforehand, by their routes.

    And the properties that it looks at without a path that leads there; none stands for all.
    """
    try:
        tree = prepareQuery(f"ASK {query.text}" if query.asks else query.text).algebra
    except (ParseBaseException, SPARQLError):
        return (), {None}
    reading = _Reading()
    reading.read(tree, dict(starts))
    return tuple(reading.looks), reading.unreached


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A triple pattern, or with neither path nor property the same node under another name.

    An end that is no variable is none; so is a path that is no path of SHACL.
    """

    start: str | None
    path: Path | None
    end: str | None
    same: bool = False


@dataclass(slots=True)
class _Group:
    """Patterns that hold together, and the groups that may hold beside them.

    Of a group, ``shown`` are the variables that it shares; all of them where it is none.
    """

    patterns: list[_Pattern] = field(default_factory=list)
    beside: list[tuple[CompValue, set[str] | None]] = field(default_factory=list)
    unknown: bool = False


@dataclass(slots=True)
class _Reading:
    looks: dict[Look, None] = field(default_factory=dict)
    unreached: set[NamedNode | None] = field(default_factory=set)

    def read(self, tree: CompValue, routes: Routes) -> None:
        group = _Group()
        _gather(tree.p if tree.name == "SelectQuery" else tree, group, top=True)
        if group.unknown:
            self.unreached.add(None)
        waiting = list(group.patterns)
        while reached := [one for one in waiting if {one.start, one.end} & routes.keys()]:
            for one in reached:
                self._follow(one, routes)
            waiting = [one for one in waiting if one not in reached]
        for one in waiting:
            if not one.same:
                self.unreached |= set(_predicates(one.path))
        for part, shown in group.beside:
            self.read(part, {k: v for k, v in routes.items() if shown is None or k in shown})

    def _follow(self, one: _Pattern, routes: Routes) -> None:
        forward = one.start in routes
        near, far = (one.start, one.end) if forward else (one.end, one.start)
        route = routes[str(near)]
        if one.same:
            routes.setdefault(str(far), route)
        elif one.path is None:
            for at_object in (False, True):
                self.looks[Look(route, None, at_object)] = None
        else:
            looks, end = along(route, one.path if forward else Inverse(one.path))
            self.looks.update(dict.fromkeys(looks))
            if far is not None:
                routes.setdefault(far, end)


def _gather(part: CompValue, group: _Group, *, top: bool = False) -> None:
    match part.name:
        case "BGP":
            group.patterns.extend(_pattern(*triple) for triple in part.triples)
        case "Join":
            _gather(part.p1, group)
            _gather(part.p2, group)
        case "LeftJoin":
            _gather(part.p1, group)
            group.beside.append((part.p2, None))
        case "Union":
            group.beside += [(part.p1, None), (part.p2, None)]
        case "Project" if top:
            _gather(part.p, group)
        case "Project":
            group.beside.append((part.p, {str(name) for name in part.PV}))
        case name if name in HOLDING:
            _gather(part.p, group, top=top and name != "ToMultiSet")
            if isinstance(part.expr, Variable) and name == "Extend":
                group.patterns.append(_Pattern(str(part.expr), None, str(part.var), same=True))
        case _:
            group.unknown = True
    for inner in _exists(part.expr):
        group.beside.append((translateGroupGraphPattern(inner), None))


def _exists(expression: Any) -> Iterator[CompValue]:  # noqa: ANN401 - the parser's own tree
    if isinstance(expression, CompValue):
        if expression.name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
            yield expression.graph
            return
        for value in expression.values():
            yield from _exists(value)
    elif isinstance(expression, list | tuple):
        for value in expression:
            yield from _exists(value)


def _pattern(start: Any, path: Any, end: Any) -> _Pattern:  # noqa: ANN401
    names = [str(term) if isinstance(term, Variable) else None for term in (start, end)]
    return _Pattern(names[0], _path(path), names[1])


def _path(path: Any) -> Path | None:  # noqa: ANN401
    match path:
        case URIRef():
            return Step(NamedNode(str(path)))
        case InvPath():
            inner = _path(path.arg)
            return inner and Inverse(inner)
        case MulPath():
            inner = _path(path.path)
            return inner and Repeat(inner, str(path.mod))
        case SequencePath() | AlternativePath():
            inside = [inner for inner in map(_path, path.args) if inner]
            if len(inside) < len(path.args):
                return None
            return (Chain if isinstance(path, SequencePath) else Choice)(tuple(inside))
        case _:
            return None


def _predicates(path: Path | None) -> Iterator[NamedNode | None]:
    match path:
        case Step(predicate):
            yield predicate
        case Inverse(inner) | Repeat(inner):
            yield from _predicates(inner)
        case Chain(paths) | Choice(paths):
            for inner in paths:
                yield from _predicates(inner)
        case _:
            yield None
