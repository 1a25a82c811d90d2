"""The stored questions as a reader takes them along: the terms of the page in their places."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from hyteverkko.store.graph import Term
from hyteverkko.store.queries import query_text

PARAMETERS: Final = ("thing", "language", "day", "at")
"""The variables that stored questions take from a page."""

HEAD: Final = re.compile(r"(?<=SELECT )[^{]*?(?=\s*WHERE)|(?<=GROUP BY )[^\n]*")
END: Final = re.compile(r"\n}\n(?=ORDER BY|LIMIT|$)|\n}\s*$")


def parameters_of(name: str) -> tuple[str, ...]:
    """Give the parameters a stored SELECT takes: those it projects."""
    head = HEAD.search(query_text(name))
    words = head[0].split() if head else []
    return tuple(one for one in PARAMETERS if f"?{one}" in words)


def columns_of(name: str) -> tuple[str, ...]:
    """Give the variables a stored SELECT projects beside its parameters."""
    head = HEAD.search(query_text(name))
    words = re.findall(r"\?(\w+)", head[0]) if head else []
    return tuple(one for one in words if one not in PARAMETERS)


def asked(name: str, terms: Mapping[str, Term], filters: Iterable[str] = ()) -> str:
    """Give the text of a stored SELECT with the terms in place of the variables they are for.

    A parameter without a term takes the filters along that stand on lines of their own: without
    a day, none by day is left. ``filters`` are added at the end of the query's pattern.
    """
    text = query_text(name)
    for variable in parameters_of(name):
        here = re.compile(rf"\?{variable}\b")
        text = HEAD.sub(lambda head: _without(head[0], variable), text)  # noqa: B023 - used at once
        if variable in terms:
            value = str(terms[variable])
            text = here.sub(lambda _: value, text)  # noqa: B023 - used at once
        else:
            lines = text.split("\n")
            text = "\n".join(
                line for line in lines if not (here.search(line) and line.lstrip()[:6] == "FILTER")
            )
    added = "".join(f"\n  FILTER({one})" for one in filters)
    return END.sub(lambda end: added + end[0], text, count=1) if added else text


def _without(head: str, variable: str) -> str:
    return " ".join(one for one in head.split() if one != f"?{variable}")
