"""Shapes and data drawn by chance: small, and with every component of SHACL Core in every place."""

from collections.abc import Sequence
from random import Random

PREFIXES = """
@prefix : <urn:x:> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
NODES = [f":n{number}" for number in range(6)]
PROPERTIES = [":p", ":q", ":r"]
CLASSES = [":A", ":B", ":C"]
LITERALS = [
    '"a"', '"ab"', '"a"@en', '"b"@en', '"a"@en-gb', '"a"@fi', '"b"@fi', "1", "2", "3.5", "true",
    '"x"^^xsd:integer', '"2020-01-01"^^xsd:date', '"2021-01-01"^^xsd:date', '"2020"^^xsd:gYear',
]  # fmt: skip


NUMBERS = ["0", "1", "2", "3", "1.5", "2.5", "3.5"]


def made_up_data(random: Random, triples: int = 30, *, numbers: bool = False) -> str:
    """Draw a graph; with ``numbers`` the values of its properties are nothing else."""
    lines = [":B rdfs:subClassOf :A .", ":C rdfs:subClassOf :B ."]
    lines += [f"{node} a {random.choice(CLASSES)} ." for node in NODES if random.random() < 0.7]
    for _ in range(triples):
        things = NUMBERS if numbers else random.choice([NODES + LITERALS, NODES])
        lines.append(
            f"{random.choice(NODES)} {random.choice(PROPERTIES)} {random.choice(things)} ."
        )
    return PREFIXES + "\n".join(lines)


def made_up_shapes(random: Random, count: int = 3, *, numbers: bool = False) -> str:
    """Draw shapes; with ``numbers``, for data of numbers, and then such as compare them.

    pySHACL finds an order where SPARQL has none, between a number and a date for example.
    """
    drawing = _Drawing(random, numbers)
    for _ in range(count):
        drawing.shape(0, _targets(random, NUMBERS if numbers else LITERALS))
    return PREFIXES + "\n".join(drawing.lines)


def _targets(random: Random, literals: Sequence[str]) -> list[str]:
    kinds = [
        f"sh:targetClass {random.choice(CLASSES)}",
        f"sh:targetNode {random.choice(NODES)}, {random.choice(literals)}, :nowhere",
        f"sh:targetSubjectsOf {random.choice(PROPERTIES)}",
        f"sh:targetObjectsOf {random.choice(PROPERTIES)}",
    ]
    return random.sample(kinds, random.choice([1, 1, 2]))


class _Drawing:
    def __init__(self, random: Random, numbers: bool) -> None:
        self.random = random
        self.numbers = numbers
        self.lines: list[str] = []
        self.count = 0

    def shape(self, depth: int, parts: Sequence[str] = (), *, prop: bool | None = None) -> str:
        self.count += 1
        name = f":s{self.count}"
        said = list(parts)
        if self.random.random() < 0.6 if prop is None else prop:
            said += [f"sh:path {self.path(0)}"]
        has_path = len(said) > len(parts)
        for _ in range(self.random.choice([1, 1, 2])):
            one = self.constraint(depth, has_path)
            # Most parameters may be given once only.
            if one.split()[0] not in {before.split()[0] for before in said}:
                said.append(one)
        if depth == 0 and self.random.random() < 0.2:
            said.append("sh:severity sh:Warning")
        if depth and self.random.random() < 0.1:
            said.append("sh:deactivated true")
        kind = "sh:PropertyShape" if has_path else "sh:NodeShape"
        self.lines.append(f"{name} a {kind} ; {' ; '.join(said)} .")
        return name

    def path(self, depth: int) -> str:
        random = self.random
        if depth > 1 or random.random() < 0.5:
            return random.choice(PROPERTIES)
        inner = [self.path(depth + 1) for _ in range(random.choice([2, 2, 3]))]
        return random.choice(
            [
                f"( {' '.join(inner)} )",
                f"[ sh:alternativePath ( {' '.join(inner)} ) ]",
                f"[ sh:inversePath {random.choice(PROPERTIES)} ]",
                f"[ sh:zeroOrMorePath {inner[0]} ]",
                f"[ sh:oneOrMorePath {inner[0]} ]",
                f"[ sh:zeroOrOnePath {inner[0]} ]",
            ]
        )

    def constraint(self, depth: int, has_path: bool) -> str:
        random = self.random
        thing = random.choice(NODES + LITERALS)
        some = " ".join(random.sample(NODES + LITERALS, random.choice([1, 4, 12])))
        number, other = random.choice([0, 1, 1, 2, 3]), random.choice(PROPERTIES)
        kinds = ["IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral"]
        choices = [
            f"sh:class {random.choice(CLASSES)}",
            f"sh:datatype {random.choice(['xsd:integer', 'xsd:string', 'xsd:date'])}",
            "sh:datatype rdf:langString",
            f"sh:nodeKind sh:{random.choice([*kinds, 'IRIOrLiteral'])}",
            f"sh:{random.choice(['min', 'max'])}Length {number}",
            'sh:pattern "^A" ; sh:flags "i"',
            'sh:languageIn ( "en" "sv" )',
            f"sh:equals {other}",
            f"sh:disjoint {other}",
            f"sh:hasValue {thing}",
            f"sh:in ( {some} )",
            f"sh:closed true ; sh:ignoredProperties ( rdf:type {other} )",
        ]
        if self.numbers:
            choices += [
                f"sh:{random.choice(['min', 'max'])}{random.choice(['In', 'Ex'])}clusive {number}"
            ] * 4
        if has_path:
            counts = [f"sh:minCount {number}", f"sh:maxCount {number}", "sh:uniqueLang true"]
            orders = [f"sh:lessThan {other}", f"sh:lessThanOrEquals {other}"]
            choices += [*counts * 2, *orders * 2] if self.numbers else counts * 2
        if depth < 2 and random.random() < 0.5:
            choices = self.nested(depth + 1, number, has_path)
        return random.choice(choices)

    def nested(self, depth: int, number: int, has_path: bool) -> list[str]:
        kind = self.random.choice(["not", "node", "and", "or", "xone", "property", "qualified"])
        several = " ".join(self.shape(depth) for _ in range(self.random.choice([1, 2, 3])))
        match kind:
            case "not":
                return [f"sh:not {self.shape(depth)}"]
            case "node":
                return [f"sh:node {self.shape(depth, prop=False)}"]
            case "property":
                return [f"sh:property {self.shape(depth, prop=True)}"]
            case "qualified":
                bound = self.random.choice(["Min", "Max"])
                qualified = f"sh:qualifiedValueShape {self.shape(depth)}"
                disjoint = self.random.choice(["", " ; sh:qualifiedValueShapesDisjoint true"])
                first = f"sh:path {self.path(0)} ; " if not has_path else ""
                asked = f"{qualified} ; sh:qualified{bound}Count {number}{disjoint}"
                if has_path:
                    return [asked]
                return [f"sh:property [ {first}{asked} ], {self.shape(depth, prop=True)}"]
            case _:
                return [f"sh:{kind} ( {several} )"]
