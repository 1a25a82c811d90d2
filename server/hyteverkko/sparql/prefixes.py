"""The prefixes that a query uses and does not declare: their lines, and a sentence of them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from hyteverkko.errors import BadRequest
from hyteverkko.namespaces import PREFIXES
from hyteverkko.sparql.gate import TOKEN_OR_NAME

MOST: Final = 5
"""Prefixes that a sentence names."""


def undeclared(query: str) -> tuple[str, ...]:
    """Give the prefixes that a query uses and does not declare, in the order of their use."""
    tokens = TOKEN_OR_NAME.findall(query)
    used, declared = {}, {"_"}
    for before, token in pairwise(("", *tokens)):
        prefix, colon, _ = token.partition(":")
        if not colon or token[0] in "<\"'":
            continue
        if before.lower() == "prefix":
            declared.add(prefix)
        else:
            used[prefix] = True
    return tuple(prefix for prefix in used if prefix not in declared)


def missing_lines(query: str) -> str:
    """Give the PREFIX lines of the project that a query uses and does not declare."""
    missing = set(undeclared(query))
    return "".join(
        f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items() if prefix in missing
    )


def explained(error: BadRequest, query: str) -> BadRequest:
    """Add to where a query cannot be read which prefixes it does not declare, if there are any."""
    missing = undeclared(query) if {"line", "column"} <= set(error.values) else ()
    if not missing:
        return error
    unknown = [prefix for prefix in missing if prefix not in PREFIXES]
    if not unknown:
        return BadRequest(
            "The query cannot be read at line {line}, column {column}. It does not declare these "
            "prefixes: {prefixes}.",
            **error.values,
            prefixes=_named(missing),
        )
    return BadRequest(
        "The query cannot be read at line {line}, column {column}. It does not declare these "
        "prefixes: {prefixes}. Of these, unknown to this server: {unknown}.",
        **error.values,
        prefixes=_named(missing),
        unknown=_named(unknown),
    )


def _named(prefixes: Sequence[str]) -> str:
    shown = [f"{prefix}:" for prefix in prefixes[:MOST]]
    return ", ".join(shown if len(prefixes) <= MOST else [*shown, "…"])
