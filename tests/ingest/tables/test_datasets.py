"""Every dataset of the repository goes through a workbook and through CSV and comes back whole."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hyteverkko.ingest.rdf import read_file, repository_files
from hyteverkko.ingest.tables.datasets import read_statements
from hyteverkko.ingest.tables.writing import write_statements, write_workbook
from hyteverkko.store.graph import ReleaseGraph
from pyoxigraph import Literal, NamedNode, Quad

from tests.ingest.tables.conftest import workbook

ROOT = Path(__file__).resolve().parents[3]
DATASETS = sorted(path.parent.name for path in (ROOT / "data").glob("*/dataset.ttl"))


def dataset(name: str) -> set[Quad]:
    return {
        quad
        for path, graph in repository_files(ROOT)
        if path.parent == ROOT / "data" / name
        for quad in read_file(path, graph, str(path)).quads
    }


@pytest.mark.parametrize("format_", ["xlsx", "csv"])
@pytest.mark.parametrize("name", DATASETS)
def test_round_trip(name: str, format_: str) -> None:
    quads = dataset(name)
    assert quads
    content = write_statements(ROOT, quads, format_, "fi")
    read, findings = read_statements(ROOT, content, name)
    assert findings == ()
    assert read == quads


def test_what_no_column_carries_stands_on_the_last_sheet() -> None:
    book = workbook(write_statements(ROOT, dataset("varkaus"), "xlsx", "en"))
    other = book.worksheets[-1]
    assert other.title == "other statements"
    # What is said of the source in the main graph, where it has no class.
    assert {row[1] for row in other.iter_rows(min_row=2, values_only=True)} == {"source/varkaus"}
    assert {"Meeting", "WorkingGroup", "Evidence", "Passage"} <= set(book.sheetnames)


def test_graphs_of_the_release(held: ReleaseGraph) -> None:
    graphs = ("varkaus", "varkaus-evidence", "varkaus-persons")
    content = write_workbook(ROOT, held, graphs, "xlsx", "en")
    quads, findings = read_statements(ROOT, content, "varkaus")
    assert findings == ()
    assert {str(q.graph_name).rpartition("/")[2].rstrip(">") for q in quads} == set(graphs)
    counts = held.release.graphs
    assert len(quads) == sum(counts[graph] for graph in graphs)


IRIS = st.sampled_from(
    [
        "https://w3id.org/hyteverkko/id/body/kuopio/a;b",
        "https://w3id.org/hyteverkko/id/network/kuopio/hyte",
        "https://example.org/?a=1;b=2",
        "http://www.w3.org/ns/org#Organization",
        "urn:x:y",
        "mailto:",
        "https://w3id.org/hyteverkko/id/nothing/x",
        "https://w3id.org/hyteverkko/def/theme/",
    ]
).map(NamedNode)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.tuples(TEXTS, st.sampled_from(["fi", "sv", "en", "se", "en-gb"])).map(
        lambda pair: Literal(pair[0], language=pair[1])
    ),
    st.tuples(TEXTS, st.sampled_from(["integer", "date", "boolean", "decimal", "gYear"])).map(
        lambda pair: Literal(
            pair[0], datatype=NamedNode("http://www.w3.org/2001/XMLSchema#" + pair[1])
        )
    ),
)
PROPERTIES = st.sampled_from(
    [
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "http://www.w3.org/2004/02/skos/core#prefLabel",
        "http://www.w3.org/2004/02/skos/core#altLabel",
        "http://purl.org/dc/terms/temporal",
        "https://w3id.org/hyteverkko/def#hasGoal",
        "https://w3id.org/hyteverkko/def#filled",
        "urn:p",
    ]
).map(NamedNode)
CLASSES = st.sampled_from(["Body", "WorkingGroup", "Event", "Nothing"]).map(
    lambda name: NamedNode("https://w3id.org/hyteverkko/def#" + name)
)
GRAPHS = st.sampled_from(["kuopio", "kuopio-persons"]).map(
    lambda name: NamedNode("https://w3id.org/hyteverkko/graphs/" + name)
)
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
QUADS = st.one_of(
    st.builds(Quad, IRIS, PROPERTIES, st.one_of(IRIS, LITERALS), GRAPHS),
    st.builds(Quad, IRIS, st.just(TYPE), CLASSES, GRAPHS),
)


@pytest.mark.parametrize("format_", ["xlsx", "csv"])
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(quads=st.sets(QUADS, max_size=12))
def test_any_statements_come_back(format_: str, quads: set[Quad]) -> None:
    contacts = ("@", "tel:", "(at)")
    if any(mark in str(quad) for quad in quads for mark in contacts):
        return
    content = write_statements(ROOT, quads, format_, "en")
    read, findings = read_statements(ROOT, content, "made up")
    assert read == quads, findings
