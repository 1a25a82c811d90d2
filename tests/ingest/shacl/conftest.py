"""The real data, the shapes that ship with it, and shapes written for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hyteverkko.ingest.shacl.run import CompiledShapes
from hyteverkko.ingest.shacl.shapes import compiled, shape_files
from hyteverkko.store.graph import open_store
from hyteverkko.store.releases import current_folder
from pyoxigraph import DefaultGraph, RdfFormat, Store, Triple

from .made_up import PREFIXES

Written = Callable[[str], CompiledShapes]


@pytest.fixture(scope="session")
def real(home: Path) -> frozenset[Triple]:
    """Give the union of the graphs of the release, with what follows from the data."""
    store = open_store(current_folder(home), "memory")
    return frozenset(
        quad.triple for quad in store.quads_for_pattern(None, None, None, DefaultGraph())
    )


@pytest.fixture(scope="session")
def shipped(root: Path) -> CompiledShapes:
    """Give the shapes of the repository, compiled."""
    return compiled(shape_files(root))


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Give a compiler of shapes in Turtle; the usual prefixes are declared."""

    def compile_text(text: str) -> CompiledShapes:
        path = tmp_path / "shapes.ttl"
        path.write_text(PREFIXES + text, encoding="utf-8")
        return compiled([path])

    return compile_text


def stored(text: str) -> Store:
    """Give a store of Turtle."""
    store = Store()
    store.load((PREFIXES + text).encode(), format=RdfFormat.TURTLE)
    return store
