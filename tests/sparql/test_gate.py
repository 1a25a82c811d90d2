"""The gate reads tokens: what is in strings, IRIs and comments does not count, all else does."""

from contextlib import suppress
from random import Random
from time import process_time
from typing import Final

import pytest
from hyteverkko.errors import BadRequest, Forbidden, RequestError
from hyteverkko.sparql.gate import DEPTH, LONGEST_IRI, OPERATORS, PATTERNS, admit, graphs_of
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, Store

PROLOGUE: Final = "PREFIX ex: <urn:x> PREFIX : <urn:y> PREFIX service: <urn:z> SELECT * { "
CLAUSES: Final = (
    "SERVICE<urn:a:b>{}",
    "SERVICE ?x {}",
    "SERVICEex:a{}",
    "SERVICE:a{}",
    "SERVICESILENT ex:a {}",
    r"?s ?p <urn:a\u0041#> . SERVICE <urn:a:b> {}",
    "?s ?p trueSERVICE <urn:a:b> {}",
)
HIDDEN: Final = """VALUES ?x { \"""a" } SERVICE <urn:a:b> {} ?s ?p ex:a\\-b, \"""b"#"\n"""
AROUND: Final = ("?s ?p 'a' . ", "VALUES ?x { 'b' } ", "FILTER(?a<?b&&?c>1) ", "OPTIONAL {} ", "")
PIECES: Final = (
    *("SERVICE", "SILENT", "true", "ex:", "ex:a", ":", "_:b", "?x", "a", "1", "2.5", "@en", "AS"),
    *(" ", "\n", "#", '"', "'", '"""', "'''", "\\", "\\u0041", "\\-", "%20", "é", '\\"', "[]"),
    *("<", ">", "<urn:a:b>", "<urn:a:b#>", "{", "}", "{}", "(", ")", ".", ";", ",", "/", "&&"),
    *("FILTER", "OPTIONAL", "UNION", "MINUS", "GRAPH", "NOT", "EXISTS", "VALUES ?x {"),
)
"""What is put between, so that the engine and the gate might read a query in two ways."""


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://a/> { ?s ?p ?o } }",
        "SELECT * { sErViCe<http://a/> { ?s ?p ?o } }",
        "SELECT * { SERVICE#x\n<http://a/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '#' . SERVICE <http://a/> {} }",
        "SELECT * { ?s ?p <urn:x#> . SERVICE <http://a/> {} }",
        "SELECT * { FILTER(1<2) SERVICE <http://a/> {} }",
        'SELECT * { ?s ?p "a\\\\" . SERVICE <http://a/> {} #" }',
        "SELECT * { ?s ?p '''it's''' . SERVICE SILENT ?x {} }",
        "ASK { FILTER EXISTS { SERVICE ex:a {} } }",
        # The engine reads two words where the specification has one, and escapes in an IRI.
        *(f"{PROLOGUE}{clause} }}" for clause in CLAUSES),
    ],
)
def test_service_in_any_spelling(query: str) -> None:
    with pytest.raises(Forbidden, match="SERVICE"):
        admit(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'SERVICE <http://a/>' }",
        'SELECT * { ?s ?p """a "SERVICE" b""" }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://a/>",
        "SELECT * { ?s <urn:SERVICE> ?service }",
        "PREFIX service: <urn:a#> SELECT * { ?s service:load ?o }",
        "SELECT * { ?s ?p 'insert' ; ?q 'x'@load }",
        "BASE <urn:a> PREFIX drop: <urn:b#> ASK { ?clear a drop:add }",
        "SELECT * { ?s ?p '" + "{" * 500 + "' }",
        "SELECT * { ?s ?p '' , \"\" , ''' '' ''' , '\\u00E4\\U0001F600\\t' }",
        "SELECT * { ?s ?p <http://a/wiki/Koski_(Tl)?a=b&c=d> }",
    ],
)
def test_words_that_only_look_like_it(query: str) -> None:
    admit(query)


@pytest.mark.parametrize("word", ["INSERT DATA", "drop ALL", "LOAD", "Clear", "PREFIX a: <b> ADD"])
def test_updates(word: str) -> None:
    with pytest.raises(Forbidden, match="Update"):
        admit(f"{word} {{ }}")


def test_nesting() -> None:
    admit("ASK " + "{" * DEPTH + "}" * DEPTH)
    with pytest.raises(BadRequest, match=f"more than {DEPTH} deep"):
        admit("ASK " + "{" * (DEPTH + 1) + "}" * (DEPTH + 1))
    with pytest.raises(BadRequest):
        admit("ASK { FILTER" + "(" * 2000 + "1" + ")" * 2000 + "}")


def test_what_the_engine_takes_for_a_service_is_refused() -> None:
    random, met = Random(1), 0
    store = Store()
    store.add(Quad(NamedNode("urn:a"), NamedNode("urn:a"), Literal("a")))
    for _ in range(30_000):
        query = f"{PROLOGUE}{_garbled(random)} }}"
        if _asks_a_service(store, query):
            met += 1
            with pytest.raises(RequestError):
                admit(query)
                pytest.fail(f"the gate lets pass: {query!r}")
    assert met > 1000


def _garbled(random: Random) -> str:
    text = random.choice(AROUND) + random.choice((*CLAUSES, HIDDEN)) + random.choice(AROUND)
    for _ in range(random.randrange(4)):
        place, cut = random.randrange(len(text) + 1), random.choice((0, 0, 1, 3))
        text = text[:place] + ("" if cut else random.choice(PIECES)) + text[place + cut :]
    return text


def _asks_a_service(store: Store, query: str) -> bool:
    try:
        results = store.query(query)
        assert not isinstance(results, bool | QueryBoolean)
        list(results)
    except (SyntaxError, ValueError):
        return False
    except (OSError, RuntimeError):
        # It tried to: "urn:a:b" has no host, and ?x no value.
        return True
    return False


@pytest.mark.parametrize("quote", ['"', "'", '"""', "'''"])
@pytest.mark.parametrize("inside", ["a", r"\q", r"\uD800"])
def test_a_string_that_is_not_closed_or_not_well_formed(quote: str, inside: str) -> None:
    closed = quote if inside.startswith("\\") else ""
    with pytest.raises(BadRequest) as refused:
        admit(f"ASK {{\n  ?s ?p {quote}{inside}{closed} . ?s ?p ?o }}")
    assert (refused.value.values["line"], refused.value.values["column"]) == (2, 9)


@pytest.mark.parametrize(
    "text",
    [
        '\\"',
        '\\"""\n',
        "\\'''\n",
        "a.",
        "é.",
        "a-",
        "@a-",
        "<a",
        ":a\\",
        "a:",
        "a" * 99,
        "#\n",
        "#",
        "FROM #\n",
        "PREFIX a:#\n",
        "1e",
    ],
)
def test_a_query_of_64_kib_is_read_in_one_go(text: str) -> None:
    before, query = process_time(), text * (64 * 1024 // len(text.encode()))
    with suppress(RequestError):
        admit(query)
    # It may also stand where a graph or a prefix is expected, and be none.
    graphs_of(f"ASK FROM {query}\n{{}}")
    graphs_of(f"PREFIX {query}\n ASK FROM <urn:a> {{}}")
    # One go takes some hundredths of a second; going back at every token takes many seconds.
    assert process_time() - before < 2


def test_operators_that_look_like_an_iri() -> None:
    hidden = "ASK {{ FILTER(1<2{}&&2>1) }}"
    admit(hidden.format("+2" * (OPERATORS - 10)))
    with pytest.raises(BadRequest, match="operators"):
        admit(hidden.format("+2" * OPERATORS))
    with pytest.raises(BadRequest, match="deep"):
        admit(hidden.format("+" + "(" * DEPTH + "1" + ")" * DEPTH))
    with pytest.raises(BadRequest, match=f"more than {LONGEST_IRI} characters"):
        admit(hidden.format("/2" * LONGEST_IRI))


def test_patterns_that_end_in_a_name() -> None:
    admit("ASK { " + "?s ex:p ex:o.\n" * (PATTERNS - 1) + "}")
    with pytest.raises(BadRequest, match="patterns"):
        admit("ASK { " + "?s ex:p ex:o.\n" * PATTERNS + "}")


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("ASK { FILTER(STRUUID() = 'a') }", False),
        ("SELECT * {} ORDER BYRAND()", False),
        ("SELECT (now() AS ?x) {}", False),
        ("ASK { ?now <urn:rand> 'uuid' }", True),
    ],
)
def test_what_has_the_same_answer_each_time(query: str, same: bool) -> None:
    assert admit(query) is same


@pytest.mark.parametrize(
    ("query", "graphs"),
    [
        ("ASK FROM <urn:a> { ?s ?p ?o }", ("urn:a",)),
        ("ASK FROM <urn:a> FROM NAMED <urn:b> {}", ("urn:a", "urn:b")),
        ("ASK from#x\n<urn:a> FrOm NaMeD#<urn:c>\n<urn:b>{}", ("urn:a", "urn:b")),
        ("PREFIX g: <urn:g/> ASK FROM g:a FROM NAMED g:b\\-c {}", ("urn:g/a", "urn:g/b-c")),
        ("PREFIX : <urn:g/> ASK FROM :a FROM : {}", ("urn:g/a", "urn:g/")),
        ("prefix#x\ng:#y\n<urn:g/> ASK FROM g:a {}", ("urn:g/a",)),
        ("BASE <http://a/b/> ASK FROM <c> FROM <../d> {}", ("http://a/b/c", "http://a/d")),
        ("BASE <http://a/> PREFIX g: <b/> ASK FROM g:c {}", ("http://a/b/c",)),
        ("ASK { ?s ?p 'FROM <urn:a>' }", ()),
        ("ASK {} # FROM <urn:a>", ()),
        ("ASK { ?from <urn:from> <urn:a> }", ()),
        ("PREFIX from: <urn:g/> ASK { ?s from:a <urn:b> }", ()),
        # What cannot be resolved cannot be read either: that is for the engine to say.
        ("ASK FROM <relative> FROM g:unknown FROM {}", ()),
    ],
)
def test_graphs_of_a_query(query: str, graphs: tuple[str, ...]) -> None:
    assert graphs_of(query) == graphs
