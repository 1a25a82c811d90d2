"""The concept schemes as SKOS, fit for Finto: one file for each scheme, and one with all.

What is published is the SKOS that the ontology says of them, with what a vocabulary service asks of
a scheme besides: label, licence, publisher, top concepts, where the dump lies, and the day on which
it last changed.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Triple

from hyteverkko.harvest.dump_files import Outline, graphs_of, outline
from hyteverkko.harvest.rdf_dumps import triples
from hyteverkko.namespaces import DEF, PREFIXES
from hyteverkko.store.objects import object_lines
from hyteverkko.store.releases import Release, record_of_number

SKOS: Final = PREFIXES["skos"]
DCT: Final = PREFIXES["dct"]
DAY: Final = NamedNode(PREFIXES["xsd"] + "date")
TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
TITLE: Final = NamedNode(DCT + "title")
LABEL: Final = NamedNode(PREFIXES["rdfs"] + "label")
TOP_OF: Final = NamedNode(SKOS + "topConceptOf")
HAS_TOP: Final = NamedNode(SKOS + "hasTopConcept")
MODIFIED: Final = NamedNode(DCT + "modified")
DATA_DUMP: Final = NamedNode(PREFIXES["void"] + "dataDump")
OF_THE_ONTOLOGY: Final = (NamedNode(DCT + "license"), NamedNode(DCT + "publisher"))
"""What the ontology says of itself, and so of each of its schemes."""

KNOWN: Final = tuple(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl", "skos"))
"""The vocabularies that a vocabulary service reads of a concept."""

Lines: TypeAlias = Mapping[str, tuple[bytes, ...]]
"""The lines of N-Triples about each thing, by its IRI."""


def schemes(home: Path, release: Release, base_url: str) -> Mapping[str, list[Triple]]:
    """Give what is published of each concept scheme of a release, the scheme itself first."""
    held = outline(home, graphs_of(release))
    about = _about(home, release, held)
    days = _days(home, release, held, about)
    return {
        scheme: list(_published(scheme, about, days[scheme], base_url)) for scheme in held.schemes
    }


def _published(scheme: str, about: Lines, day: str, base_url: str) -> Iterator[Triple]:
    node = NamedNode(f"{DEF}/{scheme}")
    concepts = [
        [one for one in triples(lines) if _is_known(one)]
        for iri, lines in sorted(about.items())
        if iri.startswith(f"{node.value}/")
    ]
    said = list(triples(about[node.value]))
    yield from said
    yield from (Triple(node, LABEL, one.object) for one in said if one.predicate == TITLE)
    for one in triples(about.get(DEF, ())):
        if one.predicate in OF_THE_ONTOLOGY:
            yield Triple(node, one.predicate, one.object)
    yield Triple(node, DATA_DUMP, NamedNode(f"{base_url}/dumps/latest/concepts/{scheme}.ttl"))
    yield Triple(node, MODIFIED, Literal(day, datatype=DAY))
    for stated in concepts:
        for one in stated:
            if one.predicate == TOP_OF and one.object == node:
                yield Triple(node, HAS_TOP, one.subject)
    for stated in concepts:
        yield from stated


def _is_known(one: Triple) -> bool:
    said = one.object if one.predicate == TYPE else one.predicate
    return isinstance(said, NamedNode) and said.value.startswith(KNOWN)


def _about(home: Path, release: Release, held: Outline) -> Lines:
    """Give what a release says of its schemes and their concepts, and of the ontology."""
    starts = (
        f"<{DEF}> ".encode(),
        *(f"<{DEF}/{scheme}{end}".encode() for scheme in held.schemes for end in ("/", "> ")),
    )
    lines = [
        line
        for graph in sorted(set(held.schemes.values()))
        for line in object_lines(home, release.objects[graph])
        if line.startswith(starts)
    ]
    return {iri: tuple(own) for iri, own in groupby(sorted(lines), key=_subject)}


def _subject(line: bytes) -> str:
    return line.partition(b"> ")[0].removeprefix(b"<").decode()


def _days(home: Path, release: Release, held: Outline, about: Lines) -> Mapping[str, str]:
    """Give the day on which each scheme came to be as it is, as far as releases remember."""
    days = dict.fromkeys(held.schemes, release.built[:10])
    same, newer = set(held.schemes), release
    for number in range(release.number - 1, 0, -1):
        older = record_of_number(home, number)
        before = outline(home, graphs_of(older)) if older else None
        if older is None or before is None or not same:
            break
        if any(older.objects.get(one) != newer.objects[one] for one in held.schemes.values()):
            known = _about(home, older, before)
            same = {scheme for scheme in same if _of(scheme, known) == _of(scheme, about)}
        days |= dict.fromkeys(same, older.built[:10])
        newer = older
    return days


def _of(scheme: str, about: Lines) -> Lines:
    node = f"{DEF}/{scheme}"
    return {iri: own for iri, own in about.items() if iri == node or iri.startswith(f"{node}/")}
