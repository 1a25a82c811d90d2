"""What the servers are asked: lookups of every thing, a mix of real queries, analytics.

The queries lie in ``queries/``. A variable written ``$body`` stands for a thing of that kind and is
replaced by its IRI, as a client writes it; ``$thing`` is a thing of any kind.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final

from hyteverkko.namespaces import ID, sparql_prologue

from scripts.benchmarks.files import DATASET, write_files

QUERIES: Final = Path(__file__).parent / "queries"
MIX: Final = 500
WARM_UP: Final = 2_000
"""Things that are asked for before the clock runs, and never while it does."""

SUBJECT: Final = re.compile(rf"<{re.escape(ID)}([a-z-]+)/[^>]*>")
TRIVIAL: Final = frozenset({"position", "period"})
"""Kinds that nobody looks up: two numbers, two dates."""


@dataclass(frozen=True, slots=True)
class Workload:
    """The queries of one release: each lookup once, the mix by popularity, analytics by name."""

    warm_up: Sequence[str]
    lookups: Sequence[str]
    mix: Sequence[str]
    analytics: Mapping[str, str]


def workload(release: Path, seed: int) -> Workload:
    """Make the queries for what a release holds; the same for the same seed."""
    random = Random(seed)
    things = things_by_kind(release)
    lookup = _text(QUERIES / "lookup.rq")
    everything = [one for kind in sorted(things) if kind not in TRIVIAL for one in things[kind]]
    random.shuffle(everything)
    lookups = [lookup.replace("$thing", thing) for thing in everything]
    warm = min(WARM_UP, len(lookups) // 10)
    return Workload(lookups[:warm], lookups[warm:], _mix(things, random), _analytics())


def things_by_kind(release: Path) -> dict[str, list[str]]:
    """Give the IRIs of the things that a release describes, sorted, by kind."""
    write_files(release)
    found: dict[str, set[str]] = {}
    with (release / DATASET).open(encoding="utf-8") as lines:
        for line in lines:
            if match := SUBJECT.match(line):
                found.setdefault(match[1], set()).add(match[0])
    return {kind: sorted(things) for kind, things in found.items()}


def by_popularity(queries: Sequence[str], count: int, seed: int) -> list[str]:
    """Draw queries so that the n-th is asked 1/n times as often as the first (Zipf, s = 1)."""
    weights = list(accumulate(1 / rank for rank in range(1, len(queries) + 1)))
    return Random(seed).choices(queries, cum_weights=weights, k=count)


def varied(query: str, number: int) -> str:
    """Give the same question in a text never asked before: its LIMIT is higher by a number."""
    return re.sub(r"LIMIT (\d+)", lambda limit: f"LIMIT {int(limit[1]) + number}", query)


def _mix(things: Mapping[str, Sequence[str]], random: Random) -> list[str]:
    texts = [_text(path) for path in sorted((QUERIES / "mix").glob("*.rq"))]
    queries = []
    for number in range(MIX):
        text = texts[number % len(texts)]
        kind = re.findall(r"\$([a-z]+)", text)[0]
        queries.append(text.replace(f"${kind}", random.choice(things[kind])))
    random.shuffle(queries)
    return queries


def _analytics() -> dict[str, str]:
    paths = sorted((QUERIES / "analytics").glob("*.rq"))
    return {path.stem.replace("_", " "): _text(path) for path in paths}


@cache
def _text(path: Path) -> str:
    text = path.read_text(encoding="utf-8").partition("\n")[2]
    return sparql_prologue(text) + text
