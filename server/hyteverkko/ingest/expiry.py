"""Names end by themselves: the server has them taken out on the day after their last."""

import asyncio
import sys
from collections.abc import Callable
from datetime import date
from typing import Final

from hyteverkko.settings import Settings
from hyteverkko.store.releases import Release

LOOK_EVERY: Final = 60.0
"""Seconds after which the calendar is looked at again."""


async def keep_expiring(settings: Settings, release: Callable[[], Release]) -> None:
    """Look at the calendar again and again, and have the command take out what has ended."""
    while True:
        until = release().valid_until
        if until and settings.today > date.fromisoformat(until):
            await _expire(settings)
        await asyncio.sleep(LOOK_EVERY)


async def _expire(settings: Settings) -> None:
    """Run the command in a process of its own: the web process writes nothing."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hyteverkko.cli",
        "expire",
        env={
            "PATH": "/usr/bin:/bin",
            "HYTE_ROOT": str(settings.root),
            "HYTE_HOME": str(settings.home),
            "HYTE_TODAY": settings.today.isoformat(),
        },
        start_new_session=True,
    )
    await process.wait()
