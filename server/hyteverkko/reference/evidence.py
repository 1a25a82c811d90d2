"""Evidence of the reference data: which row each statement was made from, and how sure it is.

Evidence that names no property stands for all statements about its bodies. It does so only where
one row, with one certainty, is the basis of them all, and nobody else has cause to describe them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from hyteverkko.namespaces import ID
from hyteverkko.reference.statements import Basis, Statement, describe
from hyteverkko.reference.tables import Table, Tables
from hyteverkko.reference.terms import Object, concept, day, term, thing

RECORDED_ON: Final = "2026-11-22"
"""The day the tables were compiled and read."""

DESCRIBED_ELSEWHERE: Final = ("municipality", "region", "province", "county", "county-area")
"""Kinds of thing that other datasets may describe too."""

ALWAYS_BY_VALUE: Final = frozenset({term("org:changedBy")})
"""Properties that may get a value from each of several rows."""

Pair: TypeAlias = tuple[URIRef, URIRef]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one row is the basis of: things, and where it is not all, properties and values."""

    basis: Basis
    bodies: tuple[URIRef, ...]
    properties: tuple[URIRef, ...] = ()
    values: tuple[Object, ...] = ()

    @property
    def node(self) -> URIRef:
        """Give the node, whose key is a digest of all that the evidence says."""
        parts = [*self.bodies, "", *self.properties, "", *(value.n3() for value in self.values)]
        text = "\n".join([str(self.basis.row), self.basis.certainty, self.basis.reason.fi, *parts])
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        return thing("evidence", f"{self.basis.table}/{digest}")


@dataclass(frozen=True)
class Bases:
    """The bases of all statements, by thing and by thing and property."""

    of_thing: Mapping[URIRef, set[Basis]] = field(default_factory=lambda: defaultdict(set))
    of_pair: Mapping[Pair, set[Basis]] = field(default_factory=lambda: defaultdict(set))

    def speaks_of_all(self, node: URIRef) -> bool:
        """Say whether evidence of the thing can go without naming its properties."""
        kind = node.removeprefix(ID).partition("/")[0]
        return kind not in DESCRIBED_ELSEWHERE and len(self.of_thing[node]) == 1

    def needs_value(self, node: URIRef, predicate: URIRef) -> bool:
        """Say whether evidence of the property has to name its values."""
        return predicate in ALWAYS_BY_VALUE or len(self.of_pair[node, predicate]) > 1


def collect_bases(statements: Iterable[Statement]) -> Bases:
    """Gather the bases of statements."""
    bases = Bases()
    for statement in statements:
        if statement.basis:
            bases.of_thing[statement.subject].add(statement.basis)
            bases.of_pair[statement.subject, statement.predicate].add(statement.basis)
    return bases


def evidence_statements(
    tables: Tables, statements: Iterable[Statement], bases: Bases
) -> Iterator[Statement]:
    """State the evidence of one dataset, and the passages it points to."""
    groups: defaultdict[Basis, list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.basis:
            groups[statement.basis].append(statement)
    for basis, group in groups.items():
        yield from _passage(basis)
        for evidence in evidence_of(basis, group, bases):
            yield from _annotation(evidence)
    for slug in sorted({basis.table for basis in groups}):
        yield from _text(tables.by_slug[slug])


def evidence_of(basis: Basis, group: list[Statement], bases: Bases) -> Iterator[Evidence]:
    """Put the statements of one basis into as few pieces of evidence as say it exactly."""
    whole = {s.subject for s in group if bases.speaks_of_all(s.subject)}
    if whole:
        yield Evidence(basis, tuple(sorted(whole)))
    properties: defaultdict[URIRef, set[URIRef]] = defaultdict(set)
    values: defaultdict[Pair, set[Object]] = defaultdict(set)
    for statement in group:
        if statement.subject in whole:
            continue
        if bases.needs_value(statement.subject, statement.predicate):
            values[statement.subject, statement.predicate].add(statement.object)
        else:
            properties[statement.subject].add(statement.predicate)
    yield from _by_property(basis, properties)
    yield from _by_value(basis, values)


def _by_property(basis: Basis, properties: Mapping[URIRef, set[URIRef]]) -> Iterator[Evidence]:
    bodies: defaultdict[tuple[URIRef, ...], list[URIRef]] = defaultdict(list)
    for node, predicates in properties.items():
        bodies[tuple(sorted(predicates))].append(node)
    for predicates_, nodes in bodies.items():
        yield Evidence(basis, tuple(sorted(nodes)), predicates_)


def _by_value(basis: Basis, values: Mapping[Pair, set[Object]]) -> Iterator[Evidence]:
    bodies: defaultdict[tuple[URIRef, tuple[Object, ...]], list[URIRef]] = defaultdict(list)
    for (node, predicate), found in values.items():
        bodies[predicate, tuple(sorted(found))].append(node)
    for (predicate, found_), nodes in bodies.items():
        yield Evidence(basis, tuple(sorted(nodes)), (predicate,), found_)


def _annotation(evidence: Evidence) -> Iterator[Statement]:
    basis = evidence.basis
    yield from describe(
        evidence.node,
        None,
        {
            "rdf:type": term("hyte:Evidence"),
            "oa:hasBody": [*evidence.bodies],
            "oa:hasTarget": _passage_node(basis),
            "oa:motivatedBy": term("oa:identifying"),
            "hyte:evidencedProperty": [*evidence.properties],
            "hyte:evidencedValue": [*evidence.values],
            "hyte:certainty": concept("certainty", basis.certainty),
            "hyte:inferenceReason": basis.reason,
            "dct:created": day(RECORDED_ON),
            "dct:creator": thing("agent", "hyteverkko"),
        },
    )


def _passage_node(basis: Basis) -> URIRef:
    return thing("passage", f"{basis.table}/row-{basis.row}")


def _passage(basis: Basis) -> Iterator[Statement]:
    position = thing("position", f"row-{basis.row}")
    yield from describe(
        _passage_node(basis),
        None,
        {
            "rdf:type": term("hyte:Passage"),
            "oa:hasSource": thing("text", basis.table),
            "oa:hasSelector": position,
        },
    )
    yield from describe(
        position,
        None,
        {
            "rdf:type": term("oa:FragmentSelector"),
            "rdf:value": Literal(f"row={basis.row}"),
            "dct:conformsTo": URIRef("http://tools.ietf.org/rfc/rfc7111"),
        },
    )


def _text(table: Table) -> Iterator[Statement]:
    yield from describe(
        thing("text", table.slug),
        None,
        {
            "rdf:type": term("hyte:TextVersion"),
            "prov:wasDerivedFrom": thing("source", table.slug),
            "dct:format": Literal("text/tab-separated-values"),
            "hyte:sha256": Literal(table.sha256, datatype=XSD.hexBinary),
            "hyte:characterCount": Literal(table.characters),
        },
    )
