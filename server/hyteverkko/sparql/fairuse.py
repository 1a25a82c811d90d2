"""Fair use: how much processing a client may use, and how many queries it may have running.

Time flows back at the allowed rate, so a client that waits may ask again; how long it has to wait
is said in the refusal. What is known of a client is its address, and it is forgotten when the
time has flowed back.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from hyteverkko.errors import TooMany

CLIENTS: Final = 10_000
"""How many clients are remembered at most; the one longest silent is forgotten first."""


@dataclass(slots=True)
class Use:
    """What a client has used: seconds of processing, as of a moment, and queries running."""

    seconds: float = 0.0
    moment: float = 0.0
    running: int = 0


class FairUse:
    """Keeps each client to its share."""

    def __init__(self, seconds_a_minute: int, queries: int, proxies: frozenset[str]) -> None:
        """Allow so many seconds a minute (twice that at once), and so many queries at a time."""
        self._rate = seconds_a_minute / 60
        self._burst = 2.0 * seconds_a_minute
        self._queries, self._proxies = queries, proxies
        self._uses: OrderedDict[str, Use] = OrderedDict()

    @contextmanager
    def turn(self, request: Request) -> Iterator[None]:
        """Let a client have one query run; raise TooMany when it has used its share."""
        use = self._use(self._client(request))
        if use.running >= self._queries:
            raise TooMany(
                "You have {most} queries running. Wait until one has been answered.",
                1,
                most=self._queries,
            )
        if use.seconds > self._burst:
            wait = int((use.seconds - self._burst) / self._rate) + 1
            raise TooMany(
                "You have used your share of processing time. Ask again in {wait} s.",
                wait,
                wait=wait,
            )
        use.running += 1
        start = time.monotonic()
        try:
            yield
        finally:
            use.running -= 1
            use.seconds += time.monotonic() - start

    def _use(self, client: str) -> Use:
        now = time.monotonic()
        use = self._uses.pop(client, None) or Use(moment=now)
        use.seconds = max(0.0, use.seconds - (now - use.moment) * self._rate)
        use.moment = now
        self._uses[client] = use
        while len(self._uses) > CLIENTS:
            self._uses.popitem(last=False)
        return use

    def _client(self, request: Request) -> str:
        """Give the client's address: the last one that no trusted proxy has."""
        address = request.client.host if request.client else ""
        if address not in self._proxies:
            return address
        forwarded = request.headers.get("x-forwarded-for", "").split(",")
        for hop in reversed([hop.strip() for hop in forwarded if hop.strip()]):
            address = hop
            if hop not in self._proxies:
                break
        return address
