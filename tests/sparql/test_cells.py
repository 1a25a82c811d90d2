"""Fifty runaway queries at once: what ran them is gone in time, and nothing else notices."""

import os
import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.servers import UNTHROTTLED, Server, running

SECONDS: Final = 3
"""The deadline of a query."""

GRACE: Final = 1.0
"""Seconds after the deadline by which what ran the query is gone."""

MEMORY: Final = 256
"""MiB one query may take."""

SAMPLE: Final = 0.05
IDLE: Final = 0.03
"""Seconds of processor time below which a process has not begun to work."""

TICKS: Final = os.sysconf("SC_CLK_TCK")
PSS: Final = re.compile(r"^Pss: +(\d+) kB", re.MULTILINE)
MIB: Final = 1 << 20
SPARE: Final = 128 * MIB

"""What all processes together may hold more after it than before it."""

CROSS: Final = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
NEVER: Final = "FILTER(CONCAT(STR(?c), STR(?f), STR(?i)) = 'none-%d')"
RUNAWAYS: Final = (
    f"SELECT (COUNT(*) AS ?n%d) {{ {CROSS} }}",
    f"SELECT (MAX(STRLEN(CONCAT(STR(?c), STR(?f), STR(?i)))) AS ?n%d) {{ {CROSS} }}",
    f"SELECT * {{ {CROSS} {NEVER} }}",
    f"ASK {{ {CROSS} {NEVER} }}",
    f"CONSTRUCT {{ ?a ?b ?i }} WHERE {{ {CROSS} {NEVER} }}",
)
"""Queries that are cheap to read, pass every count and would run for years."""


@dataclass
class Watch:
    """Looks at the processes of a server all the time: when each began to work, and was last seen.

    A process counts as at work from the last look at which it had done nothing yet.
    """

    web: int
    before: dict[int, float] = field(default_factory=dict)
    idle: dict[int, float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)
    peak: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._look()
        self._threads = [
            threading.Thread(target=self._repeat, args=(self._look, SAMPLE)),
            threading.Thread(target=self._repeat, args=(self._weigh, 5 * SAMPLE)),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, what: Callable[[], None], pause: float) -> None:
        while not self._ended.wait(pause):
            what()

    def _look(self) -> None:
        now = time.monotonic()
        for pid, seconds in tree(self.web).items():
            if seconds - self.before.setdefault(pid, seconds) < IDLE:
                self.idle[pid] = now
            self.seen[pid] = now

    def _weigh(self) -> None:
        self.peak = max(self.peak, memory_of(tree(self.web)))

    def gone(self) -> dict[int, float]:
        """Give the processes that ended meanwhile, and for how long each of them worked."""
        left = tree(self.web)
        return {pid: at - self.idle[pid] for pid, at in self.seen.items() if pid not in left}


def tree(web: int) -> dict[int, float]:
    """Give a process and all below it, with the processor seconds of each."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        # proc(5): the name may hold blanks; the fields after it are state, parent ...
        fields = _read(folder / "stat").rpartition(")")[2].split()
        if folder.name.isdecimal() and fields and fields[0] != "Z":
            parents[int(folder.name)] = int(fields[1])
            seconds[int(folder.name)] = (int(fields[11]) + int(fields[12])) / TICKS
    wanted = {web}
    while more := {pid for pid, parent in parents.items() if parent in wanted} - wanted:
        wanted |= more
    return {pid: seconds[pid] for pid in wanted if pid in seconds}


def working(web: int) -> set[int]:
    """Give the processes below the web process that are computing now."""
    before = tree(web)
    time.sleep(10 * SAMPLE)
    after = tree(web)
    return {pid for pid in before if after.get(pid, 0) - before[pid] > IDLE} - {web}


def memory_of(processes: Iterable[int]) -> int:
    """Give the bytes processes hold together; what they share counts once."""
    texts = (_read(Path(f"/proc/{pid}/smaps_rollup")) for pid in processes)
    kibs = (found.group(1) for text in texts if (found := PSS.search(text)))
    return sum(map(int, kibs)) * 1024


def _read(path: Path) -> str:
    """Read what the system says of a process, which may have ended meanwhile."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {
        "HYTE_QUERY_SECONDS": str(SECONDS),
        "HYTE_QUERY_MEMORY_MIB": str(MEMORY),
        "HYTE_CLIENT_CELLS": "6",
        **UNTHROTTLED,
    }
    with running(home, tmp_path_factory.mktemp("cells"), **settings) as server:
        assert ask(server, "ASK { ?s ?p ?o }").status_code == 200
        yield server


def ask(server: Server, query: str) -> httpx2.Response:
    return httpx2.get(server.sparql, params={"query": query}, timeout=60, trust_env=False)


def all_at_once(run: Callable[[str], httpx2.Response], queries: list[str]) -> list[httpx2.Response]:
    with ThreadPoolExecutor(len(queries)) as threads:
        return list(threads.map(run, queries))


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    """Say whether something holds within so many seconds."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(SAMPLE)
    return True


def test_every_thread_of_a_cell_is_confined(server: Server) -> None:
    assert ask(server, "ASK { ?s ?p ?o }").status_code == 200
    template = next(pid for pid in tree(server.process.pid) if _cells_of(pid))
    cells = _cells_of(template)
    assert len(cells) > 1
    for cell in cells:
        threads = [_read(path) for path in Path(f"/proc/{cell}/task").glob("*/status")]
        assert len(threads) == 2
        for status in threads:
            # seccomp(2): mode 2 is a filter.
            assert "\nSeccomp:\t2\n" in status
            assert "\nNoNewPrivs:\t1\n" in status
        opened = {str(path.readlink()) for path in Path(f"/proc/{cell}/fd").iterdir()}
        assert len([name for name in opened if name.startswith("socket:")]) == 1
        assert {name for name in opened if not name.startswith("socket:")} == {os.devnull}
        assert "Max file size             0 " in _read(Path(f"/proc/{cell}/limits"))


def _cells_of(pid: int) -> list[int]:
    """Give the processes that a process has forked and that have not begun another program."""
    children = [child for child in tree(pid) if child != pid]
    own = _read(Path(f"/proc/{pid}/cmdline"))
    return [one for one in children if _read(Path(f"/proc/{one}/cmdline")) == own]


def test_fifty_runaway_queries(server: Server) -> None:
    web = server.process.pid
    before = tree(web)
    memory = memory_of(before)
    queries = [RUNAWAYS[number % len(RUNAWAYS)] % number for number in range(50)]
    pages: list[tuple[int, float]] = []
    done = threading.Event()

    def read_pages() -> None:
        with httpx2.Client(base_url=server.base, timeout=30, trust_env=False) as client:
            while not done.wait(0.1):
                for path in ("/health", "/doc/province/LL"):
                    start = time.monotonic()
                    status = client.get(path).status_code
                    pages.append((status, time.monotonic() - start))

    with Watch(web) as watch, ThreadPoolExecutor(1) as reader:
        reading = reader.submit(read_pages)
        answers = all_at_once(lambda query: ask(server, query), queries)
        time.sleep(GRACE)
        done.set()
        reading.result()
    gone, at_work = watch.gone(), working(web)

    assert {answer.status_code for answer in answers} <= {429, 503, 504}
    stopped = [answer for answer in answers if answer.status_code == 504]
    assert stopped
    assert all(f"{SECONDS} s" in answer.json()["detail"] for answer in stopped)
    refused = [answer for answer in answers if answer.status_code != 504]
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)

    # Each stopped query took its process along, in time, and nobody works on. More have ended in
    # their first moment, because there was no place for another long query then.
    assert len(gone) >= len(stopped)
    assert max(gone.values()) <= SECONDS + GRACE
    assert at_work == set()

    assert len(pages) > 20
    assert {status for status, _ in pages} == {200}
    assert statistics.median(seconds for _, seconds in pages) < 0.5

    assert server.process.poll() is None
    # One cell more or less may be on its way.
    assert eventually(lambda: abs(len(tree(web)) - len(before)) <= 1, 5)
    assert memory_of(tree(web)) < memory + SPARE
    assert ask(server, "ASK { ?s ?p ?o }").json()["boolean"] is True


def test_queries_that_grow(server: Server) -> None:
    web = server.process.pid
    memory = memory_of(tree(web))
    grow = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
    queries = [
        f"SELECT (STRLEN(?x40) AS ?n{n}) {{ BIND('{n:016}' AS ?x0) {grow} }}" for n in range(8)
    ]
    with Watch(web) as watch:
        answers = all_at_once(lambda query: ask(server, query), queries)
    assert {answer.status_code for answer in answers} <= {413, 429, 503, 504}
    assert watch.peak < memory + 8 * (MEMORY + 64) * MIB
    assert eventually(lambda: memory_of(tree(web)) < memory + SPARE, 5)
    assert server.process.poll() is None
    assert ask(server, "ASK { ?s ?p ?o }").json()["boolean"] is True


@pytest.fixture
def canary() -> Iterator[tuple[int, list[str]]]:
    """Give the port of a listener, and who called it."""
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, peer = listener.accept()
                except TimeoutError:
                    continue
                calls.append(str(peer))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield listener.getsockname()[1], calls
        ended.set()
        thread.join()


CALLS: Final = (
    "SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { sErViCe<http://localhost:%d/>{ ?s ?p ?o } }",
    "SELECT * { SERVICE#\n<http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '#' . SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p <urn:x#> . SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { FILTER(1<2) SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } FILTER(2>1) }",
    'SELECT * { ?s ?p "\\\\" . SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }',
    "PREFIX a: <http://127.0.0.1:%d/> SELECT * { SERVICE a:b { ?s ?p ?o } }",
    "BASE <http://127.0.0.1:%d/> SELECT * { SERVICE <a> { ?s ?p ?o } }",
    "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } } }",
    "SELECT * { VALUES ?e { <http://127.0.0.1:%d/> } SERVICE ?e { ?s ?p ?o } }",
    "SELECT * { { SELECT * { SERVICE <http://127.1:%d/> { ?s ?p ?o } } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://0x7f000001:%d/> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "LOAD <http://127.0.0.1:%d/>",
    "LOAD SILENT <http://127.0.0.1:%d/> INTO GRAPH <urn:a>",
)


@pytest.mark.parametrize("query", CALLS)
def test_no_query_calls_out(server: Server, canary: tuple[int, list[str]], query: str) -> None:
    port, calls = canary
    assert ask(server, query % port).status_code in {400, 403}
    time.sleep(0.2)
    assert calls == []


@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED", "default-graph-uri", "named-graph-uri"])
def test_no_dataset_is_fetched(server: Server, canary: tuple[int, list[str]], clause: str) -> None:
    port, calls = canary
    iri = f"http://127.0.0.1:{port}/a.ttl"
    query = "SELECT * %s { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    if clause.startswith("FROM"):
        answer = ask(server, query % f"{clause} <{iri}>")
    else:
        answer = httpx2.get(server.sparql, params={"query": query % "", clause: iri}, timeout=60)
    if answer.status_code == 200:
        assert answer.json()["results"]["bindings"] == []
    else:
        assert answer.status_code in {400, 403, 404}
    time.sleep(0.2)
    assert calls == []


def test_who_leaves_while_a_process_is_made_for_them(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The next processes are known by their own numbers: each runaway is stopped, nobody else."""
    settings = {"HYTE_QUERY_SECONDS": str(SECONDS), "HYTE_CLIENT_CELLS": "6", **UNTHROTTLED}
    with running(home, tmp_path_factory.mktemp("left"), **settings) as server:
        assert ask(server, "ASK {}").status_code == 200
        # The first job of all takes long to be prepared, before its process is forked.
        with socket.create_connection(
            (urlsplit(server.base).hostname, urlsplit(server.base).port)
        ) as leaving:
            leaving.sendall(
                b"POST /validate HTTP/1.1\r\nHost: a\r\nContent-Type: text/turtle\r\n"
                b"Content-Length: 26\r\n\r\n<urn:a> <urn:b> <urn:c> .\n"
            )
            time.sleep(0.3)
        for number in range(3):
            queries = [RUNAWAYS[0] % (10 * number + n) for n in range(6)]
            answers = all_at_once(lambda query: ask(server, query), queries)
            assert {answer.status_code for answer in answers} <= {504, 503}
            assert eventually(lambda: not working(server.process.pid), GRACE)
        assert {ask(server, f"ASK {{}} # {n}").status_code for n in range(20)} == {200}
        log = server.log.read_text(encoding="utf-8")
        assert "Error" not in log
