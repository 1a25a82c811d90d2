"""Statements as the channels make them: terms by their prefix, texts in every language."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Triple

from hyteverkko.namespaces import expanded
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.translations import catalogue, marked

SITE_TITLE: Final = marked("hyteverkko: municipal wellbeing work as linked data")

Value: TypeAlias = NamedNode | Literal


@cache
def term(name: str) -> NamedNode:
    """Give a term of a vocabulary by its prefix and name."""
    return NamedNode(expanded(name))


def stated(subject: NamedNode, name: str, values: Iterable[Value]) -> Iterator[Triple]:
    """State each of the values of a subject."""
    property_ = term(name)
    return (Triple(subject, property_, value) for value in values)


def typed(subject: NamedNode, *names: str) -> Iterator[Triple]:
    """State the classes of a subject."""
    return stated(subject, "rdf:type", map(term, names))


def nodes(iris: Iterable[str]) -> Iterator[NamedNode]:
    """Give the nodes of IRIs; an empty one is none."""
    return (NamedNode(iri) for iri in iris if iri)


def in_languages(text: str, **values: str) -> Iterator[Literal]:
    """Give a text of the catalogues in each language, its places filled."""
    return (
        Literal(catalogue(one).gettext(text).format(**values), language=one) for one in LANGUAGES
    )


def moment(text: str) -> Literal:
    """Give a day or a time as the literal of its datatype."""
    return Literal(text, datatype=term("xsd:dateTime" if "T" in text else "xsd:date"))


def number(value: int) -> Literal:
    """Give a whole number."""
    return Literal(str(value), datatype=term("xsd:integer"))
