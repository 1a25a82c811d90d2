"""What is searched for: a reader's text as words and phrases, and as expressions for FTS5."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import islice, product
from math import prod
from typing import Final, Self

from hyteverkko.store.search.inflection import base_forms
from hyteverkko.store.search.words import Analyser, Forms, folded, folded_text, tokens

LONGEST: Final = 200
"""Characters of a text that are searched."""

MOST_READ: Final = 4 * LONGEST
"""Characters of a text that are looked at: accents and blanks may be many beside the letters."""

MOST_WORDS: Final = 8
MOST_READINGS: Final = 16
"""Readings of several words by their base forms that are compared with whole names."""

MOST_FORMS: Final = 500
"""Forms that rules give for a text, of which each may be a name."""

PHRASE: Final = re.compile(r'["”“«»]([^"”“«»]+)["”“«»]')


MINOR: Final = frozenset(
    {"ja", "tai", "sekä", "och", "eller", "samt", "i", "på", "för", "av"}
    | {"and", "or", "the", "of", "in", "for"}
)
"""Words that need not be there beside others; they count in whole names."""


class Grade(IntEnum):
    """How well a thing fits, the best first."""

    WHOLE = 0
    WHOLE_BASE = 1
    START = 2
    WORDS = 3
    BASE = 4
    PART = 5
    PLACE = 6
    TEXT = 7


COLUMNS: Final = {
    Grade.WORDS: "name",
    Grade.BASE: "name base stem",
    Grade.PART: "name base stem part",
    Grade.PLACE: "name base stem part place",
    Grade.TEXT: "name base stem part place text gist",
}
"""The columns in which the words of a grade are looked for."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word that is searched for, or a phrase in quotes.

    ``longer`` are the words of the index that it stands for where it is only their beginning or
    their end; ``phrase`` the folded words of a phrase.
    """

    surface: str
    forms: Forms
    longer: tuple[str, ...] = ()
    phrase: str = ""

    def terms(self, grade: Grade) -> tuple[str, ...]:
        """Give what is looked for in the index in a grade."""
        if self.phrase:
            return (self.phrase,)
        if grade is Grade.WORDS:
            return (self.forms.raw,)
        known = (self.forms.raw, *self.forms.bases, *self.forms.stems)
        return known + self.longer if grade >= Grade.PART else known


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that is searched for; ``cut`` says that its end was left out.

    ``bases`` are folded names that the text may be an inflected form of.
    """

    text: str
    words: tuple[Word, ...]
    cut: bool = False
    bases: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """Give the folded text, as names that say the same are folded."""
        return " ".join(word.phrase or word.forms.raw for word in self.words)

    def readings(self) -> tuple[str, ...]:
        """Give the folded text with its words in their base forms, in every way."""
        ways = [(word.forms.raw, *word.forms.bases) for word in self.words if not word.phrase]
        if len(ways) < len(self.words) or prod(len(way) for way in ways) > MOST_READINGS:
            return self.bases
        read = (one for way in product(*ways) if (one := " ".join(way)) != self.whole)
        return (*read, *self.bases)

    def led_back(self) -> tuple[str, ...]:
        """Give the folded forms that may be the base of the text as a whole, by rules alone."""
        forms = islice(base_forms(self.text, None), MOST_FORMS)
        return tuple(dict.fromkeys(folded_text(form) for form in forms))

    def without(self, called: str) -> Self:
        """Give the text without the words that only say what a thing is, unless these are all."""
        left_out = set(called.split())
        words = tuple(
            word for word in self.words if left_out.isdisjoint((word.forms.raw, *word.forms.bases))
        )
        if not words or len(words) == len(self.words):
            return self
        major = tuple(word for word in words if word.surface.casefold() not in MINOR) or words
        return replace(self, text=" ".join(word.surface for word in major), words=major)

    @property
    def sought(self) -> tuple[Word, ...]:
        """Give the words that must be there."""
        major = tuple(word for word in self.words if word.surface.casefold() not in MINOR)
        return major or self.words

    def expression(self, grade: Grade) -> str:
        """Give the FTS5 expression of a grade from WORDS on: every word in one of its columns."""
        return " AND ".join(
            f"{{{COLUMNS[grade]}}} : {_any(word.terms(grade))}" for word in self.sought
        )


def ask(text: str, analyser: Analyser) -> Asked:
    """Read a text: what cannot be in a name is left out, and what is beyond the limits."""
    # Putting many accents of one letter in order takes as long as their number squared.
    composed = unicodedata.normalize("NFC", text[:MOST_READ])
    clean = " ".join("".join(c if c.isprintable() else " " for c in composed).split())
    words = list(_words(clean[:LONGEST], analyser))
    cut = len(text) > MOST_READ or len(clean) > LONGEST or len(words) > MOST_WORDS
    return Asked(clean[:LONGEST].strip(), tuple(words[:MOST_WORDS]), cut)


def _words(text: str, analyser: Analyser) -> Iterator[Word]:
    last = 0
    for found in PHRASE.finditer(text):
        yield from _plain(text[last : found.start()], analyser)
        phrase = [raw for one in tokens(found[1]) if (raw := folded(one.surface))]
        if len(phrase) > 1:
            yield Word(found[1], Forms(" ".join(phrase)), phrase=" ".join(phrase[:MOST_WORDS]))
        else:
            yield from _plain(found[1], analyser)
        last = found.end()
    yield from _plain(text[last:], analyser)


def _plain(text: str, analyser: Analyser) -> Iterator[Word]:
    for token in tokens(text):
        forms = analyser.asked_forms(token.surface)
        if forms.raw:
            yield Word(token.surface, forms)


def _any(terms: Iterable[str]) -> str:
    # Only letters and digits come here: nothing in the quotes can end them.
    return "(" + " OR ".join(f'"{term}"' for term in dict.fromkeys(terms)) + ")"
