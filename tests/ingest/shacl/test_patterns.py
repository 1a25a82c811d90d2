"""What the SPARQL of a shape looks at: read from it, and enough to know whom a change affects."""

from random import Random

import pytest
from hyteverkko.ingest.shacl.graph import named
from hyteverkko.ingest.shacl.looks import Look
from hyteverkko.ingest.shacl.paths import parse_path
from hyteverkko.ingest.shacl.patterns import query_looks
from hyteverkko.ingest.shacl.queries import Query
from pyoxigraph import NamedNode

from .compared import compared
from .conftest import Written
from .made_up import made_up_data
from .test_affected import carried_over, of_things, stored, triples

P, Q, R = (NamedNode(f"urn:x:{name}") for name in "pqr")

LOOKS: dict[str, tuple[str, set[tuple[str, NamedNode | None, bool]], set[NamedNode | None]]] = {
    "a path and its inverse": (
        "$this <urn:x:p>/^<urn:x:q> ?x . ?x <urn:x:r> 1",
        {("", P, False), ("<urn:x:p>", Q, True), ("<urn:x:p> / ^<urn:x:q>", R, False)},
        set(),
    ),
    "a repeated path": (
        "$this <urn:x:p>* ?x . ?x <urn:x:q> ?y",
        {("<urn:x:p>*", P, False), ("<urn:x:p>*", Q, False)},
        set(),
    ),
    "a node found from its value": ("?x <urn:x:p> $this", {("", P, True)}, set()),
    "a variable of an OPTIONAL leads nowhere outside it": (
        "OPTIONAL { $this <urn:x:p> ?x } ?x <urn:x:q> ?y",
        {("", P, False)},
        {Q},
    ),
    "each part of a UNION stands alone": (
        "{ $this <urn:x:p> ?x } UNION { ?x <urn:x:q> ?y }",
        {("", P, False)},
        {Q},
    ),
    "an EXISTS sees what is bound": (
        "$this <urn:x:p> ?x FILTER NOT EXISTS { ?x <urn:x:q> ?y }",
        {("", P, False), ("<urn:x:p>", Q, False)},
        set(),
    ),
    "a SELECT within sees what it returns": (
        "$this <urn:x:p> ?x { SELECT $this { $this <urn:x:q> ?z . ?x <urn:x:r> ?y } }",
        {("", P, False), ("", Q, False)},
        {R},
    ),
    "another name for the node": (
        "BIND($this AS ?that) ?that <urn:x:p> ?x",
        {("", P, False)},
        set(),
    ),
    "any property": ("$this ?any ?x", {("", None, False), ("", None, True)}, set()),
    "nothing that leads there": ("?x <urn:x:p> ?y", set(), {P}),
}


@pytest.mark.parametrize(("body", "looks", "elsewhere"), LOOKS.values(), ids=LOOKS)
def test_what_a_query_looks_at(
    body: str,
    looks: set[tuple[str, NamedNode | None, bool]],
    elsewhere: set[NamedNode | None],
) -> None:
    text = f"SELECT $this WHERE {{ {body} }}"
    query = Query(text, asks=False, variables=(), bound=(), messages={}, id=named("sh:sparql"))
    wanted = {
        Look(parse_path(route) if route else None, predicate, at_object)
        for route, predicate, at_object in looks
    }
    found, unreached = query_looks(query, {"this": None})
    assert (set(found), unreached) == (wanted, elsewhere)


BODIES = [
    "$this :p/^:q ?value FILTER NOT EXISTS { ?value :r $this }",
    "$this :p+ ?value . OPTIONAL { ?value :q ?x } FILTER(!BOUND(?x))",
    "{ $this :p ?value } UNION { ?value :q ?x . ?x :r 1 }",
    "$this :p ?value . ?other :q ?value FILTER(?other != $this)",
    "$this ?any ?value . ?value :q ?x",
    "{ SELECT $this (COUNT(?x) AS ?value) WHERE { $this (:p|:q)/:r ?x } GROUP BY $this }"
    " FILTER(?value > 1)",
    "$this :p ?x BIND(?x AS ?value) FILTER EXISTS { ?value a/rdfs:subClassOf* :A }",
]


@pytest.mark.parametrize("body", BODIES)
def test_change_is_validated_where_it_can_matter(written: Written, body: str) -> None:
    shapes = written(
        """
        <urn:x:> sh:declare [ sh:prefix "" ; sh:namespace "urn:x:" ], [ sh:prefix "rdfs" ;
            sh:namespace "http://www.w3.org/2000/01/rdf-schema#" ] .
        :s a sh:NodeShape ; sh:targetClass :A ; sh:sparql [ sh:prefixes <urn:x:> ; sh:select
        """
        f' "SELECT $this ?value WHERE {{ {body} }}" ] .'
    )
    random = Random(body)
    data = triples(made_up_data(random))
    before, times = of_things(compared(shapes.findings(stored(data)))), 0
    for _ in range(20):
        pool = triples(made_up_data(random))
        removed = frozenset(random.sample(sorted(data, key=str), 2))
        after = data - removed | frozenset(random.sample(sorted(pool, key=str), 2))
        store = stored(after)
        found = of_things(compared(shapes.findings(store)))
        assert of_things(carried_over(shapes, before, data ^ after, store)) == found
        times += found != before
        data, before = after, found
    assert times
