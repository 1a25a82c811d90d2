"""The page that tells people how to match a table."""

from dataclasses import dataclass

from hyteverkko.harvest.reconcile.entities import TYPES
from hyteverkko.harvest.reconcile.properties import PROPERTIES
from hyteverkko.store.current import Serving


@dataclass(frozen=True, slots=True)
class AboutPage:
    """The address to give to a client, and what can be matched and fetched."""

    address: str
    types: tuple[tuple[str, str], ...]
    properties: tuple[tuple[str, str, tuple[str, ...]], ...]


def about_page(serving: Serving, language: str, address: str) -> AboutPage:
    """Put together the page about the service at an address."""
    types = {one.id: one.name(serving.names, language) for one in TYPES.values()}
    everything = frozenset(types)
    return AboutPage(
        address,
        tuple(types.items()),
        tuple(
            (
                one.id,
                one.name,
                ()
                if one.kinds == everything
                else tuple(name for id_, name in types.items() if id_ in one.kinds),
            )
            for one in PROPERTIES.values()
        ),
    )
