"""What is matched: its types, and the ids by which clients name it.

An id is an IRI reference relative to the identifier space: ``municipality/297`` for a thing, and
the whole IRI for an office or another concept, which lies outside that space.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.labels import best_text, short_iri
from hyteverkko.namespaces import BASE, DEF, ID, PREFIXES
from hyteverkko.store.graph import ReleaseGraph
from hyteverkko.store.search.things import CONCEPT, OFFICE, kind_of

IDENTIFIER_SPACE: Final = ID
SCHEMA_SPACE: Final = f"{DEF}#"


@dataclass(frozen=True, slots=True)
class Type:
    """A type of what is matched: its id, which is a kind of the index, and the class it has.

    What is not default is looked for only where it is asked for: it repeats names of others.
    """

    id: str
    term: str
    is_default: bool = True

    def name(self, names: Mapping[str, tuple[Literal, ...]], language: str) -> str:
        """Give what the ontology calls the class."""
        text = best_text(names.get(self.term, ()), language)
        return text.value if text else short_iri(self.term)


def _class(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


TYPES: Final = MappingProxyType(
    {
        one.id: one
        for one in (
            Type("municipality", _class("hyte:Municipality")),
            Type(OFFICE, _class("hyte:Office")),
            Type("network", _class("hyte:CooperationNetwork")),
            Type("body", _class("hyte:Body")),
            Type("organisation", _class("org:Organization")),
            Type("document", _class("hyte:Document")),
            Type("project", _class("hyte:Project")),
            Type("model", _class("hyte:OperatingModel")),
            Type("county", _class("hyte:WellbeingServicesCounty")),
            Type("region", _class("hyte:Region")),
            Type("province", _class("hyte:Province")),
            Type("service", _class("hyte:Service")),
            Type("unit", _class("org:OrganizationalUnit")),
            Type("event", _class("hyte:Event"), is_default=False),
            Type("post", _class("org:Post"), is_default=False),
            Type(CONCEPT, _class("skos:Concept"), is_default=False),
        )
    }
)
"""What can be matched, what is looked for most first. Persons are not matched by their names."""

DEFAULT_TYPES: Final = tuple(one.id for one in TYPES.values() if one.is_default)


def id_of(iri: str) -> str:
    """Give the id of a thing."""
    return iri.removeprefix(IDENTIFIER_SPACE)


def type_of(iri: str) -> Type | None:
    """Give the type of a thing, or None for what is not matched."""
    return TYPES.get(kind_of(iri) or "")


def thing_of(id_: str) -> NamedNode | None:
    """Give the thing that an id would name, or None where it can name nothing that is matched."""
    iri = id_ if id_.startswith(BASE) else IDENTIFIER_SPACE + id_
    try:
        node = NamedNode(iri)
    except ValueError:
        return None
    return node if type_of(iri) else None


def names_of(graph: ReleaseGraph, thing: NamedNode) -> tuple[Literal, ...]:
    """Give the names of a thing in every language; none for what is not known."""
    found = (row["name"] for row in graph.rows("names", thing=thing))
    return tuple(name for name in found if isinstance(name, Literal))
