"""How fast data is validated: the compiled shapes beside pySHACL, on the same faulty data.

Each validator runs in a process of its own, so that its peak memory is its own. pySHACL is given
a share of the data, because the whole takes it very long; the compiled shapes run on both.
Ratios are what to remember: the same code varies with the load of the machine.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Final, TypeAlias, TypeVar

from hyteverkko.ingest.findings import Finding
from hyteverkko.ingest.shacl.graph import TYPE
from hyteverkko.ingest.shacl.questions import AFFECTED
from hyteverkko.ingest.shacl.run import CompiledShapes
from hyteverkko.ingest.shacl.shapes import compiled, shape_files
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple

from scripts.benchmarks.generator import QUADS, ROOT, SEED, generate
from scripts.benchmarks.report import Report, Table

T = TypeVar("T")
SHARE: Final = 50_000
CONTRIBUTION: Final = 1_000
CONTRIBUTIONS: Final = 5
ROUNDS: Final = 3
FAULTS: Final = 500
"""One statement of so many is lost, and others are added, each to be found wrong or not."""

Contribution: TypeAlias = tuple[int, int, float, float, float]
"""Its triples, the nodes it affects; seconds to find those, to validate them, of the processor."""

MARKED: Final = NamedNode("urn:x:affected")


@dataclass(frozen=True, slots=True)
class Run:
    """What one validator took: seconds and MiB at most; what it found, each with how often."""

    triples: int
    load: float
    compile: float
    validate: float
    peak: float
    found: Sequence[tuple[tuple[str, ...], int]]
    contributions: Sequence[Contribution] = ()

    @property
    def each(self) -> float:
        """Give the microseconds of validation for each triple."""
        return 1e6 * self.validate / self.triples

    @property
    def findings(self) -> int:
        """Count what was found."""
        return sum(count for _, count in self.found)

    @property
    def whole(self) -> float:
        """Give the seconds from the file to the findings."""
        return self.load + self.compile + self.validate


def main() -> int:
    """Measure and print; 1 when the validators do not agree."""
    options = _options()
    if options.run:
        print(json.dumps(asdict(RUNS[options.run](options.file))))
        return 0
    report = Report(_heading(options))
    with tempfile.TemporaryDirectory() as folder:
        whole = _written(Path(folder) / "whole.nt", options.quads, options.seed)
        share = whole
        if not options.whole:
            share = _written(Path(folder) / "share.nt", options.oracle_quads, options.seed)
        ours = _measured("compiled", whole)
        small = ours if share == whole else _measured("compiled", share)
        oracle = _measured("pyshacl", share)
    report.tables += [_runs(ours, small, oracle), _contributions(ours)]
    _compare(report, ours, small, oracle)
    print(report.json() if options.json else report.markdown())
    return int(report.failed)


def run_compiled(file: Path) -> Run:
    """Validate a file with the compiled shapes, and then contributions to it."""
    load, store = _timed(lambda: _loaded(file))
    compile_, shapes = _timed(lambda: compiled(shape_files(ROOT)))
    times, found = [], list[Finding]()
    for _ in range(ROUNDS):
        seconds, found = _timed(lambda: list(shapes.findings(store)))
        times.append(seconds)
    peak = _peak()
    given = tuple(_contributed(store, shapes, seed) for seed in range(CONTRIBUTIONS))
    return Run(len(store), load, compile_, sorted(times)[ROUNDS // 2], peak, _counted(found), given)


def run_pyshacl(file: Path) -> Run:
    """Validate a file with pySHACL."""
    from hyteverkko.ingest.shacl.oracle import oracle_findings, shapes_graph
    from rdflib import Graph

    load, data = _timed(lambda: Graph(bind_namespaces="none").parse(file, format="nt"))
    read, shapes = _timed(lambda: shapes_graph(shape_files(ROOT)))
    count = len(data)
    seconds, found = _timed(lambda: list(oracle_findings(data, shapes)))
    return Run(count, load, read, seconds, _peak(), _counted(found))


RUNS: Final = {"compiled": run_compiled, "pyshacl": run_pyshacl}


def _contributed(store: Store, shapes: CompiledShapes, seed: int) -> Contribution:
    """Validate a contribution that the store already holds."""
    things = store.quads_for_pattern(None, TYPE, None)
    subjects = sorted({str(quad.subject)[1:-1] for quad in things})
    start, triples = Random(seed).randrange(len(subjects) - CONTRIBUTION), list[Triple]()
    for subject in subjects[start:]:
        if len(triples) >= CONTRIBUTION:
            break
        triples += [quad.triple for quad in store.quads_for_pattern(NamedNode(subject), None, None)]
    begun = process_time()
    asked, nodes = _timed(lambda: shapes.affected_by(triples, store))
    store.extend(Quad(node, TYPE, AFFECTED, MARKED) for node in nodes)
    validated, _ = _timed(lambda: list(shapes.findings(store, MARKED)))
    used = process_time() - begun
    store.remove_graph(MARKED)
    return len(triples), len(nodes), asked, validated, used


def _written(path: Path, quads: int, seed: int) -> Path:
    _say(f"Making {quads:,} quads ...")
    triples = {line.rpartition(b" <")[0] + b" .\n" for line in generate(ROOT, quads, seed)}
    path.write_bytes(b"".join(_faulty(sorted(triples), Random(seed))))
    return path


def _faulty(lines: Sequence[bytes], random: Random) -> Iterator[bytes]:
    # Values move only to where such values are: pySHACL compares a number with a date, and has an
    # answer that SPARQL has not.
    values: dict[bytes, bytes] = {}
    for line in lines:
        subject, predicate, value = line.split(b" ", 2)
        fault = random.randrange(3 * FAULTS)
        if fault != 0:
            yield line
        if fault == 1:
            yield b" ".join((subject, predicate, values.get(predicate, value)))
        if fault == 2:
            yield b" ".join((random.choice(lines).split(b" ", 1)[0], predicate, value))
        values[predicate] = value


def _loaded(file: Path) -> Store:
    store = Store()
    store.bulk_load(path=str(file), format=RdfFormat.N_TRIPLES)
    return store


def _measured(name: str, file: Path) -> Run:
    _say(f"Running {name} on {file.name} ...")
    command = [sys.executable, "-m", "scripts.benchmarks.validate", "--run", name]
    done = subprocess.run([*command, "--file", str(file)], check=True, stdout=subprocess.PIPE)
    values = json.loads(done.stdout)
    found = [(tuple(key), count) for key, count in values.pop("found")]
    return Run(**values, found=found)


def _runs(ours: Run, small: Run, oracle: Run) -> Table:
    runs = [("compiled", ours), ("pySHACL", oracle)]
    if small is not ours:
        runs.insert(1, ("compiled", small))
    rows = [
        (name, run.triples, run.load, run.compile, run.validate, run.each, run.peak, run.findings)
        for name, run in runs
    ]
    columns = ("validator", "triples", "load s", "read shapes s", "validate s")
    return Table("Whole", (*columns, "µs per triple", "peak MiB", "findings"), rows)


def _contributions(ours: Run) -> Table:
    rows = [
        (str(number), triples, nodes, 1000 * asked, 1000 * validated, 1000 * used)
        for number, (triples, nodes, asked, validated, used) in enumerate(ours.contributions, 1)
    ]
    columns = ("contribution", "triples", "affected nodes", "find ms", "validate ms", "CPU ms")
    return Table(f"Contributions to {ours.triples:,} triples", columns, rows)


def _compare(report: Report, ours: Run, small: Run, oracle: Run) -> None:
    same, peer = Counter(dict(small.found)), Counter(dict(oracle.found))
    if same != peer:
        report.fail(f"Only compiled: {same - peer}; only pySHACL: {peer - same}")
    report.aim("validation per triple, times faster than pySHACL", 8, oracle.each / ours.each)
    ratio = (oracle.whole / oracle.triples) / (ours.whole / ours.triples)
    report.aim("the same from the file to the findings", 8, ratio)
    report.aim("validation of the same data, times faster", 8, oracle.validate / small.validate)
    report.aim("peak memory, MiB", 1024, ours.peak, at_most=True)
    slowest = max(asked + validated for *_, asked, validated, _ in ours.contributions)
    report.aim("slowest contribution, s", 0.3, slowest, at_most=True)
    busiest = max(used for *_, used in ours.contributions)
    report.aim("the same, s of the processor", 0.3, busiest, at_most=True)


def _heading(options: argparse.Namespace) -> dict[str, str]:
    return {
        "data": f"{options.quads:,} quads and their faults, seed {options.seed}",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
    }


def _counted(found: Sequence[Finding]) -> list[tuple[tuple[str, ...], int]]:
    keys = (
        (one.focus, one.path, one.component, one.value, one.severity.value, one.rule)
        for one in found
    )
    return list(Counter(keys).items())


def _timed(run: Callable[[], T]) -> tuple[float, T]:
    start = perf_counter()
    result = run()
    return perf_counter() - start, result


def _peak() -> float:
    # Not from getrusage: there a process begins with what the one that started it had.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench validate", description=__doc__)
    parser.add_argument("--quads", type=int, default=QUADS, help="size of the data (1,000,000)")
    parser.add_argument(
        "--oracle-quads", type=int, default=SHARE, help="size of pySHACL's share (50,000)"
    )
    parser.add_argument("--whole", action="store_true", help="let pySHACL run on the whole")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", help="print what a program reads")
    parser.add_argument("--run", choices=sorted(RUNS), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
