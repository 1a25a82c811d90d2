"""What a word has in common with its inflected forms, without a dictionary: for fi, sv and en.

A stem is a key, not a word: ``kunta`` and ``kunnan`` have the same one. It is made from folded
letters, so that it is the same for a word that was written without diacritics. Irregular forms
(``lapsi``, ``lasten``) and what a dictionary knows of compounds are beyond it.
"""

import re
from typing import Final

SHORTEST: Final = 3
"""Letters a stem keeps at least: a shorter one would be of too many words."""

ENDINGS: Final = {
    "fi": (
        *("issa", "ista", "illa", "ilta", "ille", "iksi", "iden", "ihin", "isiin"),
        *("ssa", "sta", "lla", "lta", "lle", "ksi", "seen", "ien", "jen", "ten", "ita", "n", "t"),
    ),
    "sv": ("arna", "erna", "orna", "ena", "en", "et", "ar", "er", "or", "na", "e", "a"),
    "en": ("ies", "s"),
}
"""Endings of case and number, the longest first; the first that fits is taken off."""

FINNISH_NOUNS: Final = (
    (re.compile(r"(?:inen|ise|is)$"), "is"),
    (re.compile(r"(?<=[uyoea])(?:kse|de|te|ks|s)$"), "s"),
)
"""Stems of nouns that differ between their forms, brought together; the first that fits."""

PLURAL: Final = re.compile(r"(?<=[ouy])ja$")
LAST_VOWEL: Final = re.compile(r"(?<=([aeiouy]))\1$|[ie]$")
GRADATION: Final = re.compile(
    r"([lmnr]?(?:kk|pp|tt)|nt|nn|nk|ng|mp|mm|lt|ll|rt|rr|lk|rk|ht|hd)([aeiouy]?)$"
)
"""The last consonants, whose strong and weak grades are brought together by the first of them."""


def stem(word: str, language: str) -> str:
    """Give the stem of a folded word, marked with the language whose endings it has lost."""
    match language:
        case "fi":
            return language + _finnish(word)
        case "sv":
            return language + _without_ending(_without(word, "s"), language)
        case _:
            bare = _without_ending(word, language)
            return language + (bare + "y" if word == bare + "ies" else bare)


def _finnish(word: str) -> str:
    bare = word if word.endswith("inen") else _without_ending(PLURAL.sub("", word), "fi")
    for pattern, kept in FINNISH_NOUNS:
        if pattern.search(bare):
            return pattern.sub(kept, bare)
    bare = LAST_VOWEL.sub("", LAST_VOWEL.sub("", bare, count=1)) if len(bare) > SHORTEST else bare
    return GRADATION.sub(lambda found: found[1][0] + found[2], bare)


def _without_ending(word: str, language: str) -> str:
    return next(
        (bare for ending in ENDINGS[language] if (bare := _without(word, ending)) != word), word
    )


def _without(word: str, ending: str) -> str:
    long_enough = len(word) - len(ending) >= SHORTEST
    return word.removesuffix(ending) if long_enough else word
