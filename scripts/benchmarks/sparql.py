"""How fast the endpoint answers, beside its peers: the same queries, data, load and run.

The servers take turns, so that what else the machine does falls on all of them. Ratios are what to
remember: the same code varies with the load of the machine.
"""

import argparse
import os
import platform
import shutil
import signal
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from math import exp, log
from pathlib import Path
from statistics import median
from typing import Final

from hyteverkko.ingest import publish
from hyteverkko.ingest.inputs import inputs_checksum
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.store.releases import current_folder, read_release
from pyoxigraph import RdfFormat, parse

from scripts.benchmarks import generator
from scripts.benchmarks.files import write_files
from scripts.benchmarks.generator import QUADS, ROOT, SEED, generate
from scripts.benchmarks.load import Stream, Tally, answered, cycled, drive, encoded, row_count
from scripts.benchmarks.peers import (
    NotFound,
    Server,
    Start,
    native_oxigraph,
    ours,
    rdflib_endpoint,
    virtuoso,
)
from scripts.benchmarks.report import Cell, Report, Table
from scripts.benchmarks.workload import Workload, by_popularity, varied, workload
from tests.attacks import corpus

ROUNDS: Final = 5
REPETITIONS: Final = 5
SAMPLE: Final = 60
DRAWS: Final = 200_000
WARM_UP_SECONDS: Final = 1.0
RUNAWAYS: Final = (
    "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(CONCAT(STR(?a), STR(?f), STR(?i)) = 'x') }",
    "SELECT DISTINCT ?c ?f WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c",
    "SELECT ?a ?z WHERE { ?a (!<urn:x>)* ?z } ORDER BY ?z",
)
"""Queries that no limit of time is long enough for."""

ORDINARY_CONNECTIONS: Final = 4
ORDINARY_EVERY: Final = 0.08
"""Lookups beside an attack: each connection one each so many seconds, as a person would, whether
the server keeps up or not."""

OURS, NATIVE, RDFLIB = "hyteverkko", "Oxigraph (native)", "rdflib-endpoint"


@dataclass(frozen=True, slots=True)
class Field:
    """Servers that hold the same data, and what they are asked; ours is the first."""

    quads: int
    servers: Sequence[Server]
    workload: Workload


def main() -> int:
    """Measure and print; 1 when servers gave different answers or ours lost a request."""
    options = _options()
    # Told to end, it still ends the servers that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.cache.mkdir(parents=True, exist_ok=True)
    report = Report(_heading(options))
    release = prepared(options.cache, options.quads, options.seed)
    with ExitStack() as stack:
        fields = _fields(stack, options, release, report)
        report.tables.append(_servers(fields))
        for one in fields:
            _compare(one, report)
        _measure_load(fields, options, report)
        _measure_analytics(fields, report)
    _measure_attacks(release, options, report)
    print(report.json() if options.json else report.markdown())
    return int(report.failed)


def prepared(cache: Path, quads: int, seed: int) -> Path:
    """Give the folder of a release of made-up data, made anew when what makes it has changed."""
    made_by = b"".join(Path(str(module.__file__)).read_bytes() for module in (generator, publish))
    checksum = zlib.crc32(made_by + inputs_checksum(ROOT).encode())
    home = cache / f"data-{quads}-{seed}-{checksum:08x}"
    if not (home / "current").exists():
        for stale in cache.glob(f"data-{quads}-{seed}-*"):
            shutil.rmtree(stale)
        _say(f"Making {quads:,} quads and a release of them ...")
        lines = generate(ROOT, quads, seed)
        publish_quads(parse(b"".join(lines), format=RdfFormat.N_QUADS), home)
    write_files(current_folder(home))
    return current_folder(home)


def differences(one: Field) -> dict[str, list[str]]:
    """Ask a sample of all servers; give by peer where it has another number of rows than ours."""
    lookups, mix = one.workload.warm_up[:SAMPLE], one.workload.mix[:SAMPLE]
    first, *peers = one.servers
    found: dict[str, list[str]] = {peer.name: [] for peer in peers}
    for query in (*lookups, *mix, *one.workload.analytics.values()):
        wanted = _rows(first, query)
        for peer in peers:
            if (rows := _rows(peer, query)) != wanted:
                found[peer.name].append(f"{rows} rows, ours {wanted}: {' '.join(query.split())}")
    return found


def in_turn(
    servers: Sequence[Server], requests: Callable[[Server], Stream], seconds: float
) -> dict[str, Tally]:
    """Drive the servers one after the other, round by round, each with its own stream."""
    streams = {server.name: requests(server) for server in servers}
    tallies = {server.name: Tally() for server in servers}
    for number in range(ROUNDS):
        turn = number % len(servers)
        for server in (*servers[turn:], *servers[:turn]):
            before = server.cpu_seconds
            (tally,) = drive(server.port, [streams[server.name]], seconds / ROUNDS)
            tally.cpu = server.cpu_seconds - before
            tallies[server.name].add(tally)
    return tallies


def _fields(
    stack: ExitStack, options: argparse.Namespace, release: Path, report: Report
) -> list[Field]:
    cache: Path = options.cache
    small = prepared(cache, options.rdflib_quads, options.seed)
    plan: list[tuple[Path, tuple[Start, ...]]]
    if small == release:
        plan = [(release, (ours, native_oxigraph, virtuoso, rdflib_endpoint))]
    else:
        plan = [(release, (ours, native_oxigraph, virtuoso)), (small, (ours, rdflib_endpoint))]
    fields: list[Field] = []
    for folder, starts in plan:
        servers = list(_started(stack, starts, cache, folder, report))
        if len(servers) > 1 or not fields:
            asked = workload(folder, options.seed)
            fields.append(Field(read_release(folder).quads, servers, asked))
    return fields


def _started(
    stack: ExitStack, starts: Iterable[Start], cache: Path, release: Path, report: Report
) -> Iterable[Server]:
    for start in starts:
        _say(f"Starting {start.__name__} ...")
        try:
            yield stack.enter_context(start(cache, release))
        except NotFound as reason:
            report.remarks.append(f"{start.__name__}: {reason}")


def _servers(fields: Sequence[Field]) -> Table:
    rows = [
        (server.name, server.version, one.quads, server.start_seconds, server.memory_mib)
        for one in fields
        for server in one.servers
    ]
    columns = ("server", "version", "quads", "start and load, s", "memory, MiB")
    return Table("Servers", columns, rows)


def _compare(one: Field, report: Report) -> None:
    _say("Comparing the answers ...")
    for name, texts in differences(one).items():
        # The native server has our engine: it must agree. Others have faults of their own.
        tell = report.fail if name == NATIVE else report.remarks.append
        for text in texts[:3]:
            tell(f"{len(texts)} answers of {name} differ, such as {text}")


def _measure_load(fields: Sequence[Field], options: argparse.Namespace, report: Report) -> None:
    lookups: list[Sequence[Cell]] = []
    mixed: list[Sequence[Cell]] = []
    for one in fields:
        _say(f"Lookups and the mix on {one.quads:,} quads ...")
        asked = one.workload
        popular = by_popularity(asked.mix, DRAWS, options.seed)
        _warm(one.servers, asked.warm_up, options.connections)
        unique = in_turn(one.servers, _asking(asked.lookups, options), options.seconds)
        lookups += _rates(one, unique, report, "unique lookups")
        _warm(one.servers, popular[::-1], options.connections)
        mix = in_turn(one.servers, _asking(popular, options), options.seconds)
        mixed += _rates(one, mix, report, "Zipf mix")
        for name, least in ((NATIVE, 0.25), (RDFLIB, 25)):
            if name in unique:
                ratio = _share(unique[OURS].rate, unique[name].rate)
                report.aim(f"unique lookups, × {name}", least, ratio)
        if NATIVE in mix:
            ratio = _share(mix[OURS].rate, mix[NATIVE].rate)
            report.aim(f"Zipf mix, × {NATIVE}", 1.0, ratio)
    measures = ("requests/s", "p50, ms", "p99, ms", "processor, ms", "answers", "lost", "ours ×")
    columns = ("server", "quads", *measures)
    report.tables.append(Table("Unique entity lookups", columns, lookups))
    report.tables.append(Table("Zipf mix of 500 queries", columns, mixed))


def _asking(queries: Sequence[str], options: argparse.Namespace) -> Callable[[Server], Stream]:
    def stream(server: Server) -> Stream:
        requests = [encoded(server.path, query) for query in queries]
        return Stream(iter(requests), options.connections)

    return stream


def _warm(servers: Iterable[Server], queries: Sequence[str], connections: int) -> None:
    for server in servers:
        requests = cycled(encoded(server.path, query) for query in queries[:2000])
        drive(server.port, [Stream(requests, connections)], WARM_UP_SECONDS)


def _rates(
    one: Field, tallies: dict[str, Tally], report: Report, case: str
) -> Iterable[Sequence[Cell]]:
    own = tallies[OURS].rate
    for name, tally in tallies.items():
        p50, p99 = (1000 * tally.quantile(share) for share in (0.5, 0.99))
        ratio = _share(own, tally.rate)
        if name == OURS:
            _remark_losses(case, tally, report)
        cpu = 1000 * _share(tally.cpu, len(tally.times))
        yield (name, one.quads, tally.rate, p50, p99, cpu, len(tally.times), tally.lost, ratio)


def _remark_losses(case: str, tally: Tally, report: Report) -> None:
    if tally.lost:
        statuses = ", ".join(f"{n} × {status}" for status, n in tally.statuses.items())
        report.fail(f"{case}: {tally.lost} lost of ours: {statuses}, {tally.broken} broken off")


def _measure_analytics(fields: Sequence[Field], report: Report) -> None:
    for one in fields:
        _say(f"Analytics on {one.quads:,} quads ...")
        names = [server.name for server in one.servers]
        rows: list[Sequence[Cell]] = []
        ratios: dict[str, list[float]] = {name: [] for name in names}
        for title, query in one.workload.analytics.items():
            times = _timed(one.servers, query)
            own = times[OURS]
            cached = median(_milliseconds(one.servers[0], query) or 0.0 for _ in range(5))
            compared = [_ratio(own, times[name]) for name in names[1:]]
            for name, ratio in zip(names[1:], compared, strict=True):
                ratios[name] += [ratio] if ratio else []
            rows.append((title, cached, *times.values(), *compared))
        means = [_mean(ratios[name]) for name in names[1:]]
        rows.append(("geometric mean", None, *[None] * len(names), *means))
        shares = tuple(f"ours / {name}" for name in names[1:])
        columns = ("query, ms", "ours, asked again", *names, *shares)
        report.tables.append(Table(f"Analytics on {one.quads:,} quads", columns, rows))
        if ratios.get(NATIVE):
            mean = _mean(ratios[NATIVE])
            report.aim(f"analytics, mean time / {NATIVE}", 1.3, mean, at_most=True)
            worst = max(ratios[NATIVE])
            report.aim(f"analytics, worst time / {NATIVE}", 1.3, worst, at_most=True)


def _timed(servers: Sequence[Server], query: str) -> dict[str, float | None]:
    """Give the median milliseconds of each server, warm and with a new text each time."""
    times: dict[str, list[float | None]] = {server.name: [] for server in servers}
    for number in range(1 + REPETITIONS):
        for server in servers:
            known = times[server.name]
            given_up = None in known
            known.append(None if given_up else _milliseconds(server, varied(query, number + 1)))
    return {name: _median(found[1:]) for name, found in times.items()}


def _milliseconds(server: Server, query: str) -> float | None:
    try:
        seconds, status, _ = answered(server.port, server.path, query)
    except OSError:
        return None
    return 1000 * seconds if status == 200 else None


def _median(times: Sequence[float | None]) -> float | None:
    known = [one for one in times if one is not None]
    return median(known) if len(known) == len(times) else None


def _ratio(own: float | None, other: float | None) -> float | None:
    return own / other if own and other else None


def _mean(ratios: Sequence[float]) -> float:
    return exp(sum(map(log, ratios)) / len(ratios)) if ratios else 0.0


def _share(own: float, other: float) -> float:
    return own / other if other else 0.0


def _measure_attacks(release: Path, options: argparse.Namespace, report: Report) -> None:
    asked = workload(release, options.seed)
    rows: list[Sequence[Cell]] = []
    with ours(options.cache, release, {"HYTE_QUERY_SECONDS": "3"}) as server:
        _warm([server], asked.warm_up, 4)
        queries = iter([encoded(server.path, query) for query in asked.lookups])
        _say("Lookups in calm ...")
        calm, _ = _attacked(server, queries, 3 * options.seconds, runaways=0)
        rows.append(("calm", *_under(calm, calm), None))
        _say("Lookups beside four runaway queries ...")
        worst, answers = _attacked(server, queries, 3 * options.seconds, runaways=4)
        _remark_losses("runaway queries", worst, report)
        rows.append(("four runaway queries", *_under(worst, calm), answers))
        if corpus.FOLDER.is_dir():
            _say("Lookups beside four runaway queries and the attack corpus ...")
            both, answers = _beside_corpus(server, queries)
            _remark_losses("attacks", both, report)
            rows.append(("runaways and attacks", *_under(both, calm), answers))
            worst = max(worst, both, key=lambda tally: tally.quantile(0.99))
            report.aim("ordinary requests lost to attacks", 0, both.lost, at_most=True)
    ratio = _share(worst.quantile(0.99), calm.quantile(0.99))
    report.aim("p99 under attack / calm", 5, ratio, at_most=True)
    columns = ("state", "p50, ms", "p99, ms", "longest, ms", "p99 / calm", "answers", "lost")
    report.tables.append(Table("Ordinary lookups", (*columns, "the attackers got"), rows))


def _attacked(
    server: Server,
    queries: Iterable[bytes],
    seconds: float,
    runaways: int,
    over: Callable[[], bool] | None = None,
) -> tuple[Tally, str]:
    """Ask ordinary lookups beside runaway queries; give what became of both."""
    lookups = Stream(iter(queries), ORDINARY_CONNECTIONS, ORDINARY_EVERY, "127.0.0.3")
    endless = (
        encoded(server.path, f"{text} # {number}") for number in range(10**9) for text in RUNAWAYS
    )
    attack = Stream(endless, runaways, source="127.0.0.2")
    ordinary, hostile = drive(server.port, [lookups, attack], seconds, over)
    return ordinary, ", ".join(f"{n} × {status}" for status, n in sorted(hostile.statuses.items()))


def _beside_corpus(server: Server, queries: Iterable[bytes]) -> tuple[Tally, str]:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        base, entity = f"http://127.0.0.1:{server.port}", "/id/municipality/001"
        fired = pool.submit(corpus.fire, base, Path(folder), "--entity", entity)
        ordinary, answers = _attacked(server, queries, 3600, 4, fired.done)
        verdicts = fired.result()
    failed = sorted(name for name, problems in verdicts.items() if problems)
    named = f" ({', '.join(failed)})" if failed else ""
    return ordinary, f"{answers}; {len(failed)} of {len(verdicts)} attacks not as wanted{named}"


def _under(tally: Tally, calm: Tally) -> Sequence[Cell]:
    p50, p99, longest = (1000 * tally.quantile(share) for share in (0.5, 0.99, 1.0))
    ratio = _share(tally.quantile(0.99), calm.quantile(0.99))
    return p50, p99, longest, ratio, len(tally.times), tally.lost


def _rows(server: Server, query: str) -> int | None:
    try:
        _, status, body = answered(server.port, server.path, query)
    except OSError:
        return None
    return row_count(body) if status == 200 else None


def _heading(options: argparse.Namespace) -> dict[str, str]:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {pages / 2**30:.0f} GiB, {platform.machine()}",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "load before": " ".join(f"{one:.1f}" for one in os.getloadavg()),
        "measured": f"{options.seconds:g} s for each server and case, {options.connections} "
        f"connections, {ROUNDS} rounds in turn, seed {options.seed}",
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench sparql", description=__doc__)
    parser.add_argument("--quads", type=int, default=QUADS, help="size of the data (1,000,000)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--rdflib-quads",
        type=int,
        default=100_000,
        help="size for rdflib-endpoint, which is compared with ours of that size (100,000)",
    )
    parser.add_argument("--seconds", type=float, default=10, help="for each server and case (10)")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "hyteverkko-bench")
    parser.add_argument("--json", action="store_true", help="print what a program reads")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
