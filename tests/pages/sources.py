"""What the files under data/ say, read without the server: where expected values come from."""

from functools import cache
from pathlib import Path
from typing import Final

from hyteverkko.namespaces import PREFIXES
from pyoxigraph import NamedNode, RdfFormat, Store

ID: Final = PREFIXES["id"]


@cache
def sources(root: Path) -> Store:
    """Read the files of the datasets."""
    store = Store()
    for path in sorted((root / "data").glob("*/*.ttl")):
        store.load(path=str(path), format=RdfFormat.TURTLE)
    return store


def node(name: str) -> NamedNode:
    """Give a term by its prefixed name, or a thing by kind and key."""
    prefix, colon, rest = name.partition(":")
    return NamedNode(PREFIXES[prefix] + rest if colon else ID + name)


def subjects(store: Store, predicate: str, of: str) -> set[str]:
    """Give the subjects of a statement."""
    found = store.quads_for_pattern(None, node(predicate), node(of))
    return {quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)}


def objects(store: Store, subject: str, predicate: str) -> set[str]:
    """Give the objects of a statement."""
    found = store.quads_for_pattern(NamedNode(subject), node(predicate), None)
    return {str(getattr(quad.object, "value", "")) for quad in found}
