"""What compiled shapes say, what they keep, and what they refuse."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from textwrap import dedent

import pytest
from hyteverkko.ingest.findings import Severity
from hyteverkko.ingest.shacl.graph import IllFormedShape
from hyteverkko.ingest.shacl.paths import parse_path
from hyteverkko.ingest.shacl.run import CompiledShapes
from pyoxigraph import NamedNode, Quad, Store, Triple

from .compared import compared
from .conftest import Written, stored

EVEN = """
:Even a sh:NodeShape ; sh:targetNode :n1 ; sh:property :Even-p .
:Even-p sh:path :p ; sh:sparql :Even-query .
:Even-query sh:message "{?value} on pariton: $this {$this}"@fi, "{$value} is odd, not {?other}"@en ;
    sh:select "SELECT $this ?value WHERE { $this $PATH ?value FILTER(?value = 1 || ?value = 3) }" .
"""


def test_places_of_a_message_are_filled(written: Written) -> None:
    (finding,) = written(EVEN).findings(stored(":n1 :p 2, 3 ."))
    assert finding.message("fi") == "3 on pariton: $this urn:x:n1"
    assert finding.message("en") == "3 is odd, not {?other}"
    assert (finding.focus, finding.path) == ("<urn:x:n1>", "<urn:x:p>")
    assert finding.value == '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert (finding.rule, finding.component) == ("urn:x:Even-p", "sh:SPARQLConstraintComponent")


def test_message_of_a_row_comes_first(written: Written) -> None:
    shapes = written(
        ':s a sh:NodeShape ; sh:targetNode :n1 ; sh:sparql [ sh:message "of the shape" ; sh:select'
        " \"SELECT $this ?message WHERE { BIND('of the row' AS ?message) }\" ] ."
    )
    (finding,) = shapes.findings(stored(""))
    assert finding.message("en") == "of the row"
    assert finding.value == finding.focus


def test_component_of_the_shapes_own(written: Written) -> None:
    shapes = written(
        """
        :Longer a sh:ConstraintComponent ; sh:parameter [ sh:path :than ] ; sh:validator [
            sh:message "{?value} is not longer than {$than}"@en ;
            sh:ask "ASK { FILTER(STRLEN(STR($value)) > $than) }" ] .
        :s sh:targetNode :n1 ; sh:path :p ; :than 2 .
        """
    )
    (finding,) = shapes.findings(stored(':n1 :p "abc", "ab" .'))
    assert (finding.component, finding.message("en")) == ("urn:x:Longer", "ab is not longer than 2")


def test_component_with_a_grouped_select(written: Written) -> None:
    shapes = written(
        """
        :AtMost a sh:ConstraintComponent ; sh:parameter [ sh:path :most ] ; sh:propertyValidator [
            sh:select '''SELECT $this (SUM(?n) AS ?value) WHERE { $this $PATH ?n }
                         GROUP BY $this HAVING(SUM(?n) > $most)''' ] .
        :s sh:targetSubjectsOf :p ; sh:path :p ; :most 5 .
        """
    )
    (finding,) = shapes.findings(stored(":n1 :p 1, 4 . :n2 :p 2, 4 ."))
    assert (finding.focus, finding.value[:3]) == ("<urn:x:n2>", '"6"')


def test_shape_without_a_message_is_told_in_three_languages(written: Written) -> None:
    (finding,) = written(":s sh:targetNode :n1 ; sh:path :p ; sh:minCount 1 .").findings(stored(""))
    assert set(finding.messages) == {"fi", "sv", "en"}
    assert "urn:x:s" in finding.message("fi")


def test_severities(written: Written) -> None:
    shapes = written(
        """
        :s1 sh:targetNode :n1 ; sh:path :p ; sh:minCount 1 ; sh:severity sh:Info .
        :s2 sh:targetNode :n1 ; sh:path :p ; sh:minCount 1 ; sh:severity :Catastrophe .
        """
    )
    found = {finding.rule: finding.severity for finding in shapes.findings(stored(""))}
    assert found == {"urn:x:s1": Severity.INFO, "urn:x:s2": Severity.VIOLATION}


DATATYPES = [
    ("byte", "127", "128"),
    ("unsignedLong", "18446744073709551615", "18446744073709551616"),
    ("nonNegativeInteger", "0", "-1"),
    ("negativeInteger", "-1", "0"),
    ("positiveInteger", "99999999999999999999", "0"),
    ("integer", "007", "7.0"),
    ("decimal", "+.5", "1e0"),
    ("double", "-INF", "1e"),
    ("boolean", "1", "yes"),
    ("date", "2024-02-29", "2023-02-29"),
    ("gYear", "-0044", "44"),
    ("gYearMonth", "2020-12", "2020-13"),
    ("gMonthDay", "--12-24", "--13-01"),
    ("dateTime", "2020-01-01T24:00:00", "2020-01-01"),
    ("duration", "P1Y2M", "P"),
    ("hexBinary", "0aF9", "0aF"),
    ("base64Binary", "aGV5", "aGV"),
    ("language", "fi-FI", "fi_FI"),
    ("token", "a b", "a  b"),
    ("NCName", "ääni-1", "1st"),
    ("anyURI", "x", None),
]
"""Datatypes of XML Schema, part 2, each with a text it has and one that it has not."""


@pytest.mark.parametrize(("name", "good", "bad"), DATATYPES, ids=[one[0] for one in DATATYPES])
def test_ill_formed_literals(written: Written, name: str, good: str, bad: str | None) -> None:
    shapes = written(f":s sh:targetNode :n1 ; sh:path :p ; sh:datatype xsd:{name} .")
    texts = [good] if bad is None else [good, bad]
    literals = ", ".join(f'"{text}"^^xsd:{name}' for text in texts)
    found = [finding.value for finding in shapes.findings(stored(f":n1 :p {literals} ."))]
    assert [value.rpartition("^^")[0] for value in found] == [f'"{text}"' for text in texts[1:]]


def test_recursive_shape_is_left_to_pyshacl(written: Written) -> None:
    shapes = written(
        """
        :Person sh:targetClass :A ; sh:property [ sh:path :p ; sh:node :Person ], :named .
        :named sh:path :q ; sh:minCount 1 .
        :Other sh:targetNode :n1 ; sh:nodeKind sh:Literal .
        """
    )
    assert list(shapes.uncompiled) == ["urn:x:Person"]
    assert shapes.uncompiled["urn:x:Person"].startswith("it leads back to ")
    data = stored(":n1 a :A ; :q 1 ; :p :n2 . :n2 a :A .")
    found = compared(shapes.findings(data))
    assert sorted((key[0], key[2], n) for key, n in found.items()) == [
        ("<urn:x:n1>", "sh:NodeConstraintComponent", 1),
        ("<urn:x:n1>", "sh:NodeKindConstraintComponent", 1),
        ("<urn:x:n2>", "sh:MinCountConstraintComponent", 1),
    ]
    changed = Triple(NamedNode("urn:x:n9"), NamedNode("urn:x:z"), NamedNode("urn:x:n1"))
    everything = {str(node) for node in shapes.affected_by([changed], data)}
    assert {"<urn:x:n1>", "<urn:x:n2>", "<urn:x:n9>"} <= everything


def test_pattern_the_engine_cannot_read_is_left_to_pyshacl(written: Written) -> None:
    shapes = written(':s sh:targetNode :n1 ; sh:path :p ; sh:pattern "^(?!a)" .')
    assert list(shapes.uncompiled) == ["urn:x:s"]
    (finding,) = shapes.findings(stored(':n1 :p "ab", "ba" .'))
    assert finding.value == '"ab"'


def test_parameter_that_is_a_blank_node_is_left_to_pyshacl(written: Written) -> None:
    shapes = written(":s sh:targetNode :n1 ; sh:path :p ; sh:hasValue [] .")
    assert "blank node" in shapes.uncompiled["urn:x:s"]
    assert len(list(shapes.findings(stored(":n1 :p 1 .")))) == 1


def test_the_shapes_of_the_repository_compile_whole(shipped: CompiledShapes) -> None:
    assert shipped.uncompiled == {}


ILL_FORMED = {
    "a list that does not end": ":s sh:targetNode :n1 ; sh:in [ rdf:first 1 ] .",
    "no path": ":s sh:targetNode :n1 ; sh:path 1 ; sh:minCount 1 .",
    "a path that leads back": ":s sh:targetNode :n1 ; sh:path _:p . _:p sh:inversePath _:p .",
    "no count": ':s sh:targetNode :n1 ; sh:path :p ; sh:minCount "many" .',
    "no datatype": ":s sh:targetNode :n1 ; sh:datatype 1 .",
    "no kind of node": ":s sh:targetNode :n1 ; sh:nodeKind :IRI .",
    "a query that is none": ':s sh:targetNode :n1 ; sh:sparql [ sh:select "SELECT $this {" ] .',
    "a prefix that is not declared": (
        ':s sh:targetNode :n1 ; sh:sparql [ sh:select "SELECT $this { $this ex:p 1 }" ] .'
    ),
    "a query without $this": (
        ':s sh:targetNode :n1 ; sh:sparql [ sh:select "SELECT ?x { ?x ?y $this }" ] .'
    ),
}


@pytest.mark.parametrize("text", ILL_FORMED.values(), ids=ILL_FORMED)
def test_ill_formed_shape(written: Written, text: str) -> None:
    with pytest.raises(IllFormedShape):
        written(text)


def test_strings_and_comments_in_a_query_stay(written: Written) -> None:
    shapes = written(
        ":s sh:targetNode :n1 ; sh:sparql [ sh:select '''SELECT $this ?value WHERE {"
        ' # MINUS VALUES ex:p {\n $this ?p ?value FILTER(?value = "# ex:p MINUS \\\\"}") }'
        "''' ] ."
    )
    (finding,) = shapes.findings(stored(""":n1 :p '# ex:p MINUS "}', "MINUS" ."""))
    assert finding.value == r'"# ex:p MINUS \"}"'


@pytest.mark.parametrize(
    "text",
    [
        "<urn:a>",
        "^<urn:a>",
        "<urn:a> / ^<urn:b> / <urn:c>*",
        "(<urn:a> / <urn:b>)+ | ^(<urn:a> | <urn:c>)?",
        "((<urn:a>?)*)+",
        "(^<urn:a>)* / (<urn:b> | <urn:c>) / (<urn:d> / <urn:e>)",
    ],
)
def test_path_is_read_as_it_is_written(text: str) -> None:
    assert str(parse_path(text)) == text


@pytest.mark.parametrize("text", ["", "<urn:a> /", "(<urn:a>", "<urn:a> <urn:b>", "a"])
def test_text_that_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match="path"):
        parse_path(text)


def test_shapes_run_after_they_were_kept(shipped: CompiledShapes, real: frozenset[Triple]) -> None:
    store = Store()
    store.extend(Quad(*triple) for triple in real)
    kept = pickle.loads(pickle.dumps(shipped))
    assert compared(kept.findings(store)) == compared(shipped.findings(store))


def test_running_needs_neither_rdflib_nor_a_file(shipped: CompiledShapes) -> None:
    program = dedent(
        """
        import builtins, pickle, sys
        from pyoxigraph import NamedNode, Store
        import hyteverkko.ingest.shacl.run
        shapes = pickle.load(sys.stdin.buffer)
        store = Store()
        store.update("INSERT DATA { <urn:x> a <http://www.w3.org/ns/dcat#Dataset> }")
        loaded = set(sys.modules)
        sys.addaudithook(lambda event, _: event in {"open", "import"} and sys.exit(event))
        found = sum(1 for _ in shapes.findings(store))
        found += sum(1 for _ in shapes.findings(store, NamedNode("urn:none")))
        assert found > 5, found
        assert set(sys.modules) == loaded
        assert not {"rdflib", "pyshacl"} & loaded
        """
    )
    kept = pickle.dumps(shipped)
    done = subprocess.run(
        [sys.executable, "-c", program], input=kept, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.returncode == 0


def test_a_shape_that_is_for_nothing_is_asked_once(written: Written) -> None:
    shapes = written(
        ":s a sh:NodeShape ; sh:targetClass :A ; sh:nodeKind sh:Literal ; sh:property"
        " [ sh:path :p ; sh:minCount 1 ], [ sh:path :q ; sh:minCount 1 ] ."
    )
    (aimed,) = shapes.aimed
    assert [len(question.checks) for question in aimed.questions] == [3]


def test_findings_come_as_they_are_found(shipped: CompiledShapes) -> None:
    assert isinstance(shipped.findings(Store()), Iterator)
