"""A statement of the reference data and what it rests on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rdflib import URIRef

from hyteverkko.reference.tables import Row
from hyteverkko.reference.terms import Object, Value, Words, objects, term

NO_REASON: Final = Words()
"""What is stated needs no reason."""


class Certainty(StrEnum):
    """How sure a statement is; the names are those of the scheme ``certainty``."""

    STATED = "stated"
    INFERRED = "inferred"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Basis:
    """The row a statement was made from, how sure it is and, unless stated, why not."""

    table: str
    row: int
    certainty: Certainty = Certainty.STATED
    reason: Words = NO_REASON


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple; a period needs no basis, because its key says all there is to it."""

    subject: URIRef
    predicate: URIRef
    object: Object
    basis: Basis | None = None


def stated(row: Row) -> Basis:
    """Give the basis of what a row states."""
    return Basis(row.table, row.number)


def inferred(row: Row, reason: Words) -> Basis:
    """Give the basis of what was concluded from a row."""
    return Basis(row.table, row.number, Certainty.INFERRED, reason)


def uncertain(row: Row, reason: Words) -> Basis:
    """Give the basis of what a row states and its notes call into doubt."""
    return Basis(row.table, row.number, Certainty.UNCERTAIN, reason)


def describe(
    subject: URIRef, basis: Basis | None, properties: Mapping[str, Value]
) -> Iterator[Statement]:
    """State properties, given as prefixed names, of one thing."""
    for curie, value in properties.items():
        for found in objects(value):
            yield Statement(subject, term(curie), found, basis)
