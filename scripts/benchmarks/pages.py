"""How fast the pages are: cold and warm, beside the bare JSON answers of the same queries.

A cold page is one that nobody has asked for; the same questions are then put to ``/sparql``, one
after the other, as a program would that shows what the page shows. A warm page is one that was
asked for before. Small and busy machines vary: ratios are what to remember.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final
from urllib.parse import urlencode

from hyteverkko.ingest.publish import build
from hyteverkko.pages.entity import kind_of
from hyteverkko.pages.kinds import PANELS
from hyteverkko.pages.panels import terms_of
from hyteverkko.pages.questions import asked, parameters_of
from hyteverkko.pages.reading import Reader
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.graph import Term
from pyoxigraph import Literal, NamedNode

from scripts.benchmarks.load import HOST, Stream, Tally, answered, drive
from scripts.benchmarks.report import Report, Table
from tests.servers import running

ROOT: Final = Path(__file__).resolve().parents[2]
GOAL_RATIO: Final = 2.0
GOAL_RATE: Final = 1000.0
GOAL_BYTES: Final = 60_000
GOAL_P99_MS: Final = 50.0
"""What a page may take at p99 while strangers' queries run."""

SAMPLE: Final = (
    "municipality/284",
    "municipality/915",
    "municipality/179",
    "municipality/180",
    "region/19",
    "county/06",
    "network/koski-tl/kosken-verkko",
    "body/varkaus/tyoryhma-1",
    "document/varkaus/kaupunkistrategia",
    "project/lapin-seniori-ja-vanhustyon-kehittamisyksikko",
    "event/varkaus/tyoryhma-2-2-kokous-2",
    "source/koski-tl",
    "dataset/varkaus",
)
COMMON: Final = ("statements", "evidence", "evidence_incoming", "evidence_outgoing",
                 "incoming_counts", "incoming")  # fmt: skip
"""What every page asks beside its panels."""

RUNAWAY: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page takes: seconds cold, seconds of its questions as JSON, bytes on the wire."""

    path: str
    cold: float
    bare: float
    size: int
    questions: int


def main() -> int:
    """Measure and print; 1 when a goal is not reached."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="hyte-pages-") as folder:
        home = options.home or Path(folder) / "home"
        if not options.home:
            home.mkdir()
            build(ROOT, home, date(2026, 11, 22))
        unthrottled = {"HYTE_CLIENT_QUERIES": "1000000", "HYTE_CLIENT_SECONDS": "1000000"}
        with running(home, Path(folder), **unthrottled) as server:
            port = int(server.base.rpartition(":")[2])
            report = _measured(port, home, options.seconds)
    print(report.json() if options.json else report.markdown())
    reached = all(goal[3] == "yes" for goal in report.goals)
    return 0 if reached and not report.failed else 1


def _measured(port: int, home: Path, seconds: float) -> Report:
    serving = CurrentRelease(home, "memory").serving()
    release = serving.graph.release
    report = Report({"release": release.id, "quads": str(release.quads), "cores": _cores()})
    reader = Reader(serving, "fi", "", date(2026, 11, 22).isoformat())
    costs = [_cost(port, reader, key) for key in SAMPLE]
    report.tables.append(
        Table(
            "A page nobody has asked for, and the bare JSON answers of its questions",
            ("page", "questions", "page, ms", "JSON, ms", "ratio", "kB on the wire"),
            [
                (
                    cost.path,
                    float(cost.questions),
                    cost.cold * 1000,
                    cost.bare * 1000,
                    cost.cold / cost.bare,
                    cost.size / 1000,
                )
                for cost in costs
            ],
        )
    )
    report.aim(
        "a cold page, times the bare JSON of its questions (median)",
        GOAL_RATIO,
        median(cost.cold / cost.bare for cost in costs),
        at_most=True,
    )
    report.aim("largest page, bytes", GOAL_BYTES, max(cost.size for cost in costs), at_most=True)
    calm = drive(port, [Stream(_requests(costs))], seconds)[0]
    report.aim("warm pages a second", GOAL_RATE, calm.rate)
    ordinary = Stream(_requests(costs), connections=4, every=0.05)
    before = drive(port, [ordinary], seconds)[0]
    ordinary = Stream(_requests(costs), connections=4, every=0.05)
    runaway = Stream(cycle([_query(RUNAWAY)]), connections=4)
    beside = drive(port, [ordinary, runaway], seconds)[0]
    report.tables.append(
        Table(
            "Warm pages",
            ("", "a second", "median, ms", "p99, ms", "lost"),
            [
                _line("16 connections, as fast as they go", calm),
                _line("80 a second", before),
                _line("80 a second, four runaway queries beside", beside),
            ],
        )
    )
    report.aim(
        "p99 with runaway queries beside, ms",
        GOAL_P99_MS,
        beside.quantile(0.99) * 1000,
        at_most=True,
    )
    if calm.lost or before.lost or beside.lost:
        report.fail("a request had another answer than 200, or none")
    return report


def _cost(port: int, reader: Reader, key: str) -> Cost:
    path = f"/doc/{key}"
    texts = _questions(reader, key)
    # A question is asked once, unmeasured, so that no cell is started for the first of them.
    answered(port, "/sparql", "ASK { }")
    cold, size = min(_page(port, f"{path}?lang=fi&cold={turn}") for turn in range(5))
    bare = min(sum(answered(port, "/sparql", f"{text}#{turn}")[0] for text in texts)
               for turn in range(5))  # fmt: skip
    return Cost(path, cold, bare, size, len(texts))


def _questions(reader: Reader, key: str) -> list[str]:
    thing = NamedNode(f"https://w3id.org/hyteverkko/id/{key}")
    terms: dict[str, Term] = {"thing": thing, "language": Literal(reader.language)}
    panels = PANELS.get(kind_of(thing), ())
    return [
        *(
            asked(name, {one: terms[one] for one in parameters_of(name) if one in terms})
            for name in COMMON
        ),
        *(asked(one.query, terms_of(one, reader, thing)) for one in panels),
    ]


def _page(port: int, target: str) -> tuple[float, int]:
    connection = HTTPConnection(HOST, port, timeout=60)
    try:
        start = perf_counter()
        connection.request(
            "GET", target, headers={"Accept": "text/html", "Accept-Encoding": "gzip"}
        )
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise ValueError(f"{target} answered {response.status}")
        return perf_counter() - start, len(body)
    finally:
        connection.close()


def _requests(costs: Sequence[Cost]) -> Iterator[bytes]:
    return cycle(
        f"GET {cost.path}?lang=fi HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\n"
        "Accept-Encoding: gzip\r\n\r\n".encode("ascii")
        for cost in costs
    )


def _query(text: str) -> bytes:
    target = f"/sparql?{urlencode({'query': text})}"
    return f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\nAccept: */*\r\n\r\n".encode("ascii")


def _line(name: str, tally: Tally) -> tuple[str, float, float, float, float]:
    return (
        name,
        tally.rate,
        tally.quantile(0.5) * 1000,
        tally.quantile(0.99) * 1000,
        float(tally.lost),
    )


def _cores() -> str:
    return str(os.cpu_count())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=10, help="of each load")
    parser.add_argument("--home", type=Path, help="folder with a release that is built")
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
