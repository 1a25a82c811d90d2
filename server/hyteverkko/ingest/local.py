"""The maintainer's own way in: the same cell and the same publisher, without a web server."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from hyteverkko.errors import Busy
from hyteverkko.ingest.contribution import Contribution, Outcome, from_bytes
from hyteverkko.ingest.intake import ATTEMPTS, LONGEST_OUTCOME
from hyteverkko.ingest.job import MODULE, job_bytes
from hyteverkko.ingest.publisher import Deed, NoSpace, NotYetCurrent, Outdated, publish, recover
from hyteverkko.settings import Settings
from hyteverkko.store.releases import Release, current_folder
from hyteverkko.store.workers import Limits, Workers

MAINTAINER = "maintainer"


def contribute(
    settings: Settings, sent: Contribution, deed: Deed, agrees: Callable[[Outcome], bool]
) -> tuple[Outcome, Release | None]:
    """Work out what would come of a contribution, and publish it when it is good and agreed to."""
    try:
        recover(settings.home)
    except NotYetCurrent as error:
        # What waits there is another's change; this one has not been looked at.
        raise NoSpace from error
    for _ in range(ATTEMPTS):
        folder = current_folder(settings.home)
        outcome = asyncio.run(_worked_out(settings, folder, sent))
        if not outcome.conforms or not agrees(outcome):
            return outcome, None
        try:
            return outcome, publish(settings.home, outcome, deed)
        except Outdated:
            continue
    raise Busy("Others are publishing at this moment. Send it again in a few seconds.")


async def _worked_out(settings: Settings, folder: Path, sent: Contribution) -> Outcome:
    limits = Limits(
        seconds=settings.ingest_seconds,
        memory_mib=settings.ingest_memory_mib,
        result_mib=LONGEST_OUTCOME,
        rows=settings.query_rows,
        cells=1,
        quick_cells=1,
        client_cells=1,
        queue=1,
        spool_mib=settings.query_spool_mib,
    )
    workers = Workers(folder, "memory", limits, f"{MODULE} {settings.root}")
    try:
        content = await workers.do(
            job_bytes(folder.name, sent), limits.seconds, limits.memory_mib, LONGEST_OUTCOME
        )
    finally:
        await workers.close()
    return from_bytes(content)
