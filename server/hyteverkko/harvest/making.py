"""Makes the dumps of a release that are asked for, and those that belong to them.

Run as a program it does so in a process of its own: ``python -m hyteverkko.harvest.making NUMBER
UNIT``, with the settings in the environment. One makes at a time, and what another has made
meanwhile is not made again.
"""

import json
import os
import sys
import zlib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph
from pyoxigraph import Store

from hyteverkko import __version__
from hyteverkko.errors import NotFound
from hyteverkko.formats import TURTLE
from hyteverkko.harvest.concepts import schemes
from hyteverkko.harvest.dump_files import (
    CHECKSUMS,
    CSVW,
    DATA_PACKAGE,
    DumpFile,
    dump_files,
    unit_of,
)
from hyteverkko.harvest.rdf_dumps import write_graphs, write_triples, zipped
from hyteverkko.harvest.table_descriptions import Json, csvw, data_package
from hyteverkko.harvest.table_files import write_table
from hyteverkko.harvest.tables import TABLES, rows_of, shared
from hyteverkko.settings import Settings, settings_from
from hyteverkko.store.graph import DISK, ReleaseGraph, load, open_store
from hyteverkko.store.objects import checksum_of
from hyteverkko.store.queries import QUERIES
from hyteverkko.store.releases import (
    SNAPSHOT,
    Release,
    current_record,
    record_of_number,
    releases_folder,
)
from hyteverkko.store.shelf import Made, Shelf, drafts, made_of, make_room, shelf_lock, shelf_of

PATIENT: Final = 10
"""How far making stands back behind answering (nice)."""

MIB: Final = 1024 * 1024
Drafts = Mapping[str, Path]


@cache
def recipe(base_url: str) -> str:
    """Give the checksum of all that decides the bytes of a dump beside the release."""
    sources = (*Path(__file__).parent.glob("*.py"), *QUERIES.glob("table_*.rq"))
    parts = [__version__, pyoxigraph.__version__, zlib.ZLIB_RUNTIME_VERSION, base_url]
    parts += [checksum_of(path.read_bytes()) for path in sorted(sources)]
    return checksum_of("\n".join(parts).encode())


def shelf(settings: Settings, release: Release) -> Shelf:
    """Give the place where the dumps of a release are kept."""
    return shelf_of(settings.home, release, recipe(settings.base_url))


def make(settings: Settings, number: int, unit: str) -> None:
    """Make the files of a unit of a release, where they are not there; all, for the checksums."""
    for one in _units_before(settings, number, unit):
        with shelf_lock(settings.home):
            _make_locked(settings, _release(settings, number), one, known_will_do=True)
    with shelf_lock(settings.home):
        _make_locked(settings, _release(settings, number), unit)


def _units_before(settings: Settings, number: int, unit: str) -> Collection[str]:
    """Give the units whose checksums must be known before one can be made."""
    if unit != CHECKSUMS:
        return ()
    files = dump_files(settings.home, _release(settings, number))
    return dict.fromkeys(one.unit for one in files.values() if one.unit != CHECKSUMS)


def _release(settings: Settings, number: int) -> Release:
    release = record_of_number(settings.home, number)
    if release is None:
        raise NotFound("There is no release '{name}'. /releases lists them.", name=number)
    return release


def _make_locked(
    settings: Settings, release: Release, unit: str, *, known_will_do: bool = False
) -> None:
    """Make the files of one unit as the one who may; ``known_will_do`` needs only their checksums.

    The release is read by the one who may, since an erasure rewrites it.
    """
    home, place = settings.home, shelf(settings, release)
    files = dump_files(home, release)
    addresses = unit_of(files, unit)
    if not addresses:
        raise NotFound("This release has no such file. /dumps lists what it has.")
    if unit == CHECKSUMS and not place.made().keys() >= files.keys() - {CHECKSUMS}:
        # What was made a moment ago is not of this release any more: an erasure came between.
        for before in _units_before(settings, release.number, unit):
            _make_locked(settings, release, before, known_will_do=True)
    if place.has(addresses) or (known_will_do and place.made().keys() >= set(addresses)):
        return
    with drafts(home) as folder:
        place.put(_made(settings, release, unit, files, folder))
    newest = current_record(home)
    kept = {place.folder, *([shelf(settings, newest).folder] if newest else ())}
    make_room(home, settings.dumps_mib * MIB, kept, recipe(settings.base_url))


def _made(
    settings: Settings,
    release: Release,
    unit: str,
    files: Mapping[str, DumpFile],
    folder: Path,
) -> Drafts:
    match unit:
        case "tables":
            return _tables(settings, release, folder)
        case "concepts":
            return _concepts(settings, release, files, folder)
        case _ if unit == CHECKSUMS:
            return _checksums(shelf(settings, release).made(), files, folder)
        case _:
            return _graphs(settings.home, release, files[unit], folder)


def _graphs(home: Path, release: Release, file: DumpFile, folder: Path) -> Drafts:
    if file.format is None:
        raise TypeError(f"not a file of graphs: {file.address}")
    path = folder / "graphs"
    with zipped(path) as output:
        write_graphs(output, home, release, file.graphs, file.format)
    return {file.address: path}


def _concepts(
    settings: Settings, release: Release, files: Mapping[str, DumpFile], folder: Path
) -> Drafts:
    held = schemes(settings.home, release, settings.base_url)
    made = {}
    for number, address in enumerate(unit_of(files, "concepts")):
        file, path = files[address], folder / str(number)
        if file.key in held and file.format is TURTLE and not address.endswith(".gz"):
            with path.open("wb") as output:
                write_triples(output, held[file.key], TURTLE)
        elif file.format is not None:
            with zipped(path) as output:
                write_triples(output, (one for own in held.values() for one in own), file.format)
        made[address] = path
    return made


def _tables(settings: Settings, release: Release, folder: Path) -> Drafts:
    graph = ReleaseGraph(_store(settings.home, release, folder), release)
    filled = shared(graph)
    drafts = {
        f"tables/{table.kind}.{ending}": path
        for table in TABLES
        for ending, path in write_table(folder, table, rows_of(graph, table, filled)).items()
    }
    sizes = {address: made_of(path) for address, path in drafts.items()}
    described = {CSVW: csvw(release), DATA_PACKAGE: data_package(release, sizes)}
    return {
        **drafts,
        **{address: _json(folder, address, one) for address, one in described.items()},
    }


def _store(home: Path, release: Release, folder: Path) -> Store:
    """Open the snapshot of the current release; load an older one from its contents, on disk."""
    of_release = releases_folder(home) / release.id
    newest = current_record(home)
    if newest and newest.id == release.id and (of_release / SNAPSHOT).is_dir():
        return open_store(of_release, DISK)
    store = Store(str(folder / "store"))
    load(store, of_release)
    return store


def _json(folder: Path, address: str, value: Json) -> Path:
    path = folder / address.rpartition("/")[2]
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _checksums(made: Mapping[str, Made], files: Mapping[str, DumpFile], folder: Path) -> Drafts:
    path = folder / CHECKSUMS
    path.write_text("".join(_sums(made, files)), encoding="utf-8")
    return {CHECKSUMS: path}


def _sums(made: Mapping[str, Made], files: Mapping[str, DumpFile]) -> Iterator[str]:
    """Give the lines that ``sha256sum --check`` reads."""
    for address in sorted(files.keys() - {CHECKSUMS}):
        yield f"{made[address].sha256}  {address}\n"


def main() -> None:
    """Make what the arguments name."""
    os.nice(PATIENT)
    make(settings_from(), int(sys.argv[1]), sys.argv[2])


if __name__ == "__main__":
    main()
