"""How a text becomes the words it is found by: folded letters, base forms, stems and parts."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from hyteverkko.store.search.finnish import Voikko, open_voikko
from hyteverkko.store.search.stems import ENDINGS, stem

LONGEST_WORD: Final = 64
"""Letters of a word that count; the rest of a longer one is left out."""

WORD: Final = re.compile(
    r"(?P<short>[^\W\d_]:[^\W\d_]{1,3})(?![^\W_])"  # S:t Karins
    r"|(?P<word>[^\W_]+)(?:[:’'][^\W\d_]{1,4}(?![^\W_]))?"  # SPR:n, Kangasala's
)
LETTERS: Final = str.maketrans({"æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ŋ": "n", "ŧ": "t"})
PLAIN: Final = "plain"
"""The name of the analyser that has no dictionary."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it stands in a text."""

    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True)
class Forms:
    """What a word is found by; every form is folded."""

    raw: str
    bases: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def tokens(text: str) -> Iterator[Token]:
    """Give the words of a text; the ending after a colon or an apostrophe is not part of one."""
    for found in WORD.finditer(text):
        if found["short"]:
            yield Token(found.start(), found.end(), found["short"].replace(":", ""))
        else:
            yield Token(found.start("word"), found.end("word"), found["word"][:LONGEST_WORD])


@lru_cache(maxsize=1 << 18)
def folded(word: str) -> str:
    """Give a word in small letters without diacritics, only letters and digits of it."""
    # Letters for mathematics fold to plain capitals, so the case is folded after them.
    small = unicodedata.normalize("NFKD", word).casefold()
    decomposed = unicodedata.normalize("NFKD", small).translate(LETTERS)
    return "".join(c for c in decomposed if c.isalnum())


def folded_text(text: str) -> str:
    """Give the folded words of a text with one space between: what whole names are compared by."""
    return " ".join(word for word in (folded(one.surface) for one in tokens(text)) if word)


class Analyser:
    """Gives the forms of words, with a dictionary of Finnish or without."""

    def __init__(self, voikko: Voikko | None) -> None:
        """Analyse with this dictionary."""
        self._voikko = voikko
        self.name = voikko.version if voikko else PLAIN
        self.forms = lru_cache(maxsize=1 << 18)(self._forms)
        self.asked_forms = lru_cache(maxsize=1 << 14)(self._asked_forms)

    def _forms(self, word: str, language: str) -> Forms:
        """Give the forms of a word in a text of a language; without one it counts as Finnish."""
        raw = folded(word)
        language = language.partition("-")[0] or "fi"
        stems = (stem(raw, language),) if language in ENDINGS else ()
        if language != "fi" or self._voikko is None:
            return Forms(raw, (), stems)
        bases = self._bases(word, raw)
        parts = {folded(part) for part in self._voikko.parts(word)} - {raw, *bases, ""}
        return Forms(raw, bases, stems, tuple(sorted(parts)))

    def _asked_forms(self, word: str) -> Forms:
        """Give the forms of a word that is searched for, which may be of any language."""
        raw = folded(word)
        return Forms(raw, self._bases(word, raw), tuple(stem(raw, one) for one in ENDINGS))

    def _bases(self, word: str, raw: str) -> tuple[str, ...]:
        if self._voikko is None:
            return ()
        return tuple(sorted({folded(base) for base in self._voikko.bases(word)} - {raw, ""}))


@cache
def best_analyser() -> Analyser:
    """Give the analyser with the dictionary, where it is installed."""
    return Analyser(open_voikko())


@cache
def plain_analyser() -> Analyser:
    """Give the analyser that is always there."""
    return Analyser(None)
