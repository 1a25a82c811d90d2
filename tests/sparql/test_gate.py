"""The gate reads tokens: what is in strings, IRIs and comments does not count, all else does."""

import pytest
from hyteverkko.errors import BadRequest, Forbidden
from hyteverkko.sparql.gate import DEPTH, admit, graphs_of


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
