"""Publishes small graphs one after the other, in processes that can be killed at any moment.

Run as a program it reads what to do line by line, and forks a process for each, before it has
opened anything itself: so a round costs milliseconds.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from hyteverkko.ingest.contribution import Outcome
from hyteverkko.ingest.publisher import Deed, Outdated, publish
from hyteverkko.namespaces import GRAPHS
from hyteverkko.store.changes import Change
from hyteverkko.store.releases import HISTORY, Release, current_folder
from pyoxigraph import Literal, NamedNode, Quad

SIZE: Final = 40
"""How many statements each graph has: one that has fewer is half."""

DEED: Final = Deed("test", "put", "", "2026-11-22")
TOUCHING: Final = frozenset(
    {
        "open", "os.rename", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "os.link",
        "os.chmod", "shutil.rmtree", "shutil.copyfile", "os.listdir", "os.scandir",
    }
)  # fmt: skip


def quads(number: int, text: str = "value") -> list[Quad]:
    """Give the statements of a graph."""
    graph = NamedNode(f"{GRAPHS}g{number}")
    thing = NamedNode(f"urn:thing:{number}")
    return [
        Quad(thing, NamedNode(f"urn:property:{n}"), Literal(f"{text} {n}"), graph)
        for n in range(SIZE)
    ]


def publish_graph(home: Path, number: int) -> Release:
    """Publish one graph on whatever is current, or has become it."""
    change = Change(added=tuple(quads(number)))
    while True:
        with suppress(Outdated):
            return publish(home, Outcome(current_folder(home).name, change, (), ()), DEED)


@contextmanager
def cannot_switch(home: Path, number: int) -> Iterator[None]:
    """Let no release become current as the n-th: a folder stands where its record is to be."""
    place = home / HISTORY / f"{number:08}.json"
    place.mkdir()
    try:
        yield
    finally:
        place.rmdir()


@dataclass(frozen=True, slots=True)
class Ended:
    """What a publishing process has acknowledged, and whether it came to its end by itself."""

    acknowledged: frozenset[int]
    finished: bool


class Nursery:
    """Has graphs published by processes of their own; used as a context."""

    def __enter__(self) -> Self:
        """Start the process that forks."""
        command = [sys.executable, "-m", "tests.ingest.publishing"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def publish(
        self, home: Path, first: int, count: int, *, step: int = 0, kill_after: float | None = None
    ) -> Ended:
        """Publish graphs; end before a step, or some seconds after the first was acknowledged."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{home} {first} {count} {step}\n")
        process = int(stdout.readline())
        acknowledged = set[int]()
        for line in stdout:
            word, _, number = line.strip().partition(" ")
            if word == "ended":
                return Ended(frozenset(acknowledged), finished=number == "0")
            acknowledged.add(int(word))
            if kill_after is not None:
                time.sleep(kill_after)
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
                kill_after = None
        raise EOFError("the nursery has ended")


def end_before(step: int, home: str) -> None:
    """End this process right before it touches a file under ``home`` for the step-th time."""
    left = step

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in TOUCHING and str(arguments[0]).startswith(home):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main() -> None:
    """Fork a publishing process for each line, and say when it has ended."""
    for line in sys.stdin:
        home, *numbers = line.split()
        child = os.fork()
        if child == 0:
            _publish(home, *map(int, numbers))
            os._exit(0)
        _say(str(child))
        _say(f"ended {os.waitpid(child, 0)[1]}")


def _publish(home: str, first: int, count: int, step: int) -> None:
    if step:
        end_before(step, home)
    for number in range(first, first + count):
        publish_graph(Path(home), number)
        _say(str(number))


def _say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main()
