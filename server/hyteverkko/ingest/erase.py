"""Erasure: what names a person is taken out everywhere, and a search of the disk proves it.

A tombstone stays: the person's IRI, typed hyte:WithheldPerson, so that whoever has harvested the
name learns that it is gone. What is rewritten: the files of the truth, the graphs of the current
release, and, under new checksums, the contents, reports and entries of everything before. Snapshots
are written anew, because the engine's own dictionary keeps what was deleted.
"""

import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from hyteverkko.errors import HyteError
from hyteverkko.ingest import ledger
from hyteverkko.ingest.canonical import canonical_turtle
from hyteverkko.ingest.contribution import Ground, Outcome, validated_change
from hyteverkko.ingest.drafts import DRAFTS, PATIENCE, publisher_lock
from hyteverkko.ingest.persons import (
    TYPE,
    WITHHELD_AFTER,
    WITHHELD_PERSON,
    last_days,
    texts_of,
    without_withheld,
)
from hyteverkko.ingest.publisher import Deed, publish_locked, recover_locked
from hyteverkko.ingest.rules import DERIVED_GRAPH
from hyteverkko.namespaces import PREFIXES
from hyteverkko.settings import Settings
from hyteverkko.store.changes import ADDED, REMOVED, difference
from hyteverkko.store.graph import open_store
from hyteverkko.store.objects import OBJECTS, checksum_of, object_path, write_durably, write_object
from hyteverkko.store.releases import (
    HISTORY,
    RECORD,
    REPORT,
    SNAPSHOT,
    current_folder,
    releases_folder,
)
from hyteverkko.store.search import SEARCH
from hyteverkko.store.shelf import clear_shelves

ERASE: Final = ledger.ERASE
EXPIRE: Final = "expire"
TAKEN_OUT: Final = "…"
"""What stands in a report or a reason where a name was."""

UNPUBLISHED: Final = frozenset({".git", ".venv", "var", "__pycache__"})
"""Folders beside the truth that are not part of it."""


class UnknownPerson(HyteError):
    """Nothing that is kept is about the person: there is nothing to be erased."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Whom it is about, and the texts that were found to describe them."""

    persons: frozenset[NamedNode]
    texts: frozenset[Literal]
    names: frozenset[str]

    @property
    def needles(self) -> tuple[bytes, ...]:
        """Give the whole names as they stand in files, as they are and as N-Triples writes them."""
        written = {str(Literal(name))[1:-1] for name in self.names}
        return tuple(sorted(text.encode() for text in written | self.names))

    def without(self, quads: Iterable[Quad]) -> set[Quad]:
        """Give quads without what names the persons, and with their tombstones."""
        return set(without_withheld(quads, self.persons, self.texts))


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: how many contents and files were rewritten, and where a name still stands."""

    contents: int
    files: tuple[str, ...]
    left: tuple[str, ...]


def expired(settings: Settings) -> set[NamedNode]:
    """Give the persons in the current release whose last day has passed."""
    folder = current_folder(settings.home)
    store = open_store(folder, "disk")
    days = last_days(store.quads_for_pattern(None, WITHHELD_AFTER, None, None))
    named = {
        person
        for person in days
        if next(store.quads_for_pattern(person, TYPE, WITHHELD_PERSON, None), None) is None
    }
    return {person for person in named if days[person] < settings.today}


def erase(settings: Settings, persons: Collection[NamedNode], why: str, action: str) -> Erased:
    """Take everything that names the persons out of all that is kept; say what is left.

    Raise UnknownPerson, with nothing changed, when one of them was never heard of.
    Asked again after it was interrupted, it goes on where it was.
    """
    home = settings.home
    with publisher_lock(home, PATIENCE):
        recover_locked(home)
        truth = _truth(settings.root)
        erasure = _erasure(home, truth, persons)
        files = tuple(_rewrite_truth(truth, erasure)) if action == ERASE else ()
        replaced = dict(_rewritten_contents(home, erasure))
        erased = dict(_entries_to_change(home, erasure))
        outcome = _worked_out(settings, erasure)
        iris = tuple(sorted(person.value for person in persons))
        today = settings.today.isoformat()
        deed = Deed("maintainer", action, why, today, erased, replaced, iris)
        publish_locked(home, outcome, deed, whole=True)
        _rewrite_records(home, replaced)
        _rewrite_texts(home, erasure)
        _remove_old(home, replaced)
        searched = (home, settings.root / "data") if action == ERASE else (home,)
        return Erased(len(replaced), files, tuple(_places(searched, erasure)))


def _worked_out(settings: Settings, erasure: Erasure) -> Outcome:
    folder = current_folder(settings.home)
    store = open_store(folder, "memory")
    before = {
        quad
        for quad in _about(store, erasure)
        if quad.graph_name != DERIVED_GRAPH and isinstance(quad.graph_name, NamedNode)
    }
    change = difference(before, erasure.without(before))
    return validated_change(store, folder.name, Ground.read(settings.root), change)


def _about(store: Iterable[Quad], erasure: Erasure) -> Iterator[Quad]:
    for quad in store:
        if quad.subject in erasure.persons or quad.object in erasure.texts:
            yield quad


def _erasure(home: Path, truth: Iterable[Path], persons: Collection[NamedNode]) -> Erasure:
    """Find what describes the persons, in all that was ever kept and in the files."""
    subjects = {str(person).encode() for person in persons}
    quads = [
        quad
        for path in (home / OBJECTS).glob("*/*.nt")
        for line in path.read_bytes().splitlines()
        if line.partition(b" ")[0] in subjects
        for quad in parse(line, format=RdfFormat.N_TRIPLES)
    ]
    for path in truth:
        content = path.read_bytes()
        if any(person.value.rpartition("/")[2].encode() in content for person in persons):
            quads += parse(content, format=RdfFormat.TURTLE)
    for person in set(persons) - {quad.subject for quad in quads}:
        raise UnknownPerson(
            "Nothing is known of {person}. Nothing was erased: give the person's address.",
            person=person.value,
        )
    stated = [quad for quad in quads if quad.predicate != LABEL]
    names = {
        quad.object.value
        for quad in stated
        if quad.subject in persons
        and quad.predicate == WHOLE_NAME
        and isinstance(quad.object, Literal)
    }
    return Erasure(frozenset(persons), frozenset(texts_of(stated, persons)), frozenset(names))


WHOLE_NAME: Final = NamedNode(PREFIXES["foaf"] + "name")
"""What is searched for: a family name alone is a village and many other people."""

LABEL: Final = NamedNode(PREFIXES["rdfs"] + "label")
"""What the rules call a tombstone; it names nobody."""


def _truth(root: Path) -> list[Path]:
    folder = root / "data"
    return [path for path in sorted(folder.rglob("*.ttl")) if not UNPUBLISHED & set(path.parts)]


def _rewrite_truth(paths: Iterable[Path], erasure: Erasure) -> Iterator[str]:
    """Rewrite the files that name the persons; give their names."""
    for path in paths:
        content = path.read_bytes()
        if not any(needle in content for needle in erasure.needles):
            continue
        before = set(parse(content, format=RdfFormat.TURTLE))
        after = erasure.without(before)
        if after != before:
            text = serialize([quad.triple for quad in after], format=RdfFormat.TURTLE) or b""
            write_durably(path, canonical_turtle(text.decode()).encode())
            yield str(path)


def _rewritten_contents(home: Path, erasure: Erasure) -> Iterator[tuple[str, str]]:
    """Write every content anew that names the persons; give the old checksum and the new one."""
    subjects = {str(person).encode() for person in erasure.persons}
    for path in sorted((home / OBJECTS).glob("*/*.nt")):
        content = path.read_bytes()
        if not any(needle in content for needle in (*subjects, *erasure.needles)):
            continue
        before = set(parse(content, format=RdfFormat.N_TRIPLES))
        after = erasure.without(before)
        if after != before:
            lines = {f"{quad.triple} .\n".encode() for quad in after}
            yield path.parent.name + path.stem, write_object(home, b"".join(sorted(lines)))


def _entries_to_change(home: Path, erasure: Erasure) -> Iterator[tuple[str, str]]:
    known = list(ledger.entries(home))
    before = {number for entry in known for number in entry.erased}
    for entry in known:
        content = ledger.entry_path(home, entry.number).read_bytes()
        if any(n in content for n in erasure.needles) and str(entry.number) not in before:
            yield str(entry.number), checksum_of(content)


def _rewrite_records(home: Path, replaced: Mapping[str, str]) -> None:
    """Let the records of releases name the contents that are kept now."""
    paths = [*(home / HISTORY).glob("*.json"), *releases_folder(home).glob(f"*/{RECORD}")]
    for path in paths:
        record = json.loads(path.read_text(encoding="utf-8"))
        objects = {name: replaced.get(sum_, sum_) for name, sum_ in record["objects"].items()}
        if objects != record["objects"]:
            for name, checksum in objects.items():
                lines = object_path(home, checksum).read_bytes().count(b"\n")
                record["graphs"][name] = lines
            record |= {"objects": objects, "quads": sum(record["graphs"].values()), "erased": True}
            text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
            write_durably(path, text.encode())


def _rewrite_texts(home: Path, erasure: Erasure) -> None:
    """Take the names out of reports, reasons and the changes between releases."""
    for path in (
        *(home / ledger.LEDGER).glob("*.json"),
        *releases_folder(home).glob(f"*/{REPORT}"),
    ):
        content = path.read_bytes()
        changed = content
        for needle in sorted(erasure.needles, key=len, reverse=True):
            changed = changed.replace(needle, TAKEN_OUT.encode())
        if changed != content:
            write_durably(path, changed)
    for name in (REMOVED, ADDED):
        for path in releases_folder(home).glob(f"*/{name}"):
            quads = set(parse(path=str(path), format=RdfFormat.N_QUADS))
            after = {q for q in quads if q.object not in erasure.texts}
            if after != quads:
                write_durably(path, serialize(after, format=RdfFormat.N_QUADS) or b"")


def _remove_old(home: Path, replaced: Mapping[str, str]) -> None:
    """Remove the dumps, the contents that were replaced, and all old snapshots and indexes."""
    clear_shelves(home)
    for checksum in replaced:
        object_path(home, checksum).unlink(missing_ok=True)
    current = current_folder(home)
    for folder in releases_folder(home).iterdir():
        if folder != current:
            for name in (SNAPSHOT, SEARCH):
                shutil.rmtree(folder / name, ignore_errors=True)
    shutil.rmtree(home / DRAFTS, ignore_errors=True)


def _places(folders: Iterable[Path], erasure: Erasure) -> Iterator[str]:
    """Search every file for the names; give where one still stands."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                if any(needle in content for needle in erasure.needles):
                    yield str(path)
