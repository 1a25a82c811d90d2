"""Who may send data in, registered; and what the maintainer sends in their name."""

from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from hyteverkko.errors import HyteError
from hyteverkko.ingest.bodies import ENDINGS
from hyteverkko.ingest.contribution import Contribution
from hyteverkko.ingest.contributors import (
    NAME,
    PERSONS,
    BadContributor,
    Contributor,
    contributor,
    contributor_of,
    keep,
)
from hyteverkko.ingest.records import EVIDENCE
from hyteverkko.namespaces import GRAPHS, ID
from hyteverkko.settings import Settings
from hyteverkko.store.releases import SNAPSHOT, current_folder, read_release


class UnreadableFile(HyteError):
    """A file cannot be sent in."""


def register(home: Path, name: str, owner: str, graphs: tuple[str, ...], scope: str) -> Contributor:
    """Register a contributor; raise BadContributor for what cannot be, or is somebody's already."""
    for text in (name, *graphs, scope):
        if not NAME.fullmatch(text) or text.endswith((PERSONS, EVIDENCE)):
            raise BadContributor(
                "'{name}' cannot be a name: use small letters a–z, digits and hyphens, at most 64.",
                name=text,
            )
    iri = owner if ":" in owner else ID + owner
    folder = current_folder(home)
    described = Store.read_only(str(folder / SNAPSHOT)).quads_for_pattern(
        NamedNode(iri), None, None, DefaultGraph()
    )
    if next(described, None) is None:
        raise BadContributor("Nothing is known of {owner}. Name whom they act for.", owner=iri)
    known = contributor(home, name)
    taken = set(read_release(folder).graphs) - set(known.graphs if known else ())
    for graph in graphs:
        other = contributor_of(home, graph)
        if (graph in taken and other is None) or (other is not None and other.name != name):
            raise BadContributor("The graph {graph} is somebody else's.", graph=graph)
    one = Contributor(name, graphs, scope, iri, known.tokens if known else ())
    keep(home, one)
    return one


def known_contributor(home: Path, name: str) -> Contributor:
    """Give a contributor; raise BadContributor when there is none of that name."""
    one = contributor(home, name)
    if one is None:
        raise BadContributor(
            "There is no contributor {name}. Register one with: hyteverkko contributor add",
            name=name,
        )
    return one


def sent_file(settings: Settings, file: Path, graph: str, action: str, table: str) -> Contribution:
    """Give a file as a contribution to a graph, in the name of whose it is."""
    if file.suffix not in ENDINGS:
        raise UnreadableFile(
            "The ending {ending} is not one that is read. Use one of: {endings}.",
            ending=file.suffix or file.name,
            endings=" ".join(sorted(ENDINGS)),
        )
    content = file.read_bytes()
    if len(content) > settings.ingest_body_mib * 1024 * 1024:
        raise UnreadableFile(
            "What is sent is over {size} MiB. Send it in parts.", size=settings.ingest_body_mib
        )
    return sent_content(settings, graph, action, content, file.suffix, file.name, table)


def sent_content(
    settings: Settings,
    graph: str,
    action: str,
    content: bytes,
    ending: str,
    name: str = "",
    table: str = "",
) -> Contribution:
    """Give a content as a contribution to a graph, in the name of whose it is."""
    owner = contributor_of(settings.home, graph)
    if owner is None:
        raise BadContributor(
            "Nobody is registered for the graph {graph} ({iri}). Register whose it is with: "
            "hyteverkko contributor add",
            graph=graph,
            iri=GRAPHS + graph,
        )
    return Contribution(owner, graph, action, settings.today, name or graph, ending, table, content)
