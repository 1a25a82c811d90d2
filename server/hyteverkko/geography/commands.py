"""The command that obtains the boundaries of municipalities for the map."""

import os
from pathlib import Path
from typing import Annotated

import typer

from hyteverkko.geography.official import SERVICE
from hyteverkko.settings import settings_from
from hyteverkko.terminal import LANGUAGE, Language, refusals, say


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(boundaries)


def boundaries(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write. Default: boundaries-YEAR.geojson.")
    ] = None,
    year: Annotated[int, typer.Option(help="The year of the division. Default: this year.")] = 0,
    metres: Annotated[
        float, typer.Option("--metres", help="How far a line may be moved.", min=0)
    ] = 300.0,
    service: Annotated[str, typer.Option(help="Address of the Web Feature Service.")] = SERVICE,
    lang: Language = LANGUAGE,
) -> None:
    """Obtain the boundaries of municipalities from Statistics Finland, check and simplify them."""
    from hyteverkko.geography.boundaries import written_boundaries
    from hyteverkko.geography.official import official_boundaries

    with refusals(lang):
        asked = year or settings_from().today.year
        found = official_boundaries(asked, service)
        path = file or Path(f"boundaries-{asked}.geojson")
        _write(path, written_boundaries(found.simplified(metres)))
    say(
        "{count} municipalities of {year} in {path}. Serve them with HYTE_BOUNDARIES={path}.",
        lang,
        count=len(found.polygons),
        year=asked,
        path=path,
    )


def _write(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, whole."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_bytes(content)
    draft.replace(path)
