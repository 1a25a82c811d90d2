"""Every file of the attack corpus against a real server: refused or answered, and still there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx2
import pytest
from _pytest.mark import ParameterSet

from tests.attacks.corpus import FOLDER, files, fire
from tests.ingest.senders import copied, registered
from tests.servers import UNTHROTTLED, Server, running

GRAPH: Final = "attack-test"
ABSENT: Final = "the attack corpus is not part of the repository and not at hand"


def parameters() -> list[ParameterSet]:
    if not FOLDER.is_dir():
        return [pytest.param("", id="corpus", marks=pytest.mark.skip(reason=ABSENT))]
    return [pytest.param(path.stem, id=path.stem) for path in files()]


@pytest.fixture(scope="module")
def target(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a copy of the release under test with a short deadline and without a throttle."""
    own = copied(home, tmp_path_factory.mktemp("attacked") / "home")
    token = registered(own, GRAPH).token
    settings = {"HYTE_QUERY_SECONDS": "3", "HYTE_TODAY": "2026-11-22", **UNTHROTTLED}
    with running(own, tmp_path_factory.mktemp("target"), **settings) as server:
        yield replace(server, token=token)


@pytest.fixture(scope="module")
def verdicts(target: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Fire the corpus once, with a token for one graph."""
    token = ("--token", target.token, "--graph", GRAPH)
    return fire(target.base, tmp_path_factory.mktemp("corpus"), *token)


@pytest.mark.parametrize("name", parameters())
def test_attack(verdicts: dict[str, str], name: str) -> None:
    assert verdicts.get(name, "not fired") == ""


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_the_web_process_lived_through_it(verdicts: dict[str, str], target: Server) -> None:
    assert verdicts.keys() == {path.stem for path in files()}
    assert target.process.poll() is None
    answer = httpx2.get(target.sparql, params={"query": "ASK { ?s ?p ?o }"})
    assert answer.json()["boolean"] is True
