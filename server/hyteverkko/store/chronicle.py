"""What all releases up to one have brought, read once: times of things, and what each brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Final

from hyteverkko.store.releases import Release, record_of_number
from hyteverkko.store.versions import Action, time_of, versions_of


@dataclass(frozen=True, slots=True)
class State:
    """When a thing first came and last changed (UTC, milliseconds), and whether it is gone."""

    created: str
    modified: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """What one release has brought: its number, its time, and how many versions."""

    number: int
    time: str
    versions: int


@dataclass(frozen=True)
class Chronicle:
    """Everything that has been in a release or an earlier one, with its times.

    ``brought`` has the releases that brought something, the oldest first.
    """

    number: int
    states: Mapping[str, State]
    brought: tuple[Brought, ...] = ()

    def of(self, iri: str) -> State | None:
        """Give the state of a thing; None when it was never there."""
        return self.states.get(iri)

    @cached_property
    def latest(self) -> str:
        """Give the time of the last change of anything, empty when there is nothing."""
        return max((state.modified for state in self.states.values()), default="")


NOTHING: Final = Chronicle(0, {})


class Chronicles:
    """Gives the chronicle of the release that is served, going on from the one before."""

    def __init__(self, home: Path) -> None:
        """Read from ``home``."""
        self.home = home
        self._last = NOTHING
        self._reading = Lock()

    def of(self, release: Release) -> Chronicle:
        """Give the chronicle up to a release; not on the event loop, as it may have to be read."""
        with self._reading:
            last = self._last
            if last.number > release.number:
                last = NOTHING
            if last.number < release.number:
                last = self._continued(last, release.number)
                self._last = last
            return last

    def _continued(self, last: Chronicle, until: int) -> Chronicle:
        states, brought = dict(last.states), list(last.brought)
        for number in range(last.number + 1, until + 1):
            record = record_of_number(self.home, number)
            versions = versions_of(self.home, number) if record else []
            if record is None or not versions:
                continue
            at = time_of(record)
            for version in versions:
                known = states.get(version.thing)
                gone = version.action is Action.DELETE
                created = at if known is None or (known.gone and not gone) else known.created
                states[version.thing] = State(created, at, gone)
            brought.append(Brought(number, at, len(versions)))
        return Chronicle(until, states, tuple(brought))
