"""What the tests of harvesting share: a release of many datasets, real clients, and a server."""

import hashlib
import json
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.settings import Settings

from tests.harvest.synthetic import publish_many
from tests.servers import Server, free_port, running

MANY = 2000
Report: TypeAlias = dict[str, Any]
Harvest: TypeAlias = Callable[..., Report]


@pytest.fixture(scope="session")
def many_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a release of many datasets, some of them with harmful texts, once."""
    folder = tmp_path_factory.mktemp("many")
    publish_many(MANY, folder)
    return folder


@pytest.fixture(scope="session")
def many(settings: Settings, many_home: Path) -> Iterator[TestClient]:
    """Give a client of the real app on the release of many datasets."""
    app = create_app(replace(settings, home=many_home))
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def ckan_python(root: Path, request: pytest.FixtureRequest) -> Path:
    """Give the Python of an environment with CKAN's own harvesters."""
    return _environment("ckan", root, request)


@pytest.fixture(scope="session")
def web_python(root: Path, request: pytest.FixtureRequest) -> Path:
    """Give the Python of an environment with readers of links, sitemaps and JSON-LD."""
    return _environment("web", root, request)


@pytest.fixture(scope="session")
def harvested(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the release under test under the address that it says it has."""
    with _public(home, tmp_path_factory.mktemp("harvested")) as server:
        yield server


@pytest.fixture(scope="session")
def many_harvested(many_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the release of many datasets."""
    with _public(many_home, tmp_path_factory.mktemp("many-harvested")) as server:
        yield server


@pytest.fixture(scope="session")
def harvest(shared: Path) -> Harvest:
    """Give what a client's program reports; it ends badly when the client found a fault."""

    def run(python: Path, program: str, *arguments: str) -> Report:
        path = shared / "judges" / "clients" / f"{program}.py"
        command = [str(python), str(path), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
        report: Report = json.loads(done.stdout) if done.stdout else {"errors": [done.stderr]}
        return report

    return run


def _public(home: Path, folder: Path) -> Any:  # noqa: ANN401 - a context of a server
    port = free_port()
    return running(
        home,
        folder,
        HYTE_PORT=str(port),
        HYTE_BASE_URL=f"http://127.0.0.1:{port}",
        HYTE_FEEDBACK="tuki@example.fi",
        HYTE_OPERATOR="Esimerkin kuntayhtymä",
    )


def _environment(name: str, root: Path, request: pytest.FixtureRequest) -> Path:
    assert request.config.cache is not None
    wished = root / "tests" / "harvest" / f"requirements-{name}.in"
    version = "{}.{}".format(*sys.version_info)
    folder = request.config.cache.mkdir(f"harvest-{name}") / version
    mark, wanted = folder / "installed", hashlib.sha256(wished.read_bytes()).hexdigest()
    python = folder / "bin" / "python"
    if not mark.is_file() or mark.read_text(encoding="utf-8") != wanted:
        venv.create(folder, with_pip=True, clear=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([python, *install, "-r", wished], check=True)
        mark.write_text(wanted, encoding="utf-8")
    return python
