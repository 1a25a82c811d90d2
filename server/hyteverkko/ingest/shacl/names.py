"""Terms as findings write them, and read back from there."""

from pyoxigraph import BlankNode, NamedNode

from hyteverkko.ingest.shacl.graph import Term
from hyteverkko.namespaces import LONGEST_FIRST, PREFIXES


def shortened(term: Term) -> str:
    """Give the name of a shape or component with its prefix, where it has one."""
    if not isinstance(term, NamedNode):
        return str(term)
    for prefix, iri in LONGEST_FIRST:
        if term.value.startswith(iri):
            return f"{prefix}:{term.value.removeprefix(iri)}"
    return term.value


def lengthened(name: str) -> NamedNode | BlankNode:
    """Give the term of which this is the name."""
    prefix, _, local = name.partition(":")
    if prefix == "_":
        return BlankNode(local)
    return NamedNode(PREFIXES[prefix] + local if prefix in PREFIXES else name)
