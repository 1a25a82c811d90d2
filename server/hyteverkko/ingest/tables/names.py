"""Names as people write them, matched to the things they mean; what is ambiguous is asked.

A name is looked for as it stands, then without case and diacritics, without spaces and hyphens,
as a code, and as an inflected form. The first way that finds anything decides; among several
things the sender's own come first.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from hyteverkko.ingest.tables.problems import Problem, shown
from hyteverkko.labels import best_text
from hyteverkko.namespaces import ID, KINDS, LONGEST_FIRST, PREFIXES
from hyteverkko.store.graph import Asked
from hyteverkko.store.search.inflection import Dictionary, base_forms, voikko
from hyteverkko.translations import marked

Accepts: TypeAlias = Callable[[str], bool]
"""Says whether a thing can be meant where a name stands."""

_MUNICIPAL_WORDS: Final = re.compile(
    r"(.+?)[ ,]+(?:kunta|kaupunki|kommun|stad|municipality|city|town)"
)
_CODE: Final = re.compile(r"[0-9]{1,3}|[A-Z]{2}", re.ASCII)
_OWNED: Final = re.compile(re.escape(ID) + "(?!law/)[a-z-]+/(?P<scope>[^/]+)/")
"""The address of a thing that stands under an owner."""

_SHOWN_BY: Final = frozenset({"skos:prefLabel", "dct:title", "rdfs:label"})
LONGEST_NAME: Final = 250
"""Characters of a name that stands in a cell for a thing."""

_SUGGESTIONS: Final = 3
_CANDIDATES: Final = 8
_SUGGESTED_FOR: Final = 200
"""Unknown names for which near ones are sought: the search is slow, and a reader has enough."""


def folded(text: str) -> str:
    """Write a name without case, diacritics and kinds of dash and space."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_DASHES.sub("-", bare).split())


_DASHES: Final = re.compile("[‐-―−]")


def _exact(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def _compact(text: str) -> str:
    return "".join(c for c in folded(text) if c.isalnum())


_FORMS: Final = (_exact, folded, _compact)
"""The ways to write a name for comparison, the strictest first."""


@dataclass(frozen=True, slots=True)
class Ended:
    """When a municipality ended, and what it became part of."""

    last_day: str
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """What is known of a thing: the names it is shown by, and its classes."""

    names: tuple[Literal, ...] = ()
    classes: frozenset[str] = frozenset()


NOTHING_KNOWN: Final = Thing()


@dataclass(slots=True)
class Names:
    """The names of things, in the ways they are looked for."""

    things: dict[str, Thing] = field(default_factory=dict)
    schemes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ended: Mapping[str, Ended] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    scope: str = ""
    dictionary: Dictionary | None = None
    _ways: tuple[dict[str, set[str]], ...] = field(
        default_factory=lambda: tuple(defaultdict(set) for _ in _FORMS)
    )
    _suggested: int = 0

    def add(
        self,
        thing: str,
        shown: Iterable[Literal],
        other: Iterable[Literal],
        classes: Iterable[str],
    ) -> None:
        """Add a thing by the names it is shown by, and others it is looked for by."""
        known = self.of(thing)
        names = tuple(shown)
        self.things[thing] = Thing(known.names + names, known.classes | set(classes))
        for way, form in zip(self._ways, _FORMS, strict=True):
            for name in (*names, *other):
                way[form(name.value)].add(thing)

    def of(self, thing: str) -> Thing:
        """Give what is known of a thing."""
        return self.things.get(thing, NOTHING_KNOWN)

    def find(self, text: str, accepts: Accepts) -> str:
        """Give the IRI that a name means; raise Problem when it means none, or several."""
        found = next((things for things in self._found(text, accepts) if things), set())
        meant = self._meant(found)
        if meant:
            return meant
        if len(found) == 1:
            raise Problem(
                "name-of-another",
                marked(
                    "“{value}” is known only as {candidates}, which belongs to another. Give it a "
                    "row of its own, or write this address if it is the one that is meant."
                ),
                value=shown(text),
                candidates=self._listed(found),
            )
        if found:
            raise Problem(
                "name-ambiguous",
                marked("“{value}” can mean {candidates}. Write the one that is meant."),
                value=shown(text),
                candidates=self._listed(found),
            )
        raise self._unknown(text, accepts)

    def name(self, thing: str, accepts: Accepts, language: str) -> str:
        """Give a name that is read back as the thing, else its short address."""
        best = best_text(self.of(thing).names, language)
        if best and _is_clean(best.value) and written_address(best.value) is None:
            found = next((f for f in self._found(best.value, accepts) if f), set())
            if self._meant(found) == thing:
                return best.value
        return short_address(thing)

    def described(self, thing: str) -> str:
        """Write a thing so that it can be told from others, and copied into a cell."""
        best = best_text(self.of(thing).names, "fi")
        ended = self.ended.get(thing)
        address = short_address(thing) + (f", –{ended.last_day}" if ended else "")
        return f"{best.value} ({address})" if best else address

    def _meant(self, found: set[str]) -> str:
        """Give the one thing a name means: the sender's own, or the only one and no other's."""
        own = found & self.own
        if len(own) == 1:
            return next(iter(own))
        return next(iter(found)) if len(found) == 1 and not self._is_anothers(*found) else ""

    def _is_anothers(self, thing: str) -> bool:
        owned = _OWNED.match(thing)
        return owned is not None and thing not in self.own and owned["scope"] != self.scope

    def _found(self, text: str, accepts: Accepts) -> Iterator[set[str]]:
        for way, form in zip(self._ways, _FORMS, strict=True):
            yield {thing for thing in way.get(form(text), ()) if accepts(thing)}
        yield {
            thing for code in _codes(text) for thing in self.codes.get(code, ()) if accepts(thing)
        }
        yield self._inflected(text, accepts)
        municipal = _MUNICIPAL_WORDS.fullmatch(text[:200].casefold())
        if municipal:
            place = municipal[1]
            yield {t for t in self._ways[1].get(folded(place), ()) if accepts(t)} or (
                self._inflected(place, accepts)
            )

    def _inflected(self, text: str, accepts: Accepts) -> set[str]:
        forms = set(base_forms(text, self.dictionary))
        for way, form in zip(self._ways[1:], _FORMS[1:], strict=True):
            found = {thing for base in forms for thing in way.get(form(base), ()) if accepts(thing)}
            if found:
                return found
        return set()

    def _unknown(self, text: str, accepts: Accepts) -> Problem:
        near = self._near(text, accepts)
        if near:
            return Problem(
                "name-unknown",
                marked("“{value}” is not known here. The nearest known: {candidates}."),
                value=shown(text),
                candidates=near,
            )
        return Problem(
            "name-unknown",
            marked(
                "“{value}” is not known here. Write the name as it is in the service, or the "
                "address of the thing, or give the thing a row of its own."
            ),
            value=shown(text),
        )

    def _near(self, text: str, accepts: Accepts) -> str:
        self._suggested += 1
        if self._suggested > _SUGGESTED_FOR:
            return ""
        wanted = folded(text[:100])
        length = range(len(wanted) // 2, 2 * len(wanted) + 2)
        known = {
            name: things
            for name, things in self._ways[1].items()
            if len(name) in length and any(accepts(thing) for thing in things)
        }
        near = get_close_matches(wanted, known, n=_SUGGESTIONS, cutoff=0.65)
        return self._listed({t for name in near for t in known[name] if accepts(t)})

    def _listed(self, things: Iterable[str]) -> str:
        described = sorted(self.described(thing) for thing in things)
        more = ["…"] if len(described) > _CANDIDATES else []
        return ", ".join([*described[:_CANDIDATES], *more])


def names_of(held: Asked, own: Iterable[str], scope: str) -> Names:
    """Read the names of everything in the store.

    ``own`` are the things of the sender's graph, ``scope`` is where the sender's new things go.
    """
    schemes: dict[str, set[str]] = defaultdict(set)
    for row in held.rows("concepts_to_match"):
        schemes[_value(row["scheme"])].add(_value(row["thing"]))
    codes: dict[str, set[str]] = defaultdict(set)
    for row in held.rows("codes_to_match"):
        codes[_value(row["code"])].add(_value(row["thing"]))
    names = Names(
        schemes={scheme: frozenset(found) for scheme, found in schemes.items()},
        codes={code: frozenset(found) for code, found in codes.items()},
        ended=_ended(held),
        own=set(own),
        scope=scope,
        dictionary=voikko(),
    )
    texts: dict[str, dict[bool, set[Literal]]] = defaultdict(lambda: defaultdict(set))
    classes: dict[str, set[str]] = defaultdict(set)
    for row in held.rows("names_to_match"):
        thing, name = _value(row["thing"]), row["name"]
        classes[thing].add(_value(row["kind"]))
        if isinstance(name, Literal):
            texts[thing][short_address(_value(row["property"])) in _SHOWN_BY].add(name)
    for thing, found in texts.items():
        shown_by, others = (sorted(found[is_shown], key=str) for is_shown in (True, False))
        names.add(thing, shown_by, others, classes[thing])
    return names


def written_address(text: str) -> str | None:
    """Give the IRI that is written whole, with a prefix, or as ``kind/key``; None for a name."""
    if text.startswith("<") and text.endswith(">"):
        return _valid(text[1:-1])
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES and not local.startswith("//"):
        return _valid(PREFIXES[prefix] + local) if local and " " not in local else None
    kind, slash, key = text.partition("/")
    if slash and kind in KINDS and key and " " not in key:
        return _valid(ID + text)
    return _valid(text) if colon and re.match(r"[a-z][a-z0-9+.-]*:[^\s]+$", text) else None


@lru_cache(maxsize=8192)
def short_address(iri: str) -> str:
    """Write an IRI as it stands in a cell: ``kind/key``, with a prefix, or whole."""
    if iri.startswith(ID) and written_address(iri.removeprefix(ID)) == iri:
        return iri.removeprefix(ID)
    for prefix, namespace in LONGEST_FIRST:
        if iri.startswith(namespace) and prefix != "id":
            short = f"{prefix}:{iri.removeprefix(namespace)}"
            if written_address(short) == iri:
                return short
    return iri if written_address(iri) == iri else f"<{iri}>"


def _valid(iri: str) -> str | None:
    try:
        return NamedNode(iri).value
    except ValueError:
        return None


def _codes(text: str) -> Iterator[str]:
    code = text.strip().upper()
    if _CODE.fullmatch(code):
        yield code
        # A spreadsheet drops the zeros of a code that it takes for a number.
        if code.isdigit() and len(code) < 3:
            yield code.zfill(3)


def _ended(held: Asked) -> dict[str, Ended]:
    found: dict[str, Ended] = {}
    for row in held.rows("ended_municipalities"):
        thing = _value(row["thing"])
        known = found.get(thing, Ended(_value(row["end"]), ()))
        successor = (_value(row["successor"]),) if "successor" in row else ()
        successors = tuple(dict.fromkeys(known.successors + successor))
        found[thing] = Ended(known.last_day, successors)
    return found


def _value(term: object) -> str:
    match term:
        case NamedNode() | Literal():
            return term.value
        case _:
            raise TypeError(f"neither an IRI nor a literal: {term}")


def _is_clean(text: str) -> bool:
    return len(text) <= LONGEST_NAME and text == " ".join(text.split()) and text.isprintable()
