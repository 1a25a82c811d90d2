"""The cell: a process that answers strangers' queries, one at a time, and can be killed.

Run as a program it is the template: it loads the release once and forks a cell for each socket
it is handed, so a cell costs milliseconds and shares the release's memory. A cell can also be made
for one job, such as reading what a stranger sends in; what it does is a module named at the start.
For the next release the template forks its own successor, which only has to apply the change. It
stays on the safe side of its own fork: it has one thread, and runs no query itself.
"""

import io
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

from pyoxigraph import NamedNode, QueryResultsFormat, QueryTriples, RdfFormat, Store

from hyteverkko.store import sandbox
from hyteverkko.store.changes import apply_change, read_change
from hyteverkko.store.frames import DATA, END, HEADER, LETTERS, Question, frame, question_from
from hyteverkko.store.graph import open_store

MIB: Final = 1024 * 1024
STACK: Final = 256 * MIB
"""Deeply nested queries overflow the usual stack of 8 MiB."""

POSITION: Final = re.compile(r"\d+:\d+")
"""Where the engine says that a query cannot be read on: line and column. The rest stays inside."""

CHUNK: Final = 64 * 1024

ROW_ENDS: Final = {
    "application/sparql-results+json": b"},{",
    "application/sparql-results+xml": b"<result>",
    "text/csv": b"\r\n",
    "text/tab-separated-values": b"\n",
    "application/n-triples": b"\n",
}
"""What each format writes once for every row; values may hold it too, so it counts at least."""


ILL_FORMED: Final = re.compile(
    rb"[\x00-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]|<oxprefix:[ />]"
    rb"|&#(?:x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
)
"""What XML cannot carry or gives back as another (XML 1.0, sections 2.2 and 2.11), and an element
for a predicate without a name."""


Job: TypeAlias = Callable[[Store, bytes], bytes]
"""What a cell does once for a stranger: it sees the release, and bytes; it gives bytes."""

CELL, JOB, SUCCESSOR = b"+", b"j", b"s"
"""What the template is asked to fork: a cell for queries, one for a job, or its successor."""

LONGEST_MESSAGE: Final = 4096


class Budget(NamedTuple):
    """What one answer may have: MiB of memory beyond the start, MiB of result, rows."""

    memory_mib: int
    result_mib: int
    rows: int


def main() -> None:
    """Be the template: ``... -m hyteverkko.store.cell FD FOLDER ENGINE MEMORY RESULT ROWS JOB``.

    The job is a module and what it is prepared with, or empty.
    """
    descriptor, folder, engine, *numbers, job = sys.argv[1:]
    sandbox.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    store = open_store(Path(folder), engine)
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
            do = import_module(module).prepared(argument)
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
    _, length = HEADER.unpack(_read(connection, HEADER.size))
    try:
        content = job(store, _read(connection, length))
    except MemoryError:
        connection.sendall(frame(LETTERS["memory"], b""))
        return
    for start in range(0, len(content), CHUNK):
        connection.sendall(frame(DATA, content[start : start + CHUNK]))
    connection.sendall(frame(END, b"job"))


def _answer_all(store: Store, connection: socket.socket, budget: Budget) -> None:
    sandbox.confine()
    connection.sendall(threading.get_native_id().to_bytes(4, "big"))
    while True:
        header = _read(connection, HEADER.size)
        if not header:
            return
        _, length = HEADER.unpack(header)
        _answer(store, question_from(_read(connection, length)), connection, budget)


def _read(connection: socket.socket, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        chunk = connection.recv(length - len(content))
        if not chunk:
            return b""
        content += chunk
    return bytes(content)


def _answer(store: Store, question: Question, connection: socket.socket, budget: Budget) -> None:
    """Run one query and write its answer here: a result must not leave its thread."""
    try:
        kind, pipe = _run(store, question, connection, budget)
        connection.sendall(pipe.rest() + frame(END, kind.encode()))
    except _Refused as refused:
        connection.sendall(frame(LETTERS[refused.failure], refused.detail.encode()))
    except SyntaxError as error:
        position = POSITION.search(str(error.msg))
        connection.sendall(frame(LETTERS["syntax"], position[0].encode() if position else b""))
    except MemoryError:
        connection.sendall(frame(LETTERS["memory"], b""))
    except (ValueError, OSError, RuntimeError):
        # What the engine says here may repeat what it was told: it stays inside.
        connection.sendall(frame(LETTERS["offered"], b""))


def _run(
    store: Store, question: Question, connection: socket.socket, budget: Budget
) -> tuple[str, "_Pipe"]:
    default, named = question.default_graphs, question.named_graphs
    results = store.query(
        question.text,
        default_graph=_nodes(default) if default or named else None,
        named_graphs=_nodes(named) if default or named else None,
    )
    kind = "graph" if isinstance(results, QueryTriples) else "results"
    media_type = question.graph if kind == "graph" else question.results
    if not media_type:
        raise _Refused("unacceptable", kind)
    unwanted = ILL_FORMED if media_type.endswith("+xml") else None
    pipe = _Pipe(connection, budget, ROW_ENDS.get(media_type, b""), unwanted)
    if isinstance(results, QueryTriples):
        results.serialize(pipe, format=RdfFormat.from_media_type(media_type))
    else:
        results.serialize(pipe, format=QueryResultsFormat.from_media_type(media_type))
    return kind, pipe


def _nodes(iris: tuple[str, ...]) -> list[Any]:
    return [NamedNode(iri) for iri in iris]


class _Refused(Exception):
    """The query asks for more, or for something else, than it gets."""

    def __init__(self, failure: str, detail: str = "") -> None:
        super().__init__(failure)
        self.failure, self.detail = failure, detail


class _Pipe(io.BytesIO):
    """Sends what the engine writes, frame by frame, up to the budget."""

    def __init__(
        self,
        connection: socket.socket,
        budget: Budget,
        row_end: bytes,
        unwanted: re.Pattern[bytes] | None,
    ) -> None:
        super().__init__()
        self._connection, self._row_end, self._unwanted = connection, row_end, unwanted
        self._tail = b""
        self._rows_left = budget.rows + 2
        self._bytes_left = budget.result_mib * MIB
        self._held = bytearray()

    def write(self, content: Any, /) -> int:  # noqa: ANN401 - whatever holds bytes
        self._bytes_left -= len(content)
        if self._bytes_left < 0:
            raise _Refused("large")
        if self._row_end:
            self._rows_left -= content.count(self._row_end)
            if self._rows_left < 0:
                raise _Refused("rows")
        self._held += content
        if len(self._held) >= CHUNK:
            self._connection.sendall(self.rest())
        return len(content)

    def flush(self) -> None:
        """Hold what is held: whole chunks travel faster."""

    def rest(self) -> bytes:
        """Give the frame of what has not been sent yet; refuse what cannot be written."""
        held = bytes(self._held)
        self._held.clear()
        if self._unwanted is not None and self._unwanted.search(self._tail + held):
            raise _Refused("characters")
        self._tail = held[-16:]
        return frame(DATA, held) if held else b""


if __name__ == "__main__":
    main()
