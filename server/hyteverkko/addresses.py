"""From the IRI of a thing to the path its page has here, and back."""

from typing import Final
from urllib.parse import quote

from pyoxigraph import NamedNode

from hyteverkko.errors import NotFound
from hyteverkko.namespaces import DEF, GRAPHS, ID

SAFE: Final = "/~:@!$&'()*+,;="
WEB: Final = ("http://", "https://")


def path_of(iri: str) -> str | None:
    """Give the path of the page about one of our IRIs, or None for any other."""
    for namespace, path in ((ID, "/doc/"), (GRAPHS, "/graphs/"), (DEF + "#", "/def/")):
        if iri.startswith(namespace):
            return path + quote(iri.removeprefix(namespace), safe=SAFE)
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
    is_term = "/" not in name and (name[:1].isupper() or any(map(str.isupper, name)))
    return _node(f"{DEF}#{name}" if is_term else f"{DEF}/{name}")


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError:
        raise NotFound("Nothing is known under this address.") from None
