"""How the web process has dumps made: one at a time, in a process of its own.

A stranger may ask for every file of every old release at once. So the current release comes first,
what is being made is made once however many ask, few wait for a turn, and who cannot wait is told
when to come back.
"""

import asyncio
import heapq
import os
import sys
from dataclasses import dataclass, field
from typing import Final

from hyteverkko.errors import Busy
from hyteverkko.settings import Settings

PATIENCE: Final = 30.0
"""Seconds that a request waits for its file."""

WAITING: Final = 8
"""Files of old releases that wait to be made."""


class BeingMade(Busy):
    """The file is not there yet: 503, ask again."""

    retry_after = 20


class NotMade(Busy):
    """A file could not be made, on a full disk for instance: 503, ask again much later."""

    retry_after = 600

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The file could not be made. The log of the server says why.")


@dataclass(order=True, slots=True)
class _Job:
    """A unit to be made; those of the current release come first, others as they were asked for."""

    is_old: bool
    turn: int
    number: int = field(compare=False)
    unit: str = field(compare=False)
    done: "asyncio.Future[int]" = field(compare=False)


class Makers:
    """Has dumps made."""

    def __init__(self, settings: Settings) -> None:
        """Make the dumps of the releases in the home of ``settings``."""
        self._settings = settings
        self._jobs: list[_Job] = []
        self._known: dict[tuple[int, str], _Job] = {}
        self._turns = 0
        self._working: asyncio.Task[None] | None = None

    async def make(self, number: int, unit: str, *, is_old: bool) -> None:
        """Have a unit of a release made; raise BeingMade when that takes longer than one waits."""
        done = self._job(number, unit, is_old=is_old).done
        try:
            code = await asyncio.wait_for(asyncio.shield(done), PATIENCE)
        except TimeoutError:
            raise BeingMade(
                "The file is being made. Ask again in {seconds} s.", seconds=BeingMade.retry_after
            ) from None
        if code:
            raise NotMade

    def _job(self, number: int, unit: str, *, is_old: bool) -> _Job:
        job = self._known.get((number, unit))
        if job is None:
            if is_old and sum(one.is_old for one in self._jobs) >= WAITING:
                raise BeingMade("Too many files of old releases are being made. Ask again later.")
            self._turns += 1
            done = asyncio.get_running_loop().create_future()
            job = _Job(is_old, self._turns, number, unit, done)
            self._known[number, unit] = job
            heapq.heappush(self._jobs, job)
            if self._working is None:
                self._working = asyncio.create_task(self._work())
        return job

    async def _work(self) -> None:
        try:
            while self._jobs:
                job = heapq.heappop(self._jobs)
                try:
                    job.done.set_result(await self._run(job))
                except OSError:
                    job.done.set_result(os.EX_OSERR)
                finally:
                    del self._known[job.number, job.unit]
        finally:
            self._working = None

    async def _run(self, job: _Job) -> int:
        settings = self._settings
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hyteverkko.harvest.making",
            str(job.number),
            job.unit,
            env={
                **os.environ,
                "HYTE_ROOT": str(settings.root),
                "HYTE_HOME": str(settings.home),
                "HYTE_BASE_URL": settings.base_url,
                "HYTE_DUMPS_MIB": str(settings.dumps_mib),
            },
            start_new_session=True,
        )
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
