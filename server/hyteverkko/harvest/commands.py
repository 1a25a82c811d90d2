"""The commands that give a release out: as one file of RDF, or as all its downloads."""

import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hyteverkko.settings import settings_from
from hyteverkko.terminal import LANGUAGE, Language, refusals, say

if TYPE_CHECKING:
    from typing import BinaryIO

    from hyteverkko.harvest.dump_files import DumpFile
    from hyteverkko.settings import Settings
    from hyteverkko.store.releases import Release

STANDARD_OUTPUT: Final = Path("-")
Named = Annotated[str, typer.Option("--release", help="Its id or number. Default: the current.")]


class RdfFormat(StrEnum):
    """The formats of RDF, as files end."""

    NQ = "nq"
    TRIG = "trig"
    TTL = "ttl"
    JSONLD = "jsonld"


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for command in (export, dumps):
        app.command()(command)


def export(
    file: Annotated[
        Path, typer.Argument(help="Where to: a file, compressed if it ends in .gz, or -.")
    ] = STANDARD_OUTPUT,
    release: Named = "current",
    format_: Annotated[RdfFormat, typer.Option("--format", help="The format.")] = RdfFormat.NQ,
    graph: Annotated[str, typer.Option(help="Only this graph.", metavar="NAME")] = "",
    dataset: Annotated[str, typer.Option(help="Only this dataset's graphs.", metavar="KEY")] = "",
    lang: Language = LANGUAGE,
) -> None:
    """Write a release, a graph or a dataset of it as RDF."""
    from hyteverkko.harvest.dump_files import WHOLE
    from hyteverkko.harvest.rdf_dumps import zipped
    from hyteverkko.store.releases import release_named

    with refusals(lang):
        settings = settings_from()
        named = release_named(settings.home, release)
        stem = f"graphs/{graph}" if graph else dataset or WHOLE
        held = _file(settings, named, f"{stem}.{format_}.gz")
        if file == STANDARD_OUTPUT:
            _write(sys.stdout.buffer, settings, named, held)
            return
        draft = file.with_name(f".{file.name}.part")
        try:
            with zipped(draft) if file.suffix == ".gz" else draft.open("wb") as output:
                _write(output, settings, named, held)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)


def dumps(
    folder: Annotated[Path, typer.Argument(help="Where to.", file_okay=False)],
    release: Named = "current",
    lang: Language = LANGUAGE,
) -> None:
    """Write every download of a release into a folder, with SHA256SUMS."""
    from hyteverkko.harvest.dump_files import CHECKSUMS, dump_files
    from hyteverkko.harvest.making import make, shelf
    from hyteverkko.store.releases import release_named
    from hyteverkko.store.shelf import shelf_lock

    with refusals(lang):
        settings = settings_from()
        named = release_named(settings.home, release)
        files = dump_files(settings.home, named)
        make(settings, named.number, CHECKSUMS)
        for unit in dict.fromkeys(one.unit for one in files.values()):
            make(settings, named.number, unit)
        with shelf_lock(settings.home):
            place = shelf(settings, named)
            for address in files:
                path = folder / address
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(place.path(address), path)
        say("{count} files in {folder}", lang, count=len(files), folder=folder)


def _file(settings: "Settings", release: "Release", address: str) -> "DumpFile":
    from hyteverkko.errors import NotFound
    from hyteverkko.harvest.dump_files import dump_files

    file = dump_files(settings.home, release).get(address)
    if file is None or file.format is None or file.part == "concepts":
        raise NotFound("This release has no such file. /dumps lists what it has.")
    return file


def _write(output: "BinaryIO", settings: "Settings", release: "Release", file: "DumpFile") -> None:
    from hyteverkko.harvest.rdf_dumps import write_graphs

    if file.format is None:
        raise TypeError(f"not a file of graphs: {file.address}")
    write_graphs(output, settings.home, release, file.graphs, file.format)
