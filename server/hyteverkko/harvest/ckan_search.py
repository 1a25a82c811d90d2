"""The part of Solr's query language that clients of CKAN use, read and applied to packages.

A question is a list of conditions that all hold: words, ``field:value``, ``field:"a phrase"``,
``field:[from TO until]`` with ``*`` for no bound and ``{…}`` for bounds left out, each with ``-``,
``NOT`` or ``+`` before it; ``AND`` may stand between them. ``OR`` holds between values in
parentheses: ``field:(a OR b)``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from hyteverkko.errors import HyteError
from hyteverkko.harvest.ckan import Json, timestamp

TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<sign>[-+!])?
        (?:(?P<field>[A-Za-z_]+):)?
        (?:
            "(?P<phrase>(?:[^"\\]|\\.)*)"
          | (?P<opening>[\[{])\s*(?P<low>\S+)\s+TO\s+(?P<high>[^\s\]}]+)\s*(?P<closing>[\]}])
          | \((?P<choice>[^()]*)\)
          | (?P<word>[^\s()\[\]{}":]+(?::[^\s()\[\]{}":]+)*)
        )
    )""",
    re.VERBOSE,
)
ORDER: Final = re.compile(r"\s*(\w+)(?:\s+(asc|desc))?\s*", re.IGNORECASE)
EVERYTHING: Final = "*"
LONGEST: Final = 2000
MOST: Final = 200
"""Values of one search: each is held against every package."""


class SearchQueryError(HyteError):
    """A search of packages cannot be read; answered as CKAN does."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: what a field, or any text, holds; a range has both bounds."""

    field: str
    values: tuple[str, ...]
    negated: bool = False
    low: str = EVERYTHING
    high: str = EVERYTHING
    with_low: bool = True
    with_high: bool = True
    is_range: bool = False

    def holds(self, package: Json) -> bool:
        """Say whether a package meets the condition."""
        found = FIELDS[self.field](package)
        met = any(map(self._within, found)) if self.is_range else self._matches(found)
        return met != self.negated

    def _matches(self, found: list[str]) -> bool:
        if EVERYTHING in self.values:
            return True
        texts = [one.casefold() for one in found]
        if self.field in WORDED:
            return any(value.casefold() in text for value in self.values for text in texts)
        return any(_like(value.casefold(), text) for value in self.values for text in texts)

    def _within(self, found: str) -> bool:
        above = self.low == EVERYTHING or (found >= self.low if self.with_low else found > self.low)
        below = self.high == EVERYTHING or (
            found <= self.high if self.with_high else found < self.high
        )
        return above and below


def conditions(text: str) -> Iterator[Condition]:
    """Read a question; raise SearchQueryError for one that cannot be read."""
    if len(text) > LONGEST:
        raise SearchQueryError("Search Query is invalid: it is too long.")
    if text.strip() in {"", "*:*"}:
        return
    place, negated, text = 0, False, text.strip()
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None or found.end() == place:
            raise SearchQueryError(
                "Search Query is invalid: it cannot be read from '{rest}' on.",
                rest=text[place : place + 60],
            )
        place = found.end()
        word = found["word"]
        if word == "OR":
            raise SearchQueryError(
                "Search Query is invalid: OR can stand between values only, as in name:(a OR b)."
            )
        if word == "NOT":
            negated = True
        elif word != "AND":
            yield _condition(found, negated=negated)
            negated = False


def found_among(packages: Iterable[Json], question: str, filters: Iterable[str]) -> list[Json]:
    """Give the packages that meet a question and each filter."""
    asked, left = [], MOST
    for one in chain.from_iterable(map(conditions, (question, *filters))):
        asked.append(one)
        left -= max(1, len(one.values))
        if left < 0:
            raise SearchQueryError("Search Query is invalid: it asks for too many values.")
    return [one for one in packages if all(condition.holds(one) for condition in asked)]


def in_order(packages: Iterable[Json], sort: str) -> list[Json]:
    """Sort packages as asked; raise SearchQueryError for what cannot be sorted by."""
    held = list(packages)
    if len(sort) > LONGEST:
        raise SearchQueryError("Search Query is invalid: it is too long.")
    for part in reversed(sort.split(",") if sort.strip() else []):
        asked = ORDER.fullmatch(part)
        name = asked[1].lower() if asked else ""
        if asked is None or name not in SORTED:
            raise SearchQueryError(
                "Search Query is invalid: packages are not sorted by '{part}', but by one of: "
                "{fields}.",
                part=part.strip()[:60],
                fields=", ".join(sorted(SORTED)),
            )
        is_falling = (asked[2] or "asc").lower() == "desc"
        if name in KEYS:
            held.sort(key=lambda one: str(one[KEYS[name]]), reverse=is_falling)
    return held


def _condition(found: re.Match[str], *, negated: bool) -> Condition:
    field = (found["field"] or ANY).lower()
    if field not in FIELDS:
        raise SearchQueryError("Search Query is invalid: there is no field '{field}'.", field=field)
    away = negated != (found["sign"] in {"-", "!"})
    if found["opening"]:
        return Condition(
            field,
            (),
            away,
            _bound(field, found["low"]),
            _bound(field, found["high"]),
            found["opening"] == "[",
            found["closing"] == "]",
            is_range=True,
        )
    if found["phrase"] is not None:
        return Condition(field, (re.sub(r"\\(.)", r"\1", found["phrase"]),), away)
    if found["choice"] is not None:
        values = re.findall(r'"([^"]*)"|([^\s"]+)', found["choice"])
        words = tuple(one or other for one, other in values if other not in {"OR", "AND"})
        return Condition(field, words, away)
    return Condition(field, (re.sub(r"\\(.)", r"\1", found["word"]),), away)


def _bound(field: str, text: str) -> str:
    """Read a bound; those of times are written as packages have theirs."""
    if text == EVERYTHING or field not in TIMED:
        return text
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?Z?)?", text):
        raise SearchQueryError("Search Query is invalid: '{text}' is not a time.", text=text[:60])
    return timestamp(text)


def _like(pattern: str, text: str) -> bool:
    """Match a pattern with ``*`` from left to right: where each part first stands is enough."""
    first, *others = pattern.split(EVERYTHING)
    if not others:
        return pattern == text
    place, last = len(first), others.pop()
    for part in others:
        place = text.find(part, place) + len(part)
        if place < len(part):
            return False
    return text.startswith(first) and text.endswith(last, place)


def _texts(package: Json) -> list[str]:
    held = [package["name"], package["title"], package["notes"], package["organization"]["title"]]
    held += package["title_translated"].values()
    held += package["notes_translated"].values()
    return held + [word for words in package["keywords"].values() for word in words]


def _of(*path: str) -> Callable[[Json], list[str]]:
    def values(package: Json) -> list[str]:
        held: list[Any] = [package]
        for name in path:
            held = [one[name] for one in held]
            held = [part for one in held for part in (one if isinstance(one, list) else [one])]
        return [str(one) for one in held]

    return values


ANY: Final = "text"
WORDED: Final = frozenset({ANY, "title", "notes"})
TIMED: Final = frozenset({"metadata_modified", "metadata_created"})
FIELDS: Final = MappingProxyType(
    {
        ANY: _texts,
        "title": lambda package: [package["title"], *package["title_translated"].values()],
        "notes": lambda package: [package["notes"], *package["notes_translated"].values()],
        "id": _of("id"),
        "name": _of("name"),
        "type": _of("type"),
        "dataset_type": _of("type"),
        "state": _of("state"),
        "capacity": lambda _package: ["public"],
        "private": lambda _package: ["false"],
        "site_id": lambda _package: [],
        "license_id": _of("license_id"),
        "collection_type": _of("collection_type"),
        "organization": _of("organization", "name"),
        "owner_org": _of("owner_org"),
        "groups": _of("groups", "name"),
        "tags": _of("tags", "name"),
        "res_format": _of("resources", "format"),
        "metadata_modified": _of("metadata_modified"),
        "metadata_created": _of("metadata_created"),
    }
)
"""What can be asked for: each field with what a package has in it."""

KEYS: Final = MappingProxyType(
    {
        "id": "id",
        "name": "name",
        "title": "title",
        "title_string": "title",
        "metadata_modified": "metadata_modified",
        "metadata_created": "metadata_created",
    }
)
SORTED: Final = frozenset({*KEYS, "score", "relevance", "views_recent"})
"""What packages are sorted by; all that are found are equally relevant."""
