"""What must not reach a cell, read off the tokens of a query.

The engine answers a few kilobytes of nesting, and flat chains too, with the end of its process;
plans of many patterns take minutes; SERVICE opens a connection. All of it is refused here, in a
sentence that says what would work. Strings, IRIs and comments are tokens of their own, so what
they hold does not count.

The engine's parser tries one reading after the other where the specification has one token: it
takes a long string that is not closed for two short ones, and ``trueSERVICE`` for two words. What
it may read in two ways is refused or counted, so that nothing hides in what is passed over here.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import urljoin

from hyteverkko.errors import BadRequest, Forbidden
from hyteverkko.translations import marked

DEPTH: Final = 64
"""How deep brackets of all kinds may lie in each other."""

OPERATORS: Final = 500
"""How many operators may stand in one query: sums, comparisons, alternatives, calls."""

PATTERNS: Final = 100
"""How many triple patterns, clauses and path steps may stand in one query."""

LONGEST_IRI: Final = 2048
"""Characters; the engine reads what stands between ``<`` and ``>`` as operators where it can."""

UPDATES: Final = frozenset(
    {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"}
)
CLAUSES: Final = frozenset(
    {"optional", "union", "minus", "filter", "bind", "graph", "exists", "lateral", "select"}
)
NO_UPDATE: Final = marked(
    "SPARQL Update is not offered here. Data comes in as files: /tables has empty tables, "
    "/validate checks a file, and /graphs takes it in with a token from the maintainer."
)
SERVICE: Final = "service"
VOLATILE: Final = ("now", "rand", "uuid", "bnode")
"""How the functions end whose value is another one each time."""

OPENING, CLOSING, SEPARATORS = frozenset("({["), frozenset(")}]"), frozenset(".;,")
QUOTES: Final = frozenset("\"'")
NO_WORDS: Final = QUOTES | {"<"}
STEPS: Final = frozenset({"/", "^"})
SIGNS: Final = frozenset({"+", "-"})
SYMBOLS: Final = frozenset({"||", "&&", "^^", *"-+*/|^!=<>?"})

# SPARQL 1.1, section 19.8: the terminals that may hold what looks like a keyword or a bracket.
# Each part takes what it can and gives nothing back, so that a query is read in one go.
HEX4: Final = "[0-9A-Fa-f]{4}"
SCALAR: Final = rf"(?![dD][89A-Fa-f]){HEX4}"
ESCAPE: Final = rf"\\(?:[tbnrf\"'\\]|u{SCALAR}|U0000{SCALAR}|U(?:000[1-9A-Fa-f]|0010){HEX4})"
IN_IRI: Final = r'<>"{}|^`\\\x00-\x20'
CODE: Final = "(+*!=&,;"
"""What an IRI may hold and an expression too."""

SPACES: Final = r"\s++|\#[^\n\r]*+"
NAME: Final = r"(?:[^\W\d_][\w.\-]{0,63}+|_)?+:(?:[\w\-:%]++|\.++(?=[\w\-:%\\])|\\.)*+"
TERMS: Final = rf"""
      [?$]\w++
    | \d++(?:\.\d++)?+(?:[eE][+-]?\d++)?+
    | <(?:[^{IN_IRI}{CODE}]|\\u{HEX4}|\\U{HEX4}{HEX4}){{0,{LONGEST_IRI}}}+>
    | \"{{3}}(?:[^"\\]++|{ESCAPE}|"(?!""))*+\"{{3}}
    | '{{3}}(?:[^'\\]++|{ESCAPE}|'(?!''))*+'{{3}}
    | "(?!"")(?:[^"\\\n\r]++|{ESCAPE})*+"
    | '(?!'')(?:[^'\\\n\r]++|{ESCAPE})*+'
    | @[A-Za-z]++(?:-[A-Za-z0-9]++)*+
"""
COUNTED: Final = rf"""
      [A-Za-z_]\w*+
    | \|\| | && | \^\^
    | <(?:[^{IN_IRI}]|\\u{HEX4}|\\U{HEX4}{HEX4})*+>
    | ["'].*+
    | .
    | \Z
"""
TOKEN: Final = re.compile(rf"(?:{SPACES}|{NAME}|{TERMS})*+({COUNTED})", re.VERBOSE | re.DOTALL)
"""A token that counts, after all that does not; a string that is not closed goes to the end."""

TOKEN_OR_NAME: Final = re.compile(
    rf"(?:{SPACES}|{TERMS})*+({NAME}|{COUNTED})", re.VERBOSE | re.DOTALL
)

DECLARING: Final = frozenset({"from", "prefix", "base"})
SPACE: Final = rf"(?:{SPACES})*+"
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
    last_word: str = ""
    volatile: bool = False
    data_depth: int = 0


def admit(query: str) -> bool:
    """Let a query pass, or raise BadRequest or Forbidden with what to change.

    Give whether its answer is the same each time it is asked of one release.
    """
    _refuse_service(query)
    counts = Counts()
    for token in TOKEN.findall(query):
        if token in OPENING:
            _open(counts, token)
        elif token in CLOSING:
            if counts.depth == counts.data_depth:
                counts.data_depth, counts.last_word = 0, ""
            counts.depth -= 1
        elif token in SEPARATORS:
            counts.patterns += not counts.data_depth
        elif token in SYMBOLS:
            if not (counts.data_depth and token in SIGNS):
                counts.operators += 1
                counts.patterns += token in STEPS
        elif token[:1] in QUOTES:
            raise _unclosed(query, len(query) - len(token))
        elif token[:1] == "<":
            _hold(counts, token)
        elif token.isidentifier():
            _word(counts, token.lower())
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
    if "from" not in query.lower():
        return ()
    base, clause = "", ""
    prefixes: dict[str, str] = {}
    graphs: list[str] = []
    for token in TOKEN.finditer(query):
        if clause and (found := NAMED.match(token[0])):
            iri = prefixes.get(found["prefix"], "") + (found["local"] or "").replace("\\", "")
            if found["iri"] is not None:
                iri = urljoin(base, found["iri"])
            match clause:
                case "base":
                    base = iri
                case "prefix" if declared := DECLARED.match(token[0]):
                    prefixes[declared["prefix"]] = urljoin(base, declared["iri"])
                case "from" if ABSOLUTE.match(iri):
                    graphs.append(iri)
            clause = ""
        word = token[1].lower()
        clause = word if word in DECLARING else clause if word == "named" else ""
    return tuple(graphs)


def _refuse_service(query: str) -> None:
    if SERVICE not in query.lower():
        return
    for token, following in pairwise(TOKEN_OR_NAME.findall(query)):
        word, colon, _ = token.partition(":")
        # A name can be read as the clause with a name behind it, where a group follows.
        is_read_so = not colon or following == "{"
        if SERVICE in word.lower() and word[0] not in NO_WORDS and is_read_so:
            raise Forbidden(
                "SERVICE is not offered: this endpoint asks no other. Ask the other endpoint from "
                "your own program and join there."
            )


def _open(counts: Counts, bracket: str) -> None:
    counts.depth += 1
    if counts.depth > DEPTH:
        raise _too_deep()
    if counts.data_depth:
        return
    if counts.last_word == "values" and bracket == "{":
        counts.data_depth = counts.depth
    if bracket == "(":
        counts.operators += 1
    elif not counts.data_depth:
        counts.patterns += 1


def _hold(counts: Counts, iri: str) -> None:
    """Count what an IRI holds, for it may be a comparison."""
    if len(iri) > LONGEST_IRI:
        raise BadRequest(
            "The query has an IRI of more than {most} characters. Nothing here has such a name.",
            most=LONGEST_IRI,
        )
    counts.operators += sum(map(iri.count, CODE))
    if counts.depth + iri.count("(") > DEPTH:
        raise _too_deep()


def _word(counts: Counts, word: str) -> None:
    if not counts.first_word and word in UPDATES:
        raise Forbidden(NO_UPDATE)
    if not counts.first_word and word not in {"prefix", "base", "version"}:
        counts.first_word = word
    counts.last_word = word
    counts.patterns += word in CLAUSES
    counts.volatile = counts.volatile or word.endswith(VOLATILE)


def _too_deep() -> BadRequest:
    return BadRequest(
        "The query nests brackets more than {depth} deep. Write it flatter.", depth=DEPTH
    )


def _unclosed(query: str, start: int) -> BadRequest:
    line_start = query.rfind("\n", 0, start) + 1
    return BadRequest(
        "The string that begins at line {line}, column {column} is not closed, or holds an escape "
        "that SPARQL does not know.",
        line=query.count("\n", 0, start) + 1,
        column=start - line_start + 1,
    )
