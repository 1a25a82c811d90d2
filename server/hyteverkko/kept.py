"""Answers of a release, kept under a bound to be given again; a release never changes."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from hyteverkko.store.spool import Answer

LARGEST: Final = 16
"""One answer takes at most this part of the cache: one divided by so many."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is sent: its headers and its body."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class AnswerCache:
    """The answers asked for last, up to a size in bytes."""

    def __init__(self, most: int) -> None:
        """Keep at most so many bytes of bodies."""
        self._most, self._size = most, 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        """Give a kept answer, which is then the one used last."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def has_room_for(self, answer: Answer) -> bool:
        """Say whether an answer is small enough to be kept."""
        return answer.spool.length <= self._most // LARGEST

    def keep(self, key: Hashable, answer: Kept) -> None:
        """Keep an answer, and let go of those not used for longest."""
        if key in self._kept or len(answer.body) > self._most // LARGEST:
            return
        self._kept[key] = answer
        self._size += self._cost(answer)
        while self._size > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._size -= self._cost(oldest)

    def clear(self) -> None:
        """Let go of everything: another release is current."""
        self._kept.clear()
        self._size = 0

    @staticmethod
    def _cost(answer: Kept) -> int:
        # What a key and the headers take beside the body.
        return len(answer.body) + 2048
