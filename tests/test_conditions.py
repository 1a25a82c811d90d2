"""Which tags an If-None-Match names: RFC 9110, sections 8.8.3.2 and 13.1.2."""

import pytest
from hyteverkko.conditions import is_named


@pytest.mark.parametrize(
    "header", ['"a"', 'W/"a"', '"b", "a"', '"b",W/"a"', "*", " * "], ids=lambda header: header
)
def test_named(header: str) -> None:
    assert is_named('"a"', header)


@pytest.mark.parametrize("header", ["", "a", '"A"', '"aa"', '"b", "c"', '"b*"'])
def test_not_named(header: str) -> None:
    assert not is_named('"a"', header)
