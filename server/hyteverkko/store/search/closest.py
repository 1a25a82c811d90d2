"""Words that differ in a letter or two from one that was typed: what it may have meant."""

from collections.abc import Iterable, Iterator
from typing import Final

SHORTEST: Final = 4
"""Letters a word has at least: a shorter one is close to too many."""

TWO_ERRORS_FROM: Final = 8
MOST_CANDIDATES: Final = 2_000


def errors_allowed(word: str) -> tuple[int, ...]:
    """Give how many errors are looked for in a word, one after the other."""
    if len(word) < SHORTEST:
        return ()
    return (1, 2) if len(word) >= TWO_ERRORS_FROM else (1,)


def intact(word: str, errors: int) -> int:
    """Give how many letters at the beginning or at the end are taken to be right.

    One error leaves one half of a word as it is. Two leave one of the outer thirds, unless each
    has one: such a word is not found.
    """
    return (len(word) - 1) // (errors + 1)


def closest(word: str, candidates: Iterable[tuple[str, int]], errors: int) -> list[str]:
    """Give the candidates with so few errors, the nearest and then the most used first."""
    letters = _letters(word)
    near = [
        (found, -uses, candidate)
        for candidate, uses in candidates
        if (letters ^ _letters(candidate)).bit_count() <= 2 * errors
        and (found := distance(word, candidate, errors)) is not None
    ]
    return [candidate for *_, candidate in sorted(near)]


def distance(one: str, other: str, most: int) -> int | None:
    """Count the letters to add, take away, change or swap with the next; None for more than most.

    This is the optimal string alignment distance.
    """
    if abs(len(one) - len(other)) > most:
        return None
    before, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one):
        row_before, before, row = before, row, [i + 1]
        for j, found in enumerate(other):
            cost = min(before[j] + (letter != found), before[j + 1] + 1, row[j] + 1)
            if i and j and letter == other[j - 1] and one[i - 1] == found:
                cost = min(cost, row_before[j - 1] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None


def _letters(word: str) -> int:
    return sum(1 << at for at in set(_places(word)))


def _places(word: str) -> Iterator[int]:
    return (ord(letter) & 63 for letter in word)
