"""Which query has the processor first: short ones go before long ones, while somebody asks any.

A long query that always gave way would get nothing on a machine that is busy with something else;
one that never did would keep each lookup waiting for its turn, ten times as long as it takes. So it
gives way while others ask, and has its share when nobody does.
"""

import asyncio
import os
import time
from functools import cache
from pathlib import Path
from typing import Final

QUIET: Final = 5.0
"""Seconds without another query after which a long one has its share again."""

ANSWERS: Final = 64
"""Lookups after which it is seen how much has been copied."""

MUCH: Final = 16 * 1024 * 1024
"""Bytes of copies that make a cell worn."""

PAGE: Final = os.sysconf("SC_PAGE_SIZE")
CAP_SYS_NICE: Final = 23
CPU_CLOCK: Final = 2
"""What Linux adds to the number of a process, shifted and inverted, to name its clock."""


class Runner:
    """The thread of a cell that runs its queries, and how it competes for the processor.

    What a cell reads it copies, for the engine counts its readers in place. One that has copied
    much is worn.
    """

    def __init__(self, process: int, thread: int) -> None:
        """Know the cell's process and the thread by their numbers."""
        self.process, self._thread = process, thread
        self.gives_way = self.is_worn = self.has_read_much = self._pushes = False
        self._answers = 0

    def rest(self) -> None:
        """Note an answer; see how much has been copied, where that may have become more."""
        self._answers += 1
        if not self.is_worn and (self.has_read_much or self._answers % ANSWERS == 0):
            self.is_worn = self.copied > MUCH
        self.has_read_much = False

    @property
    def copied(self) -> int:
        """Give the bytes that the cell has copied at most: those of the pages it has touched."""
        try:
            text = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii")
        except OSError:
            return 0
        # proc(5): the faults that needed no disk are field 10; the name may hold blanks.
        return int(text.rpartition(")")[2].split()[7]) * PAGE

    @property
    def seconds(self) -> float:
        """Give the processor time that the cell has used."""
        try:
            return time.clock_gettime(~self.process << 3 | CPU_CLOCK)
        except OSError:
            return 0.0

    def push(self, *, aside: bool) -> None:
        """Push whoever has the processor aside when asked, or wait until there is one."""
        if aside is not self._pushes:
            self._schedule(os.SCHED_OTHER if aside else os.SCHED_BATCH)
            self._pushes = aside

    def give_way(self) -> None:
        """Run only when nobody else wants the processor."""
        self.gives_way = self._schedule(os.SCHED_IDLE)

    def compete(self) -> None:
        """Run like everybody else; where that takes a right we do not have, go on giving way."""
        self.gives_way = not self._schedule(os.SCHED_BATCH)
        self._pushes = False

    def _schedule(self, policy: int) -> bool:
        try:
            os.sched_setscheduler(self._thread, policy, os.sched_param(0))
        except (ProcessLookupError, PermissionError):
            return False
        return True


class Precedence:
    """The long queries that are being run, and when somebody last began another."""

    def __init__(self) -> None:
        """Begin with none."""
        self._long: set[Runner] = set()
        self._newest: Runner | None = None
        self._until = self._rough = 0.0
        self._clock: asyncio.TimerHandle | None = None

    def begin(self, runner: Runner) -> None:
        """Let a query begin; the long ones give way for some time."""
        self._newest = runner
        now = asyncio.get_running_loop().time()
        self._until = now + QUIET
        runner.push(aside=bool(self._long) or now < self._rough)
        for one in self._long:
            self._give_way(one)

    def look_at(self, runner: Runner) -> None:
        """Take a query that is no lookup for a long one already, where there is a way back."""
        if _may_come_back():
            self.grow_long(runner)

    def grow_long(self, runner: Runner) -> None:
        """Let a query be a long one; it gives way if somebody has asked since."""
        self._long.add(runner)
        self._grow_rough()
        if self._newest is not runner and asyncio.get_running_loop().time() < self._until:
            self._give_way(runner)

    def end(self, runner: Runner) -> None:
        """Let a query end, however it does."""
        if runner in self._long:
            self._long.discard(runner)
            self._grow_rough()
        if runner.gives_way:
            # Also before it is killed: what gets no processor does not die.
            runner.compete()

    def _grow_rough(self) -> None:
        self._rough = asyncio.get_running_loop().time() + QUIET

    def _give_way(self, runner: Runner) -> None:
        if not runner.gives_way:
            runner.give_way()
        if self._clock is None:
            self._clock = asyncio.get_running_loop().call_at(self._until, self._look)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        if self._long and loop.time() < self._until:
            self._clock = loop.call_at(self._until, self._look)
            return
        self._clock = None
        for one in self._long:
            one.compete()


@cache
def _may_come_back() -> bool:
    """Say whether this process may undo that one gives way (capabilities(7): CAP_SYS_NICE)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    effective = int(status.partition("CapEff:")[2].split()[0], 16)
    return bool(effective >> CAP_SYS_NICE & 1)
