"""How fast files become a release: parse, derive, check, validate, load, start; and peak memory.

Ratios are what to remember: the same code varies with the load of the machine.
"""

import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from hyteverkko.ingest.checks import check_files, check_findings, read_check
from hyteverkko.ingest.publish import build
from hyteverkko.ingest.rdf import SourceFile, read_file, repository_files
from hyteverkko.ingest.rules import derive
from hyteverkko.ingest.shacl.shapes import compiled, shape_files
from hyteverkko.store.graph import open_graph
from hyteverkko.store.releases import current_folder
from pyoxigraph import DefaultGraph, Store
from rdflib import Graph

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]


def timed(run: Callable[[], T]) -> tuple[float, T]:
    """Run once; give the seconds and the result."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def row(name: str, seconds: float, triples: int, note: str = "") -> None:
    """Print one line of the table."""
    print(f"{name:<34}{seconds:>9.2f} s{triples / seconds:>12,.0f} triples/s  {note}")


def read_all() -> list[SourceFile]:
    """Read every file of the repository."""
    return [read_file(path, graph, path.name) for path, graph in repository_files(ROOT)]


def read_all_with_rdflib() -> int:
    """Read the same files with rdflib."""
    return sum(len(Graph().parse(path, format="turtle")) for path, _ in repository_files(ROOT))


def filled(files: list[SourceFile]) -> Store:
    """Put the files' quads into a store in memory."""
    store = Store()
    for file in files:
        store.bulk_extend(file.quads)
    return store


def seconds_to_first_answer(home: Path) -> float:
    """Start the server on a release that is there; give the seconds to the first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hyteverkko.cli", "serve", "--port", str(port)]
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, "HYTE_HOME": str(home)}, stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - start < 60:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).close()
                return time.perf_counter() - start
            except OSError:
                time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    raise TimeoutError("the server did not start within 60 s")


def main() -> None:
    """Measure and print the table."""
    parse, files = timed(read_all)
    triples = sum(len(file.quads) for file in files)
    print(f"{len(files)} files, {triples:,} triples, Python {sys.version.split()[0]}\n")
    peer, _ = timed(read_all_with_rdflib)
    row("parse (pyoxigraph)", parse, triples, f"{peer / parse:.1f} x rdflib")
    row("parse (rdflib)", peer, triples)
    load, store = timed(lambda: filled(files))
    row("load into memory", load, triples)
    rules, _ = timed(lambda: derive(store, ROOT))
    row("rules", rules, triples)
    triples = sum(1 for _ in store.quads_for_pattern(None, None, None, DefaultGraph()))
    checks, _ = timed(
        lambda: [list(check_findings(store, read_check(path))) for path in check_files(ROOT)]
    )
    row("checks", checks, triples)
    shapes, _ = timed(lambda: list(compiled(shape_files(ROOT)).findings(store)))
    row("shapes", shapes, triples, f"{shapes / (rules + checks):.1f} x rules and checks")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        whole, release = timed(lambda: build(ROOT, home, date.today()))
        row("hyteverkko build, all of it", whole, release.quads)
        memory, _ = timed(lambda: open_graph(current_folder(home), "memory"))
        row("open the release in memory", memory, release.quads)
        disk, _ = timed(lambda: open_graph(current_folder(home), "disk"))
        row("open the release on disk", disk, release.quads, f"{memory / disk:.0f} x memory")
        print(f"\nserver start to first answer {seconds_to_first_answer(home):.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this run {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
