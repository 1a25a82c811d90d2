"""What must not reach a cell, read off the tokens of a query.

The engine answers a few kilobytes of nesting, and flat chains too, with the end of its process;
plans of many patterns take minutes; SERVICE opens a connection. All of it is refused here, in a
sentence that says what would work. Strings, IRIs and comments are tokens of their own, so what
they hold does not count.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from hyteverkko.errors import BadRequest, Forbidden

DEPTH: Final = 64
"""How deep brackets of all kinds may lie in each other."""

OPERATORS: Final = 500
"""How many operators may stand in one query: sums, comparisons, alternatives, calls."""

PATTERNS: Final = 100
"""How many triple patterns, clauses and path steps may stand in one query."""

UPDATES: Final = frozenset(
    {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"}
)
CLAUSES: Final = frozenset(
    {"optional", "union", "minus", "filter", "bind", "graph", "exists", "lateral", "select"}
)
VOLATILE: Final = frozenset({"now", "rand", "uuid", "struuid", "bnode"})
"""The functions whose value is another one each time."""

STEPS: Final = frozenset({"/", "^"})
SIGNS: Final = frozenset({"+", "-"})

# SPARQL 1.1, section 19.8: the terminals that may hold what looks like a keyword or a bracket are
# passed over together: space, comments, IRIs, strings, variables, language tags, prefixed names.
TOKEN: Final = re.compile(
    r"""
      (?P<passed>(?:\s+
               |\#[^\n\r]*
               |<[^<>"{}|^`\\\x00-\x20]*>
               |\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}
               |'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
               |"(?:[^"\\\n\r]|\\.)*"
               |'(?:[^'\\\n\r]|\\.)*'
               |[?$]\w+
               |@[A-Za-z]+(?:-[A-Za-z0-9]+)*
               |(?:[^\W\d_][\w.\-]*|_)?:(?:[\w.\-:%]|\\.)*)++)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    | (?P<dot>[.;,])
    | (?P<operator>\|\||&&|\^\^|[-+*/|^!=<>?])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

FROM: Final = re.compile(r"\bfrom\b", re.IGNORECASE)
DECLARING: Final = frozenset({"from", "prefix", "base"})
SPACE: Final = r"(?:\s|\#[^\n\r]*)*"
PREFIX: Final = r"(?P<prefix>(?:[^\W\d_][\w.\-]*)?)"
NAMED: Final = re.compile(rf"{SPACE}(?:<(?P<iri>[^<>]*)>|{PREFIX}:(?P<local>(?:[\w.\-:%]|\\.)*))")
DECLARED: Final = re.compile(rf"{SPACE}{PREFIX}:{SPACE}<(?P<iri>[^<>]*)>")
"""What follows FROM, and what follows PREFIX."""

ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


@dataclass(slots=True)
class Counts:
    """What has been met while reading the tokens of one query."""

    depth: int = 0
    operators: int = 0
    patterns: int = 0
    first_word: str = ""
    volatile: bool = False
    data_depth: int = 0


def admit(query: str) -> bool:
    """Let a query pass, or raise BadRequest or Forbidden with what to change.

    Give whether its answer is the same each time it is asked of one release.
    """
    counts = Counts()
    last_word = ""
    for token in TOKEN.finditer(query):
        match token.lastgroup:
            case "open":
                _open(counts, token.group(), last_word)
            case "close":
                if counts.depth == counts.data_depth:
                    counts.data_depth, last_word = 0, ""
                counts.depth -= 1
            case "word":
                last_word = token.group().lower()
                _word(counts, last_word)
            case "dot" if not counts.data_depth:
                counts.patterns += 1
            case "operator" if not (counts.data_depth and token.group() in SIGNS):
                counts.operators += 1
                counts.patterns += token.group() in STEPS
            case _:
                continue
        if counts.operators > OPERATORS:
            raise BadRequest(
                "The query has more than {most} operators. Write it shorter, or split it.",
                most=OPERATORS,
            )
        if counts.patterns > PATTERNS:
            raise BadRequest(
                "The query has more than {most} patterns, clauses and path steps. Split it; "
                "lists of values go into VALUES.",
                most=PATTERNS,
            )
    return not counts.volatile


def graphs_of(query: str) -> tuple[str, ...]:
    """Give the graphs that the FROM clauses name, resolved as the query declares.

    What cannot be resolved is left out: the engine refuses it by its position.
    """
    if not FROM.search(query):
        return ()
    base, clause = "", ""
    prefixes: dict[str, str] = {}
    graphs: list[str] = []
    for token in TOKEN.finditer(query):
        if token.lastgroup == "word":
            word = token.group().lower()
            clause = word if word in DECLARING else clause if word == "named" else ""
        elif clause and (found := NAMED.match(token.group())):
            iri = prefixes.get(found["prefix"], "") + (found["local"] or "").replace("\\", "")
            if found["iri"] is not None:
                iri = urljoin(base, found["iri"])
            match clause:
                case "base":
                    base = iri
                case "prefix" if declared := DECLARED.match(token.group()):
                    prefixes[declared["prefix"]] = urljoin(base, declared["iri"])
                case "from" if ABSOLUTE.match(iri):
                    graphs.append(iri)
            clause = ""
    return tuple(graphs)


def _open(counts: Counts, bracket: str, last_word: str) -> None:
    counts.depth += 1
    if counts.depth > DEPTH:
        raise BadRequest(
            "The query nests brackets more than {depth} deep. Write it flatter.", depth=DEPTH
        )
    if not counts.data_depth and last_word == "values" and bracket == "{":
        counts.data_depth = counts.depth
    if bracket == "(" and not counts.data_depth:
        counts.operators += 1
    if bracket in "{[" and not counts.data_depth:
        counts.patterns += 1


def _word(counts: Counts, word: str) -> None:
    if word == "service":
        raise Forbidden(
            "SERVICE is not offered: this endpoint asks no other. Ask the other endpoint from your "
            "own program and join there."
        )
    if not counts.first_word and word in UPDATES:
        raise Forbidden(
            "SPARQL Update is not offered here. Data comes in as files: see CONTRIBUTING."
        )
    if not counts.first_word and word not in {"prefix", "base", "version"}:
        counts.first_word = word
    counts.patterns += word in CLAUSES
    counts.volatile = counts.volatile or word in VOLATILE
