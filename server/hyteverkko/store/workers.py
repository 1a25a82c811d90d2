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
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
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
from hyteverkko.store.admission import Admission, Client, Place
from hyteverkko.store.cell import CELL, JOB, SUCCESSOR
from hyteverkko.store.frames import (
    DATA,
    END,
    FAILURES,
    HEADER,
    Question,
    frame,
    question_frame,
)
from hyteverkko.store.graph import MEMORY
from hyteverkko.store.precedence import Precedence, Runner
from hyteverkko.store.releases import read_release
from hyteverkko.store.spool import SHARE, Answer, Space, Spool

SPARES: Final = 1

MIB: Final = 1024 * 1024

ALLOCATOR: Final = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=1000"}
"""Has the release lie in huge pages, where there are any: a fork is ten times as fast then. Small
pieces of memory are kept by the thousand for the next query, which takes a tenth less time so."""

RETRY: Final = 1.0
"""Seconds after which it is tried again to make a cell that could not be made."""

WORN: Final = 2
"""Free cells that may hold a copy of much that they have read, so that the next reads it sooner."""

CALM: Final = 1.0
"""Seconds after which the others are let go of: in a rush each is wanted again at once."""

MOMENT: Final = 0.1
"""Seconds after which a query is long, and needs a long place."""

GLANCE: Final = 0.01
"""Seconds after which it is no lookup, and worth a look at what it takes."""

WORK: Final = 0.01
"""Seconds of the processor that a query must have had since, by then: to wait for it does not make
it long."""

PATIENCE: Final = 1.0
"""Seconds after which it is long even so."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost, and how many are answered at once.

    ``seconds`` of time, ``memory_mib`` beyond the start, ``result_mib`` and ``rows`` of result;
    ``cells`` long queries run at once, ``client_cells`` of one client, ``quick_cells`` queries are
    in their first moment, and ``queue`` wait. ``spool_mib`` of answers may wait on disk to be read.
    """

    seconds: int
    memory_mib: int
    result_mib: int
    rows: int
    cells: int
    quick_cells: int
    client_cells: int
    queue: int
    spool_mib: int

    @property
    def processes(self) -> int:
        """Give how many cells there are: one for each place, and those that stand ready."""
        return self.cells + self.quick_cells + SPARES


class CellsEnded(HyteError):
    """The template of the cells has ended."""


class Workers:
    """Cells on one release; ``start`` before the first question, ``close`` after the last."""

    def __init__(self, folder: Path, engine: str, limits: Limits, job: str = "") -> None:
        """Keep what is needed to start; ``job`` is the module of what cells do besides."""
        self._folder, self._engine, self._limits, self._job = folder, engine, limits, job
        self._admission = Admission(
            limits.quick_cells, limits.cells, limits.client_cells, limits.queue
        )
        self._precedence = Precedence()
        self._space = Space(limits.spool_mib * MIB)
        self._free: list[_Cell] = []
        self._sorting: asyncio.TimerHandle | None = None
        self._running = self._busy = 0
        self._template: _Template | None = None
        self._starting: asyncio.Task[None] | None = None
        self._renewing = asyncio.Lock()
        self._replacing: set[asyncio.Task[None]] = set()
        self._closing = False

    def start(self) -> None:
        """Start the template and, as soon as it is ready, the cells."""
        self._starting = asyncio.create_task(self._start())

    async def prepare(self, before: "Workers") -> None:
        """Start from the workers of the release before, where this one is that and a change."""
        release = read_release(self._folder)
        if before.is_on(release.base) and before._template is not None:
            # Where it has ended meanwhile, these start as those of any other release.
            with contextlib.suppress(CellsEnded):
                self._template = await before._template.successor(self._folder)
        if self._template is None:
            self._template = await self._new_template()
        self._starting = asyncio.create_task(self._start())

    def is_on(self, release: str) -> bool:
        """Say whether these workers are on a release and can have a successor."""
        can = self._engine == MEMORY and self._template is not None and self._template.alive
        return can and self._folder.name == release

    async def do(self, job: bytes, seconds: int, memory_mib: int, result_mib: int) -> bytes:
        """Do a job in a cell made for it; raise what it was stopped for."""
        self._running += 1
        try:
            return await self._done(job, seconds, memory_mib, result_mib)
        finally:
            self._running -= 1
            if self._closing:
                self._end_when_idle()

    async def _done(self, job: bytes, seconds: int, memory_mib: int, result_mib: int) -> bytes:
        if self._template is None and self._starting is not None:
            await asyncio.shield(self._starting)
        cell = await (await self._living_template()).job_cell(memory_mib)
        with contextlib.closing(Spool(Space(SHARE * result_mib * MIB), Client())) as spool:
            done: str | _Failure
            try:
                done = await cell.work(frame(DATA, job), seconds, result_mib, spool)
            except _Ended as ended:
                done = _Failure(ended.why, "")
            finally:
                cell.kill()
            if isinstance(done, _Failure):
                raise _job_refusal(done.name, seconds, memory_mib)
            return spool.content

    async def ask(self, question: Question, client: Client) -> Answer:
        """Answer a question; raise what it was refused for, with the limit and what to change.

        The client is charged with the time for which a cell was at work, not for that of waiting.
        """
        self._running += 1
        place = None
        try:
            place = await self._admission.admit(client, self._limits.seconds)
            try:
                return await self._answered(question, place)
            except _Outstayed:
                await place.again(self._limits.seconds)
                return await self._answered(question, place)
        finally:
            if place is not None:
                place.give_back()
            self._running -= 1
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
        if self._sorting is not None:
            self._sorting.cancel()
        for cell in self._free:
            cell.kill()
        self._free.clear()
        if self._template is not None and not self._running:
            self._template.close()

    async def _start(self) -> None:
        if self._template is None:
            self._template = await self._new_template()
        while len(self._free) + self._busy < self._limits.processes and not self._closing:
            self._free.append(await self._template.cell())

    async def _answered(self, question: Question, place: Place) -> Answer:
        spool = Spool(self._space, place.client)
        done: str | _Failure | None = None
        try:
            done = await self._asked(question, place, spool)
        finally:
            if not isinstance(done, str):
                spool.close()
        if isinstance(done, _Failure):
            raise self._refusal(done.name, done.detail)
        kind, _, encoding = done.partition(" ")
        return Answer(kind, spool, encoding, self._folder.name)

    async def _asked(self, question: Question, place: Place, spool: Spool) -> "str | _Failure":
        cell = await self._cell()
        self._busy += 1
        began, is_of_use = time.monotonic(), False
        try:
            done = await cell.ask(question, self._limits, spool, place.outstay, self._precedence)
            # One that cannot but give way for ever is of no use, nor one whose client went away.
            is_of_use = not cell.runner.gives_way
        except _Ended as ended:
            if ended.why == "outstayed":
                raise _Outstayed from None
            return _Failure(ended.why, "")
        finally:
            self._busy -= 1
            place.client.seconds += time.monotonic() - began
            self._take_back(cell, is_of_use=is_of_use)
        return done

    def _take_back(self, cell: "_Cell", *, is_of_use: bool) -> None:
        if not is_of_use or len(self._free) + self._busy >= self._limits.processes:
            cell.kill()
            self._replace_soon()
            return
        cell.runner.rest()
        self._free.append(cell)
        if cell.runner.is_worn:
            self._sort_out_soon()

    def _sort_out_soon(self) -> None:
        if self._sorting is None and sum(one.runner.is_worn for one in self._free) > WORN:
            self._sorting = asyncio.get_running_loop().call_later(CALM, self._sort_out)

    def _sort_out(self) -> None:
        """Let new cells stand for worn ones: those used last are kept."""
        self._sorting = None
        for cell in [one for one in self._free if one.runner.is_worn][:-WORN]:
            self._free.remove(cell)
            cell.kill()
            self._replace_soon()

    def _replace_soon(self) -> None:
        task = asyncio.get_running_loop().create_task(self._replace())
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _cell(self) -> "_Cell":
        if self._template is None and self._starting is not None:
            await asyncio.shield(self._starting)
        while self._free:
            cell = self._free.pop()
            if cell.alive:
                return cell
        return await self._new_cell()

    async def _new_cell(self) -> "_Cell":
        return await (await self._living_template()).cell()

    async def _living_template(self) -> "_Template":
        """Give the template, made anew by the first who finds that it has ended."""
        async with self._renewing:
            if self._template is None or not self._template.alive:
                if self._template is not None:
                    self._template.close()
                self._template = await self._new_template()
            return self._template

    async def _new_template(self) -> "_Template":
        return await _Template.started(self._folder, self._engine, self._limits, self._job)

    async def _replace(self) -> None:
        while not self._closing and len(self._free) + self._busy < self._limits.processes:
            try:
                cell = await self._new_cell()
            except (CellsEnded, OSError):
                await asyncio.sleep(RETRY)
            else:
                # The ones that have read what is asked for are asked first: those at the end.
                self._free.insert(0, cell)
                return

    def _refusal(self, name: str, detail: str) -> RequestError:
        limits = self._limits
        refusals: dict[str, Callable[[], RequestError]] = {
            "full": lambda: Busy(
                "There is no room for another large answer now: all that wait to be read may take "
                "{size} MiB, and yours {share} MiB. Read those that you have asked for, and ask "
                "again.",
                size=limits.spool_mib,
                share=limits.spool_mib // SHARE,
            ),
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


class _Outstayed(Exception):
    """The query is not a quick one, and there is no place for a long one now."""


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
            env={**ALLOCATOR, **os.environ},
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
        with contextlib.ExitStack() as otherwise:
            otherwise.callback(self.close)
            said = await asyncio.get_running_loop().sock_recv(self._control, 5)
            if said != b"ready":
                raise CellsEnded("The process for queries did not start.")
            otherwise.pop_all()

    async def _forked(self, what: bytes, text: str = "") -> tuple[socket.socket, int]:
        """Have a process forked; give our end of its socket, and its number.

        The number is waited for to the end, even by nobody: left behind, it would be taken for that
        of the next process.
        """
        exchange = asyncio.ensure_future(self._exchange(what + text.encode()))
        try:
            return await asyncio.shield(exchange)
        except asyncio.CancelledError:
            exchange.add_done_callback(_let_go)
            raise

    async def _exchange(self, what: bytes) -> tuple[socket.socket, int]:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with contextlib.ExitStack() as otherwise:
            otherwise.enter_context(ours)
            async with self._turn:
                with theirs:
                    socket.send_fds(self._control, [what], [theirs.fileno()])
                number = await asyncio.get_running_loop().sock_recv(self._control, 4)
            if len(number) != 4:
                self.close()
                raise CellsEnded("The process for queries has ended.")
            otherwise.pop_all()
        return ours, int.from_bytes(number, "big")

    @staticmethod
    async def _connected(ours: socket.socket, process: int) -> "_Cell":
        with contextlib.ExitStack() as otherwise:
            otherwise.enter_context(ours)
            try:
                made = _Cell(process)
            except ProcessLookupError:
                raise CellsEnded("A process for queries has ended at its start.") from None
            otherwise.callback(made.kill)
            loop = asyncio.get_running_loop()
            _, cell = await loop.create_unix_connection(lambda: made, sock=ours)
            await cell.ready()
            otherwise.pop_all()
        return cell


def _let_go(exchange: asyncio.Future[tuple[socket.socket, int]]) -> None:
    """Close our end of a process that nobody waits for any more; that ends it."""
    if not exchange.cancelled() and exchange.exception() is None:
        exchange.result()[0].close()


class _Cell(asyncio.Protocol):
    """One cell: its process, held by a descriptor that is never another's, and its socket."""

    def __init__(self, process: int) -> None:
        self._process = os.pidfd_open(process)
        self._transport: asyncio.Transport | None = None
        self._is_ready = asyncio.get_running_loop().create_future()
        self._done: asyncio.Future[str | _Failure] | None = None
        self._clock: asyncio.TimerHandle
        self._buffer = bytearray()
        self._spool: Spool | None = None
        self._most = 0
        self.runner = Runner(process, process)
        self.alive = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if not self._is_ready.done():
            self.runner = Runner(self.runner.process, int.from_bytes(data, "big"))
            self._is_ready.set_result(None)
            return
        spool = self._spool
        if spool is None:
            # Whoever asked has gone, and this cell with it.
            return
        self._buffer += data
        try:
            done = _unpack(self._buffer, spool)
        except _Ended as ended:
            self._end(ended.why)
            return
        if spool.length > self._most:
            self._end("large")
        elif isinstance(done, _Failure) or done:
            self._give(done)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        if not self._is_ready.done():
            sentence = "This system cannot confine the processes for queries."
            self._is_ready.set_exception(CellsEnded(sentence))
        self._end("memory")

    async def ready(self) -> None:
        await self._is_ready

    async def ask(
        self,
        question: Question,
        limits: Limits,
        spool: Spool,
        outstay: Callable[[], bool],
        precedence: Precedence,
    ) -> str | _Failure:
        """Ask the cell, and give the kind of its answer and how it is compressed.

        Raise _Ended when it is late, may not stay or its process has ended.
        """
        if self._transport is None or self._transport.is_closing():
            raise _Ended("memory")
        loop = asyncio.get_running_loop()
        self._most, self._spool = limits.result_mib * MIB, spool
        self._done = loop.create_future()

        start, before = loop.time(), 0.0
        deadline, patience = start + limits.seconds, start + PATIENCE

        def glance() -> None:
            nonlocal before
            before = self.runner.seconds
            self.runner.has_read_much = True
            precedence.look_at(self.runner)
            self._clock = loop.call_later(MOMENT - GLANCE, look)

        def look() -> None:
            if self.runner.seconds - before < WORK and loop.time() < patience:
                self._clock = loop.call_later(MOMENT, look)
            elif outstay():
                precedence.grow_long(self.runner)
                self._clock = loop.call_at(deadline, self._end, "late")
            else:
                self._end("outstayed")

        self._clock = loop.call_later(GLANCE, glance)
        precedence.begin(self.runner)
        self._transport.write(question_frame(question))
        try:
            return await self._done
        finally:
            self._spool = None
            self._clock.cancel()
            precedence.end(self.runner)

    async def work(
        self, content: bytes, seconds: int, result_mib: int, spool: Spool
    ) -> str | _Failure:
        """Have a job done; raise _Ended when it is late or its process has ended."""
        if self._transport is None or self._transport.is_closing():
            raise _Ended("memory")
        loop = asyncio.get_running_loop()
        self._most, self._spool = result_mib * MIB, spool
        self._done = loop.create_future()
        deadline = loop.call_later(seconds, self._end, "late")
        self._transport.write(content)
        try:
            return await self._done
        finally:
            self._spool = None
            deadline.cancel()

    def kill(self) -> None:
        if self.alive:
            self.alive = False
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            os.close(self._process)
            if self._transport is not None:
                self._transport.abort()

    def _give(self, done: str | _Failure) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(done)

    def _end(self, why: str) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(_Ended(why))


def _unpack(buffer: bytearray, spool: Spool) -> str | _Failure:
    """Spool the whole data frames of a buffer; give the kind once the answer has ended."""
    while len(buffer) >= HEADER.size:
        letter, length = HEADER.unpack_from(buffer)
        end = HEADER.size + length
        if len(buffer) < end:
            return ""
        content = bytes(buffer[HEADER.size : end])
        del buffer[:end]
        if letter == DATA:
            if not spool.write(content):
                raise _Ended("full")
        elif letter == END:
            return content.decode()
        else:
            return _Failure(FAILURES[letter], content.decode())
    return ""
