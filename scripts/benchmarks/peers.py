"""The servers that are measured: ours and each peer that is found, started on the same data.

A peer from the Python registry gets an environment of its own under the cache folder, made once
for each lock. The default graph of each is the union of the named graphs, as it is of ours.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import venv
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket
from typing import Final, TypeAlias

from scripts.benchmarks.files import DATASET, UNION
from scripts.benchmarks.load import HOST, answered

ROOT: Final = Path(__file__).resolve().parents[2]
PIP: Final = ("-m", "pip", "--quiet", "--disable-pip-version-check")
PATIENCE: Final = 600
"""Seconds that a server may take to load the data and answer."""

UNTHROTTLED: Final = {"HYTE_CLIENT_QUERIES": "1000000", "HYTE_CLIENT_SECONDS": "1000000"}
"""All load comes from one client here, so ours is measured without its limits for each."""

VERSION: Final = "from importlib.metadata import version; print(version('rdflib-endpoint'))"

VIRTUOSO: Final = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = {sql}
DirsAllowed = {data}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
[HTTPServer]
ServerPort = {host}:{port}
ServerThreads = 20
MaxClientConnections = 20
MaxKeepAlives = 20
KeepAliveTimeout = 60
[SPARQL]
ResultSetMaxRows = 1000000
"""


class NotFound(Exception):
    """A peer is not on this machine, or does not start."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where its endpoint is, and what it took to get there."""

    name: str
    version: str
    port: int
    path: str
    start_seconds: float
    process: int

    @property
    def memory_mib(self) -> int:
        """Give the memory that it and its children hold, shared pages counted once."""
        return sum(map(_memory_kib, _family(self.process))) // 1024

    @property
    def cpu_seconds(self) -> float:
        """Give the processor time that it and its children have used, those that ended too."""
        return sum(map(_ticks, _family(self.process))) / os.sysconf("SC_CLK_TCK")


Start: TypeAlias = Callable[[Path, Path], AbstractContextManager[Server]]
"""Starts a server: takes the cache folder and the release's folder."""


@contextmanager
def ours(cache: Path, release: Path, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start our server on a release."""
    port, start = free_port(), time.perf_counter()
    home = {"HYTE_HOME": str(release.parents[1]), "HYTE_BASE_URL": f"http://{HOST}:{port}"}
    environment = {**os.environ, **UNTHROTTLED, **home, **(settings or {})}
    program = (sys.executable, "-m", "hyteverkko.cli")
    with started((*program, "serve", "--as-is", "--port", str(port)), cache, environment) as run:
        until_answering(run, port, "/sparql")
        yield Server(
            "hyteverkko", _output((*program, "version")), port, "/sparql", *_since(start, run)
        )


@contextmanager
def native_oxigraph(cache: Path, release: Path) -> Iterator[Server]:
    """Start the native Oxigraph server with the data in memory, where it is fastest."""
    program = str(environment(cache, "oxigraph") / "oxigraph")
    port, start = free_port(), time.perf_counter()
    with started((program, "serve", "--bind", f"{HOST}:{port}"), cache) as run:
        until_answering(run, port, "/query")
        for name, kind, query in (
            (DATASET, "application/n-quads", "no_transaction"),
            (UNION, "application/n-triples", "no_transaction&default"),
        ):
            _post(port, f"/store?{query}", kind, release / name)
        version = _output((program, "--version")).removeprefix("oxigraph ")
        yield Server("Oxigraph (native)", version, port, "/query", *_since(start, run))


@contextmanager
def rdflib_endpoint(cache: Path, release: Path) -> Iterator[Server]:
    """Start rdflib-endpoint; its default graph is the union without being told."""
    programs = environment(cache, "rdflib")
    port, start = free_port(), time.perf_counter()
    command = (str(programs / "rdflib-endpoint"), "serve", "--host", HOST, "--port", str(port))
    with started((*command, str(release / DATASET)), cache) as run:
        until_answering(run, port, "/")
        version = _output((str(programs / "python"), "-c", VERSION))
        yield Server("rdflib-endpoint", version, port, "/", *_since(start, run))


@contextmanager
def virtuoso(cache: Path, release: Path) -> Iterator[Server]:
    """Start Virtuoso where it is installed, with the union as the graph it asks by default."""
    program, console = shutil.which("virtuoso-t"), shutil.which("isql-vt") or shutil.which("isql")
    if not program or not console:
        raise NotFound("not installed (Debian: virtuoso-opensource)")
    folder = cache / "virtuoso"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port, sql, start = free_port(), free_port(), time.perf_counter()
    settings = VIRTUOSO.format(folder=folder, data=release, host=HOST, port=port, sql=sql)
    (folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
    command = (program, "+foreground", "+configfile", str(folder / "virtuoso.ini"))
    with started(command, cache) as run:
        until_answering(run, port, "/sparql")
        load = (
            f"ld_add('{release / UNION}', 'urn:union'); ld_add('{release / DATASET}', 'urn:none'); "
            "rdf_loader_run(); checkpoint;"
        )
        login = (console, f"{HOST}:{sql}", "dba", "dba")
        subprocess.run((*login, f"exec={load}"), check=True, capture_output=True, timeout=PATIENCE)
        version = _output((program, "+version")).partition("Version ")[2].partition(" ")[0]
        path = "/sparql?default-graph-uri=urn%3Aunion"
        yield Server("Virtuoso", version, port, path, *_since(start, run))


def environment(cache: Path, name: str) -> Path:
    """Make the environment of a peer, once for each lock; give the folder of its programs."""
    lock = ROOT / f"requirements-bench-{name}.txt"
    folder = cache / name
    mark, wanted = folder / "installed", f"{zlib.crc32(lock.read_bytes()):08x}"
    if not mark.is_file() or mark.read_text(encoding="ascii") != wanted:
        venv.create(folder, clear=True, with_pip=True)
        python = str(folder / "bin" / "python")
        install = (python, *PIP, "install", "--require-hashes", "-r", str(lock))
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotFound(f"cannot be installed: {done.stderr.strip().splitlines()[-1]}")
        mark.write_text(wanted, encoding="ascii")
    return folder / "bin"


@contextmanager
def started(
    command: Sequence[str], cache: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a session of its own, and end all of it at the end."""
    log = cache / f"{Path(command[0]).name}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=file, env=environment, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def until_answering(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Wait until a server answers a query; raise NotFound when it ends before or never does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NotFound(f"ended with {process.returncode} before it answered")
        try:
            _, status, _ = answered(port, path, "ASK {}")
        except (OSError, HTTPException):
            status = 0
        if status == 200:
            return
        time.sleep(0.1)
    raise NotFound(f"did not answer within {PATIENCE} s")


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _post(port: int, path: str, kind: str, file: Path) -> None:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        with file.open("rb") as content:
            length = str(file.stat().st_size)
            headers = {"Content-Type": kind, "Content-Length": length}
            connection.request("POST", path, content, headers)
            response = connection.getresponse()
        if response.status not in {200, 201, 204}:
            raise NotFound(f"did not load {file.name}: {response.read()[:200]!r}")
    finally:
        connection.close()


def _since(start: float, process: subprocess.Popen[bytes]) -> tuple[float, int]:
    return time.perf_counter() - start, process.pid


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip()


def _family(process: int) -> Iterator[int]:
    yield process
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            known = children.read_text(encoding="ascii").split()
        except OSError:
            # The thread has ended meanwhile, and has no children any more.
            continue
        for child in known:
            yield from _family(int(child))


def _memory_kib(process: int) -> int:
    """Read the proportional set size: a page that several hold counts in parts."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(text.partition("\nPss:")[2].split()[0])


def _ticks(process: int) -> int:
    """Read the ticks of a process and of its children that it has waited for."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return 0
    # proc(5): utime, stime, cutime and cstime are fields 14 to 17; the name may hold blanks.
    return sum(map(int, text.rpartition(")")[2].split()[11:15]))
