"""The cell: a process that answers strangers' queries, one at a time, and can be killed.

Run as a program it is the template: it loads the release once and forks a cell for each socket
it is handed, so a cell costs milliseconds and shares the release's memory. A cell can also be made
for one job, such as reading what a stranger sends in; what it does is a module named at the start.
For the next release the template forks its own successor, which only has to apply the change. It
stays on the safe side of its own fork: it has one thread, and runs no query itself.
"""

import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn, TypeAlias

from pyoxigraph import NamedNode, QueryResultsFormat, QueryTriples, RdfFormat, Store, serialize

from hyteverkko.store import sandbox
from hyteverkko.store.changes import apply_change, read_change
from hyteverkko.store.frames import (
    DATA,
    END,
    HEADER,
    LETTERS,
    Question,
    frame,
    question_from,
)
from hyteverkko.store.graph import DISK, open_store
from hyteverkko.store.opening import open_tables
from hyteverkko.store.output import CHUNK, MIB, Budget, Output, Unanswered
from hyteverkko.store.releases import SNAPSHOT
from hyteverkko.store.rows import MARKS

STACK: Final = 256 * MIB
"""Deeply nested queries overflow the usual stack of 8 MiB."""

POSITION: Final = re.compile(r"\d+:\d+")
"""Where the engine says that a query cannot be read on: line and column. The rest stays inside."""


Job: TypeAlias = Callable[[Store, bytes], bytes]
"""What a cell does once for a stranger: it sees the release, and bytes; it gives bytes."""

CELL, JOB, SUCCESSOR = b"+", b"j", b"s"
"""What the template is asked to fork: a cell for queries, one for a job, or its successor."""

LONGEST_MESSAGE: Final = 4096


def main() -> None:
    """Be the template: ``... -m hyteverkko.store.cell FD FOLDER ENGINE MEMORY RESULT ROWS JOB``.

    The job is a module and what it is prepared with, or empty.
    """
    descriptor, folder, engine, *numbers, job = sys.argv[1:]
    sandbox.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    store = open_store(Path(folder), engine)
    if engine == DISK:
        open_tables(store, Path(folder) / SNAPSHOT)
    _fork_on_demand(socket.socket(fileno=int(descriptor)), store, Budget(*map(int, numbers)), job)


def _fork_on_demand(control: socket.socket, store: Store, budget: Budget, job: str) -> None:
    """Fork what is asked for, until the web process closes the socket."""
    control.sendall(b"ready")
    do: Job | None = None
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, LONGEST_MESSAGE, 1)
        if not message:
            return
        letter, text = message[:1], message[1:].decode()
        if letter == JOB and do is None:
            # Read once, here where files can be read, and when the first one asks for it.
            module, _, argument = job.partition(" ")
            do = import_module(module).prepared(argument, store)
        child = os.fork()
        if child == 0:
            control.close()
            if letter == SUCCESSOR:
                apply_change(store, read_change(Path(text)))
                control = socket.socket(fileno=descriptors[0])
                control.sendall(b"ready")
                continue
            if letter == JOB:
                _be_a_cell(
                    _do_job, store, descriptors[0], budget._replace(memory_mib=int(text)), do
                )
            _be_a_cell(_answer_all, store, descriptors[0], budget)
        os.close(descriptors[0])
        control.sendall(child.to_bytes(4, "big"))


def _be_a_cell(
    work: Callable[..., None], store: Store, descriptor: int, budget: Budget, *more: object
) -> NoReturn:
    sandbox.die_with_parent()
    # Who is asked does not push aside who asks: that one has others to see to (sched(7)).
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    sandbox.keep_only(descriptor)
    threading.stack_size(STACK)
    sandbox.limit_resources(budget.memory_mib * MIB + 2 * STACK)
    connection = socket.socket(fileno=descriptor)
    thread = threading.Thread(target=work, args=(store, connection, budget, *more))
    thread.start()
    thread.join()
    os._exit(0)


def _do_job(store: Store, connection: socket.socket, _: Budget, job: Job) -> None:
    """Do one job and write what came of it."""
    sandbox.confine()
    connection.sendall(threading.get_native_id().to_bytes(4, "big"))
    try:
        content = job(store, _next_frame(connection.makefile("rb")))
    except MemoryError:
        connection.sendall(frame(LETTERS["memory"], b""))
        return
    for start in range(0, len(content), CHUNK):
        connection.sendall(frame(DATA, content[start : start + CHUNK]))
    connection.sendall(frame(END, b"job"))


def _answer_all(store: Store, connection: socket.socket, budget: Budget) -> None:
    sandbox.confine()
    connection.sendall(threading.get_native_id().to_bytes(4, "big"))
    incoming = connection.makefile("rb")
    while content := _next_frame(incoming):
        _answer(store, question_from(content), connection, budget)


def _next_frame(incoming: BinaryIO) -> bytes:
    """Read the content of a frame; nothing when the web process has closed the connection."""
    header = incoming.read(HEADER.size)
    return incoming.read(HEADER.unpack(header)[1]) if header else b""


def _answer(store: Store, question: Question, connection: socket.socket, budget: Budget) -> None:
    """Run one query and write its answer here: a result must not leave its thread."""
    try:
        _run(store, question, connection, budget)
    except Unanswered as unanswered:
        connection.sendall(frame(LETTERS[unanswered.failure], unanswered.detail.encode()))
    except SyntaxError as error:
        position = POSITION.search(str(error.msg))
        connection.sendall(frame(LETTERS["syntax"], position[0].encode() if position else b""))
    except MemoryError:
        connection.sendall(frame(LETTERS["memory"], b""))
    except (ValueError, OSError, RuntimeError):
        # What the engine says here may repeat what it was told: it stays inside.
        connection.sendall(frame(LETTERS["offered"], b""))


def _run(store: Store, question: Question, connection: socket.socket, budget: Budget) -> None:
    default, named = question.default_graphs, question.named_graphs
    results = store.query(
        question.text,
        default_graph=_nodes(default) if default or named else None,
        named_graphs=_nodes(named) if default or named else None,
    )
    kind = "graph" if isinstance(results, QueryTriples) else "results"
    media_type = question.graph if kind == "graph" else question.results
    if not media_type:
        raise Unanswered("unacceptable", kind)
    output = Output(connection, budget, media_type, question.encoding)
    if not isinstance(results, QueryTriples):
        results.serialize(output, format=QueryResultsFormat.from_media_type(media_type))
    elif media_type in MARKS:
        results.serialize(output, format=RdfFormat.from_media_type(media_type))
    else:
        serialize(output.counted(results), output, RdfFormat.from_media_type(media_type))
    output.end(kind)


def _nodes(iris: tuple[str, ...]) -> list[Any]:
    return [NamedNode(iri) for iri in iris]


if __name__ == "__main__":
    main()
