"""What the tests of ingestion share: a home to write to, somebody who may, and the ground."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hyteverkko.ingest.contribution import Contribution, Ground, Outcome, outcome_of
from hyteverkko.store.graph import open_store
from hyteverkko.store.releases import current_folder

from tests.ingest.senders import Sender, copied, registered

WorkOut = Callable[[Contribution], Outcome]


@pytest.fixture
def own_home(home: Path, tmp_path: Path) -> Path:
    """Copy the release under test, to be written to."""
    return copied(home, tmp_path / "home")


@pytest.fixture
def kuopio(own_home: Path) -> Sender:
    """Register the town of Kuopio as a contributor."""
    return registered(own_home)


@pytest.fixture(scope="session")
def ground(root: Path) -> Ground:
    """Give rules, checks and shapes."""
    return Ground.read(root)


@pytest.fixture
def work_out(own_home: Path, ground: Ground) -> WorkOut:
    """Give what works out contributions on the current release."""

    def run(sent: Contribution) -> Outcome:
        folder = current_folder(own_home)
        return outcome_of(open_store(folder, "memory"), folder.name, ground, sent)

    return run
