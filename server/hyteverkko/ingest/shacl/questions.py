"""What is asked of a store: each constraint as a query, and the nodes it is asked of."""

from dataclasses import dataclass
from typing import Final

from hyteverkko.ingest.shacl.graph import named

AFFECTED: Final = named("hyte:Affected")
"""The class of the nodes, in a graph of their own, that a run is limited to."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the nodes come from that a shape is for: all of them, and the affected ones.

    ``node`` is the variable they are bound to, ``keys`` what tells two results apart.
    """

    whole: str
    affected: str
    node: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One constraint as two queries, and which of their variables say what.

    ``fill`` holds the variables that a message may name.
    """

    whole: str
    affected: str
    node: str
    value: str
    path: str
    message: str
    fill: tuple[str, ...]
