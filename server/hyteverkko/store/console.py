"""The maintainer's own query on the current release, answered as text for a terminal."""

from pathlib import Path

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)
from rich.console import Console
from rich.table import Table

from hyteverkko.errors import HyteError
from hyteverkko.namespaces import with_prologue
from hyteverkko.store.releases import SNAPSHOT, current_folder


class UnreadableQuery(HyteError):
    """The query cannot be read."""


def answer(home: Path, query: str, *, as_csv: bool) -> str:
    """Run a query on the current release; give a table or CSV, a graph as Turtle."""
    store = Store.read_only(str(current_folder(home) / SNAPSHOT))
    try:
        results = store.query(_with_prologue(query))
    except SyntaxError as error:
        raise UnreadableQuery("The query cannot be read: {reason}", reason=error.msg) from None
    match results:
        case QuerySolutions() if as_csv:
            return _text(results.serialize(format=QueryResultsFormat.CSV)).replace("\r\n", "\n")
        case QuerySolutions():
            return _table(results)
        case QueryBoolean():
            return f"{str(bool(results)).lower()}\n"
        case QueryTriples():
            return _text(results.serialize(format=RdfFormat.TURTLE))
        case _:
            raise TypeError(f"not a result: {results!r}")


def _with_prologue(query: str) -> str:
    return query if "prefix " in query.lower() else with_prologue(query)


def _table(solutions: QuerySolutions) -> str:
    table = Table()
    for variable in solutions.variables:
        table.add_column(variable.value, overflow="fold")
    for row in solutions:
        table.add_row(*(getattr(term, "value", "") if term else "" for term in row))
    console = Console(highlight=False, markup=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8")
