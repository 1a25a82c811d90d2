"""The words statements are made of: terms of vocabularies, things of ours, texts in languages."""

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from rdflib import XSD, Literal, URIRef

from hyteverkko.namespaces import DEF, ID, expanded

Object: TypeAlias = URIRef | Literal


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Finnish, Swedish and English; a language without the text is left empty."""

    fi: str = ""
    sv: str = ""
    en: str = ""

    @property
    def literals(self) -> list[Object]:
        """Give a literal for each language that has the text."""
        texts = (("fi", self.fi), ("sv", self.sv), ("en", self.en))
        return [Literal(text, lang=language) for language, text in texts if text]


Value: TypeAlias = Object | Words | list[Object]


@cache
def term(curie: str) -> URIRef:
    """Give the term that a prefixed name stands for, as in ``term("hyte:Region")``."""
    return URIRef(expanded(curie))


@cache
def thing(kind: str, key: str) -> URIRef:
    """Give a thing of ours, as in ``thing("municipality", "091")``."""
    return URIRef(f"{ID}{kind}/{key}")


@cache
def concept(scheme: str, name: str) -> URIRef:
    """Give a concept of one of our schemes, as in ``concept("change-kind", "split")``."""
    return URIRef(f"{DEF}/{scheme}/{name}")


def day(text: str) -> Literal:
    """Give a day written as ``2009-01-01`` as a literal."""
    return Literal(text, datatype=XSD.date)


def objects(value: Value) -> list[Object]:
    """Give the objects that a value stands for."""
    if isinstance(value, Words):
        return value.literals
    return value if isinstance(value, list) else [value]
