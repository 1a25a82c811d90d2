"""The ontology in a small store, and the two ways of asking it: checks and rules."""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest
from hyteverkko.namespaces import GRAPHS, PREFIXES, sparql_prologue
from pyoxigraph import (
    NamedNode,
    Quad,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
)

ROOT = Path(__file__).resolve().parents[2]
DERIVED = NamedNode(GRAPHS + "derived")


def quads_of(path: Path, graph: NamedNode) -> list[Quad]:
    """Read a Turtle file into a graph."""
    triples = parse(path=str(path), format=RdfFormat.TURTLE, rename_blank_nodes=True)
    return [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in triples]


@pytest.fixture(scope="session")
def ontology_quads() -> list[Quad]:
    """Give the ontology with its alignments and concept schemes, in its graph."""
    files = sorted((ROOT / "ontology").rglob("*.ttl"))
    graph = NamedNode(GRAPHS + "ontology")
    return [quad for file in files for quad in quads_of(file, graph)]


@pytest.fixture
def store_with(ontology_quads: list[Quad]) -> Callable[..., Store]:
    """Give a maker of stores that hold the ontology and some TriG without prefix lines."""
    prologue = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())

    def make(*texts: str) -> Store:
        store = Store()
        store.extend(ontology_quads)
        for text in texts:
            store.load(prologue + text, format=RdfFormat.TRIG, base_iri=PREFIXES["id"])
        return store

    return make


@pytest.fixture
def rows_of() -> Callable[[Store, Path], list[dict[str, str]]]:
    """Give a runner of SELECT files: each row as the text of its values."""

    def run(store: Store, file: Path) -> list[dict[str, str]]:
        text = file.read_text(encoding="utf-8")
        answer = store.query(sparql_prologue(text) + text, use_default_graph_as_union=True)
        assert isinstance(answer, QuerySolutions)
        names = [variable.value for variable in answer.variables]
        return [
            {name: row[name].value for name in names if row[name] is not None} for row in answer
        ]

    return run


@pytest.fixture
def derive() -> Callable[[Store], None]:
    """Give a runner of all rules: each stratum sees what the ones before it have added."""

    def run(store: Store) -> None:
        files = sorted((ROOT / "ontology" / "rules").glob("*.rq"))
        for _, stratum in groupby(files, key=lambda file: file.name[:2]):
            store.extend([quad for file in stratum for quad in derived_by(store, file)])

    return run


def derived_by(store: Store, file: Path) -> list[Quad]:
    """Run one rule and give its statements in the derived graph."""
    text = file.read_text(encoding="utf-8")
    answer = store.query(sparql_prologue(text) + text, use_default_graph_as_union=True)
    assert isinstance(answer, QueryTriples)
    return [Quad(triple.subject, triple.predicate, triple.object, DERIVED) for triple in answer]
