"""Answers of a release, kept under a bound to be given again; a release never changes."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeAlias

from starlette.types import Receive, Scope, Send

from hyteverkko.store.spool import Answer

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
Key: TypeAlias = tuple[bytes | str | bool, ...]
"""What decides an answer: parts of the request, and the release."""

LARGEST: Final = 16
"""One answer takes at most this part of the cache: one divided by so many."""

OVERHEAD: Final = 2048
"""Bytes that one answer takes beside its body and its key, about: its header, and the tables."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is sent: its headers and its body."""

    headers: Headers
    body: bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        """Be a response."""
        await self.give(scope, send)

    async def give(self, scope: Scope, send: Send) -> None:
        """Send it with 200; without its body to who asks with HEAD."""
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": body})


class AnswerCache:
    """The answers asked for last, up to a size in bytes."""

    def __init__(self, most: int) -> None:
        """Keep at most so many bytes of answers, and of what they are the answers to."""
        self._most, self._size, self._release = most, 0, ""
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def get(self, key: Key) -> Kept | None:
        """Give a kept answer, which is then the one used last."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def has_room_for(self, answer: Answer) -> bool:
        """Say whether an answer is small enough to be kept."""
        return answer.spool.length <= self._most // LARGEST

    def keep(self, key: Key, answer: Kept) -> None:
        """Keep an answer, and let go of those not used for longest."""
        if key in self._kept or len(answer.body) > self._most // LARGEST:
            return
        self._kept[key] = answer
        self._size += _cost(key, answer)
        while self._size > self._most:
            self._size -= _cost(*self._kept.popitem(last=False))

    def turn_to(self, release: str) -> None:
        """Let go of everything when another release is current."""
        if release != self._release:
            self._kept.clear()
            self._size, self._release = 0, release


def _cost(key: Key, answer: Kept) -> int:
    asked = sum(len(part) for part in key if not isinstance(part, bool))
    return len(answer.body) + asked + OVERHEAD
