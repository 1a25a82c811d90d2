"""What must not reach the engine, read off the tokens of a query.

Strings, IRIs and comments are tokens of their own, so what they hold does not count.

The engine answers a few kilobytes of nesting with the end of its process, and SERVICE with a
connection, so both are refused here, in a sentence that says what would work.
"""

import re
from typing import Final

from hyteverkko.errors import BadRequest, Forbidden

DEPTH: Final = 64
"""How deep brackets of all kinds may lie in each other."""

UPDATES: Final = frozenset(
    {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy"}
)

# SPARQL 1.1, section 19.8: the terminals that may hold what looks like a keyword or a bracket.
TOKEN: Final = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}
               |'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
               |"(?:[^"\\\n\r]|\\.)*"
               |'(?:[^'\\\n\r]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>[\w.\-]*:(?:[\w.\-:%]|\\.)*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def admit(query: str) -> None:
    """Let a query pass, or raise BadRequest or Forbidden with what to change."""
    depth = 0
    first_word = ""
    for token in TOKEN.finditer(query):
        match token.lastgroup:
            case "open":
                depth += 1
                if depth > DEPTH:
                    raise BadRequest(
                        "The query nests brackets more than {depth} deep. Write it flatter.",
                        depth=DEPTH,
                    )
            case "close":
                depth -= 1
            case "word":
                first_word = _admit_word(token.group().lower(), first_word)
            case _:
                pass


def _admit_word(word: str, first: str) -> str:
    if word == "service":
        raise Forbidden(
            "SERVICE is not offered: this endpoint asks no other. Ask the other endpoint from your "
            "own program and join there."
        )
    if not first and word in UPDATES:
        raise Forbidden(
            "SPARQL Update is not offered here. Data comes in as files: see CONTRIBUTING."
        )
    return first if first or word in {"prefix", "base"} else word
