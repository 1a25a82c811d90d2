"""The intake of the web process: hands what was sent to a cell, and what is good to the publisher.

Writers queue: one contribution after the other is worked out and published, so that each sees what
the one before has changed.
"""

import asyncio
import contextlib
import json
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from hyteverkko.errors import Busy, RequestError
from hyteverkko.ingest.contribution import Contribution, Outcome, from_bytes
from hyteverkko.ingest.drafts import BuildRunning
from hyteverkko.ingest.job import job_bytes
from hyteverkko.ingest.publisher import LENGTHS, Deed, NoSpace, Outdated, is_behind
from hyteverkko.lanes import Lane
from hyteverkko.store.admission import Client
from hyteverkko.store.following import UNOPENED, Following

LOG: Final = logging.getLogger(__name__)

QUEUE: Final = 32
"""How many contributions may wait, and how many trials."""

TOKENS: Final = "tokens"
"""Those who have a token, who are one client here."""

ATTEMPTS: Final = 3
"""How often a contribution is worked out anew because another was published meanwhile."""

FINISH_EVERY: Final = 5.0
"""Seconds after which it is tried again to publish what has been accepted."""

LONGEST_OUTCOME: Final = 1024
"""MiB that an outcome may have on its way between processes."""


class CannotPublish(RequestError):
    """The ledger or the disk is not as it should be: 503, and the maintainer has to look."""

    status = 503


class Unsure(RequestError):
    """The publisher ended again and again, and it is not known how far it came: 503."""

    status = 503


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a contribution: the release that has it, and whether that is current yet.

    A contribution with violations has no release.
    """

    outcome: Outcome
    release: str = ""
    is_current: bool = False


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
        self._home, self._following, self._release = home, following, release
        self._limits = limits
        self._publisher = PublisherProcess(home)
        self._writers, self._trials = _Queue(), _Queue()
        self._finishing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Finish what was accepted and could not be published before."""
        if await asyncio.to_thread(is_behind, self._home):
            self._finish_later()

    async def tried(self, sent: Contribution, client: Client | None = None) -> Outcome:
        """Give what would come of a contribution; nothing is changed.

        A client is charged with the time it takes, but not for that of waiting.
        """
        async with self._trials.turn(client or TOKENS):
            began = time.monotonic()
            try:
                return await asyncio.to_thread(from_bytes, await self._worked_out(sent))
            finally:
                if client is not None:
                    client.seconds += time.monotonic() - began

    async def accepted(
        self, sent: Contribution, deed: Deed, allowed: Callable[[], None]
    ) -> Published:
        """Publish a contribution that is good; one with violations changes nothing.

        ``allowed`` is asked when its turn comes, and may raise.
        """
        async with self._writers.turn():
            return await self._published(sent, deed, allowed)

    async def close(self) -> None:
        """End the publisher when it has finished what it does."""
        if self._finishing is not None:
            self._finishing.cancel()
            await asyncio.gather(self._finishing, return_exceptions=True)
        await self._publisher.close()

    async def _published(
        self, sent: Contribution, deed: Deed, allowed: Callable[[], None]
    ) -> Published:
        for _ in range(ATTEMPTS):
            await self._catch_up()
            allowed()
            content = await self._worked_out(sent)
            outcome = await asyncio.to_thread(from_bytes, content)
            if not outcome.conforms:
                return Published(outcome)
            try:
                release, is_current = await self._publisher.publish(content, deed)
            except Outdated:
                continue
            if is_current:
                # It is published, whether it can be opened here and now or not.
                with contextlib.suppress(*UNOPENED):
                    await self._following.catch_up()
            else:
                self._finish_later()
            return Published(outcome, release, is_current)
        raise Busy("Others are publishing at this moment. Send it again in a few seconds.")

    async def _catch_up(self) -> None:
        try:
            await self._following.catch_up()
        except UNOPENED:
            raise Busy("The server is busy. Send it again in a few seconds.") from None

    def _finish_later(self) -> None:
        if self._finishing is None or self._finishing.done():
            self._finishing = asyncio.create_task(self._finish())

    async def _finish(self) -> None:
        """Try to publish what has been accepted, until it is, or until only a person can."""
        done = False
        while not done:
            await asyncio.sleep(FINISH_EVERY)
            try:
                async with self._writers.turn():
                    done = await self._publisher.finish()
            except CannotPublish:
                return
            except RequestError:
                continue

    async def _worked_out(self, sent: Contribution) -> bytes:
        limits = self._limits
        job = job_bytes(self._release(), sent)
        try:
            return await self._following.do(job, limits.seconds, limits.memory_mib, LONGEST_OUTCOME)
        except UNOPENED:
            raise Busy("The server is busy. Send it again in a few seconds.") from None


class _Queue:
    """One at a time, the others wait, and the clients in turn."""

    def __init__(self) -> None:
        self._lane: Lane[Hashable] = Lane(1, 1)

    @contextlib.asynccontextmanager
    async def turn(self, client: Hashable = TOKENS) -> AsyncIterator[None]:
        """Wait for a turn, and have it; raise Busy when too many wait."""
        if not self._lane.take(client):
            if self._lane.length >= QUEUE:
                raise Busy("Too many contributions are waiting. Send it again in a few seconds.")
            await self._lane.wait(client)
        try:
            yield
        finally:
            self._lane.give_back(client)


class PublisherProcess:
    """The process that may write the ledger and the releases; started when first needed."""

    def __init__(self, home: Path) -> None:
        """Publish into ``home``."""
        self._home = home
        self._process: asyncio.subprocess.Process | None = None

    async def publish(self, outcome: bytes, deed: Deed) -> tuple[str, bool]:
        """Publish a change; give the release that has it, and whether it is current.

        Raise Outdated when it has to be worked out anew.
        """
        answer = await self._asked(json.dumps(asdict(deed)).encode(), outcome)
        if "published" in answer:
            return answer["published"], True
        return answer["accepted"], False

    async def finish(self) -> bool:
        """Publish what has been accepted; say whether that is done."""
        return "accepted" not in await self._asked(b"", b"")

    async def _asked(self, head: bytes, content: bytes) -> Mapping[str, str]:
        """Have a job done; raise what it was refused for."""
        for _ in range(ATTEMPTS):
            process = await self._running()
            try:
                answer = await _exchanged(process, head, content)
            except (asyncio.IncompleteReadError, ConnectionError):
                # It was ended on the way. The next one finds what it had accepted, and says so.
                await self._end(process)
                continue
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await self._end(process)
                raise
            if "refused" in answer:
                raise _refusal(answer)
            return answer
        raise Unsure(
            "The server could not finish. What you sent may have been accepted: look at the "
            "history of the graph before you send it again."
        )

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


async def _exchanged(
    process: asyncio.subprocess.Process, head: bytes, content: bytes
) -> Mapping[str, str]:
    if process.stdin is None or process.stdout is None:
        raise TypeError("the publisher has no pipes")
    if process.stdin.is_closing():
        # It was ended while it had nothing to do; uvloop says so with an error of its own.
        raise ConnectionResetError
    process.stdin.write(LENGTHS.pack(len(head), len(content)) + head + content)
    await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(4), "big")
    answer: Mapping[str, str] = json.loads(await process.stdout.readexactly(length))
    return answer


def _refusal(answer: Mapping[str, str]) -> Exception:
    match answer["refused"]:
        case Outdated.__name__:
            return Outdated(answer["reason"])
        case NoSpace.__name__:
            return NoSpace()
        case BuildRunning.__name__:
            return Busy("Others are publishing at this moment. Send it again in a few seconds.")
        case name:
            # What is wrong with it stands in the log: it is for the maintainer.
            LOG.error("%s: %s", name, answer["reason"])
            return CannotPublish(
                "The server cannot publish at this moment, and nothing was changed. Its "
                "maintainer has to look after it first."
            )
