"""The command ``hyteverkko``: build, validate, ask and serve from a terminal.

Exit codes: 0 done, 1 refused or nothing found to serve, 2 the command itself was wrong.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hyteverkko import __version__
from hyteverkko.geography import commands as geography_commands
from hyteverkko.harvest import commands as harvest_commands
from hyteverkko.ingest import commands
from hyteverkko.settings import Settings, settings_from
from hyteverkko.terminal import (
    LANGUAGE,
    AsJson,
    Language,
    err,
    out,
    progress_bar,
    refusals,
    refuse,
)
from hyteverkko.translations import catalogue

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from hyteverkko.ingest.findings import Finding


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help=__doc__.splitlines()[0],
)


@app.command()
def build(lang: Language = LANGUAGE, as_json: AsJson = False) -> None:
    """Validate everything and publish a release; on a violation nothing changes."""
    from hyteverkko.ingest.findings import Refused
    from hyteverkko.ingest.publish import build as build_release

    with refusals(lang):
        settings = settings_from()
        try:
            with progress_bar() as progress:
                release = build_release(settings.root, settings.home, settings.today, progress)
        except Refused as refused:
            _print_report(refused.findings, lang, as_json)
            err.print(catalogue(lang).gettext("Nothing was published and nothing was changed."))
            raise typer.Exit(1) from None
    translate = catalogue(lang).gettext
    sentence = translate("Release {number} ({id}): {quads} quads in {graphs} graphs.")
    out.print(
        sentence.format(
            number=release.number, id=release.id, quads=release.quads, graphs=len(release.graphs)
        )
    )


@app.command()
def validate(
    paths: Annotated[list[Path], typer.Argument(help="RDF files or folders.", exists=True)],
    lang: Language = LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """Validate RDF files or folders against the ontology's checks and the shapes."""
    from hyteverkko.ingest.validate import validate_paths

    with refusals(lang):
        settings = settings_from()
        with progress_bar() as progress:
            result = validate_paths(settings.root, paths, progress)
    _print_report(result.findings, lang, as_json)
    if not result.conforms:
        raise typer.Exit(1)


@app.command()
def query(
    file: Annotated[Path, typer.Argument(help="A .rq file.", exists=True, dir_okay=False)],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    lang: Language = LANGUAGE,
) -> None:
    """Run the query of a file on the current release; print a table, CSV or Turtle."""
    from hyteverkko.store.console import answer

    with refusals(lang):
        settings = settings_from()
        sys.stdout.write(answer(settings.home, file.read_text(encoding="utf-8"), as_csv=as_csv))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    as_is: Annotated[
        bool, typer.Option("--as-is", help="Serve the current release; look at no files.")
    ] = False,
    lang: Language = LANGUAGE,
) -> None:
    """Serve the current release; build it first when the files have changed."""
    from hyteverkko.serving import serve as serve_release

    with refusals(lang):
        settings = settings_from()
        settings = replace(
            settings,
            host=settings.host if host is None else host,
            port=settings.port if port is None else port,
        )
        if (settings.home / "current").exists():
            _finish_what_was_begun(settings, lang)
        if not as_is:
            _build_when_needed(settings, lang)
        serve_release(settings, lambda text: err.print(catalogue(lang).gettext(text)))


@app.command("harvest-check")
def harvest_check(
    address: Annotated[str, typer.Argument(help="Address of the server.", metavar="[URL]")] = "",
    shapes: Annotated[
        list[Path] | None,
        typer.Option(help="SHACL files for the catalogue, such as those of DCAT-AP.", exists=True),
    ] = None,
    lang: Language = LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """Play each harvester against a running server and compare what they are told."""
    from hyteverkko.harvest.checking import SHAPES, check_channels
    from hyteverkko.harvest.checking.fetching import Unanswered
    from hyteverkko.harvest.checking.table import as_text, print_table

    with refusals(lang):
        settings = settings_from()
        validate = _catalogue_validator([SHAPES, *(shapes or ())])
        try:
            with progress_bar() as progress:
                checked = check_channels(address or settings.base_url, validate, progress)
        except Unanswered as error:
            refuse(str(error))
    if as_json:
        sys.stdout.write(as_text(checked))
    else:
        print_table(out, checked, lang)
    if not checked.passes:
        raise typer.Exit(1)


@app.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)


commands.add_to(app)
geography_commands.add_to(app)
harvest_commands.add_to(app)


def main() -> None:
    """Run the command line."""
    app()


def _finish_what_was_begun(settings: Settings, lang: str) -> None:
    """Notice a ledger and a release that disagree, and names whose day has passed."""
    from hyteverkko.ingest import ledger
    from hyteverkko.ingest.publisher import LedgerAhead, NotYetCurrent, recover
    from hyteverkko.store.releases import current_record

    try:
        ledger.check(settings.home)
        recover(settings.home)
    except (ledger.BrokenLedger, LedgerAhead, NotYetCurrent) as error:
        err.print(error.sentence(catalogue(lang).gettext), style="red", soft_wrap=True)
        return
    release = current_record(settings.home)
    if release and release.valid_until and settings.today.isoformat() > release.valid_until:
        commands.expire(lang=lang)


def _build_when_needed(settings: Settings, lang: str) -> None:
    from hyteverkko.ingest.inputs import is_current

    if is_current(settings.root, settings.home, settings.today):
        return
    err.print(catalogue(lang).gettext("Building a release from the files …"))
    try:
        build(lang=lang)
    except typer.Exit:
        if not (settings.home / "current").exists():
            raise
        err.print(catalogue(lang).gettext("Serving the old release."))


def _catalogue_validator(files: "Sequence[Path]") -> "Callable[[Sequence[Quad]], list[str]]":
    """Give what validates a catalogue with shapes, one sentence for each violation."""
    from hyteverkko.ingest.findings import Severity
    from hyteverkko.ingest.shacl.run import union
    from hyteverkko.ingest.shacl.shapes import compiled

    validator = compiled(files)

    def validate(quads: "Sequence[Quad]") -> list[str]:
        found = validator.findings(union(quads))
        return [
            f"{one.focus} {one.path} {one.message('en') or one.component}".replace("  ", " ")
            for one in found
            if one.severity is Severity.VIOLATION
        ]

    return validate


def _print_report(findings: "Sequence[Finding]", lang: str, as_json: bool) -> None:
    from hyteverkko.ingest.report import findings_json, print_findings, summary

    if as_json:
        sys.stdout.write(findings_json(findings) + "\n")
        return
    print_findings(out, findings, lang)
    err.print(summary(findings, lang))


if __name__ == "__main__":
    main()
