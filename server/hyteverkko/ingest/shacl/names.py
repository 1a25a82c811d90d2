"""Terms as findings write them, and read back from there."""

from functools import cache

from pyoxigraph import BlankNode, NamedNode

from hyteverkko.ingest.shacl.graph import Term
from hyteverkko.namespaces import PREFIXES


def shortened(term: Term) -> str:
    """Give the name of a shape or component with its prefix, where it has one."""
    if not isinstance(term, NamedNode):
        return str(term)
    for prefix, iri in _longest_first():
        if term.value.startswith(iri):
            return f"{prefix}:{term.value.removeprefix(iri)}"
    return term.value


def lengthened(name: str) -> NamedNode | BlankNode:
    """Give the term of which this is the name."""
    prefix, _, local = name.partition(":")
    if prefix == "_":
        return BlankNode(local)
    return NamedNode(PREFIXES[prefix] + local if prefix in PREFIXES else name)


@cache
def _longest_first() -> list[tuple[str, str]]:
    return sorted(PREFIXES.items(), key=lambda item: -len(item[1]))
