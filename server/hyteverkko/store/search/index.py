"""How an index is made: whole from a store, or from the index before and what has changed."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Store

from hyteverkko.namespaces import BASE
from hyteverkko.store.search.tables import (
    FORM,
    NAME_INDEX,
    OFFICIAL_INDEX,
    add,
    add_words,
    create,
    read_only,
    remove,
    reopen,
)
from hyteverkko.store.search.things import Thing, all_things, named_by, showing, things
from hyteverkko.store.search.words import Analyser, best_analyser

SEARCH: Final = "search"
"""The folder of the index in the folder of a release."""

WHOLE: Final = "whole.sqlite"
CHANGES: Final = "changes.sqlite"
MOST_CHANGED: Final = 2_000
"""Things that may stand beside the whole before it is made anew."""

DISK_ERRORS: Final = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_CANTOPEN: errno.EIO,
}


@contextmanager
def _disk_errors() -> Iterator[None]:
    """Say as an OSError, like all others who write, what SQLite finds wrong with the disk."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        number = DISK_ERRORS.get(error.sqlite_errorcode & 0xFF)
        if number is None:
            raise
        raise OSError(number, str(error)) from error


def build_index(store: Store, path: Path, analyser: Analyser | None = None) -> None:
    """Make the index of a store, whose default graph is the union, in a new folder.

    The same store and the same analyser give the same bytes.
    """
    path.mkdir()
    write_index(all_things(store), path, analyser or best_analyser())


@_disk_errors()
def write_index(found: Iterable[Thing], path: Path, analyser: Analyser) -> None:
    """Make the index of things, which come in the order of their IRIs, in an empty folder."""
    with closing(create(path / WHOLE)) as file:
        _say(file, analyser)
        add(file, found, set())
        file.execute(NAME_INDEX)
        numbers = [number for (number,) in file.execute("SELECT id FROM thing ORDER BY id")]
        add_words(file, numbers, analyser)
        file.execute("INSERT INTO words (words) VALUES ('optimize')")
        file.execute("ANALYZE")
        file.execute("COMMIT")
    _sync(path / WHOLE, path)


@_disk_errors()
def updated_index(
    old: Path,
    new: Path,
    changed: Collection[NamedNode],
    store: Store,
    analyser: Analyser | None = None,
) -> None:
    """Make the index of a store in a new folder from the index of the store before it.

    ``changed`` are the subjects of all statements that are in one of the two stores and not in the
    other. The whole is shared with the old index by a hard link, so what a changed thing was called
    stays in its file: to erase a name from the disk, build the index anew.
    """
    analyser = analyser or best_analyser()
    if not index_fits(old, analyser):
        build_index(store, new, analyser)
        return
    new.mkdir()
    _share(old / WHOLE, new / WHOLE)
    if (old / CHANGES).is_file():
        shutil.copyfile(old / CHANGES, new / CHANGES)
    else:
        _create_changes(new / CHANGES, analyser)
    fits = _change(new, {node.value for node in changed}, store, analyser)
    if fits:
        _sync(new / CHANGES, new)
        return
    shutil.rmtree(new)
    build_index(store, new, analyser)


def _change(folder: Path, changed: set[str], store: Store, analyser: Analyser) -> bool:
    with closing(reopen(folder / CHANGES)) as file:
        file.execute("ATTACH ? AS whole", (read_only(folder / WHOLE),))
        iris = _touched(file, changed, store)
        keys = {iri.removeprefix(BASE) for iri in iris}
        replaced = _numbers(file, "whole.thing", keys)
        file.executemany("INSERT OR IGNORE INTO replaced VALUES (?)", ((n,) for n in replaced))
        remove(file, _numbers(file, "main.thing", keys), analyser)
        taken = {number for (number,) in file.execute("SELECT id FROM main.thing")}
        added = add(file, things(store, iris), taken)
        add_words(file, sorted(added), analyser)
        (count,) = file.execute(
            "SELECT max((SELECT count(*) FROM main.thing), (SELECT count(*) FROM replaced))"
        ).fetchone()
        file.execute("COMMIT")
    return bool(count <= MOST_CHANGED)


def _touched(file: sqlite3.Connection, changed: set[str], store: Store) -> set[str]:
    """Give the things to index anew: what changed, what shows its name, whose name it is."""
    found = set(changed)
    for node in changed:
        found |= named_by(store, node)
        for schema in ("main", "whole"):
            query = (
                f"SELECT key FROM {schema}.official JOIN {schema}.thing ON id = thing "  # noqa: S608
                "WHERE node = ?"
            )
            found |= {BASE + key for (key,) in file.execute(query, (node,))}
    return found | showing(store, sorted(found))


def _numbers(file: sqlite3.Connection, table: str, keys: set[str]) -> list[int]:
    query = f"SELECT id FROM {table} WHERE key = ?"  # noqa: S608 - one of two names
    return [number for key in sorted(keys) for (number,) in file.execute(query, (key,))]


def _create_changes(path: Path, analyser: Analyser) -> None:
    with closing(create(path)) as file:
        _say(file, analyser)
        file.execute(NAME_INDEX)
        file.execute(OFFICIAL_INDEX)
        file.execute("COMMIT")


def is_index(path: Path) -> bool:
    """Tell whether a folder holds an index whose tables have the form that is read here."""
    return _about(path).get("form") == FORM


def index_fits(path: Path, analyser: Analyser | None = None) -> bool:
    """Tell whether a folder holds an index as it would be built here, by this analyser."""
    name = (analyser or best_analyser()).name
    return _about(path) == {"form": FORM, "analyser": name}


def _about(path: Path) -> dict[str, str]:
    if not (path / WHOLE).is_file():
        return {}
    with closing(sqlite3.connect(read_only(path / WHOLE), uri=True)) as file:
        try:
            return dict(file.execute("SELECT name, value FROM about").fetchall())
        except sqlite3.DatabaseError:  # not a database, or one without this table
            return {}


def _say(file: sqlite3.Connection, analyser: Analyser) -> None:
    about = {"form": FORM, "analyser": analyser.name}
    file.executemany("INSERT INTO about VALUES (?, ?)", sorted(about.items()))


def _share(whole: Path, place: Path) -> None:
    try:
        os.link(whole, place)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(whole, place)


def _sync(*paths: Path) -> None:
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
