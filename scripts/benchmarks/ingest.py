"""How fast a contribution is in: sent over HTTP, checked, in the ledger, published and served.

The store is large and the contribution small; only what it can affect is looked at. Each is a
change to the one before, as a municipality sends its data in again.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Final

from hyteverkko.ingest.contributors import Contributor, keep, with_token
from hyteverkko.namespaces import ID, sparql_prologue
from hyteverkko.store.releases import current_folder, home_of

from scripts.benchmarks.generator import QUADS, SEED
from scripts.benchmarks.load import HOST
from scripts.benchmarks.peers import Server, ours
from scripts.benchmarks.sparql import prepared
from scripts.benchmarks.workload import things_by_kind

GROUPS: Final = 59
SENDINGS: Final = 12
NAME: Final = "trial"
GOAL: Final = 1.0
"""Seconds that one may take."""


def main() -> int:
    """Measure and print; 1 when the median is over the goal or something was refused."""
    options = _options()
    options.cache.mkdir(parents=True, exist_ok=True)
    release = prepared(options.cache, options.quads, options.seed)
    owner = things_by_kind(release)["municipality"][0]
    with tempfile.TemporaryDirectory(dir=options.cache) as folder:
        home = Path(folder) / "home"
        shutil.copytree(home_of(release), home, symlinks=True)
        today = date.today()
        one, token = with_token(
            Contributor(NAME, (NAME,), NAME, owner[1:-1]), today, today.replace(year=today.year + 1)
        )
        keep(home, one)
        with ours(options.cache, current_folder(home)) as server:
            tries = [_seconds(server, token, "?dry-run=true", owner, 0) for _ in range(3)]
            times = [_seconds(server, token, "", owner, number) for number in range(SENDINGS)]
    size = len(_contribution(owner, 0).splitlines())
    rows = (
        ("first dry run, everything is read once", tries[0]),
        ("dry run: worked out, nothing changed", min(tries[1:])),
        ("put: in the ledger, published and served, median", median(times)),
        ("put: the longest", max(times)),
    )
    print(f"{options.quads:,} quads; {SENDINGS} contributions of about {size} statements\n")
    for name, seconds in rows:
        print(f"{name:<52}{seconds:>8.2f} s")
    return int(median(times) > GOAL)


def _seconds(server: Server, token: str, query: str, owner: str, number: int) -> float:
    connection = HTTPConnection(HOST, server.port, timeout=300)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/turtle"}
    start = time.perf_counter()
    connection.request("PUT", f"/graphs/{NAME}{query}", _contribution(owner, number), headers)
    answer = connection.getresponse()
    content = answer.read()
    seconds = time.perf_counter() - start
    if answer.status not in {200, 201}:
        sys.exit(f"{answer.status}: {content[:2000].decode()}")
    return seconds


def _contribution(owner: str, number: int) -> bytes:
    """Give groups with their members in Turtle, a statement a line; a few differ by the number."""
    lines = "".join(_group(owner, group, number) for group in range(GROUPS))
    return (sparql_prologue(lines) + lines).encode()


def _group(owner: str, group: int, number: int) -> str:
    body = f"<{ID}body/{NAME}/{group}>"
    name = f"Ryhmä {group}" if group % 10 else f"Ryhmä {group}, {number}"
    return "".join(
        (
            f"{body} a hyte:WorkingGroup .\n",
            f'{body} skos:prefLabel "{name}"@fi .\n',
            f"{body} hyte:bodyOf {owner} .\n",
            f"{body} org:classification bodykind:working-group .\n",
            f'{body} org:purpose "Edistää hyvinvointia {group}."@fi .\n',
            *_members(body, group),
        )
    )


def _members(body: str, group: int) -> Iterator[str]:
    for office in ("hyvinvointikoordinaattori", "rehtori", "sivistysjohtaja"):
        member = f"<{ID}membership/{NAME}/{group}/{office}>"
        yield f"{member} a org:Membership .\n"
        yield f"{member} org:organization {body} .\n"
        yield f"{member} org:role role:member .\n"
        yield f"{member} hyte:memberOffice office:{office} .\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=int, default=QUADS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "hyteverkko-bench")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
