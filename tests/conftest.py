"""What every test may ask for: the repository, a release built from it once, the app on it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.ingest.publish import build
from hyteverkko.settings import Settings, settings_from
from hyteverkko.store.current import CurrentRelease, Serving
from hyteverkko.store.releases import Release

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the repository's folder."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared(root: Path) -> Path:
    """Give the folder with the source documents, which lies beside the repository in CI."""
    folder = root.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the source documents are not part of the repository and not at hand")
    return folder


@pytest.fixture(scope="session")
def home(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the release once, and give the folder it lies in."""
    folder = tmp_path_factory.mktemp("home")
    build(root, folder, TODAY)
    return folder


@pytest.fixture(scope="session")
def settings(root: Path, home: Path) -> Settings:
    """Give the settings of the app under test."""
    return replace(settings_from({}), root=root, home=home, fixed_today=TODAY, query_seconds=5)


@pytest.fixture(scope="session")
def release(serving: Serving) -> Release:
    """Give the record of the release under test."""
    return serving.graph.release


@pytest.fixture(scope="session")
def serving(home: Path) -> Serving:
    """Give the release under test as it is served."""
    return CurrentRelease(home, "memory").serving()


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[TestClient]:
    """Give a client of the real app on the real release; redirects are not followed."""
    with TestClient(create_app(settings), follow_redirects=False) as client:
        client.headers["accept-language"] = "en"
        yield client
