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
from hyteverkko.namespaces import BASE, DEF, ID, expanded
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


TYPES: Final = MappingProxyType(
    {
        one.id: one
        for one in (
            Type("municipality", expanded("hyte:Municipality")),
            Type(OFFICE, expanded("hyte:Office")),
            Type("network", expanded("hyte:CooperationNetwork")),
            Type("body", expanded("hyte:Body")),
            Type("organisation", expanded("org:Organization")),
            Type("document", expanded("hyte:Document")),
            Type("project", expanded("hyte:Project")),
            Type("model", expanded("hyte:OperatingModel")),
            Type("county", expanded("hyte:WellbeingServicesCounty")),
            Type("region", expanded("hyte:Region")),
            Type("province", expanded("hyte:Province")),
            Type("service", expanded("hyte:Service")),
            Type("unit", expanded("org:OrganizationalUnit")),
            Type("event", expanded("hyte:Event"), is_default=False),
            Type("post", expanded("org:Post"), is_default=False),
            Type(CONCEPT, expanded("skos:Concept"), is_default=False),
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
