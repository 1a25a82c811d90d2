"""Fair use: a client is its address as the trusted proxies say it, and has a share of time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_network
from typing import Final

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.errors import TooMany
from hyteverkko.settings import Settings
from hyteverkko.sparql import fairuse
from hyteverkko.sparql.fairuse import FairUse, address_of
from starlette.requests import Request

PROXIES: Final = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.7", "", "192.0.2.7/32"),
        ("10.0.0.1", "192.0.2.7", "192.0.2.7/32"),
        ("fd00::1", "192.0.2.7", "192.0.2.7/32"),
        ("10.0.0.1", "192.0.2.7, 10.0.0.2", "192.0.2.7/32"),
        # An untrusted peer is not believed, whatever it says.
        ("192.0.2.7", "198.51.100.1", "192.0.2.7/32"),
        ("192.0.2.7", "10.0.0.1", "192.0.2.7/32"),
        # A stranger's own entries stand before the one that the proxy added.
        ("10.0.0.1", "198.51.100.1, 192.0.2.7", "192.0.2.7/32"),
        ("10.0.0.1", "10.0.0.9, 127.0.0.1, 192.0.2.7", "192.0.2.7/32"),
        ("10.0.0.1", "198.51.100.1, 192.0.2.7, 10.0.0.2", "192.0.2.7/32"),
        # What is no address is nobody: the last hop that is known counts.
        ("10.0.0.1", "unknown", "10.0.0.1/32"),
        ("10.0.0.1", "192.0.2.7, unknown", "10.0.0.1/32"),
        ("10.0.0.1", "", "10.0.0.1/32"),
        ("10.0.0.1", " , ,", "10.0.0.1/32"),
        # One customer has a whole network of IPv6, and IPv4 may come in its clothes.
        ("2001:db8:1:2:3::1", "", "2001:db8:1:2::/64"),
        ("10.0.0.1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "", "192.0.2.7/32"),
        ("testclient", "", "testclient"),
    ],
)
def test_who_asks(peer: str, forwarded: str, client: str) -> None:
    assert address_of(peer, forwarded, PROXIES) == client


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert address_of("10.0.0.1", "192.0.2.7", ()) == "10.0.0.1/32"


def request(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


def fair(queries: int = 5, proxies: Sequence[fairuse.Network] = PROXIES) -> FairUse:
    return FairUse(60, queries, proxies)


def test_queries_at_a_time() -> None:
    use = fair(queries=2)
    with use.turn(request("192.0.2.7")), use.turn(request("192.0.2.7")):
        with pytest.raises(TooMany, match="2 queries") as refused, use.turn(request("192.0.2.7")):
            pass
        assert refused.value.retry_after == 1
        with use.turn(request("192.0.2.8")):
            pass
    with use.turn(request("192.0.2.7")):
        pass


def test_a_header_in_two_lines_is_one_chain() -> None:
    use = fair(queries=1)
    with use.turn(request("10.0.0.1", "198.51.100.1", "192.0.2.7")):
        with pytest.raises(TooMany), use.turn(request("10.0.0.1", "192.0.2.7")):
            pass
        with use.turn(request("10.0.0.1", "198.51.100.1")):
            pass


def test_time_is_used_up_and_flows_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("hyteverkko.sparql.fairuse.time.monotonic", lambda: now)
    use = fair()
    with use.turn(request("192.0.2.7")) as client:
        client.seconds += 120.0
    with use.turn(request("192.0.2.7")) as client:
        client.seconds += 10.5
    with (
        pytest.raises(TooMany, match=r"60 s a minute\..* 11 s") as refused,
        use.turn(request("192.0.2.7")),
    ):
        pass
    assert refused.value.retry_after == 11
    with use.turn(request("192.0.2.8")):
        pass
    now += 10.0
    with pytest.raises(TooMany), use.turn(request("192.0.2.7")):
        pass
    now += 1.0
    with use.turn(request("192.0.2.7")) as client:
        assert client.seconds == pytest.approx(119.5)
    now += 3600.0
    with use.turn(request("192.0.2.7")) as client:
        assert client.seconds == 0.0


def test_who_has_a_query_running_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairuse, "CLIENTS", 2)
    use = fair(queries=1)
    with use.turn(request("192.0.2.1")):
        for number in range(2, 9):
            with use.turn(request(f"192.0.2.{number}")):
                pass
        with pytest.raises(TooMany), use.turn(request("192.0.2.1")):
            pass


@pytest.fixture(scope="module")
def strict(settings: Settings) -> Iterator[TestClient]:
    """Give a client of an app that allows next to nothing, behind a proxy it believes."""
    tight = replace(
        settings, client_seconds=1, query_seconds=3, trusted_proxies=(ip_network("10.0.0.0/8"),)
    )
    app = create_app(tight)
    with TestClient(app, client=("10.0.0.1", 1), headers={"accept-language": "en"}) as client:
        yield client


def test_processing_time_is_charged_to_who_asked(strict: TestClient) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    first, other = {"x-forwarded-for": "192.0.2.7"}, {"x-forwarded-for": "192.0.2.8"}
    assert strict.get("/sparql", params={"query": endless}, headers=first).status_code == 504
    refused = strict.get("/sparql", params={"query": "ASK {}"}, headers=first)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert f"in {refused.headers['retry-after']} s" in refused.json()["detail"]
    assert strict.get("/sparql", params={"query": "ASK {}"}, headers=other).status_code == 200
    spoofed = {"x-forwarded-for": "192.0.2.9, 192.0.2.7"}
    page = {**spoofed, "accept": "text/html"}
    asked = strict.get("/sparql", params={"query": "ASK { }"}, headers=spoofed)
    assert asked.status_code == 429
    shown = strict.get("/sparql", params={"query": "ASK {}"}, headers=page)
    assert (shown.status_code, "retry-after" in shown.headers) == (429, True)
