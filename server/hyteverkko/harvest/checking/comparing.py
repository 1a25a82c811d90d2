"""What the channels tell, side by side: all must hold the same things, and every end of one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import Quad

from hyteverkko.harvest.checking.channels import CHANNELS, Told, is_ended
from hyteverkko.harvest.checking.fetching import Server, Unanswered

SHOWN: Final = 3
"""How many of the things that differ are named."""

LOOKED_AT: Final = 50
"""How many ended things are looked up by their pages."""

Validate: TypeAlias = Callable[[Sequence[Quad]], Iterable[str]]
"""What validates the catalogue; it gives a sentence for each fault."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a channel, what it counts, and what is wrong with it."""

    channel: str
    datasets: int | None
    things: int | None
    ended: int | None
    triples: int | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The whole table; it passes when no line has a problem."""

    address: str
    release: str
    lines: tuple[Line, ...]

    @property
    def passes(self) -> bool:
        """Say whether nothing was found."""
        return not any(line.problems for line in self.lines)


def check_channels(
    address: str, validate: Validate, progress: Callable[[str, int, int], None]
) -> Checked:
    """Play each harvester against a server and compare; raise Unanswered when nobody answers."""
    server = Server(address)
    release = _release(server)
    told: dict[str, Told] = {}
    for number, (name, channel) in enumerate(CHANNELS.items()):
        progress(name, number, len(CHANNELS))
        told[name] = _asked(server, channel)
    problems = {name: list(one.problems) for name, one in told.items()}
    problems["DCAT-AP"] += validate(told["DCAT-AP"].described)
    for name, text in (*_compared(told), *_still_there(server, told)):
        problems[name].append(text)
    if (after := _release(server)) != release:
        problems["DCAT-AP"].append(f"the release changed meanwhile: {release}, {after}")
    lines = (_line(name, one, problems[name]) for name, one in told.items())
    return Checked(server.address, release, tuple(lines))


def _asked(server: Server, channel: Callable[[Server], Told]) -> Told:
    try:
        return channel(server)
    except Unanswered as error:
        return Told(problems=(str(error),))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Told(problems=(f"not what the protocol says: {error!r}",))


def _release(server: Server) -> str:
    return str(server.get("/health").json()["release"])


def _compared(told: dict[str, Told]) -> Iterator[tuple[str, str]]:
    """Hold what each channel tells against the first one that tells such a thing."""
    for what in ("datasets", "things", "ended", "triples"):
        known = [(name, held) for name, one in told.items()
                 if (held := getattr(one, what)) is not None]  # fmt: skip
        known = [(name, held) for name, held in known if (name, what) not in COUNTED_OTHERWISE]
        for name, held in known[1:]:
            first, wanted = known[0]
            if what == "triples":
                if held != wanted:
                    yield name, f"{held} triples, {first} has {wanted}"
                continue
            yield from ((name, text) for text in _difference(what, first, wanted, held))


def _difference(
    what: str, first: str, wanted: frozenset[str], held: frozenset[str]
) -> Iterator[str]:
    for text, rest in (("lacks", wanted - held), ("has besides", held - wanted)):
        if rest:
            shown = ", ".join(sorted(rest)[:SHOWN])
            yield f"{what}: {text} {len(rest)} in comparison with {first}: {shown}"


def _still_there(server: Server, told: dict[str, Told]) -> Iterator[tuple[str, str]]:
    """Look whether what has ended is told as data anywhere."""
    ended = {iri for one in told.values() for iri in one.ended or ()}
    for name, one in told.items():
        if rest := ended & ((one.things or frozenset()) | (one.datasets or frozenset())):
            yield name, f"tells of what has ended: {', '.join(sorted(rest)[:SHOWN])}"
    for iri in sorted(ended)[:LOOKED_AT]:
        if not is_ended(server, iri):
            yield "LDES", f"{iri} has ended, and its page is there"


def _line(name: str, one: Told, problems: Sequence[str]) -> Line:
    datasets, things, ended = (
        None if held is None else len(held) for held in (one.datasets, one.things, one.ended)
    )
    return Line(name, datasets, things, ended, one.triples, tuple(problems))


COUNTED_OTHERWISE: Final = frozenset({("LDES", "triples"), ("dumps", "ended")})
"""The feed leaves names of persons out and counts a triple once; a dump knows only tombstones."""
