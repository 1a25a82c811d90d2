"""Long queries give way while others ask, and only then."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from hyteverkko.store import precedence
from hyteverkko.store.precedence import Precedence, Runner


@contextmanager
def busy() -> Iterator[Runner]:
    """Give a process that computes."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield Runner(process.pid, process.pid)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def runners() -> Iterator[tuple[Runner, Runner]]:
    with ExitStack() as stack:
        yield stack.enter_context(busy()), stack.enter_context(busy())


def gives_way(runner: Runner) -> bool:
    return os.sched_getscheduler(runner.process) == os.SCHED_IDLE


def test_a_long_query_competes_when_nobody_else_asks(runners: tuple[Runner, Runner]) -> None:
    async def run() -> None:
        rule, (long, _) = Precedence(), runners
        rule.begin(long)
        rule.grow_long(long)
        assert not gives_way(long)
        rule.end(long)

    asyncio.run(run())


def test_lookups_push_aside_as_long_as_there_are_long_queries(
    runners: tuple[Runner, Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precedence, "QUIET", 0.2)
    long, short = runners
    os.sched_setscheduler(short.process, os.SCHED_BATCH, os.sched_param(0))

    def policy_in(rule: Precedence) -> int:
        rule.begin(short)
        rule.end(short)
        return os.sched_getscheduler(short.process)

    async def run() -> None:
        rule = Precedence()
        assert policy_in(rule) == os.SCHED_BATCH
        rule.begin(long)
        rule.grow_long(long)
        assert policy_in(rule) == os.SCHED_OTHER
        rule.end(long)
        # What it leaves behind has to be tidied up yet.
        assert policy_in(rule) == os.SCHED_OTHER
        await asyncio.sleep(0.3)
        assert policy_in(rule) == os.SCHED_BATCH

    asyncio.run(run())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may take back what was given")
def test_a_long_query_gives_way_while_others_ask(
    runners: tuple[Runner, Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precedence, "QUIET", 0.2)

    async def run() -> None:
        rule, (long, short) = Precedence(), runners
        rule.begin(long)
        rule.grow_long(long)
        rule.begin(short)
        assert gives_way(long)
        assert not gives_way(short)
        rule.end(short)
        await asyncio.sleep(0.1)
        rule.begin(short)
        await asyncio.sleep(0.15)
        assert gives_way(long)
        await asyncio.sleep(0.2)
        assert not gives_way(long)
        rule.grow_long(short)
        assert not gives_way(short)
        rule.begin(Runner(0, 0))
        assert gives_way(long) and gives_way(short)
        # Also before it is killed: what gets no processor does not die.
        rule.end(long)
        assert not gives_way(long)
        assert gives_way(short)

    asyncio.run(run())


def test_one_that_becomes_long_while_others_ask_gives_way(
    runners: tuple[Runner, Runner],
) -> None:
    async def run() -> None:
        rule, (long, short) = Precedence(), runners
        rule.begin(long)
        rule.begin(short)
        rule.grow_long(long)
        assert gives_way(long)

    asyncio.run(run())


def test_a_process_that_has_ended_does_no_harm() -> None:
    async def run() -> None:
        with busy() as ended:
            pass
        rule = Precedence()
        rule.begin(ended)
        rule.begin(Runner(0, 0))
        rule.grow_long(ended)
        assert not ended.gives_way
        assert ended.seconds == 0.0
        rule.end(ended)

    asyncio.run(run())


def test_the_processor_time_of_a_process(runners: tuple[Runner, Runner]) -> None:
    runner, until = runners[0], time.monotonic() + 10
    before = runner.seconds
    while runner.seconds < before + 0.05:
        assert time.monotonic() < until
        time.sleep(0.02)
