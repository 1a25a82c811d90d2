"""Every example of a shape is found valid, or invalid for exactly the reasons that stand in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Store

from .conftest import Result

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "shapes" / "examples").glob("*.ttl"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(
    path: Path,
    example_data: Callable[[Path], Store],
    results: Callable[[Store], list[Result]],
    expected: Callable[[Path], list[Result]],
) -> None:
    wanted = expected(path)
    assert bool(wanted) is ("_invalid_" in path.stem)
    assert results(example_data(path)) == wanted
