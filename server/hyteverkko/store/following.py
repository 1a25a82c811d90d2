"""Follows the releases: when another becomes current, the graph and the cells switch at one moment.

The next release is opened beside the one being served. Its graph is asked from the snapshot on disk
until it is in memory, so that what was published is seen at once.
"""

import asyncio
import contextlib
from pathlib import Path
from typing import Final

from hyteverkko.store.admission import Client
from hyteverkko.store.current import CurrentRelease, Serving
from hyteverkko.store.frames import Question
from hyteverkko.store.graph import MEMORY
from hyteverkko.store.spool import Answer
from hyteverkko.store.workers import CellsEnded, Limits, Workers

SETTLED: Final = 5.0
"""Seconds after which a release is put into memory: one of a series of changes never is."""

LOOK_EVERY: Final = 0.25
"""Seconds after which another release is noticed."""

UNOPENED: Final = (CellsEnded, OSError)
"""What may keep a release from being opened, or work from being done, at one moment."""


class Following:
    """The release being served, with the cells that answer on it."""

    def __init__(self, current: CurrentRelease, engine: str, limits: Limits, job: str) -> None:
        """Hold what the cells of each release are made with; ``job`` is what they do besides."""
        self._current, self._engine = current, engine
        self._limits, self._job = limits, job
        self._workers = self._workers_on(current.serving().folder)
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start the cells, and look for other releases from now on."""
        self._workers.start()
        self._keep(asyncio.create_task(self._look()))

    async def close(self) -> None:
        """Look no more, and end the cells."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._workers.close()

    async def ask(self, question: Question, client: Client) -> Answer:
        """Answer a client's question on the release being served at this moment."""
        return await self._workers.ask(question, client)

    async def do(self, job: bytes, seconds: int, memory_mib: int, result_mib: int) -> bytes:
        """Do a job in a cell on the release being served at this moment.

        A job changes what it is given, so it needs the release in memory, if only for itself.
        """
        if self._engine == MEMORY:
            return await self._workers.do(job, seconds, memory_mib, result_mib)
        folder = self._current.serving().folder
        workers = Workers(folder, MEMORY, self._limits, self._job)
        try:
            return await workers.do(job, seconds, memory_mib, result_mib)
        finally:
            await workers.close()

    async def catch_up(self) -> None:
        """Serve what has been published; when this returns, every reader sees it."""
        async with self._turn:
            folder = self._current.published()
            if folder is None:
                return
            workers = self._workers_on(folder)
            opening = asyncio.to_thread(self._current.opened, folder, "disk")
            async with contextlib.AsyncExitStack() as unwanted:
                unwanted.push_async_callback(workers.close)
                serving, _ = await asyncio.gather(opening, workers.prepare(self._workers))
                unwanted.pop_all()
            before, self._workers = self._workers, workers
            self._current.serve(serving)
            self._keep(asyncio.create_task(before.close()))
            if self._engine != "disk":
                self._keep(asyncio.create_task(self._warm(serving)))

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            # What keeps it from being opened now may have passed the next time.
            with contextlib.suppress(*UNOPENED):
                await self.catch_up()

    async def _warm(self, serving: Serving) -> None:
        """Put the graph of a release into memory, once no other follows at once."""
        await asyncio.sleep(SETTLED)
        if self._current.serving() is serving:
            warm = await asyncio.to_thread(self._current.opened, serving.folder)
            if self._current.serving() is serving:
                self._current.serve(warm)

    def _workers_on(self, folder: Path) -> Workers:
        return Workers(folder, self._engine, self._limits, self._job)

    def _keep(self, task: asyncio.Task[None]) -> None:
        """Hold on to a task until it is done: the event loop does not."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
