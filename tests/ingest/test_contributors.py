"""Tokens, shown once, kept hashed, good for their own graphs until they expire or are revoked."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hyteverkko.errors import Forbidden
from hyteverkko.ingest.contributors import (
    BadContributor,
    Contributor,
    Unauthorised,
    authorised,
    contributor,
    contributor_of,
    contributor_path,
    keep,
    with_token,
    without_token,
)

TODAY = date(2026, 11, 22)
LAST = date(2026, 12, 31)
KUOPIO = Contributor("kuopio", ("kuopio", "kuopio-hankkeet"), "kuopio", "urn:kuopio")


@pytest.fixture
def token(tmp_path: Path) -> str:
    one, token = with_token(KUOPIO, TODAY, LAST)
    keep(tmp_path, one)
    return token


def test_a_good_token_opens_its_graphs(tmp_path: Path, token: str) -> None:
    for graph in ("kuopio", "kuopio-persons", "kuopio-hankkeet"):
        assert authorised(tmp_path, f"Bearer {token}", graph, TODAY).name == "kuopio"
    assert authorised(tmp_path, f"bearer {token}", "kuopio", LAST).name == "kuopio"


@pytest.mark.parametrize("graph", ["espoo", "regions", "kuopio-evidence", "kuopi", ""])
def test_a_token_opens_no_other_graph(tmp_path: Path, token: str, graph: str) -> None:
    with pytest.raises(Forbidden, match="kuopio-hankkeet"):
        authorised(tmp_path, f"Bearer {token}", graph, TODAY)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "token"])
def test_no_token(tmp_path: Path, header: str | None) -> None:
    with pytest.raises(Unauthorised, match="Writing needs a token"):
        authorised(tmp_path, header, "kuopio", TODAY)


def test_a_wrong_token_is_not_known(tmp_path: Path, token: str) -> None:
    head, _, secret = token.rpartition(".")
    other = f"{head}.{secret[::-1]}"
    foreign = token.replace("kuopio", "espoo")
    for text in (other, foreign, head, "x" * 5000, token + "a", "hyte.../../x.00000000." + secret):
        with pytest.raises(Unauthorised, match="not known"):
            authorised(tmp_path, f"Bearer {text}", "kuopio", TODAY)


def test_an_expired_token_says_since_when(tmp_path: Path, token: str) -> None:
    with pytest.raises(Unauthorised, match="2026-12-31"):
        authorised(tmp_path, f"Bearer {token}", "kuopio", LAST + timedelta(days=1))


def test_a_revoked_token_says_since_when(tmp_path: Path, token: str) -> None:
    one = contributor(tmp_path, "kuopio")
    assert one is not None
    keep(tmp_path, without_token(one, one.tokens[0].id, date(2026, 11, 23)))
    with pytest.raises(Unauthorised, match="2026-11-23"):
        authorised(tmp_path, f"Bearer {token}", "kuopio", date(2026, 11, 24))
    with pytest.raises(BadContributor):
        without_token(one, "nosuch", TODAY)


def test_the_secret_is_not_on_disk(tmp_path: Path, token: str) -> None:
    secret = token.rpartition(".")[2].encode()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert all(secret not in path.read_bytes() for path in files)
    assert contributor_path(tmp_path, "kuopio").stat().st_mode & 0o077 == 0


def test_two_tokens_live_side_by_side(tmp_path: Path, token: str) -> None:
    one = contributor(tmp_path, "kuopio")
    assert one is not None
    more, second = with_token(one, TODAY, LAST)
    keep(tmp_path, more)
    for text in (token, second):
        assert authorised(tmp_path, f"Bearer {text}", "kuopio", TODAY) == more


@pytest.mark.parametrize("name", ["", "../kuopio", "Kuopio", "a/b", "-a", "a" * 65, "ä"])
def test_a_name_names_no_other_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadContributor):
        contributor_path(tmp_path, name)


def test_whose_a_graph_is(tmp_path: Path, token: str) -> None:
    keep(tmp_path, replace(KUOPIO, name="espoo", graphs=("espoo",)))
    assert token
    found = contributor_of(tmp_path, "kuopio-hankkeet")
    assert found is not None
    assert found.name == "kuopio"
    assert contributor_of(tmp_path, "turku") is None
