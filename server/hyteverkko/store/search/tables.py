"""One file of an index: its tables, and how things are written into them and taken out."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from hyteverkko.labels import FALLBACK
from hyteverkko.namespaces import BASE
from hyteverkko.store.search.things import CALLED, INDEXED, RANKS, Name, Role, Thing
from hyteverkko.store.search.words import Analyser, folded_text, tokens

FORM: Final = "1"
"""The form of the tables; an index of another form is made anew."""

TABLES: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, starts TEXT NOT NULL, ends TEXT NOT NULL
);
CREATE TABLE name (
  thing INTEGER, number INTEGER, kind INTEGER NOT NULL, role INTEGER NOT NULL,
  folded TEXT NOT NULL, value TEXT NOT NULL, language TEXT NOT NULL,
  starts TEXT NOT NULL, ends TEXT NOT NULL, PRIMARY KEY (thing, number)
) WITHOUT ROWID;
CREATE TABLE text (
  thing INTEGER, number INTEGER, language TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (thing, number)
) WITHOUT ROWID;
CREATE TABLE place (
  thing INTEGER, number INTEGER, place INTEGER NOT NULL, language TEXT NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY (thing, number)
) WITHOUT ROWID;
CREATE TABLE official (node TEXT PRIMARY KEY, thing INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE replaced (thing INTEGER PRIMARY KEY);
CREATE TABLE word (
  word TEXT PRIMARY KEY, spelling TEXT NOT NULL, uses INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE ending (reversed TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(
  name, base, stem, part, place, text, gist,
  content='', tokenize="unicode61 remove_diacritics 0"
);
"""

NAME_INDEX: Final = "CREATE INDEX name_by_start ON name (kind, folded, thing)"
OFFICIAL_INDEX: Final = "CREATE INDEX official_by_thing ON official (thing)"
"""Needed only where things are taken out again."""

COLUMNS: Final = ("name", "base", "stem", "part", "place", "text", "gist")
"""Where a word stands: as it is in a name, its base form, stem and parts; in the name of the place;
as it is in a text, and its base form and stem there."""

ADD: Final = (
    "INSERT INTO words (rowid, name, base, stem, part, place, text, gist) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
REMOVE: Final = (
    "INSERT INTO words (words, rowid, name, base, stem, part, place, text, gist) "
    "VALUES ('delete', ?, ?, ?, ?, ?, ?, ?, ?)"
)

KIND_BITS: Final = 44
LATEST: Final = 4095
LONGEST: Final = 255
HASHED: Final = 1 << 24


def create(path: Path) -> sqlite3.Connection:
    """Make the file of an index, with empty tables; it is not safe on disk before it is synced."""
    file = reopen(path)
    for statement in TABLES.split(";\n"):
        file.execute(statement)
    return file


def reopen(path: Path) -> sqlite3.Connection:
    """Open the file of an index that is being made, to change it."""
    file = sqlite3.connect(path, isolation_level=None, uri=True)
    file.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;")
    return file


def read_only(path: Path) -> str:
    """Give the address under which SQLite reads a file that never changes."""
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"


def add(file: sqlite3.Connection, things: Iterable[Thing], taken: set[int]) -> list[int]:
    """Write things into the tables, without their words; give the numbers they got."""
    added = []
    for thing in things:
        number = _number(thing, taken)
        taken.add(number)
        added.append(number)
        _write(file, number, thing)
    return added


def add_words(file: sqlite3.Connection, numbers: Iterable[int], analyser: Analyser) -> None:
    """Index the words of things that stand in the tables; in the order of their numbers."""
    uses: Counter[str] = Counter()
    spellings: dict[str, str] = {}
    for number in numbers:
        columns = Columns(file, number, analyser)
        file.execute(ADD, (number, *columns.texts()))
        uses.update(columns.spellings.keys())
        for word, spelling in columns.spellings.items():
            spellings.setdefault(word, spelling)
    file.executemany(
        "INSERT INTO word VALUES (?, ?, ?) ON CONFLICT (word) DO UPDATE SET uses = uses + ?3",
        ((word, spellings[word], count) for word, count in sorted(uses.items())),
    )
    file.executemany(
        "INSERT OR IGNORE INTO ending VALUES (?)", sorted((word[::-1],) for word in uses)
    )


def remove(file: sqlite3.Connection, numbers: Iterable[int], analyser: Analyser) -> None:
    """Take things and their words out of the tables."""
    for number in numbers:
        columns = Columns(file, number, analyser)
        file.execute(REMOVE, (number, *columns.texts()))
        for word in columns.spellings:
            file.execute("UPDATE word SET uses = uses - 1 WHERE word = ?", (word,))
        for table, column in (
            *(("name", "thing"), ("text", "thing"), ("place", "thing"), ("official", "thing")),
            ("thing", "id"),
        ):
            file.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608
    unused = [word for (word,) in file.execute("SELECT word FROM word WHERE uses <= 0")]
    file.executemany("DELETE FROM word WHERE word = ?", ((word,) for word in unused))
    file.executemany("DELETE FROM ending WHERE reversed = ?", ((word[::-1],) for word in unused))


class Columns:
    """The words of one thing, by the column they are found in."""

    def __init__(self, file: sqlite3.Connection, number: int, analyser: Analyser) -> None:
        """Collect the words of the thing with this number from the tables."""
        self._analyser = analyser
        self._words: dict[str, list[str]] = {column: [] for column in COLUMNS}
        self.spellings: dict[str, str] = {}
        for role, value, language in file.execute(
            "SELECT role, value, language FROM name WHERE thing = ? ORDER BY number", (number,)
        ):
            self._add_name(value, language, role == Role.CODE)
        for value, language in file.execute(
            "SELECT value, language FROM place WHERE thing = ? ORDER BY number", (number,)
        ):
            self._add_place(value, language)
        self._words["place"] += CALLED.get(kind_of(number), "").split()
        for value, language in file.execute(
            "SELECT value, language FROM text WHERE thing = ? ORDER BY number", (number,)
        ):
            self._add_text(value, language)

    def texts(self) -> Iterator[str]:
        """Give the words of each column, in the order of COLUMNS; derived words once."""
        for column, words in self._words.items():
            is_text = column in {"name", "text"}
            yield " ".join(words if is_text else dict.fromkeys(words))

    def _add_name(self, value: str, language: str, is_code: bool) -> None:
        previous_end, joined = -1, ""
        for token in tokens(value):
            forms = self._analyser.forms(token.surface, language)
            if not forms.raw:
                continue
            self._words["name"].append(forms.raw)
            self._words["base"] += forms.bases
            self._words["stem"] += forms.stems
            self._words["part"] += forms.parts
            hyphened = token.start == previous_end + 1 and value[previous_end] == "-"
            joined = joined + forms.raw if hyphened else forms.raw
            if hyphened:
                self._words["part"].append(joined)
            previous_end = token.end
            for word in (*forms.bases, *forms.parts):
                self.spellings.setdefault(word, word)
            self.spellings[forms.raw] = token.surface
        if is_code and value.startswith("0"):
            self._words["part"].append(value.lstrip("0").casefold())

    def _add_place(self, value: str, language: str) -> None:
        for token in tokens(value):
            forms = self._analyser.forms(token.surface, language)
            self._words["place"] += (forms.raw, *forms.bases, *forms.stems)

    def _add_text(self, value: str, language: str) -> None:
        for token in tokens(value):
            forms = self._analyser.forms(token.surface, language)
            self._words["text"].append(forms.raw)
            self._words["gist"] += (*forms.bases, *forms.stems)


def first_of_kind(rank: int) -> int:
    """Give the lowest number a thing of a kind can have."""
    return rank << KIND_BITS


def kind_of(number: int) -> str:
    """Give the kind of the thing with a number."""
    return INDEXED[number >> KIND_BITS]


def _number(thing: Thing, taken: set[int]) -> int:
    """Give the number of a thing, which is its place in every ranking of equals.

    Kind by kind, what has no end before what has ended, the latest end first, and short names
    before long ones. The rest is a hash, so that the number hangs on the thing alone.
    """
    ended = max(1, LATEST - int(thing.ends[:4])) if thing.ends[:4].isdecimal() else 0
    length = min(len(_main_name(thing)), LONGEST)
    hashed = int.from_bytes(hashlib.sha256(thing.iri.encode()).digest()[:3])
    base = first_of_kind(RANKS[thing.kind]) | ended << 32 | length << 24
    return next(n for i in range(HASHED) if (n := base | (hashed + i) % HASHED) not in taken)


def _main_name(thing: Thing) -> str:
    names = {name.language: name.value for name in reversed(thing.names) if name.role is Role.NAME}
    return next((names[one] for one in FALLBACK if one in names), next(iter(names.values())))


def _write(file: sqlite3.Connection, number: int, thing: Thing) -> None:
    key = thing.iri.removeprefix(BASE)
    file.execute("INSERT INTO thing VALUES (?, ?, ?, ?)", (number, key, thing.starts, thing.ends))
    kind = RANKS[thing.kind]
    file.executemany(
        "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (number, at, kind, name.role, folded_text(name.value), name.value, *_rest(name))
            for at, name in enumerate(thing.names)
        ),
    )
    file.executemany(
        "INSERT INTO text VALUES (?, ?, ?, ?)",
        ((number, at, text.language, text.value) for at, text in enumerate(thing.texts)),
    )
    places = ((at, name) for at, names in enumerate(thing.places) for name in names)
    file.executemany(
        "INSERT INTO place VALUES (?, ?, ?, ?, ?)",
        ((number, i, at, name.language, name.value) for i, (at, name) in enumerate(places)),
    )
    file.executemany(
        "INSERT INTO official VALUES (?, ?)", ((node, number) for node in thing.officials)
    )


def _rest(name: Name) -> tuple[str, str, str]:
    return name.language, name.starts, name.ends
