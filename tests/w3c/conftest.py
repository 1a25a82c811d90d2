"""One release of the data of every test, each file a graph named by its IRI, on a real server."""

from collections.abc import Iterable, Iterator

import httpx2
import pytest
from hyteverkko.ingest.publish import publish_quads
from pyoxigraph import Quad

from tests.servers import UNTHROTTLED, Server, running
from tests.w3c.manifests import NOTHING, cases, graph_of


@pytest.fixture(scope="session")
def suites_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the data of the suites."""
    folder = tmp_path_factory.mktemp("w3c")
    publish_quads(_quads(), folder)
    with running(folder, folder, **UNTHROTTLED) as server:
        yield server


@pytest.fixture(scope="session")
def suites_client(suites_server: Server) -> Iterator[httpx2.Client]:
    """Give a client of the server of the suites, its connections kept open."""
    english = {"accept-language": "en"}
    base = suites_server.base
    with httpx2.Client(base_url=base, headers=english, timeout=60, trust_env=False) as client:
        yield client


def _quads() -> Iterable[Quad]:
    yield Quad(NOTHING, NOTHING, NOTHING, NOTHING)
    for file in sorted({file for case in cases() for file in (*case.default, *case.named)}):
        yield from graph_of(file)
