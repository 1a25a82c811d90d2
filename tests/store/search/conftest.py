"""Indexes of the release under test, with the dictionary of Finnish words and without."""

from pathlib import Path

import pytest
from hyteverkko.store.graph import open_store
from hyteverkko.store.releases import current_folder
from hyteverkko.store.search import SearchIndex, build_index
from hyteverkko.store.search.words import PLAIN, Analyser, best_analyser, plain_analyser
from pyoxigraph import Store


@pytest.fixture(scope="session")
def store(home: Path) -> Store:
    """Give the store of the release under test."""
    return open_store(current_folder(home), "memory")


@pytest.fixture(scope="session")
def voikko() -> Analyser:
    """Give the analyser with the dictionary."""
    if best_analyser().name == PLAIN:
        pytest.skip("Voikko is not installed: apt-get install libvoikko1 voikko-fi")
    return best_analyser()


@pytest.fixture(scope="session")
def with_voikko(store: Store, voikko: Analyser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an index that was built with the dictionary."""
    folder = tmp_path_factory.mktemp("index") / "voikko"
    build_index(store, folder, voikko)
    return folder


@pytest.fixture(scope="session")
def without(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an index that was built without the dictionary."""
    folder = tmp_path_factory.mktemp("index") / "plain"
    build_index(store, folder, plain_analyser())
    return folder


@pytest.fixture(scope="session")
def index(with_voikko: Path, voikko: Analyser) -> SearchIndex:
    """Give the index as it is where the dictionary is installed."""
    return SearchIndex(with_voikko, voikko)


@pytest.fixture(params=["plain on plain", "plain on voikko", "voikko on plain", "voikko on voikko"])
def any_index(request: pytest.FixtureRequest) -> SearchIndex:
    """Give an index that was built with or without the dictionary, and is asked with or without."""
    asked, built = request.param.split(" on ")
    folder = request.getfixturevalue("without" if built == "plain" else "with_voikko")
    analyser = plain_analyser() if asked == "plain" else request.getfixturevalue("voikko")
    return SearchIndex(folder, analyser)
