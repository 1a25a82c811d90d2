"""How well a name fits what is looked for, from 0 to 100: for matching tables of names."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from hyteverkko.store.search.asked import Asked
from hyteverkko.store.search.closest import distance
from hyteverkko.store.search.things import Name, Role
from hyteverkko.store.search.words import folded_text

SAME: Final = 100.0
SAME_LETTERS: Final = 99.0
"""The same but for capitals, diacritics and marks."""

SAME_BASE: Final = 95.0
ALIKE: Final = 85.0
"""What a name can have that is only alike."""

SLIPS: Final = 2
"""Letters that are taken for slips of the pen."""

OUT_OF_FORCE: Final = 8.0
SPELLING: Final = 2.0


def best_match(asked: Asked, names: Iterable[Name], day: str) -> tuple[Name, float]:
    """Give the name that fits best on a day, or on any with the empty one, and its score."""
    scored = [(_score(asked, name, day), name) for name in names]
    score, name = max(scored, key=lambda one: (one[0], -one[1].role))
    return name, round(score, 1)


def _score(asked: Asked, name: Name, day: str) -> float:
    if day and not (name.starts or day) <= day <= (name.ends or day):
        return max(_likeness(asked, name) - OUT_OF_FORCE, 0)
    if not day and name.role is Role.OTHER:
        return max(_likeness(asked, name) - SPELLING, 0)
    return _likeness(asked, name)


def _likeness(asked: Asked, name: Name) -> float:
    if name.value.casefold() == asked.text.casefold():
        return SAME
    folded = folded_text(name.value)
    if folded == asked.whole:
        return SAME_LETTERS
    if folded in asked.readings():
        return SAME_BASE
    return ALIKE * max(_alike(folded, one) for one in (asked.whole, *asked.readings()))


def _alike(one: str, other: str) -> float:
    """Give how much of two texts is the same; a slip of the pen is one letter of them."""
    errors = distance(one, other, SLIPS)
    right = 0.0 if errors is None else 1 - errors / max(len(one), len(other), 1)
    return max(right, _shared(one, other))


def _shared(one: str, other: str) -> float:
    """Give the share of pairs of letters two texts have in common (Dice)."""
    pairs = [
        Counter(f" {text} "[at : at + 2] for at in range(len(text) + 1)) for text in (one, other)
    ]
    return 2 * (pairs[0] & pairs[1]).total() / (pairs[0].total() + pairs[1].total())
