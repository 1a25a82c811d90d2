"""A release from the files and the ledger: everything is validated, then published whole."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, serialize

from hyteverkko.ingest.drafts import (
    count_of,
    new_record,
    publisher_lock,
    put_in_place,
    sweep,
    write_whole,
)
from hyteverkko.ingest.findings import Refused, Severity
from hyteverkko.ingest.inputs import inputs_checksum
from hyteverkko.ingest.ledger import heads, last_entry, withdrawn
from hyteverkko.ingest.persons import last_days
from hyteverkko.ingest.rdf import SourceFile, read_file
from hyteverkko.ingest.validate import Progress, Validated, quiet, validate_repository
from hyteverkko.store.objects import contents_of, object_path, write_object
from hyteverkko.store.releases import Release, graph_label


def build(root: Path, home: Path, today: date, progress: Progress = quiet) -> Release:
    """Validate everything and publish it; raise Refused, with nothing changed, on a violation.

    The same input gives the same release: it keeps its id, its number and its folder.
    """
    with publisher_lock(home):
        sweep(home)
        inputs = inputs_checksum(root)
        gone = withdrawn(home)

        def withheld(quads: Iterable[Quad]) -> set[NamedNode]:
            return {
                person
                for person, day in last_days(quads).items()
                if day < today or person.value in gone
            }

        validated = validate_repository(root, progress, accepted_files(home), withheld)
        if not validated.conforms:
            raise Refused(validated.findings)
        return _published(validated, inputs, today, home)


def publish_quads(quads: Iterable[Quad], home: Path) -> Release:
    """Publish quads as they are, without asking whether they are valid: for trials only."""
    with publisher_lock(home):
        sweep(home)
        objects, counts = _kept(quads, home)
        return put_in_place(home, write_whole(home, new_record(home, objects, counts), ()))


def canonical_lines(quads: Iterable[Quad]) -> list[bytes]:
    """Give the canonical N-Quads: without blank nodes these are the sorted distinct lines."""
    text = serialize(quads, format=RdfFormat.N_QUADS) or b""
    return sorted(set(text.splitlines(keepends=True)))


def accepted_files(home: Path) -> list[SourceFile]:
    """Give what the ledger has accepted, as files beside those of the repository."""
    return [
        read_file(object_path(home, checksum), name, f"graphs/{name}")
        for name, checksum in sorted(heads(home).items())
    ]


def _published(validated: Validated, inputs: str, today: date, home: Path) -> Release:
    quads = [quad for quad in validated.store if quad.graph_name != DefaultGraph()]
    objects, counts = _kept(quads, home)
    shown = sorted(day for day in last_days(quads).values() if day >= today)
    entry = last_entry(home)
    record = new_record(
        home,
        objects,
        counts,
        inputs=inputs,
        warnings=count_of(validated.findings, Severity.WARNING),
        valid_until=shown[0].isoformat() if shown else "",
        ledger=entry.number if entry else 0,
    )
    return put_in_place(home, write_whole(home, record, validated.findings))


def _kept(quads: Iterable[Quad], home: Path) -> tuple[Mapping[str, str], Mapping[str, int]]:
    """Keep the content of each graph; give its checksum and the number of its triples."""
    objects: dict[str, str] = {}
    counts: dict[str, int] = {}
    for graph, content in contents_of(quads):
        name = graph_label(graph)
        objects[name], counts[name] = write_object(home, content), content.count(b"\n")
    return objects, counts
