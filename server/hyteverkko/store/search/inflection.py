"""Inflected words led back to forms that may be their base: "Kuopion" to "Kuopio".

With Voikko the words are looked up in its dictionary as well. The rules alone give more forms
than there are words; that does no harm, because a form counts only where a known name has it, and
two names with one form are asked about.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice, product
from typing import Final, Protocol

from hyteverkko.store.search.finnish import open_voikko

_ENDINGS: Final = (
    *("n", "ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "na", "nä", "ksi"),
    *("a", "ä", "ta", "tä", "tta", "ttä", "seen", "han", "hen", "hin", "hon", "hun", "hyn"),
    *("hän", "hön", "ten", "s"),
)
"""The endings of the singular, the plural genitive of names in -nen, and the Swedish genitive."""

_COLON: Final = re.compile(r"(.+):[a-zäö]{1,5}")
_STEM: Final = re.compile(r"(.*?)([^aeiouyäö]*)([aeiouyäö]+)")
_STRONG: Final = {
    "ng": ("nk",), "nn": ("nt",), "ll": ("lt",), "rr": ("rt",), "mm": ("mp",), "lj": ("lk",),
    "rj": ("rk",), "hd": ("ht",), "k": ("kk",), "p": ("pp",), "t": ("tt",), "d": ("t",),
    "v": ("p", "k"), "l": ("lk",), "r": ("rk",), "h": ("hk",),
}  # fmt: skip
"""A weak grade, and the strong ones it may stand for."""

_NOMINATIVES: Final = (
    ("e", "i"), ("ee", "e"), ("aa", "as"), ("ää", "äs"), ("ii", "is"), ("kse", "s"), ("se", "nen"),
    ("s", "nen"), ("de", "s"), ("de", "si"), ("te", "s"), ("te", "si"),
    ("me", "n"),
)  # fmt: skip
"""What a stem may end in, and what its nominative then ends in."""

_FIRST_PARTS: Final = (
    (re.compile("uu(den|dessa|desta|della|delta|delle|teen)(?=.)"), "uusi"),
    (re.compile("iso(n|ssa|sta|on|lla|lta|lle)(?=.)"), "iso"),
    (re.compile("vähä(n|ssä|stä|än|llä|ltä|lle)(?=.)"), "vähä"),
)
"""First parts of place names that are inflected as well: Uudenkaupungin, Isonkyrön."""

_IRREGULAR: Final = {"virtain": "virrat", "virroilla": "virrat", "virroilta": "virrat"}
_LONGEST_WORD: Final = 60
_MOST_WORDS: Final = 6
_MOST_FORMS: Final = 2000


class Dictionary(Protocol):
    """What is asked of Voikko."""

    def analyses(self, word: str) -> list[dict[str, str]]:
        """Give the ways to understand a word, each with its ``BASEFORM``."""


@cache
def voikko() -> Dictionary | None:
    """Open Voikko's Finnish dictionary, once; None where it is not installed."""
    return open_voikko()


def base_forms(text: str, dictionary: Dictionary | None) -> Iterator[str]:
    """Give the forms that may be the base of an inflected name."""
    words = text.casefold().split()
    if not 0 < len(words) <= _MOST_WORDS or max(map(len, words)) > _LONGEST_WORD:
        return
    forms = [(word, *_bases(word, dictionary)) for word in words]
    seen = {" ".join(words)}
    for way in _ways(words, forms):
        form = " ".join(way)
        if form not in seen:
            seen.add(form)
            yield form


def _ways(words: list[str], forms: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    # A name is inflected at its end, at its start (Kosken Tl), or in every word that agrees.
    yield from ((*words[:-1], last) for last in forms[-1])
    yield from ((first, *words[1:]) for first in forms[0])
    yield from islice(product(*forms), _MOST_FORMS)


def _bases(word: str, dictionary: Dictionary | None) -> tuple[str, ...]:
    found = [analysis["BASEFORM"].casefold() for analysis in _analyses(word, dictionary)]
    return tuple(dict.fromkeys((*found, *_bases_by_rule(word))))


def _analyses(word: str, dictionary: Dictionary | None) -> list[dict[str, str]]:
    return dictionary.analyses(word) if dictionary else []


@lru_cache(maxsize=4096)
def _bases_by_rule(word: str) -> tuple[str, ...]:
    if word in _IRREGULAR:
        return (_IRREGULAR[word],)
    colon = _COLON.fullmatch(word)
    if colon:
        return (colon[1],)
    forms = [form for stem in _stems(word) for form in _nominatives(stem)]
    for inflected, first in _FIRST_PARTS:
        rest = inflected.sub(first, word, count=1) if inflected.match(word) else word
        if rest != word:
            forms += [rest, *_bases_by_rule(rest)]
    return tuple(dict.fromkeys(forms))


def _stems(word: str) -> Iterator[str]:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            yield word[: -len(ending)]
    if len(word) > 3 and word[-1] == "n" and word[-2] == word[-3]:
        yield word[:-2]


def _nominatives(stem: str) -> Iterator[str]:
    for graded in (stem, *_strong(stem)):
        yield graded
        for ending, nominative in _NOMINATIVES:
            if graded.endswith(ending):
                yield graded[: -len(ending)] + nominative


def _strong(stem: str) -> Iterator[str]:
    match = _STEM.fullmatch(stem)
    if match is None:
        return
    head, consonants, vowels = match.groups()
    for weak, grades in _STRONG.items():
        if consonants.endswith(weak):
            for strong in grades:
                yield head + consonants[: -len(weak)] + strong + vowels
    if len(vowels) > 1:
        yield head + consonants + vowels[:-1] + "k" + vowels[-1]
