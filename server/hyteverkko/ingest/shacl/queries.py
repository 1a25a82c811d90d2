"""The SPARQL of shapes: constraints and validators, read into text that needs no prefixes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from hyteverkko.ingest.shacl.graph import IllFormedShape, ShapesGraph, Term, named
from hyteverkko.ingest.shacl.paths import Path

TOKEN: Final = re.compile(
    r'(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<name>(?:[^\W\d_][\w.-]*)?:(?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*"
    r"(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?)"
    r"|(?P<blank>_:[\w.-]+)"
    r"|(?P<word>@?[A-Za-z][\w-]*)"
    r"|(?P<space>\s+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
REFUSED: Final = {"MINUS", "VALUES", "SERVICE"}
"""What a query with values bound beforehand may not hold (SHACL, appendix A)."""

OUTER: Final = {"PREFIX", "BASE", "FROM"}
GRAPHS: Final = {"shapesGraph", "currentShape"}
"""Variables that stand for the shapes themselves, which the data's store does not hold."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a shape: a whole SELECT, or the group of an ASK.

    ``variables`` are all it names; ``bound`` are the parameters of its component.
    """

    text: str
    asks: bool
    variables: tuple[str, ...]
    bound: tuple[tuple[str, Term], ...]
    messages: Mapping[str, str]
    id: Term

    @property
    def needs_shapes(self) -> bool:
        """Say whether it asks for the shapes graph."""
        return not GRAPHS.isdisjoint(self.variables)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "word" else ""

    @property
    def variable(self) -> str:
        return self.text[1:] if self.kind == "variable" else ""


def select(
    graph: ShapesGraph,
    node: Term,
    path: Path | None,
    messages: Mapping[str, str],
    bound: Sequence[tuple[str, Term]],
) -> Query:
    """Read the ``sh:select`` of a constraint or validator."""
    tokens = _tokens(graph, node, named("sh:select"), path)
    _check(node, tokens, {"this", *(name for name, _ in bound)})
    shown = _projected(tokens, 0)
    if "this" not in shown:
        raise IllFormedShape(node, "its SELECT does not return $this")
    tokens = _showing(tokens, [name for name, _ in bound if name not in shown])
    text = "".join(token.text for token in tokens).strip()
    _parse(node, text)
    return Query(text, False, _variables(tokens), tuple(bound), messages, node)


def ask(
    graph: ShapesGraph,
    node: Term,
    path: Path | None,
    messages: Mapping[str, str],
    bound: Sequence[tuple[str, Term]],
) -> Query:
    """Read the ``sh:ask`` of a validator."""
    tokens = _tokens(graph, node, named("sh:ask"), path)
    _check(node, tokens, {"this", "value", *(name for name, _ in bound)})
    _parse(node, "".join(token.text for token in tokens))
    opening = next(number for number, token in enumerate(tokens) if token.text == "{")
    group = "".join(token.text for token in tokens[opening:]).strip()
    return Query(group, True, _variables(tokens), tuple(bound), messages, node)


def _tokens(graph: ShapesGraph, node: Term, kind: NamedNode, path: Path | None) -> list[_Token]:
    text = graph.value(node, kind)
    if not isinstance(text, Literal):
        raise IllFormedShape(node, "it has no query")
    prefixes = dict(_prefixes(graph, node))
    tokens = []
    for match in TOKEN.finditer(text.value):
        token = _Token(str(match.lastgroup), match.group())
        if token.kind == "name":
            token = _Token("iri", _expanded(node, token.text, prefixes))
        if token.variable == "PATH" and path is not None:
            token = _Token("path", f"({path})")
        if token.kind != "comment":
            tokens.append(token)
    return tokens


def _prefixes(graph: ShapesGraph, node: Term) -> Iterator[tuple[str, str]]:
    waiting, seen = list(graph.objects(node, named("sh:prefixes"))), set[Term]()
    while waiting:
        ontology = waiting.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        waiting.extend(graph.objects(ontology, named("owl:imports")))
        for declaration in graph.objects(ontology, named("sh:declare")):
            prefix = graph.value(declaration, named("sh:prefix"))
            namespace = graph.value(declaration, named("sh:namespace"))
            if isinstance(prefix, Literal) and isinstance(namespace, Literal):
                yield prefix.value, namespace.value


def _expanded(node: Term, name: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = name.partition(":")
    if prefix not in prefixes:
        raise IllFormedShape(node, f"the prefix {prefix}: is not declared")
    return "<" + prefixes[prefix] + re.sub(r"\\(.)", r"\1", local) + ">"


def _check(node: Term, tokens: Sequence[_Token], bound: set[str]) -> None:
    words = [token for token in tokens if token.kind not in {"space"}]
    for number, token in enumerate(words):
        if token.keyword in REFUSED | OUTER:
            raise IllFormedShape(node, f"its query holds {token.keyword}")
        if token.variable in bound and number and words[number - 1].keyword == "AS":
            raise IllFormedShape(node, f"its query gives ${token.variable} a value of its own")
        if token.keyword == "SELECT" and number and not bound <= _projected(words, number):
            raise IllFormedShape(node, "a SELECT within its query leaves out what is bound")


def _projected(tokens: Sequence[_Token], start: int) -> set[str]:
    """Give the variables that the SELECT which starts here says it returns."""
    found, depth, last = set[str](), 0, ""
    for token in tokens[start:]:
        if token.keyword == "WHERE" or token.text == "{":
            break
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.variable and (depth == 0 or last == "AS"):
            found.add(token.variable)
        if token.kind != "space":
            last = token.keyword
    return found


def _showing(tokens: Sequence[_Token], names: Sequence[str]) -> list[_Token]:
    """Let a SELECT, and its groups, show these variables too: what is bound is seen only then."""
    shown = _Token("other", "".join(f" ?{name}" for name in names) + " ")
    found: list[_Token] = []
    depth, opened, grouped = 0, False, False
    for token in tokens:
        if not opened and (token.keyword == "WHERE" or token.text == "{"):
            found.append(shown)
            opened = True
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        found.append(token)
        if opened and depth == 0 and token.keyword == "GROUP":
            grouped = True
        elif grouped and token.keyword == "BY":
            found.append(shown)
            grouped = False
    return found


def _variables(tokens: Sequence[_Token]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token.variable for token in tokens if token.variable))


def _parse(node: Term, text: str) -> None:
    try:
        found = Store().query(text)
    except SyntaxError as error:
        raise IllFormedShape(node, f"its query cannot be read: {error}") from error
    if text.lstrip().upper().startswith("SELECT") is not isinstance(found, QuerySolutions):
        raise IllFormedShape(node, "its query has the wrong form")
