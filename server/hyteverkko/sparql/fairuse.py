"""Fair use: how much processing a client may use, and how many queries it may have running.

Time flows back at the allowed rate, so a client that waits may ask again; how long it has to wait
is said in the refusal. What is known of a client is its address, and it is forgotten when the
time has flowed back.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from starlette.requests import Request

from hyteverkko.errors import TooMany
from hyteverkko.store.admission import Client

Network: TypeAlias = IPv4Network | IPv6Network

CLIENTS: Final = 10_000
"""How many clients are remembered at most; the one longest silent is forgotten first."""

CHAIN: Final = 1000
"""Characters of a chain of proxies that are read, from its end: some dozens of addresses."""

HOME: Final = 64
"""The bits of an IPv6 address that a provider gives to one customer, who has all the rest."""


class FairUse:
    """Keeps each client to its share."""

    def __init__(self, seconds_a_minute: int, queries: int, proxies: Sequence[Network]) -> None:
        """Allow so many seconds a minute (twice that at once), and so many queries at a time."""
        self._seconds, self._rate = seconds_a_minute, seconds_a_minute / 60
        self._burst = 2.0 * seconds_a_minute
        self._queries, self._proxies = queries, tuple(proxies)
        self._clients: OrderedDict[str, Client] = OrderedDict()

    @contextmanager
    def turn(self, request: Request) -> Iterator[Client]:
        """Let a client have one query answered; raise TooMany when it has used its share."""
        client = self._client(request)
        if client.running >= self._queries:
            raise TooMany(
                "You have {most} queries running. Wait until one has been answered.",
                1,
                most=self._queries,
            )
        if client.seconds > self._burst:
            wait = int((client.seconds - self._burst) / self._rate) + 1
            raise TooMany(
                "You have used your share of processing time, {seconds} s a minute. Ask again in "
                "{wait} s.",
                wait,
                seconds=self._seconds,
                wait=wait,
            )
        client.running += 1
        try:
            yield client
        finally:
            client.running -= 1

    def address(self, request: Request) -> str:
        """Give what a client is known by: the address or network that it asks from."""
        peer = request.client.host if request.client else ""
        forwarded = ",".join(request.headers.getlist("x-forwarded-for")) if self._proxies else ""
        return address_of(peer, forwarded[-CHAIN:], self._proxies)

    def _client(self, request: Request) -> Client:
        address, now = self.address(request), time.monotonic()
        client = self._clients.pop(address, None) or Client(moment=now)
        client.seconds = max(0.0, client.seconds - (now - client.moment) * self._rate)
        client.moment = now
        self._clients[address] = client
        if len(self._clients) > CLIENTS:
            self._forget()
        return client

    def _forget(self) -> None:
        silent = (name for name, client in self._clients.items() if not client.running)
        self._clients.pop(next(silent), None)


@lru_cache(maxsize=1024)
def address_of(peer: str, forwarded: str, proxies: tuple[Network, ...]) -> str:
    """Give who asks: the last address of the chain that is no trusted proxy's.

    Each proxy adds whom it heard from, so what stands before that was written by a stranger.
    """
    address = peer
    for hop in reversed(forwarded.split(",")):
        if not _is_in(address, proxies) or _network(hop.strip()) is None:
            break
        address = hop.strip()
    network = _network(address)
    return address if network is None else str(network)


def _is_in(address: str, proxies: tuple[Network, ...]) -> bool:
    try:
        return any(ip_address(address) in proxy for proxy in proxies)
    except ValueError:
        return False


def _network(address: str) -> Network | None:
    """Give what counts as one client: an IPv4 address, or the network of an IPv6 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if found.version == 6 and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return ip_network((found, HOME if found.version == 6 else 32), strict=False)
