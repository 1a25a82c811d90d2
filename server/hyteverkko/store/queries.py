"""The stored queries and updates: a file each under ``queries/``, and what their texts are."""

from functools import cache
from pathlib import Path
from typing import Final

from hyteverkko.namespaces import sparql_prologue, with_prologue

QUERIES: Final = Path(__file__).parents[1] / "queries"


@cache
def query_text(name: str) -> str:
    """Give the text of a stored query with its prologue."""
    return with_prologue(_stored(f"{name}.rq"))


@cache
def update_text(name: str) -> str:
    """Give the text of a stored update with its prologue."""
    return with_prologue(_stored(f"{name}.ru"))


@cache
def shown_query(name: str) -> str:
    """Give a stored query as it is shown or linked to: without the line that says what it is."""
    _, _, text = _stored(f"{name}.rq").partition("\n")
    prologue = sparql_prologue(text)
    return f"{prologue}\n{text}" if prologue else text


def _stored(file: str) -> str:
    return (QUERIES / file).read_text(encoding="utf-8")
