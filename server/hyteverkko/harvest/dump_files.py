"""Which files there are of a release: their addresses under ``/dumps/{release}/`` and what each is.

``hyteverkko.…`` is everything, ``{dataset}.…`` the graphs of a dataset together, and
``graphs/{graph}.…`` one graph; ``tables/`` and ``concepts/`` are read out of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hyteverkko.formats import JSON_LD, N_QUADS, RDF_XML, TRIG, TURTLE, Format
from hyteverkko.harvest.tables import TABLES
from hyteverkko.namespaces import DEF, ID, PREFIXES, SCHEMES
from hyteverkko.store.objects import object_lines
from hyteverkko.store.releases import Release, graph_label

WHOLE: Final = "hyteverkko"
FORMATS: Final = (N_QUADS, TRIG, TURTLE, JSON_LD)
CHECKSUMS: Final = "SHA256SUMS"
CSVW: Final = "tables/csv-metadata.json"
DATA_PACKAGE: Final = "tables/datapackage.json"
GZIP: Final = "application/gzip"
CSV: Final = "text/csv; charset=utf-8; header=present"
PARQUET: Final = "application/vnd.apache.parquet"
PLAIN: Final = "text/plain; charset=utf-8"

HAS_GRAPH: Final = f" <{PREFIXES['hyte']}graph> <".encode()
DATASET: Final = f"<{ID}dataset/".encode()
SCHEME: Final = f" <{PREFIXES['rdf']}type> <{PREFIXES['skos']}ConceptScheme> .\n".encode()


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file: its address, its type, and what it is of.

    ``part`` is the section of the list it stands in and ``key`` the name it has there; ``unit``
    names the files that are made together with it; ``graphs`` are what an RDF file holds.
    """

    address: str
    part: str
    key: str
    content_type: str
    unit: str
    format: Format | None = None
    graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """What a release has that files are of: the graphs of each dataset, and its schemes."""

    datasets: Mapping[str, tuple[str, ...]]
    schemes: Mapping[str, str]
    """The graph that each concept scheme stands in."""


@lru_cache(maxsize=16)
def files_of(home: Path, graphs: tuple[tuple[str, str], ...]) -> Mapping[str, DumpFile]:
    """Give every file of a release with these graphs and checksums, by its address."""
    held = outline(home, graphs)
    names = tuple(name for name, _ in graphs)
    files = [
        *whole_files(names),
        *_tables(),
        *_concepts(held),
        *(file for key, own in held.datasets.items() for file in _rdf("datasets", key, "", own)),
        *(file for name in names for file in _rdf("graphs", name, "graphs/", (name,))),
        DumpFile(CHECKSUMS, "checksums", CHECKSUMS, PLAIN, CHECKSUMS),
    ]
    known: dict[str, DumpFile] = {}
    for file in files:
        # The first stays: a dataset called as the whole is would not take its place.
        known.setdefault(file.address, file)
    return MappingProxyType(known)


def dump_files(home: Path, release: Release) -> Mapping[str, DumpFile]:
    """Give every file of a release by its address."""
    return files_of(home, graphs_of(release))


def whole_files(graphs: tuple[str, ...]) -> Sequence[DumpFile]:
    """Give the files of all that a release holds, without a look at what that is."""
    return tuple(_rdf("whole", WHOLE, "", graphs))


def graphs_of(release: Release) -> tuple[tuple[str, str], ...]:
    """Give the graphs of a release with the checksums of their contents."""
    return tuple(sorted(release.objects.items()))


@lru_cache(maxsize=16)
def outline(home: Path, graphs: tuple[tuple[str, str], ...]) -> Outline:
    """Read the datasets and the concept schemes out of the contents of graphs."""
    datasets: dict[str, set[str]] = {}
    schemes: dict[str, str] = {}
    names = {name for name, _ in graphs}
    for graph, checksum in graphs:
        for line in object_lines(home, checksum):
            if HAS_GRAPH in line and line.startswith(DATASET):
                subject, _, rest = line.decode().partition(f" <{PREFIXES['hyte']}graph> <")
                name = graph_label(rest.removesuffix("> .\n"))
                key = subject.removeprefix(f"<{ID}dataset/").removesuffix(">")
                if name in names and "/" not in key:
                    datasets.setdefault(key, set()).add(name)
            elif line.endswith(SCHEME):
                scheme = line.decode().partition("> ")[0].removeprefix(f"<{DEF}/")
                if scheme in SCHEMES:
                    schemes.setdefault(scheme, graph)
    return Outline(
        MappingProxyType({key: tuple(sorted(own)) for key, own in sorted(datasets.items())}),
        MappingProxyType(dict(sorted(schemes.items()))),
    )


def unit_of(files: Mapping[str, DumpFile], unit: str) -> Sequence[str]:
    """Give the addresses of the files that are made together."""
    return [file.address for file in files.values() if file.unit == unit]


def _rdf(part: str, key: str, folder: str, graphs: tuple[str, ...]) -> Iterator[DumpFile]:
    for format_ in FORMATS:
        address = f"{folder}{key}.{format_.ending}.gz"
        yield DumpFile(address, part, key, GZIP, address, format_, graphs)


def _tables() -> Iterator[DumpFile]:
    for table in TABLES:
        for ending, content_type in (("csv", CSV), ("csv.gz", GZIP), ("parquet", PARQUET)):
            address = f"tables/{table.kind}.{ending}"
            yield DumpFile(address, "tables", table.kind, content_type, "tables")
    yield DumpFile(CSVW, "tables", "csv-metadata", "application/csvm+json", "tables")
    yield DumpFile(DATA_PACKAGE, "tables", "datapackage", "application/datapackage+json", "tables")


def _concepts(held: Outline) -> Iterator[DumpFile]:
    if not held.schemes:
        return
    for format_ in (TURTLE, RDF_XML):
        address = f"concepts.{format_.ending}.gz"
        yield DumpFile(address, "concepts", "concepts", GZIP, "concepts", format_)
    for scheme in held.schemes:
        address = f"concepts/{scheme}.ttl"
        yield DumpFile(address, "concepts", scheme, TURTLE.content_type, "concepts", TURTLE)
