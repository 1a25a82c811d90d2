"""From the IRI of a thing to the path its page has here, and back."""

from functools import lru_cache
from typing import Final
from urllib.parse import quote

from pyoxigraph import NamedNode

from hyteverkko.errors import NotFound
from hyteverkko.namespaces import DEF, GRAPHS, ID, SCHEMES

SAFE: Final = "/~:@!$&'()*+,;="
WEB: Final = ("http://", "https://")


@lru_cache(maxsize=16_384)
def path_of(iri: str) -> str | None:
    """Give the path of the page about one of our IRIs, or None for any other."""
    for namespace, path in ((ID, "/doc/"), (GRAPHS, "/graphs/")):
        if iri.startswith(namespace):
            return path + quote(iri.removeprefix(namespace), safe=SAFE)
    if iri.startswith(DEF + "#"):
        # A scheme may have the name of a property; the page of all terms has both.
        name = iri.removeprefix(DEF + "#")
        return f"/def#{name}" if name in SCHEMES else f"/def/{quote(name)}"
    if iri == DEF or iri.startswith(DEF + "/"):
        return "/def" + quote(iri.removeprefix(DEF), safe=SAFE)
    return None


def link_of(iri: str) -> str | None:
    """Give the address a link to the IRI may have, or None where it must stay text."""
    own = path_of(iri)
    if own is not None:
        return own
    return iri if iri.startswith(WEB) else None


def thing(kind: str, key: str) -> NamedNode:
    """Give the IRI of a thing; raise NotFound for what no IRI can be."""
    return _node(f"{ID}{kind}/{key}")


def graph(name: str) -> NamedNode:
    """Give the IRI of a named graph; raise NotFound for what no IRI can be."""
    return _node(GRAPHS + name)


def definition(name: str) -> NamedNode:
    """Give the IRI of a concept, a scheme or, for a single name, a term of the ontology."""
    is_concept = "/" in name or name in SCHEMES
    return _node(f"{DEF}/{name}" if is_concept else f"{DEF}#{name}")


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError:
        raise NotFound("Nothing is known under this address.") from None
