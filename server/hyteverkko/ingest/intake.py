"""The intake of the web process: hands what was sent to a cell, and what is good to the publisher.

Writers queue: one contribution after the other is worked out and published, so that each sees what
the one before has changed.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from hyteverkko.errors import Busy
from hyteverkko.ingest.contribution import Contribution, Outcome, from_bytes
from hyteverkko.ingest.job import job_bytes
from hyteverkko.ingest.publisher import LENGTHS, Deed, NoSpace
from hyteverkko.store.following import Following

QUEUE: Final = 32
"""How many contributions may wait, and how many trials."""

ATTEMPTS: Final = 3
"""How often a contribution is worked out anew because another was published meanwhile."""

LONGEST_OUTCOME: Final = 1024
"""MiB that an outcome may have on its way between processes."""


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """What reading and checking one contribution may cost: seconds, and MiB of memory."""

    seconds: int
    memory_mib: int


class Intake:
    """Where contributions come in."""

    def __init__(
        self, home: Path, following: Following, release: Callable[[], str], limits: IntakeLimits
    ) -> None:
        """Take contributions for the releases in ``home``."""
        self._following, self._release, self._limits = following, release, limits
        self._publisher = PublisherProcess(home)
        self._writers, self._trials = _Queue(), _Queue()

    async def tried(self, sent: Contribution) -> Outcome:
        """Give what would come of a contribution; nothing is changed."""
        async with self._trials.turn():
            return from_bytes(await self._worked_out(sent))

    async def accepted(
        self, sent: Contribution, deed: Deed, allowed: Callable[[], None]
    ) -> tuple[Outcome, str]:
        """Publish a contribution that is good; give what came of it and the release that has it.

        One with violations changes nothing. ``allowed`` is asked when its turn comes, and may
        raise.
        """
        async with self._writers.turn():
            return await self._published(sent, deed, allowed)

    async def close(self) -> None:
        """End the publisher when it has finished what it does."""
        await self._publisher.close()

    async def _published(
        self, sent: Contribution, deed: Deed, allowed: Callable[[], None]
    ) -> tuple[Outcome, str]:
        for _ in range(ATTEMPTS):
            await self._following.catch_up()
            allowed()
            content = await self._worked_out(sent)
            outcome = from_bytes(content)
            if not outcome.conforms:
                return outcome, ""
            release = await self._publisher.publish(content, deed)
            if release:
                await self._following.catch_up()
                return outcome, release
        raise Busy("Others are publishing at this moment. Send it again in a few seconds.")

    async def _worked_out(self, sent: Contribution) -> bytes:
        limits = self._limits
        job = job_bytes(self._release(), sent)
        return await self._following.do(job, limits.seconds, limits.memory_mib, LONGEST_OUTCOME)


class _Queue:
    """One at a time, the others wait: trials, which anybody may ask for, never before writers."""

    def __init__(self) -> None:
        self._lock, self._waiting = asyncio.Lock(), 0

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it; raise Busy when too many wait."""
        if self._waiting >= QUEUE:
            raise Busy("Too many contributions are waiting. Send it again in a few seconds.")
        self._waiting += 1
        try:
            async with self._lock:
                yield
        finally:
            self._waiting -= 1


class PublisherProcess:
    """The process that may write the ledger and the releases; started when first needed."""

    def __init__(self, home: Path) -> None:
        """Publish into ``home``."""
        self._home = home
        self._process: asyncio.subprocess.Process | None = None

    async def publish(self, outcome: bytes, deed: Deed) -> str:
        """Publish a change; give the release, empty when it has to be worked out anew."""
        process = await self._running()
        if process.stdin is None or process.stdout is None:
            raise TypeError("the publisher has no pipes")
        head = json.dumps(asdict(deed)).encode()
        try:
            process.stdin.write(LENGTHS.pack(len(head), len(outcome)) + head + outcome)
            await process.stdin.drain()
            length = int.from_bytes(await process.stdout.readexactly(4), "big")
            answer = json.loads(await process.stdout.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            # It was ended on the way. What it had accepted is found by the next one.
            await self._end(process)
            return ""
        except BaseException:
            process.kill()
            await self._end(process)
            raise
        if answer.get("refused") == NoSpace.__name__:
            raise NoSpace
        return str(answer.get("release", ""))

    async def close(self) -> None:
        """Let the process end."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._end(self._process)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "hyteverkko.ingest.publisher",
                str(self._home),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        return self._process

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._process = None
