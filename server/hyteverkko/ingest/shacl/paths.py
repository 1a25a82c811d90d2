"""SHACL property paths: read from a graph of shapes, written as SPARQL, and read again."""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, NamedNode

from hyteverkko.ingest.shacl.graph import IllFormedShape, ShapesGraph, Term, named


@dataclass(frozen=True, slots=True)
class Step:
    """A property, from subject to object."""

    predicate: NamedNode

    def __str__(self) -> str:
        """Write the IRI."""
        return str(self.predicate)


@dataclass(frozen=True, slots=True)
class Inverse:
    """A path from its end to its start."""

    path: "Path"

    def __str__(self) -> str:
        """Write ``^path``."""
        return "^" + _within(self.path, Inverse, Chain, Choice)


@dataclass(frozen=True, slots=True)
class Chain:
    """Paths one after the other; none of them stays where it is."""

    paths: tuple["Path", ...]

    def __str__(self) -> str:
        """Write ``path / path``."""
        return " / ".join(_within(path, Chain, Choice) for path in self.paths)


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of several paths."""

    paths: tuple["Path", ...]

    def __str__(self) -> str:
        """Write ``path | path``."""
        return " | ".join(_within(path, Choice) for path in self.paths)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A path any number of times: ``*``, ``+`` or ``?``."""

    path: "Path"
    mark: str

    def __str__(self) -> str:
        """Write the path with its mark."""
        return _within(self.path, Inverse, Chain, Choice, Repeat) + self.mark


Path: TypeAlias = Step | Inverse | Chain | Choice | Repeat

REPEATS: Final = {
    named("sh:zeroOrMorePath"): "*",
    named("sh:oneOrMorePath"): "+",
    named("sh:zeroOrOnePath"): "?",
}
INVERSE: Final = named("sh:inversePath")
ALTERNATIVE: Final = named("sh:alternativePath")
TOKEN: Final = re.compile(r"<[^>]*>|[\^()/|*+?]")


def chain(*paths: Path | None) -> Path | None:
    """Join paths one after the other; a path that is none is left out."""
    steps: list[Path] = []
    for path in paths:
        if path is not None:
            steps.extend(path.paths if isinstance(path, Chain) else (path,))
    if len(steps) < 2:
        return steps[0] if steps else None
    return Chain(tuple(steps))


def may_stay(path: Path) -> bool:
    """Say whether a path of no steps at all fits, so that a node leads to itself."""
    match path:
        case Step():
            return False
        case Inverse(inner):
            return may_stay(inner)
        case Chain(paths):
            return all(map(may_stay, paths))
        case Choice(paths):
            return any(map(may_stay, paths))
        case Repeat(inner, mark):
            return mark != "+" or may_stay(inner)


def read_path(graph: ShapesGraph, node: Term, shape: Term) -> Path:
    """Read the path that a node of a graph stands for."""
    return _Reader(graph, shape).path(node, frozenset())


def parse_path(text: str) -> Path:
    """Read a path as it is written by ``str``."""
    tokens = TOKEN.findall(text)
    path = _choice(tokens)
    if tokens or str(path) != text:
        raise ValueError(f"not a path: {text}")
    return path


@dataclass(frozen=True, slots=True)
class _Reader:
    graph: ShapesGraph
    shape: Term

    def path(self, node: Term, above: frozenset[Term]) -> Path:
        if isinstance(node, NamedNode) and not self.graph.is_list(node):
            return Step(node)
        if node in above or not isinstance(node, BlankNode):
            raise IllFormedShape(self.shape, f"{node} is not a path")
        inside = above | {node}
        if self.graph.is_list(node):
            return Chain(self._members(node, inside))
        if inner := self.graph.value(node, INVERSE):
            return Inverse(self.path(inner, inside))
        if members := self.graph.value(node, ALTERNATIVE):
            return Choice(self._members(members, inside))
        for predicate, mark in REPEATS.items():
            if inner := self.graph.value(node, predicate):
                return Repeat(self.path(inner, inside), mark)
        raise IllFormedShape(self.shape, f"{node} is not a path")

    def _members(self, node: Term, above: frozenset[Term]) -> tuple[Path, ...]:
        members = tuple(self.path(item, above) for item in self.graph.items(node))
        if len(members) < 2:
            raise IllFormedShape(self.shape, "a path of paths needs two of them")
        return members


def _within(path: Path, *grouped: type) -> str:
    return f"({path})" if isinstance(path, grouped) else str(path)


def _choice(tokens: list[str]) -> Path:
    paths = [_chain(tokens)]
    while tokens[:1] == ["|"]:
        tokens.pop(0)
        paths.append(_chain(tokens))
    return paths[0] if len(paths) == 1 else Choice(tuple(paths))


def _chain(tokens: list[str]) -> Path:
    paths = [_element(tokens)]
    while tokens[:1] == ["/"]:
        tokens.pop(0)
        paths.append(_element(tokens))
    return paths[0] if len(paths) == 1 else Chain(tuple(paths))


def _element(tokens: list[str]) -> Path:
    token = tokens.pop(0) if tokens else ""
    if token == "^":
        return Inverse(_element(tokens))
    if token == "(":
        path = _choice(tokens)
        if tokens[:1] != [")"]:
            raise ValueError("a group of the path does not end")
        tokens.pop(0)
    elif token.startswith("<"):
        path = Step(NamedNode(token[1:-1]))
    else:
        raise ValueError(f"not a path: {token}")
    return Repeat(path, tokens.pop(0)) if tokens[:1] and tokens[0] in "*+?" else path
