"""One file of an index as it is read: hits by number, names, and words near a word."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path
from threading import local
from typing import Any, Final

from hyteverkko.store.search.asked import Asked, Grade
from hyteverkko.store.search.closest import MOST_CANDIDATES, intact
from hyteverkko.store.search.tables import first_of_kind, kind_of, read_only
from hyteverkko.store.search.things import RANKS

END: Final = "\U0010ffff"
"""What is sorted after every other character."""

MAPPED: Final = 1 << 32
"""Bytes of a file that are read through the page cache without copies."""


class Layer:
    """A file that never changes, read by any thread; what ``hidden`` names is not found in it."""

    def __init__(self, path: Path, hidden: Collection[int] = ()) -> None:
        """Open the file at the first question of each thread."""
        self._address, self._hidden, self._local = read_only(path), tuple(hidden), local()
        self.about = dict(self.rows("SELECT name, value FROM about"))
        self.replaced = [number for (number,) in self.rows("SELECT thing FROM replaced")]

    def rows(self, query: str, *values: object) -> list[Any]:
        """Run one of the statements of this module."""
        return self._file().execute(query, values).fetchall()

    def count(self, expression: str, kind: int, most: int) -> int:
        """Count the things of a kind that fit an expression, up to ``most``."""
        ((count,),) = self.rows(
            "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ?1 "
            "AND rowid BETWEEN ?2 AND ?3 AND rowid NOT IN (SELECT thing FROM hidden) LIMIT ?4)",
            *(expression, *_range(kind), most),
        )
        return int(count)

    def any(self, expression: str) -> bool:
        """Tell whether anything fits an expression."""
        return self._next(expression, 0) is not None

    def kinds(self, expression: str) -> Iterator[int]:
        """Give the kinds of which something fits an expression, going from one to the next."""
        found = self._next(expression, 0)
        while found is not None:
            kind = RANKS[kind_of(found)]
            yield kind
            found = self._next(expression, first_of_kind(kind + 1))

    def _next(self, expression: str, number: int) -> int | None:
        """Give the first thing from a number on that fits an expression."""
        found = self.rows(
            "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid >= ?2 "
            "AND rowid NOT IN (SELECT thing FROM hidden) ORDER BY rowid LIMIT 1",
            *(expression, number),
        )
        return int(found[0][0]) if found else None

    def hits(self, asked: Asked, grade: Grade, kind: int, most: int) -> list[tuple[str, int]]:
        """Give the best things of a kind in a grade: what they are sorted by, and their number."""
        match grade:
            case Grade.WHOLE:
                return self._named(asked.whole, kind, most)
            case Grade.WHOLE_BASE:
                return [hit for one in asked.readings() for hit in self._named(one, kind, most)]
            case Grade.START:
                return self.starting(asked.whole + " ", kind, most)
            case _:
                return self.matching(asked.expression(grade), kind, most)

    def matching(self, expression: str, kind: int, most: int) -> list[tuple[str, int]]:
        """Give the first things of a kind that fit an expression."""
        return self.rows(
            "SELECT '', rowid FROM words WHERE words MATCH ?1 AND rowid BETWEEN ?2 AND ?3 "
            "AND rowid NOT IN (SELECT thing FROM hidden) ORDER BY rowid LIMIT ?4",
            *(expression, *_range(kind), most),
        )

    def starting(self, start: str, kind: int, most: int) -> list[tuple[str, int]]:
        """Give the things of a kind with a name that starts so, in the order of these names."""
        return self.rows(
            "SELECT folded, thing FROM name WHERE kind = ?1 AND folded >= ?2 AND folded < ?3 "
            "AND thing NOT IN (SELECT thing FROM hidden) ORDER BY folded, thing LIMIT ?4",
            *(kind, start, start + END, most),
        )

    def _named(self, whole: str, kind: int, most: int) -> list[tuple[str, int]]:
        return self.rows(
            "SELECT '', thing FROM name WHERE kind = ?1 AND folded = ?2 "
            "AND thing NOT IN (SELECT thing FROM hidden) ORDER BY thing LIMIT ?3",
            *(kind, whole, most),
        )

    def named(self, names: Collection[str], kind: int) -> list[int]:
        """Give the things of a kind that have one of these folded names."""
        found = self.rows(
            "SELECT DISTINCT thing FROM name WHERE kind = ?1 "
            "AND folded IN (SELECT value FROM json_each(?2)) "
            "AND thing NOT IN (SELECT thing FROM hidden) ORDER BY thing",
            *(kind, json.dumps(names)),
        )
        return [number for (number,) in found]

    def things(self, numbers: Collection[int]) -> Iterator[tuple[int, str, str, str]]:
        """Give number, key and the days of the period of things."""
        for number in numbers:
            yield from self.rows("SELECT id, key, starts, ends FROM thing WHERE id = ?", number)

    def names(self, number: int) -> list[tuple[int, str, str, str, str]]:
        """Give the names of a thing: role, value, language, and the days it was in force."""
        return self.rows(
            "SELECT role, value, language, starts, ends FROM name WHERE thing = ? ORDER BY number",
            number,
        )

    def texts(self, number: int) -> list[tuple[str, str]]:
        """Give the texts about a thing, value and language."""
        return self.rows("SELECT value, language FROM text WHERE thing = ? ORDER BY number", number)

    def places(self, number: int) -> list[tuple[int, str, str]]:
        """Give what a thing belongs to: which one, the name and its language."""
        return self.rows(
            "SELECT place, value, language FROM place WHERE thing = ? ORDER BY number", number
        )

    def words_starting(self, start: str, most: int) -> list[tuple[int, str]]:
        """Give the most used words that start so, with how much they are used."""
        return self.rows(
            "SELECT uses, word FROM word WHERE word >= ?1 AND word < ?2 "
            "ORDER BY uses DESC, word LIMIT ?3",
            *(start, start + END, most),
        )

    def words_ending(self, end: str, most: int) -> list[tuple[int, str]]:
        """Give the first words that end so, with how much they are used."""
        found = self.rows(
            "SELECT reversed FROM ending WHERE reversed >= ?1 AND reversed < ?2 LIMIT ?3",
            *(end[::-1], end[::-1] + END, most),
        )
        words = (reversed_[::-1] for (reversed_,) in found)
        return [
            (uses, word)
            for word in words
            for (uses,) in self.rows("SELECT uses FROM word WHERE word = ?", word)
        ]

    def near(self, word: str, errors: int) -> list[tuple[str, int]]:
        """Give words that may differ from a word in so few letters, with how much they are used."""
        kept = intact(word, errors)
        start, end = word[:kept], word[-kept:][::-1]
        lengths = len(word) - errors, len(word) + errors
        return [
            *self.rows(
                "SELECT word, uses FROM word WHERE word >= ?1 AND word < ?2 "
                "AND length(word) BETWEEN ?3 AND ?4 ORDER BY uses DESC LIMIT ?5",
                *(start, start + END, *lengths, MOST_CANDIDATES),
            ),
            *self.rows(
                "SELECT word, uses FROM ending JOIN word ON word = reverse(reversed) "
                "WHERE reversed >= ?1 AND reversed < ?2 AND length(reversed) BETWEEN ?3 AND ?4 "
                "LIMIT ?5",
                *(end, end + END, *lengths, MOST_CANDIDATES),
            ),
        ]

    def spelling(self, word: str) -> str | None:
        """Give a folded word as a name spells it."""
        found = self.rows("SELECT spelling FROM word WHERE word = ?", word)
        return str(found[0][0]) if found else None

    def uses(self, word: str) -> int:
        """Give how many names have a word."""
        return sum(uses for (uses,) in self.rows("SELECT uses FROM word WHERE word = ?", word))

    def _file(self) -> sqlite3.Connection:
        file: sqlite3.Connection | None = getattr(self._local, "file", None)
        if file is None:
            file = sqlite3.connect(self._address, uri=True, isolation_level=None)
            file.execute(f"PRAGMA mmap_size = {MAPPED}")
            file.execute("PRAGMA temp_store = MEMORY")
            file.create_function("reverse", 1, lambda word: word[::-1], deterministic=True)
            file.execute("CREATE TEMP TABLE hidden (thing INTEGER PRIMARY KEY)")
            file.executemany("INSERT INTO hidden VALUES (?)", ((one,) for one in self._hidden))
            self._local.file = file
        return file


def _range(kind: int) -> tuple[int, int]:
    return first_of_kind(kind), first_of_kind(kind + 1) - 1
