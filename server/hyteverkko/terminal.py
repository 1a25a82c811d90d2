"""The terminal: where messages go and in which language, how errors end a command, and progress."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Final, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from hyteverkko.errors import HyteError
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.translations import catalogue


def _preferred_language() -> str:
    """Read the language of the messages from the environment, as gettext does."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        language = os.environ.get(name, "").partition("_")[0].partition(":")[0]
        if language in LANGUAGES:
            return language
    return "en"


LANGUAGE: Final = _preferred_language()

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Language = Annotated[
    str, typer.Option("--lang", help="Language of messages: fi, sv or en.", metavar="LANG")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print what a program reads.")]


def say(text: str, lang: str, **values: object) -> None:
    """Print a text of the catalogues in a language, its places filled."""
    out.print(catalogue(lang).gettext(text).format(**values), soft_wrap=True)


@contextmanager
def refusals(lang: str) -> Iterator[None]:
    """Turn every error raised on purpose into one sentence and exit code 1."""
    try:
        yield
    except HyteError as error:
        refuse(error.sentence(catalogue(lang).gettext))


def refuse(sentence: str) -> NoReturn:
    """End the command with a sentence and exit code 1."""
    err.print(sentence, style="red", soft_wrap=True)
    raise typer.Exit(1)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar while work goes on, where there is a terminal to show it."""
    bar = Progress(
        TextColumn("{task.description:<48}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    task = bar.add_task("", total=None)

    def show(text: str, done: int, total: int) -> None:
        bar.update(task, description=text, completed=done, total=total)

    with bar:
        yield show
