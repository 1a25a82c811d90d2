"""What a cell reads it copies: of many that have read much, few are kept once nobody asks."""

import asyncio
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from hyteverkko.store.admission import Client
from hyteverkko.store.frames import Question
from hyteverkko.store.precedence import MUCH, Runner
from hyteverkko.store.releases import current_folder
from hyteverkko.store.workers import WORN, Limits, Workers

LIMITS: Final = Limits(
    seconds=30,
    memory_mib=512,
    result_mib=10,
    rows=1000,
    cells=5,
    quick_cells=5,
    client_cells=1,
    queue=20,
    spool_mib=10,
)
ALL: Final = Question("SELECT (COUNT(DISTINCT CONCAT(STR(?s), STR(?o))) AS ?n) { ?s ?p ?o }")


def test_few_copies_are_kept(home: Path) -> None:
    folder = current_folder(home)
    others = set(processes(folder))

    async def run() -> None:
        asked = Workers(folder, "memory", LIMITS)
        asked.start()
        for answer in await asyncio.gather(*(asked.ask(ALL, Client()) for _ in range(5))):
            with closing(answer):
                assert answer.kind == "results"
        assert copies() > WORN
        end = time.monotonic() + 20
        while copies() > WORN and time.monotonic() < end:
            await asyncio.sleep(0.1)
        assert copies() == WORN
        # And it goes on: as many stand ready as before.
        while len(cells()) < LIMITS.processes and time.monotonic() < end:
            await asyncio.sleep(0.1)
        assert len(cells()) == LIMITS.processes
        (await asked.ask(ALL, Client())).close()
        await asked.close()

    def copies() -> int:
        return sum(Runner(cell, cell).copied > MUCH for cell in cells())

    def cells() -> list[int]:
        """Give the cells of these workers, without the template that they are forked from."""
        own = {one: parent for one, parent in processes(folder).items() if parent not in others}
        return [one for one, parent in own.items() if parent in own and one not in others]

    asyncio.run(run())


def processes(folder: Path) -> dict[int, int]:
    """Give the templates and cells on a release, each with its parent."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text(encoding="utf-8")
            status = (process / "stat").read_text(encoding="ascii")
        except OSError:
            continue
        if "\0hyteverkko.store.cell\0" in command and f"\0{folder}\0" in command:
            found[int(process.name)] = int(status.rpartition(")")[2].split()[1])
    return found
