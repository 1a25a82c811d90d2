"""pySHACL agrees with the compiled shapes: on the real data, and on what chance draws."""

from pathlib import Path
from random import Random

import pytest
from hyteverkko.ingest.shacl.oracle import data_graph, oracle_findings, shapes_graph
from hyteverkko.ingest.shacl.run import CompiledShapes, union
from hyteverkko.ingest.shacl.shapes import compiled, shape_files
from pyoxigraph import Quad, RdfFormat, Store, Triple

from .compared import Compared, compared
from .made_up import made_up_data, made_up_shapes


@pytest.fixture(scope="module")
def asked(root: Path, real: frozenset[Triple]) -> Compared:
    data = data_graph(Quad(*triple) for triple in real)
    return compared(oracle_findings(data, shapes_graph(shape_files(root))))


def test_real_data(shipped: CompiledShapes, real: frozenset[Triple], asked: Compared) -> None:
    store = union(Quad(*triple) for triple in real)
    assert compared(shipped.findings(store)) == asked
    assert asked


@pytest.mark.parametrize("seed", range(60))
def test_made_up_shapes(seed: int, tmp_path: Path) -> None:
    random, numbers = Random(seed), seed % 2 == 1
    path, store = tmp_path / "shapes.ttl", Store()
    path.write_text(made_up_shapes(random, numbers=numbers), encoding="utf-8")
    store.load(made_up_data(random, numbers=numbers).encode(), format=RdfFormat.TURTLE)
    asked = oracle_findings(data_graph(store), shapes_graph([path]))
    assert compared(compiled([path]).findings(store)) == compared(asked)
