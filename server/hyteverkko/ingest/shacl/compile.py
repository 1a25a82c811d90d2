"""Constraints as SPARQL: each asks for the nodes and values that break it.

The variable ``?_0`` is the node that a shape is for; what a nested shape looks at has the next
number. A pattern is always joined with LATERAL or EXISTS, which see the bound node, so the engine
starts from it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode, Store

from hyteverkko.ingest.shacl.datatypes import of_datatype
from hyteverkko.ingest.shacl.graph import SUBCLASS, TYPE, IllFormedShape, Term, named
from hyteverkko.ingest.shacl.model import Constraint, Shape, Target, is_blank
from hyteverkko.ingest.shacl.paths import Path, may_stay
from hyteverkko.ingest.shacl.queries import Query
from hyteverkko.ingest.shacl.questions import AFFECTED, Source

FOUND: Final = ("value", "path", "message")
"""The variables of a SELECT that say what its row has found."""

NODE_KINDS: Final = MappingProxyType(
    {
        named("sh:IRI"): "isIRI({v})",
        named("sh:BlankNode"): "isBlank({v})",
        named("sh:Literal"): "isLiteral({v})",
        named("sh:BlankNodeOrIRI"): "!isLiteral({v})",
        named("sh:BlankNodeOrLiteral"): "!isIRI({v})",
        named("sh:IRIOrLiteral"): "!isBlank({v})",
    }
)


class NotCompiled(Exception):
    """A shape has to be left to the oracle, for this reason."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A pattern that finds what breaks a constraint, and the variables it binds.

    ``keys`` tell one result from another. Where ``rows`` is said, every row is a result of its
    own, and ``fill`` are the variables that a message may name.
    """

    pattern: str
    value: str = ""
    path: str = ""
    keys: tuple[str, ...] = ()
    rows: bool = False
    message: str = ""
    fill: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """Give what has to be shown of a row."""
        shown = (*self.keys, self.value, self.path, self.message, *self.fill)
        return tuple(dict.fromkeys(name for name in shown if name))


def source(shape: Shape, above: Sequence[Shape] = ()) -> Source:
    """Give the nodes that a shape is for: its targets, or the values of the shapes above it."""
    targets = (*above, shape)[0].targets
    steps = [one.path for one in above if one.path is not None]
    node, keys = f"?_{len(steps)}", tuple(f"?_{number}" for number in range(len(steps) + 1))
    walked = "".join(_walk(path, keys[n], keys[n + 1]) for n, path in enumerate(steps))
    back = "".join(
        _walk_back(path, keys[n], keys[n + 1]) for n, path in reversed(tuple(enumerate(steps)))
    )
    aimed = _aimed(targets, lambda cls: f"?_t {SUBCLASS}* {cls} . ?_0 {TYPE} ?_t")
    reached = _aimed(targets, lambda cls: _instance("?_0", cls, "?_t"))
    whole = f"{{ {aimed} }}" + (f" LATERAL {{ {walked} }}" if walked else "")
    affected = f"{{ GRAPH ?affected {{ {node} {TYPE} {AFFECTED} }} }}"
    affected += f" LATERAL {{ {back}FILTER EXISTS {{ {reached} }} }}"
    kinds = {target.kind for target in targets}
    by_class = not steps and kinds == {"targetClass"}
    classes = frozenset(target.term for target in targets) if by_class else frozenset()
    return Source(whole, affected, node, keys, classes)


def broken(shapes: Mapping[Term, Shape], shape: Shape, one: Constraint, of: Source) -> Broken:
    """Compile one constraint of a shape on the nodes of a source."""
    compiler = _Compiler(shapes, (shape.id,), len(of.keys))
    if one.query is None or one.query.asks:
        return compiler.broken(shape, one, of.node)
    pattern, names = compiler.asked(one.query, of.node), one.query.variables
    value, path, message = (f"?{name}" if name in names else "" for name in FOUND)
    if shape.path is None:
        pattern += f" BIND(COALESCE({value or of.node}, {of.node}) AS ?_value)"
        value = "?_value"
    fill = tuple(f"?{name}" for name in names)
    return Broken(pattern, value, path, rows=True, message=message, fill=fill)


def together(of: Source, found: Sequence[Broken]) -> tuple[str, str]:
    """Ask for all that breaks several constraints: of all nodes, and of the affected ones.

    The variable ``?_check`` is the number of the constraint. All are shown the same variables, so
    a pattern binds none of them but its own.
    """
    patterns = (f"{{ {one.pattern} BIND({n} AS ?_check) }}" for n, one in enumerate(found))
    names = dict.fromkeys((*of.keys, *(name for one in found for name in one.variables)))
    rest = f"LATERAL {{ {' UNION '.join(patterns)} }}"
    shown = f"?_check {' '.join(names)}"
    return (
        f"SELECT DISTINCT {shown} WHERE {{ {of.whole} {rest} }}",
        f"SELECT DISTINCT ?affected {shown} WHERE {{ {of.affected} {rest} }}",
    )


def alone(of: Source, one: Broken) -> tuple[str, str]:
    """Ask for all that breaks a constraint of which every row is a result, in both ways."""
    nodes = " ".join(of.keys)
    names = " ".join(dict.fromkeys((*of.keys, *one.variables)))
    rest = f"LATERAL {{ {one.pattern} BIND(0 AS ?_check) }}"
    return (
        f"SELECT ?_check {names} WHERE {{"
        f" {{ SELECT DISTINCT {nodes} WHERE {{ {of.whole} }} }} {rest} }}",
        f"SELECT ?_check ?affected {names} WHERE {{"
        f" {{ SELECT DISTINCT ?affected {nodes} WHERE {{ {of.affected} }} }} {rest} }}",
    )


def _aimed(targets: Sequence[Target], by_class: Callable[[str], str]) -> str:
    nodes = [written(target.term) for target in targets if target.kind == "targetNode"]
    parts = [f"VALUES ?_0 {{ {' '.join(nodes)} }}"] if nodes else []
    for target in targets:
        term = written(target.term)
        match target.kind:
            case "targetClass":
                parts.append(by_class(term))
            case "targetSubjectsOf":
                parts.append(f"?_0 {term} ?_o")
            case "targetObjectsOf":
                parts.append(f"?_s {term} ?_0")
    return parts[0] if len(parts) == 1 else " UNION ".join(f"{{ {part} }}" for part in parts)


def _instance(v: str, cls: str, kind: str) -> str:
    # From the node's own class upwards: a class has more classes below it than above.
    return f"{v} {TYPE} {kind} LATERAL {{ {kind} {SUBCLASS}* {cls} }}"


def written(term: Term) -> str:
    """Write a term into a query."""
    if is_blank(term):
        raise NotCompiled("it names a blank node, which a query cannot do")
    return str(term)


def _walk(path: Path, x: str, v: str) -> str:
    """Give the pattern that leads from a bound node to the values of a path."""
    walked = f"{x} {path} {v}"
    # SPARQL leads a node to itself only where the graph mentions it.
    return f"{{ {walked} }} UNION {{ BIND({x} AS {v}) }} " if may_stay(path) else f"{walked} . "


def _walk_back(path: Path, x: str, v: str) -> str:
    """Give the pattern that leads from a bound value of a path to the nodes that have it."""
    walked = f"{x} {path} {v}"
    return f"{{ {walked} }} UNION {{ BIND({v} AS {x}) }} " if may_stay(path) else f"{walked} . "


def _number(term: Term, shape: Term) -> int:
    if not isinstance(term, Literal) or not term.value.lstrip("+").isdecimal():
        raise IllFormedShape(shape, f"{term} is not a count")
    return int(term.value)


@dataclass(frozen=True, slots=True)
class _Compiler:
    shapes: Mapping[Term, Shape]
    above: tuple[Term, ...]
    depth: int

    def _fresh(self, letter: str = "") -> str:
        return f"?_{letter}{self.depth}"

    def _deeper(self) -> "_Compiler":
        return _Compiler(self.shapes, self.above, self.depth + 1)

    def conforms(self, id_: Term, x: str) -> str:
        """Give the condition that a variable's node conforms to a shape."""
        if id_ in self.above:
            raise NotCompiled(f"it leads back to {id_}")
        shape = self.shapes[id_]
        if shape.deactivated:
            return "true"
        inside = _Compiler(self.shapes, (*self.above, id_), self.depth)
        held = [inside._held(shape, one, x) for one in shape.constraints]
        held += [inside._each(shape, x, other) for other in shape.properties]
        return f"({' && '.join(held)})" if held else "true"

    def _held(self, shape: Shape, one: Constraint, x: str) -> str:
        if shape.path is None and one.parameter in TESTS:
            return self._deeper().test(one, x, x)
        return f"NOT EXISTS {{ {self.broken(shape, one, x).pattern} }}"

    def _each(self, shape: Shape, x: str, other: Term) -> str:
        if shape.path is None:
            return self.conforms(other, x)
        v = self._fresh()
        conforms = self._deeper().conforms(other, v)
        return f"NOT EXISTS {{ {_walk(shape.path, x, v)}FILTER(!{conforms}) }}"

    def broken(self, shape: Shape, one: Constraint, x: str) -> Broken:
        """Give the pattern that finds how a variable's node breaks a constraint."""
        if one.query is not None and not one.query.asks:
            return Broken(self.asked(one.query, x))
        if one.parameter in TESTS:
            v = x if shape.path is None else self._fresh()
            walked = "" if shape.path is None else _walk(shape.path, x, v)
            return Broken(f"{walked}FILTER(!{self._deeper().test(one, x, v)})", v)
        return WHOLES[one.parameter](self, shape, one, x)

    def test(self, one: Constraint, x: str, v: str) -> str:
        """Give the condition that a value of a node satisfies a constraint."""
        return TESTS[one.parameter](self, one, x, v)

    def asked(self, query: Query, x: str, v: str = "") -> str:
        """Give the pattern of a query of a shape, with what it finds bound."""
        if query.needs_shapes:
            raise NotCompiled("its query asks for the shapes graph")
        names = " ".join(f"?{name}" for name, _ in query.bound)
        terms = " ".join(written(term) for _, term in query.bound)
        bound = f"VALUES ({names}) {{ ({terms}) }} " if names else ""
        value = f" BIND({v} AS ?value)" if v else ""
        group = query.text if query.asks else f"{{ {query.text} }}"
        return f"{bound}BIND({x} AS ?this){value} LATERAL {group}"

    # What is asked of each value by itself.

    def _class(self, one: Constraint, _x: str, v: str) -> str:
        return f"EXISTS {{ {_instance(v, written(one.terms[0]), self._fresh('t'))} }}"

    def _datatype(self, one: Constraint, _x: str, v: str) -> str:
        (datatype,) = one.terms
        if not isinstance(datatype, NamedNode):
            raise IllFormedShape(self.above[-1], f"{datatype} is not a datatype")
        return of_datatype(v, datatype)

    def _node_kind(self, one: Constraint, _x: str, v: str) -> str:
        for kind, condition in NODE_KINDS.items():
            if kind in one.terms:
                return f"({condition.format(v=v)})"
        raise IllFormedShape(self.above[-1], f"{one.terms[0]} is not a kind of node")

    def _compared(self, one: Constraint, _x: str, v: str) -> str:
        return f"COALESCE({v} {COMPARED[one.parameter]} {written(one.terms[0])}, false)"

    def _length(self, one: Constraint, _x: str, v: str) -> str:
        sign = ">=" if one.parameter == "minLength" else "<="
        length = _number(one.terms[0], self.above[-1])
        return f"(!isBlank({v}) && STRLEN(STR({v})) {sign} {length})"

    def _pattern(self, one: Constraint, _x: str, v: str) -> str:
        arguments = ", ".join(map(str, one.terms))
        if not Store().query(f'ASK {{ FILTER(isLiteral(REGEX("", {arguments}))) }}'):
            raise NotCompiled(f"the engine cannot read its pattern {one.terms[0]}")
        return f"(!isBlank({v}) && REGEX(STR({v}), {arguments}))"

    def _language_in(self, one: Constraint, _x: str, v: str) -> str:
        fits = " || ".join(f"langMatches(LANG({v}), {written(term)})" for term in one.terms)
        return f'(isLiteral({v}) && LANG({v}) != "" && ({fits or "false"}))'

    def _in(self, one: Constraint, _x: str, v: str) -> str:
        return f"EXISTS {{ VALUES {v} {{ {' '.join(map(written, one.terms))} }} }}"

    def _disjoint(self, one: Constraint, x: str, v: str) -> str:
        return f"NOT EXISTS {{ {x} {written(one.terms[0])} {v} }}"

    def _not(self, one: Constraint, _x: str, v: str) -> str:
        return f"(!{self.conforms(one.shapes[0], v)})"

    def _all(self, one: Constraint, _x: str, v: str) -> str:
        return f"({' && '.join(self.conforms(id_, v) for id_ in one.shapes) or 'true'})"

    def _any(self, one: Constraint, _x: str, v: str) -> str:
        return f"({' || '.join(self.conforms(id_, v) for id_ in one.shapes) or 'false'})"

    def _exactly_one(self, one: Constraint, _x: str, v: str) -> str:
        counted = " + ".join(f"IF({self.conforms(id_, v)}, 1, 0)" for id_ in one.shapes)
        return f"({counted or '0'} = 1)"

    def _asked(self, one: Constraint, x: str, v: str) -> str:
        if one.query is None:
            raise TypeError("a component without a query")
        return f"EXISTS {{ {self.asked(one.query, x, v)} }}"

    # What is asked of the values together.

    def _values(self, shape: Shape, x: str) -> str:
        v = self._fresh()
        return f"BIND({x} AS {v}) " if shape.path is None else _walk(shape.path, x, v)

    def _is_value(self, shape: Shape, x: str, v: str) -> str:
        if shape.path is None:
            return f"sameTerm({v}, {x})"
        return f"EXISTS {{ {x} {shape.path} {v} }}"

    def _count(self, shape: Shape, one: Constraint, x: str) -> Broken:
        count, v = _number(one.terms[0], shape.id), self._fresh()
        return Broken(_counted(one.parameter, count, x, v, self._values(shape, x)))

    def _qualified(self, shape: Shape, one: Constraint, x: str) -> Broken:
        count, v = _number(one.terms[0], shape.id), self._fresh()
        wanted, *siblings = one.shapes
        inside = self._deeper()
        fits = [inside.conforms(wanted, v)]
        fits += [f"!{inside.conforms(other, v)}" for other in siblings]
        walked = f"{self._values(shape, x)}FILTER({' && '.join(fits)}) "
        return Broken(_counted(one.parameter, count, x, v, walked))

    def _unique_lang(self, shape: Shape, _one: Constraint, x: str) -> Broken:
        a, b, language = self._fresh("a"), self._fresh("b"), self._fresh("l")
        if shape.path is None:
            return Broken("FILTER(false)")
        return Broken(
            f'{_walk(shape.path, x, a)} FILTER(isLiteral({a}) && LANG({a}) != "")'
            f" {_walk(shape.path, x, b)} FILTER(isLiteral({b}) && !sameTerm({a}, {b})"
            f" && LCASE(LANG({a})) = LCASE(LANG({b}))) BIND(LCASE(LANG({a})) AS {language})",
            keys=(language,),
        )

    def _has_value(self, shape: Shape, one: Constraint, x: str) -> Broken:
        wanted = written(one.terms[0])
        if shape.path is None:
            return Broken(f"FILTER(!sameTerm({x}, {wanted}))")
        v = self._fresh()
        walked = f"{_walk(shape.path, x, v)}FILTER sameTerm({v}, {wanted})"
        if not may_stay(shape.path):
            walked = f"{x} {shape.path} {wanted}"
        return Broken(f"FILTER NOT EXISTS {{ {walked} }}")

    def _equals(self, shape: Shape, one: Constraint, x: str) -> Broken:
        other, v = written(one.terms[0]), self._fresh()
        return Broken(
            f"{{ {self._values(shape, x)}FILTER NOT EXISTS {{ {x} {other} {v} }} }} UNION"
            f" {{ {x} {other} {v} FILTER(!{self._is_value(shape, x, v)}) }}",
            v,
        )

    def _ordered(self, shape: Shape, one: Constraint, x: str) -> Broken:
        v, w, sign = self._fresh(), self._fresh("w"), COMPARED[one.parameter]
        compared = f"{x} {written(one.terms[0])} {w} FILTER(!COALESCE({v} {sign} {w}, false))"
        return Broken(f"{self._values(shape, x)}{compared}", v, keys=(w,))

    def _closed(self, shape: Shape, one: Constraint, x: str) -> Broken:
        v = x if shape.path is None else self._fresh()
        walked = "" if shape.path is None else self._values(shape, x)
        path, value = self._fresh("p"), self._fresh("w")
        allowed = ", ".join(map(written, one.terms))
        beyond = f"{walked}{v} {path} {value} FILTER({path} NOT IN ({allowed}))"
        return Broken(beyond, value, path, (v,))


def _counted(parameter: str, count: int, x: str, v: str, walked: str) -> str:
    few = parameter.endswith("inCount")
    if few and count == 0:
        return "FILTER(false)"
    if (few and count == 1) or (not few and count == 0):
        counted = walked
    else:
        sign = ">=" if few else ">"
        having = f"HAVING(COUNT(DISTINCT {v}) {sign} {count})"
        counted = f"SELECT {x} WHERE {{ {walked}}} GROUP BY {x} {having}"
    return f"FILTER {'NOT EXISTS' if few else 'EXISTS'} {{ {counted} }}"


COMPARED: Final = MappingProxyType(
    {
        "minExclusive": ">",
        "minInclusive": ">=",
        "maxExclusive": "<",
        "maxInclusive": "<=",
        "lessThan": "<",
        "lessThanOrEquals": "<=",
    }
)

TESTS: Final[Mapping[str, Callable[[_Compiler, Constraint, str, str], str]]] = MappingProxyType(
    {
        "class": _Compiler._class,
        "datatype": _Compiler._datatype,
        "nodeKind": _Compiler._node_kind,
        "minExclusive": _Compiler._compared,
        "minInclusive": _Compiler._compared,
        "maxExclusive": _Compiler._compared,
        "maxInclusive": _Compiler._compared,
        "minLength": _Compiler._length,
        "maxLength": _Compiler._length,
        "pattern": _Compiler._pattern,
        "languageIn": _Compiler._language_in,
        "in": _Compiler._in,
        "disjoint": _Compiler._disjoint,
        "not": _Compiler._not,
        "and": _Compiler._all,
        "or": _Compiler._any,
        "xone": _Compiler._exactly_one,
        "node": _Compiler._all,
        "ask": _Compiler._asked,
    }
)
"""The constraints that look at one value at a time."""

WHOLES: Final[Mapping[str, Callable[[_Compiler, Shape, Constraint, str], Broken]]] = (
    MappingProxyType(
        {
            "minCount": _Compiler._count,
            "maxCount": _Compiler._count,
            "qualifiedMinCount": _Compiler._qualified,
            "qualifiedMaxCount": _Compiler._qualified,
            "uniqueLang": _Compiler._unique_lang,
            "hasValue": _Compiler._has_value,
            "equals": _Compiler._equals,
            "lessThan": _Compiler._ordered,
            "lessThanOrEquals": _Compiler._ordered,
            "closed": _Compiler._closed,
        }
    )
)
"""The constraints that look at the values of a node together."""
