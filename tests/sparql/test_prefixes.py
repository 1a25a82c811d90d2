"""Prefixes that a query does not declare, told from strings, comments and IRIs that look alike."""

import pytest
from hyteverkko.errors import BadRequest
from hyteverkko.sparql.prefixes import explained, missing_lines, undeclared


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?x a foo:Bar ; skos:prefLabel ?n ; foo:b 1 }", ("foo", "skos")),
        ("PREFIX foo: <urn:a:> prefix skos:<urn:b> ASK { ?x a foo:Bar ; skos:x 1 }", ()),
        ("BASE <urn:x> PREFIX : <a#> ASK { ?x :a :b , _:c }", ()),
        ("ASK { ?x :a 1 }", ("",)),
        ("ASK { <a:b> <x:skos:y> 'org:x', \"a foo:b\"@en, 1 } # see: dct:x", ()),
        ("ASK { ?x foo:a/^bar:b ?y FILTER(?y != baz:c) } 'dct:x", ("foo", "bar", "baz")),
        ('ASK { ?x a """it\'s foo:x""" , "1"^^xsd:integer }', ("xsd",)),
    ],
)
def test_prefixes_that_are_not_declared(query: str, expected: tuple[str, ...]) -> None:
    assert undeclared(query) == expected


def test_lines_of_the_project() -> None:
    line = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
    assert missing_lines("ASK { ?x a foo:Bar ; skos:prefLabel ?n }") == line


def test_a_sentence_names_some_and_not_thousands() -> None:
    error = BadRequest("At {line}, {column}.", line="1", column="7")
    many = " ".join(f"p{number}:x" for number in range(1000))
    told = explained(error, f"ASK {{ {many} }}")
    assert str(told).endswith("Of these, unknown to this server: p0:, p1:, p2:, p3:, p4:, ….")
    assert told.values["line"] == "1"
    assert explained(error, "ASK { ?x a }") is error
    other = BadRequest("Something else.")
    assert explained(other, "ASK { ?x a foo:b }") is other
