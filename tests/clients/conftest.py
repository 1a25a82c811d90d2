"""The clients in an environment of their own, made once for each lock, and a server for them."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.environments import python_of
from tests.servers import Server, running

Report: TypeAlias = dict[str, Any]


@pytest.fixture(scope="session")
def clients_python(root: Path, request: pytest.FixtureRequest) -> Path:
    """Give the Python of the environment of requirements-clients.txt."""
    assert request.config.cache is not None
    return python_of(root / "requirements-clients.txt", request.config.cache)


@pytest.fixture(scope="session")
def clients_server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the release under test."""
    with running(home, tmp_path_factory.mktemp("clients")) as server:
        yield server


@pytest.fixture(scope="session")
def report_of(clients_python: Path, clients_server: Server) -> Callable[[str], Report]:
    """Give what a client's program reports of the server."""

    def run(program: str) -> Report:
        path = Path(__file__).parent / f"{program}.py"
        command = [str(clients_python), str(path), clients_server.sparql]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        report: Report = json.loads(run.stdout)
        return report

    return run
