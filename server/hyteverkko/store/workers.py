"""Strangers' queries run here: in processes of their own, on the release's read-only snapshot.

A small query can end or stall the engine's process, and nothing inside it can stop it, so each
worker is a process that is killed at its deadline and replaced.
"""

import asyncio
import io
import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

from pyoxigraph import (
    NamedNode,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
)

from hyteverkko.errors import BadRequest, Busy, RequestError, TimedOut, TooLarge

SPAWN: Final = multiprocessing.get_context("spawn")
MIB: Final = 1024 * 1024
STACK: Final = 256 * MIB
"""Deeply nested queries overflow the usual stack of 8 MiB."""


@dataclass(frozen=True, slots=True)
class Question:
    """A stranger's query: its text, its dataset, and the formats its answer may have.

    Both formats are given, by media type, because only the engine knows which kind of answer a
    query has; an empty one means that the client accepts no format of that kind.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    results: str = "application/sparql-results+json"
    graph: str = "text/turtle"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker sends back: the kind of answer and its bytes, or what went wrong."""

    kind: str
    content: bytes = b""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost: seconds, MiB of memory, MiB of result."""

    seconds: int
    memory_mib: int
    result_mib: int


class Workers:
    """A pool of worker processes on one release."""

    def __init__(self, snapshot: str, count: int, limits: Limits) -> None:
        """Start ``count`` workers on the snapshot."""
        self._snapshot, self._limits = snapshot, limits
        self._threads = ThreadPoolExecutor(max_workers=count, thread_name_prefix="worker")
        self._free: asyncio.Queue[_Worker] = asyncio.Queue()
        for _ in range(count):
            self._free.put_nowait(_Worker(snapshot, limits))

    async def ask(self, question: Question) -> Answer:
        """Answer a question; raise TimedOut, TooLarge, Busy or BadRequest, each with its reason."""
        try:
            worker = await asyncio.wait_for(self._free.get(), timeout=self._limits.seconds)
        except TimeoutError:
            raise Busy("All query workers are busy. Ask again in a few seconds.") from None
        run: Callable[[Question], Answer] = worker.ask
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._threads, run, question)
        except BaseException:
            worker.kill()
            raise
        finally:
            self._free.put_nowait(worker if worker.alive else self._replacement(worker))
        return self._checked(answer)

    def close(self) -> None:
        """End every worker."""
        while not self._free.empty():
            self._free.get_nowait().kill()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _replacement(self, worker: "_Worker") -> "_Worker":
        worker.kill()
        return _Worker(self._snapshot, self._limits)

    def _checked(self, answer: Answer) -> Answer:
        failures: dict[str, RequestError] = {
            "syntax": BadRequest("The query cannot be read: {reason}", reason=answer.detail),
            "late": TimedOut(
                "The query was stopped after {seconds} s. Ask for less: add a LIMIT, a more "
                "selective pattern, or split it.",
                seconds=self._limits.seconds,
            ),
            "large": TooLarge(
                "The result is over {size} MiB. Ask for less: add a LIMIT or take the dumps.",
                size=self._limits.result_mib,
            ),
            "memory": TooLarge(
                "The query needs more memory than the {size} MiB it may take. Ask for less.",
                size=self._limits.memory_mib,
            ),
        }
        if answer.kind in failures:
            raise failures[answer.kind]
        return answer


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, snapshot: str, limits: Limits) -> None:
        self._limits = limits
        self._pipe, theirs = SPAWN.Pipe()
        self._process: BaseProcess = SPAWN.Process(
            target=_work, args=(snapshot, limits, theirs), daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def ask(self, question: Question) -> Answer:
        try:
            self._pipe.send(question)
            if not self._pipe.poll(self._limits.seconds):
                self.kill()
                return Answer("late")
            answer: Answer = self._pipe.recv()
        except (EOFError, OSError):
            # The engine ended the process: it ran out of memory or of stack.
            self.kill()
            return Answer("memory")
        return answer

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


def _work(snapshot: str, limits: Limits, pipe: Connection) -> None:
    """Run in the worker's process: answer questions until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    store = Store.read_only(snapshot)
    threading.stack_size(STACK)
    _limit_memory(limits.memory_mib * MIB + STACK)
    thread = threading.Thread(target=_answer_all, args=(store, limits, pipe))
    thread.start()
    thread.join()


def _answer_all(store: Store, limits: Limits, pipe: Connection) -> None:
    while True:
        try:
            question: Question = pipe.recv()
        except EOFError:
            return
        pipe.send(_answer(store, question, limits.result_mib * MIB))


def _limit_memory(beyond_start: int) -> None:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - not a real file
        pages = int(file.read().split()[0])
    limit = pages * resource.getpagesize() + beyond_start
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(store: Store, question: Question, most: int) -> Answer:
    # The result must not leave the thread that made it: it is written here, to its limit.
    spool = _Spool(most)
    try:
        results = store.query(
            question.text,
            default_graph=_nodes(question.default_graphs, question.named_graphs),
            named_graphs=_nodes(question.named_graphs, question.default_graphs),
        )
        kind = "graph" if isinstance(results, QueryTriples) else "results"
        if not (question.graph if kind == "graph" else question.results):
            return Answer("unacceptable", detail=kind)
        if isinstance(results, QueryTriples):
            results.serialize(spool, format=RdfFormat.from_media_type(question.graph))
        else:
            results.serialize(spool, format=QueryResultsFormat.from_media_type(question.results))
    except SyntaxError as error:
        return Answer("syntax", detail=str(error.msg))
    except _Full:
        return Answer("large")
    except MemoryError:
        return Answer("memory")
    except (ValueError, OSError, RuntimeError):
        return Answer("syntax", detail="it asks for something that is not offered here.")
    return Answer(kind, spool.getvalue())


def _nodes(own: Sequence[str], other: Sequence[str]) -> list[Any] | None:
    return [NamedNode(iri) for iri in own] if own or other else None


class _Full(Exception):
    """The result has reached its limit."""


class _Spool(io.BytesIO):
    """Takes bytes up to a limit."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, chunk: Any, /) -> int:  # noqa: ANN401 - whatever holds bytes
        if self.tell() + len(chunk) > self._most:
            raise _Full
        return super().write(chunk)
