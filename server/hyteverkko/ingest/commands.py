"""The commands of the maintainer: who may send data in, data in and out, and what has been."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hyteverkko.settings import Settings, settings_from
from hyteverkko.terminal import LANGUAGE, AsJson, Language, err, out, refusals, say
from hyteverkko.translations import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from hyteverkko.ingest.contribution import Contribution, Outcome
    from hyteverkko.ingest.report_answer import State
    from hyteverkko.store.releases import Release

Graph = Annotated[str, typer.Option("--graph", help="The graph it is for.", metavar="NAME")]
Why = Annotated[str, typer.Option("--why", help="The reason, for the ledger.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; change nothing.")]

contributor_app = typer.Typer(help="Who may send data in.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens of those who may.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(contributor_app, name="contributor")
    app.add_typer(token_app, name="token")
    for command in (
        ingest,
        remove,
        undo,
        ledger,
        diff,
        erase,
        expire,
        backup,
        restore,
    ):
        app.command()(command)


@contributor_app.command("add")
def add_contributor(
    name: Annotated[str, typer.Argument(help="Small letters, digits and hyphens.")],
    owner: Annotated[str, typer.Option(help="Whom they act for: an IRI, or KIND/KEY of ours.")],
    graph: Annotated[
        list[str] | None, typer.Option(help="A graph of theirs. Default: NAME.")
    ] = None,
    scope: Annotated[str, typer.Option(help="Part of their IRIs. Default: NAME.")] = "",
    lang: Language = LANGUAGE,
) -> None:
    """Register who may send data in, for which graphs and which part of the addresses."""
    from hyteverkko.ingest.registration import register

    with refusals(lang):
        one = register(settings_from().home, name, owner, tuple(graph or [name]), scope or name)
        say("{name} may write: {graphs}.", lang, name=one.name, graphs=", ".join(one.graphs))


@contributor_app.command("list")
def list_contributors(as_json: AsJson = False, lang: Language = LANGUAGE) -> None:
    """List who may send data in."""
    from hyteverkko.ingest.contributors import contributors

    with refusals(lang):
        known = list(contributors(settings_from().home))
    if as_json:
        rows = [
            {"name": c.name, "graphs": c.graphs, "scope": c.scope, "owner": c.owner} for c in known
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    for one in known:
        out.print(f"{one.name}  {', '.join(one.graphs)}  {one.scope}  <{one.owner}>", markup=False)


@token_app.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="The contributor.")],
    days: Annotated[int, typer.Option(min=1, max=3660, help="Days until it expires.")] = 365,
    lang: Language = LANGUAGE,
) -> None:
    """Make a token and print it; it is shown this once and kept as a hash only."""
    from hyteverkko.ingest.contributors import keep, with_token
    from hyteverkko.ingest.registration import known_contributor

    with refusals(lang):
        settings = settings_from()
        one = known_contributor(settings.home, name)
        expires = settings.today + timedelta(days=days)
        kept, token = with_token(one, settings.today, expires)
        keep(settings.home, kept)
    err.print(
        catalogue(lang)
        .gettext("The token is shown this once. It expires on {day}.")
        .format(day=expires.isoformat())
    )
    sys.stdout.write(f"{token}\n")


@token_app.command("list")
def list_tokens(
    name: Annotated[str, typer.Argument(help="The contributor.")],
    as_json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """List the tokens of a contributor: when made, when they expire, when revoked."""
    from hyteverkko.ingest.registration import known_contributor

    with refusals(lang):
        tokens = known_contributor(settings_from().home, name).tokens
    rows = [
        {"id": t.id, "made": t.made, "expires": t.expires, "revoked": t.revoked} for t in tokens
    ]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return
    for row in rows:
        out.print("  ".join(row.values()), markup=False)


@token_app.command("revoke")
def revoke_token(
    name: Annotated[str, typer.Argument(help="The contributor.")],
    token: Annotated[str, typer.Argument(help="The id of the token, from: token list.")],
    lang: Language = LANGUAGE,
) -> None:
    """Revoke a token; it is refused from this moment on."""
    from hyteverkko.ingest.contributors import keep, without_token
    from hyteverkko.ingest.registration import known_contributor

    with refusals(lang):
        settings = settings_from()
        one = known_contributor(settings.home, name)
        keep(settings.home, without_token(one, token, settings.today))
        say("Token {token} is revoked.", lang, token=token)


def ingest(
    file: Annotated[Path, typer.Argument(help="RDF or a table.", exists=True, dir_okay=False)],
    graph: Graph,
    add: Annotated[bool, typer.Option("--add", help="Add to the graph; else replace it.")] = False,
    table: Annotated[str, typer.Option(help="The kind of table, when it cannot be told.")] = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Check a file and put it into a graph; on a violation nothing changes."""
    from hyteverkko.ingest.contribution import POST, PUT
    from hyteverkko.ingest.registration import sent_file

    with refusals(lang):
        settings = settings_from()
        sent = sent_file(settings, file, graph, POST if add else PUT, table)
        _contribute(settings, sent, why, dry_run=dry_run, as_json=as_json, lang=lang)


def remove(
    graph: Annotated[str, typer.Argument(help="The graph.")],
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Remove a contributed graph from the next release; the ledger keeps what it held."""
    from hyteverkko.ingest.contribution import DELETE
    from hyteverkko.ingest.registration import sent_content

    with refusals(lang):
        settings = settings_from()
        sent = sent_content(settings, graph, DELETE, b"", ".nq")
        _contribute(settings, sent, why, dry_run=dry_run, as_json=as_json, lang=lang)


def undo(
    number: Annotated[int, typer.Argument(help="The entry of the ledger.")],
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Put a graph back to what it was before an entry of the ledger."""
    from hyteverkko.ingest.contribution import DELETE, PUT
    from hyteverkko.ingest.history import state_before
    from hyteverkko.ingest.registration import sent_content

    with refusals(lang):
        settings = settings_from()
        graph, content = state_before(settings.home, number)
        sent = sent_content(settings, graph, PUT if content else DELETE, content, ".nq")
        reason = why or f"undo {number}"
        _contribute(settings, sent, reason, dry_run=dry_run, as_json=as_json, lang=lang)


def ledger(
    graph: Annotated[str, typer.Argument(help="Only entries about this graph.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Check the chain of entries.")] = False,
    as_json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """List what was accepted beside the files: when, by whom, for which graph, and why."""
    from dataclasses import asdict

    from hyteverkko.ingest import ledger as book
    from hyteverkko.ingest.history import entry_graph

    with refusals(lang):
        home = settings_from().home
        if check:
            book.check(home)
        known = [one for one in book.entries(home) if graph in {"", entry_graph(one)}]
    if as_json:
        text = json.dumps([asdict(one) for one in known], ensure_ascii=False, indent=1)
        sys.stdout.write(text + "\n")
        return
    for one in known:
        row = (str(one.number), one.at, one.by, one.action, entry_graph(one), one.release, one.why)
        out.print("  ".join(row), markup=False, soft_wrap=True)


def diff(
    before: Annotated[str, typer.Argument(help="A release: its id or number.")],
    after: Annotated[str, typer.Argument(help="Another; default the current one.")] = "current",
    graph: Annotated[str, typer.Option("--graph", help="Only this graph.")] = "",
    lang: Language = LANGUAGE,
) -> None:
    """Print what went and came between two releases, as lines of N-Triples with - and +."""
    from hyteverkko.ingest.history import changes_between
    from hyteverkko.store.releases import release_named

    with refusals(lang):
        home = settings_from().home
        releases = release_named(home, before), release_named(home, after)
        for change in changes_between(home, *releases, graph=graph):
            sys.stdout.write(f"# {change.graph}\n")
            sys.stdout.writelines(f"- {line}\n" for line in change.removed)
            sys.stdout.writelines(f"+ {line}\n" for line in change.added)


def erase(
    person: Annotated[str, typer.Argument(help="The person: an IRI, or KIND/KEY of ours.")],
    why: Why = "",
    lang: Language = LANGUAGE,
) -> None:
    """Take a person's name out of everything that is kept, and prove it by searching the disk."""
    from pyoxigraph import NamedNode

    from hyteverkko.ingest.erase import ERASE
    from hyteverkko.ingest.erase import erase as erase_persons
    from hyteverkko.namespaces import ID

    with refusals(lang):
        settings = settings_from()
        node = NamedNode(
            person if ":" in person else f"{ID}person/{person.removeprefix('person/')}"
        )
        done = erase_persons(settings, {node}, why, ERASE)
        for path in done.files:
            say("Rewritten: {path}", lang, path=path)
        say("{count} contents were rewritten.", lang, count=done.contents)
        for path in done.left:
            say("A name still stands in {path}", lang, path=path)
        if done.left:
            raise typer.Exit(1)
        say(
            "No file holds the name any more. Version control and backups keep their own copies.",
            lang,
        )


def expire(lang: Language = LANGUAGE) -> None:
    """Take out the names whose last day has passed; the server does so by itself."""
    from hyteverkko.ingest.erase import EXPIRE, expired
    from hyteverkko.ingest.erase import erase as erase_persons

    with refusals(lang):
        settings = settings_from()
        persons = expired(settings)
        if persons:
            erase_persons(settings, persons, "", EXPIRE)
            say("{count} names have been taken out.", lang, count=len(persons))


def backup(
    archive: Annotated[Path, typer.Argument(help="The archive to write: a .tar.gz.")],
    lang: Language = LANGUAGE,
) -> None:
    """Write an archive of all that cannot be built from the files, while the server runs."""
    from hyteverkko.ingest.backup import backup as back_up
    from hyteverkko.ingest.backup import canonical_checksum

    with refusals(lang):
        home = settings_from().home
        release = back_up(home, archive)
        _say_release(home, release, canonical_checksum, lang)


def restore(
    archive: Annotated[Path, typer.Argument(help="The archive.", exists=True, dir_okay=False)],
    lang: Language = LANGUAGE,
) -> None:
    """Restore an archive into an empty HYTE_HOME."""
    from hyteverkko.ingest.backup import canonical_checksum
    from hyteverkko.ingest.backup import restore as restore_from

    with refusals(lang):
        home = settings_from().home
        release = restore_from(home, archive)
        _say_release(home, release, canonical_checksum, lang)


def _say_release(
    home: Path, release: "Release", checksum: "Callable[[Path, Release], str]", lang: str
) -> None:
    say(
        "Release {number} ({id}), SHA-256 of its N-Quads: {checksum}",
        lang,
        number=release.number,
        id=release.id,
        checksum=checksum(home, release),
    )


def _contribute(
    settings: Settings,
    sent: "Contribution",
    why: str,
    *,
    dry_run: bool,
    as_json: bool,
    lang: str,
) -> None:
    from hyteverkko.ingest.local import MAINTAINER, contribute
    from hyteverkko.ingest.publisher import Deed
    from hyteverkko.ingest.report_answer import State

    deed = Deed(MAINTAINER, sent.action, why, settings.today.isoformat())
    outcome, release = contribute(settings, sent, deed, lambda _: not dry_run)
    state = State.PUBLISHED if release is not None else State.TRIED
    _print_outcome(outcome, state, lang, as_json)
    if release is not None:
        say("Published: release {number} ({id}).", lang, number=release.number, id=release.id)
    elif not outcome.conforms:
        err.print(catalogue(lang).gettext("Nothing was published and nothing was changed."))
        raise typer.Exit(1)


def _print_outcome(outcome: "Outcome", state: "State", lang: str, as_json: bool) -> None:
    from hyteverkko.ingest.report import print_findings, summary
    from hyteverkko.ingest.report_answer import SHOWN, report_value, shown_change

    if as_json:
        text = json.dumps(report_value(outcome, state, lang), ensure_ascii=False, indent=1)
        sys.stdout.write(text + "\n")
        return
    print_findings(out, outcome.findings, lang)
    err.print(summary(outcome.findings, lang))
    for mark, lines in zip("-+", shown_change(outcome), strict=True):
        for line in lines[:SHOWN]:
            out.print(f"{mark} {line}", markup=False, soft_wrap=True)
