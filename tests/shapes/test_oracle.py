"""pySHACL says of every example what the compiled shapes say of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hyteverkko.ingest.shacl.oracle import data_graph, oracle_findings, shapes_graph
from hyteverkko.ingest.shacl.run import CompiledShapes
from hyteverkko.ingest.shacl.shapes import shape_files
from pyoxigraph import Store
from rdflib import Graph

from tests.ingest.shacl.compared import compared, said

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "shapes" / "examples").glob("*.ttl"))


@pytest.fixture(scope="module")
def as_written(root: Path) -> Graph:
    return shapes_graph(shape_files(root))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_oracle_agrees(
    path: Path,
    example_data: Callable[[Path], Store],
    compiled_shapes: CompiledShapes,
    as_written: Graph,
) -> None:
    data = example_data(path)
    found = list(compiled_shapes.findings(data))
    asked = list(oracle_findings(data_graph(data), as_written))
    assert compared(found) == compared(asked)
    assert said(found) == said(asked)
