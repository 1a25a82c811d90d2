"""The pool of cells, as the web process sees it: asks, watches the clock, kills, replaces.

A cell that passes its deadline, or whose process the engine ended, is killed and replaced; the
replacement is already there, because the pool keeps a spare.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Final, cast

from hyteverkko.errors import (
    BadRequest,
    Busy,
    HyteError,
    NotAcceptable,
    RequestError,
    TimedOut,
    TooLarge,
)
from hyteverkko.store.cell import CELL, JOB, SUCCESSOR
from hyteverkko.store.frames import (
    DATA,
    END,
    FAILURES,
    HEADER,
    Answer,
    Question,
    frame,
    question_frame,
)
from hyteverkko.store.releases import read_release

SPARES: Final = 1
IN_MEMORY: Final = 8 * 1024 * 1024
"""A longer answer is spooled to a temporary file until it is whole."""

POLITE_AFTER: Final = 0.1
"""Seconds after which a query runs only when nobody else wants the processor."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost, and how many are answered at once.

    ``seconds`` of time, ``memory_mib`` beyond the start, ``result_mib`` and ``rows`` of result;
    ``cells`` run at once and ``queue`` wait.
    """

    seconds: int
    memory_mib: int
    result_mib: int
    rows: int
    cells: int
    queue: int


class CellsEnded(HyteError):
    """The template of the cells has ended."""


class Workers:
    """Cells on one release; ``start`` before the first question, ``close`` after the last."""

    def __init__(self, folder: Path, engine: str, limits: Limits, job: str = "") -> None:
        """Keep what is needed to start; ``job`` is the module of what cells do besides."""
        self._folder, self._engine, self._limits, self._job = folder, engine, limits, job
        self._free: list[_Cell] = []
        self._running = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._template: _Template | None = None
        self._starting: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        """Start the template and, as soon as it is ready, the cells."""
        self._starting = asyncio.create_task(self._start())

    async def prepare(self, before: "Workers") -> None:
        """Start from the workers of the release before, where this one is that and a change."""
        release = read_release(self._folder)
        if before.is_on(release.base) and before._template is not None:
            self._template = await before._template.successor(self._folder)
        self._starting = asyncio.create_task(self._start())
        await asyncio.shield(self._starting)

    def is_on(self, release: str) -> bool:
        """Say whether these workers are on a release and can have a successor."""
        return self._folder.name == release and self._template is not None and self._template.alive

    async def do(self, job: bytes, seconds: int, memory_mib: int, result_mib: int) -> bytes:
        """Do a job in a cell made for it; raise what it was stopped for."""
        if self._starting is not None:
            await asyncio.shield(self._starting)
        if self._template is None or not self._template.alive:
            self._template = await self._new_template()
        cell = await self._template.job_cell(memory_mib)
        try:
            done = await cell.exchange(frame(DATA, job), seconds, result_mib)
        except _Ended as ended:
            done = _Failure(ended.why, "")
        finally:
            cell.kill()
        if isinstance(done, _Failure):
            raise _job_refusal(done.name, seconds, memory_mib)
        return done.content

    async def ask(self, question: Question) -> Answer:
        """Answer a question; raise what it was refused for, with the limit and what to change."""
        await self._admitted()
        try:
            return await self._answered(question)
        finally:
            self._running -= 1
            self._wake()
            if self._closing:
                self._end_when_idle()

    async def close(self) -> None:
        """End the cells that are free, and the others when they have answered."""
        self._closing = True
        if self._starting is not None and not self._running:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        self._end_when_idle()

    def _end_when_idle(self) -> None:
        for cell in self._free:
            cell.kill()
        self._free.clear()
        if self._template is not None and not self._running:
            self._template.close()

    async def _start(self) -> None:
        if self._template is None:
            self._template = await self._new_template()
        for _ in range(self._limits.cells + SPARES):
            self._free.append(await self._template.cell())

    async def _admitted(self) -> None:
        if self._running >= self._limits.cells:
            if len(self._waiting) >= self._limits.queue:
                raise Busy("All query workers are busy. Ask again in a few seconds.")
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await asyncio.wait_for(turn, self._limits.seconds)
            except TimeoutError:
                raise Busy("All query workers are busy. Ask again in a few seconds.") from None
            finally:
                if turn in self._waiting:
                    self._waiting.remove(turn)
        self._running += 1

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.pop(0)
            if not turn.done():
                turn.set_result(None)
                return

    async def _answered(self, question: Question) -> Answer:
        cell = await self._cell()
        try:
            answer = await cell.ask(question, self._limits)
        except _Ended as ended:
            cell.kill()
            asyncio.get_running_loop().create_task(self._replace())
            raise self._refusal(ended.why, "") from None
        except BaseException:
            # The client went away, or the clock stopped us: what the cell does is not wanted.
            cell.kill()
            asyncio.get_running_loop().create_task(self._replace())
            raise
        self._free.append(cell)
        if isinstance(answer, _Failure):
            raise self._refusal(answer.name, answer.detail)
        return answer

    async def _cell(self) -> "_Cell":
        if self._starting is not None and not self._starting.done():
            await asyncio.shield(self._starting)
        while self._free:
            cell = self._free.pop()
            if cell.alive:
                return cell
        return await self._new_cell()

    async def _new_cell(self) -> "_Cell":
        if self._template is None or not self._template.alive:
            self._template = await self._new_template()
        return await self._template.cell()

    async def _new_template(self) -> "_Template":
        return await _Template.started(self._folder, self._engine, self._limits, self._job)

    async def _replace(self) -> None:
        if not self._closing and len(self._free) + self._running < self._limits.cells + SPARES:
            self._free.append(await self._new_cell())

    def _refusal(self, name: str, detail: str) -> RequestError:
        limits = self._limits
        refusals: dict[str, Callable[[], RequestError]] = {
            "syntax": lambda: _unreadable(detail),
            "offered": lambda: BadRequest(
                "The query asks for something that is not offered here. See the service "
                "description for what is."
            ),
            "unacceptable": lambda: _unacceptable(detail),
            "characters": lambda: NotAcceptable(
                "The answer holds a character or a predicate that XML cannot carry. Ask for "
                "another format."
            ),
            "late": lambda: TimedOut(
                "The query was stopped after {seconds} s. Ask for less: add a LIMIT, a more "
                "selective pattern, or split it.",
                seconds=limits.seconds,
            ),
            "rows": lambda: TooLarge(
                "The result has more than {rows} rows. Ask for less: add a LIMIT, or take the "
                "graphs whole.",
                rows=limits.rows,
            ),
            "large": lambda: TooLarge(
                "The result is over {size} MiB. Ask for less: add a LIMIT, or take the graphs "
                "whole.",
                size=limits.result_mib,
            ),
            "memory": lambda: TooLarge(
                "The query needs more memory than the {size} MiB it may take. Ask for less.",
                size=limits.memory_mib,
            ),
        }
        return refusals[name]()


def _job_refusal(why: str, seconds: int, memory_mib: int) -> RequestError:
    if why == "late":
        return TimedOut(
            "Reading and checking was stopped after {seconds} s. Send less at a time.",
            seconds=seconds,
        )
    return TooLarge(
        "Reading and checking needs more memory than the {size} MiB it may take. Send less at a "
        "time.",
        size=memory_mib,
    )


def _unreadable(position: str) -> BadRequest:
    line, _, column = position.partition(":")
    if not column:
        return BadRequest("The query cannot be read.")
    return BadRequest(
        "The query cannot be read at line {line}, column {column}.", line=line, column=column
    )


class Unacceptable(RequestError):
    """The client accepts no format of the kind of answer that the query has."""

    status = 406

    def __init__(self, kind: str) -> None:
        """Keep the kind: ``graph`` or ``results``."""
        super().__init__("None of the formats asked for is offered for this kind of query.")
        self.kind = kind


def _unacceptable(kind: str) -> RequestError:
    return Unacceptable(kind)


class _Ended(Exception):
    """The cell is of no use any more; ``why`` is the failure."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Failure:
    name: str
    detail: str


class _Template:
    """The process that has the release and forks cells, and its successor."""

    def __init__(self, process: int, control: socket.socket) -> None:
        self._process, self._control = os.pidfd_open(process), control
        self._turn = asyncio.Lock()
        self._closed = False

    @classmethod
    async def started(cls, folder: Path, engine: str, limits: Limits, job: str) -> "_Template":
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "hyteverkko.store.cell"]
        numbers = (theirs.fileno(), folder, engine, limits.memory_mib, limits.result_mib)
        process = subprocess.Popen(
            [*command, *map(str, numbers), str(limits.rows), job],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        ours.setblocking(False)
        template = cls(process.pid, ours)
        # Whoever is the parent buries it: one thread that waits, so that no zombie stays.
        threading.Thread(target=process.wait, daemon=True).start()
        await template._ready()
        return template

    async def successor(self, folder: Path) -> "_Template":
        """Give the template of the next release: this one's memory, and the change to it."""
        ours, process = await self._forked(SUCCESSOR, str(folder))
        template = _Template(process, ours)
        await template._ready()
        return template

    async def cell(self) -> "_Cell":
        return await self._connected(*await self._forked(CELL))

    async def job_cell(self, memory_mib: int) -> "_Cell":
        """Give a cell for one job."""
        return await self._connected(*await self._forked(JOB, str(memory_mib)))

    @property
    def alive(self) -> bool:
        if self._closed:
            return False
        try:
            signal.pidfd_send_signal(self._process, 0)
        except ProcessLookupError:
            return False
        return True

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._control.close()
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            os.close(self._process)

    async def _ready(self) -> None:
        try:
            said = await asyncio.get_running_loop().sock_recv(self._control, 5)
            if said != b"ready":
                raise CellsEnded("The process for queries did not start.")
        except BaseException:
            self.close()
            raise

    async def _forked(self, what: bytes, text: str = "") -> tuple[socket.socket, int]:
        """Have a process forked; give our end of its socket, and its number."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            async with self._turn:
                with theirs:
                    socket.send_fds(self._control, [what + text.encode()], [theirs.fileno()])
                number = await asyncio.get_running_loop().sock_recv(self._control, 4)
        except BaseException:
            ours.close()
            raise
        if len(number) != 4:
            ours.close()
            self.close()
            raise CellsEnded("The process for queries has ended.")
        return ours, int.from_bytes(number, "big")

    @staticmethod
    async def _connected(ours: socket.socket, process: int) -> "_Cell":
        made = _Cell(process)
        try:
            loop = asyncio.get_running_loop()
            _, cell = await loop.create_unix_connection(lambda: made, sock=ours)
            await cell.ready()
        except BaseException:
            made.kill()
            ours.close()
            raise
        return cell


class _Cell(asyncio.Protocol):
    """One cell: its process, held by a descriptor that is never another's, and its socket."""

    def __init__(self, process: int) -> None:
        self._process = os.pidfd_open(process)
        self._transport: asyncio.Transport | None = None
        self._is_ready = asyncio.get_running_loop().create_future()
        self._done: asyncio.Future[Answer | _Failure] | None = None
        self._buffer, self._spool = bytearray(), SpooledTemporaryFile[bytes](max_size=IN_MEMORY)
        self._most = self._thread = 0
        self._gave_way = False
        self.alive = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if not self._is_ready.done():
            self._thread = int.from_bytes(data, "big")
            self._is_ready.set_result(None)
            return
        self._buffer += data
        done = _unpack(self._buffer, self._spool.write)
        if self._spool.tell() > self._most:
            self._end("large")
        elif isinstance(done, _Failure):
            self._give(done)
        elif done:
            self._spool.seek(0)
            self._give(Answer(done, self._spool.read()))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        if not self._is_ready.done():
            sentence = "This system cannot confine the processes for queries."
            self._is_ready.set_exception(CellsEnded(sentence))
        self._end("memory")

    async def ready(self) -> None:
        await self._is_ready

    async def ask(self, question: Question, limits: Limits) -> Answer | _Failure:
        """Ask the cell a question."""
        return await self.exchange(question_frame(question), limits.seconds, limits.result_mib)

    async def exchange(self, content: bytes, seconds: int, result_mib: int) -> Answer | _Failure:
        """Send and receive; raise _Ended when the cell is late or its process has ended."""
        if self._transport is None or self._transport.is_closing():
            raise _Ended("memory")
        loop = asyncio.get_running_loop()
        self._most = result_mib * 1024 * 1024
        self._spool.seek(0)
        self._spool.truncate()
        self._done = loop.create_future()
        give_way = loop.call_later(POLITE_AFTER, self._give_way)
        deadline = loop.call_later(seconds, self._end, "late")
        self._transport.write(content)
        try:
            return await self._done
        finally:
            give_way.cancel()
            deadline.cancel()
            if self._gave_way:
                # Also before it is killed: what gets no processor does not die.
                self._give_way(os.SCHED_OTHER)

    def kill(self) -> None:
        if self.alive:
            self.alive = False
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            os.close(self._process)
            self._spool.close()
            if self._transport is not None:
                self._transport.abort()

    def _give(self, done: Answer | _Failure) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(done)

    def _end(self, why: str) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(_Ended(why))

    def _give_way(self, policy: int = os.SCHED_IDLE) -> None:
        """Set how the thread that runs the query competes for the processor."""
        self._gave_way = policy == os.SCHED_IDLE
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.sched_setscheduler(self._thread, policy, os.sched_param(0))


def _unpack(buffer: bytearray, write: Callable[[bytes], int]) -> str | _Failure:
    """Write the whole data frames of a buffer; give the kind once the answer has ended."""
    while len(buffer) >= HEADER.size:
        letter, length = HEADER.unpack_from(buffer)
        end = HEADER.size + length
        if len(buffer) < end:
            return ""
        content = bytes(buffer[HEADER.size : end])
        del buffer[:end]
        if letter == DATA:
            write(content)
        elif letter == END:
            return content.decode()
        else:
            return _Failure(FAILURES[letter], content.decode())
    return ""
