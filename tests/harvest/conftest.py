"""What the tests of harvesting share: a copy of the release under test, with the real app on it."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.settings import Settings, settings_from
from hyteverkko.store.releases import Release, current_record

from tests.ingest.senders import TODAY, copied

Get = Callable[[str], bytes]


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
