"""Uses an endpoint as the store of an rdflib graph; prints what came as JSON.

Run in the clients' own environment: with_rdflib.py ADDRESS
"""

import json
import sys
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import SKOS
from rdflib.plugins.stores.sparqlstore import SPARQLStore

FOLDER = Path(__file__).parent
LAPLAND = URIRef("https://w3id.org/hyteverkko/id/province/LL")


def remote(form: str, method: str) -> Graph:
    """Give a graph whose triples are asked from the endpoint."""
    store = SPARQLStore(sys.argv[1], returnFormat=form, method=method, context_aware=False)
    return Graph(store)


def rows(graph: Graph) -> list[list[str]]:
    """Give the rows of the query in the notation of terms."""
    query = (FOLDER / "provinces.rq").read_text(encoding="utf-8")
    return [[term.n3() for term in row] for row in graph.query(query)]  # type: ignore[union-attr]


def main() -> None:
    """Ask and print."""
    graphs = {
        f"{form} {method}": remote(form, method)
        for form in ("json", "xml")
        for method in ("GET", "POST", "POST_FORM")
    }
    one = graphs["xml GET"]
    construct = (FOLDER / "construct.rq").read_text(encoding="utf-8")
    described = one.query(f"DESCRIBE {LAPLAND.n3()}").graph
    report = {
        "rows": {name: rows(graph) for name, graph in graphs.items()},
        "names": sorted(name.n3() for name in one.objects(LAPLAND, SKOS.prefLabel)),
        "contains": (LAPLAND, SKOS.prefLabel, None) in one,
        "size": len(one),
        "ask": bool(one.query("ASK { ?s ?p ?o }")),
        "construct": len(one.query(construct).graph or ()),
        "describe": sorted([p.n3(), o.n3()] for p, o in (described or one)[LAPLAND]),
    }
    json.dump(report, sys.stdout)


main()
