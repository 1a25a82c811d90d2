"""Names of persons end: after its day a person is withheld, and only the post and role stay."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from hyteverkko.namespaces import PREFIXES

WITHHELD_AFTER: Final = NamedNode(PREFIXES["hyte"] + "withheldAfter")
WITHHELD_PERSON: Final = NamedNode(PREFIXES["hyte"] + "WithheldPerson")
EVIDENCED_VALUE: Final = NamedNode(PREFIXES["hyte"] + "evidencedValue")
TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")


def last_days(quads: Iterable[Quad]) -> dict[NamedNode, date]:
    """Give the last day on which each person's name may be shown."""
    return {
        quad.subject: date.fromisoformat(quad.object.value)
        for quad in quads
        if quad.predicate == WITHHELD_AFTER
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
    }


def texts_of(quads: Iterable[Quad], persons: Collection[object]) -> set[Literal]:
    """Give the texts that describe persons, such as their names."""
    return {
        quad.object
        for quad in quads
        if quad.subject in persons
        and isinstance(quad.object, Literal)
        and not quad.object.datatype.value.endswith("#date")
    }


def without_withheld(
    quads: Iterable[Quad], withheld: Collection[object], texts: Collection[Literal]
) -> Iterator[Quad]:
    """Give the quads without what describes the withheld persons, wherever it stands.

    A tombstone stays: the person's IRI, typed hyte:WithheldPerson, with the day. ``texts`` are what
    described them; evidence does not repeat them.
    """
    for quad in quads:
        if quad.subject in withheld:
            yield Quad(quad.subject, TYPE, WITHHELD_PERSON, quad.graph_name)
            if quad.predicate == WITHHELD_AFTER:
                yield quad
        elif quad.predicate != EVIDENCED_VALUE or quad.object not in texts:
            yield quad
