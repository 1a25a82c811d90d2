"""What the tests of pages in a browser share; each module says what it serves."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import Visitor, chromium
from tests.servers import Server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give a browser."""
    with chromium() as browser:
        yield browser


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def visitor(browser: Any, server: Server, request: Any) -> Iterator[Visitor]:  # noqa: ANN401
    """Give a visitor of what the module serves, with scripts and without."""
    visitor = Visitor(browser, server, java_script_enabled=request.param)
    yield visitor
    visitor.close()
