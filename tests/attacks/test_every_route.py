"""Every address of the app with what a stranger may send: refused or answered, and soon."""

import random
import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import pytest
from hyteverkko.app import create_app
from hyteverkko.settings import Settings

from tests.servers import UNTHROTTLED, Server, running

ALLOWED: Final = {503, 504}
"""Faults that say to come again: there is no room, or no time."""

PATIENCE: Final = 2.0
"""Seconds in which anything else has to be answered meanwhile, on a machine with other work."""

QUERIES: Final = 3
"""Addresses with many parameters that each route is asked by."""

DIGITS: Final = "9" * 5000
"""More than Python reads as a number."""

VALUES: Final = (
    *("", "0", "-1", "9" * 400, "1e999", "NaN", "٢٠٠٩", "²", "0x10", "1_000"),
    *("0000-00-00", "0001-01-01", "9999-12-31", "0001", "9999-12", "2009-02-30"),
    *("\x00", "a\r\nSet-Cookie: a=b", "\u202e", "\ufffe", "\U0010ffff", "a\u0301\u0316" * 300),
    *("../../etc/passwd", "..%2f", "//example.org/", "a/b/c.ttl", ".", "%", "%00", "%zz"),
    *("<script>alert(1)</script>", "\"'><svg onload=x>", "{x}", "{0}", "{{7*7}}", "%s", "=1+1"),
    *("http://example.org/<a>", "urn:x:y", "javascript:alert(1)", "_:b", "*", "((((", "[" * 300),
    *("x" * 8000, "a b " * 500, '"' * 300, "\\" * 300, "a OR b", "name:" + "*a" * 90),
)
"""What a part of an address may be."""

NAMES: Final = (
    *("page", "at", "lang", "q", "sort", "query", "panel", "in", "graph", "release", "since"),
    *("of", "kind", "from", "to", "around", "depth", "m", "differing", "indicator", "form"),
    *("topic", "answer", "region", "municipality", "state", "theme", "example", "format", "table"),
    *("verb", "metadataPrefix", "identifier", "set", "until", "resumptionToken"),
    *("id", "rows", "start", "fq", "offset", "limit", "all_fields", "include_datasets", "name"),
    *("type", "prefix", "cursor", "callback", "queries", "extend", "date", "result", "update"),
    *("default-graph-uri", "named-graph-uri", "dry-run"),
)
"""Every parameter that some address takes."""

OPEN: Final = re.compile(r"\{(\w+)(?::\w+)?\}")
KNOWN: Final = {
    "kind": "municipality",
    "key": "284",
    "path": "municipality/284",
    "name": "municipalities",
    "ending": "csv",
    "language": "sv",
    "month": "2026-11",
}
"""What leads to something where it stands in an address."""

ALONE: Final = (
    *(("at", day) for day in ("0001-01-01", "9999-12-31")),
    *(("from", year) for year in ("0001", "9999")),
    *(("page", number) for number in (DIGITS, "0", "999999")),
    *(("q", text) for text in ("a" + "\u0301" * 4000 + "\u0316" * 4000, '"' * 4000)),
    ("release", "0"),
)
"""Parameters that are asked with no other, which might be refused before them."""

HEADERS: Final[tuple[dict[str, str], ...]] = (
    {"Accept": "a/b, " * 9000, "Accept-Language": "a, " * 6000, "If-None-Match": '"a", ' * 900},
    {"Accept": "text/html;q=" + "9" * 9000, "Accept-Language": "sv;q=1e999, *;q=nan"},
    {"Accept": ";;,,=;q", "Accept-Encoding": "gzip;q=x, " * 900, "Host": "[", "Range": "bytes=--"},
    {"Accept": "*/*", "If-Modified-Since": "Mon, 01 Jan 99999999999 00:00:00 GMT"},
    {"Accept": "text/*", "Range": f"bytes={'9' * 5000}-", "If-Match": "*", "Host": "a/b?c#d@e:9"},
    {"X-Forwarded-For": "1.2.3.4, " * 900, "Authorization": "Bearer \xff", "Origin": "null"},
)

BODIES: Final[tuple[tuple[str, bytes], ...]] = (
    ("application/json", b"[" * 60_000),
    ("application/json", b'{"q": "\\ud800", "rows": ' + b"9" * 4000 + b"}"),
    ("application/json", b"\xff\xfe\x00"),
    ("application/x-www-form-urlencoded", b"a=b&" * 9000),
    ("application/x-www-form-urlencoded", b"query=%FF&queries=%7B%22%5Cud800%22%3A1%7D&verb=%00"),
    ("application/sparql-query", b"\xc3\x28"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--"),
    ("multipart/form-data", b"--" * 900),
    ("text/turtle; charset=rot13", b"<a> <b> <c> ."),
    ("text/turtle", b"<a> <b> \xff"),
    ("\x80/\xff;=;", b"a"),
)


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the release under test."""
    settings = {"HYTE_TODAY": "2026-11-22", "HYTE_QUERY_SECONDS": "3", **UNTHROTTLED}
    with running(home, tmp_path_factory.mktemp("strangers"), **settings) as server:
        yield server


def routes_of(router: Any) -> Iterator[tuple[str, frozenset[str]]]:  # noqa: ANN401 - an app or a part of one
    """Give the path and the methods of every route, also of those that are included."""
    for route in router.routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from routes_of(included)
        else:
            yield route.path, frozenset(route.methods)


def every_route(settings: Settings) -> list[tuple[str, str]]:
    """Give the method and the path of every address there is."""
    found = {
        (method, path)
        for path, methods in routes_of(create_app(settings))
        for method in methods - {"HEAD"}
    }
    # The endpoint stands before the routes, and what is none is an address as well.
    return sorted({*found, ("GET", "/sparql"), ("POST", "/sparql"), ("GET", "/nothing")})


def test_the_routes_are_known(settings: Settings) -> None:
    found = every_route(settings)
    assert len(found) > 90
    assert {
        ("GET", "/health"),
        ("GET", "/doc/{kind}/{key:path}"),
        ("GET", "/municipalities.{ending}"),
        ("POST", "/reconcile"),
        ("PUT", "/graphs/{name:path}"),
    } <= set(found)


class Strangers:
    """Sends what a stranger may send, over one connection after the other."""

    def __init__(self, server: Server) -> None:
        """Talk to a server."""
        self._place = urlsplit(server.base).netloc
        self._connection = HTTPConnection(self._place, timeout=60)
        self.faults: list[str] = []
        self.count = 0

    def close(self) -> None:
        """Talk no more."""
        self._connection.close()

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> None:
        """Send one request, and note what may not be."""
        self.count += 1
        try:
            answer = self._answered(method, target, headers, body)
        except ConnectionError:
            self._connection.close()
            self.faults.append(f"no answer: {method} {target[:200]}")
            return
        if answer.status >= 500 and answer.status not in ALLOWED:
            self.faults.append(f"{answer.status} {method} {target[:200]}")
        if answer.getheader("set-cookie"):
            self.faults.append(f"a header of the stranger's: {method} {target[:200]}")

    def _answered(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> HTTPResponse:
        connection = self._connection
        connection.putrequest(method, target, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value.encode("latin-1"))
        if method != "GET":
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        answer.read()
        return answer


def filled(path: str, value: str) -> str:
    """Put a value in the place of each part of a path that is open."""
    return OPEN.sub(lambda _: quote(value, safe=""), path)


def known(path: str) -> str:
    """Fill a path so that it leads somewhere, as far as its parts are known here."""
    return OPEN.sub(lambda part: KNOWN.get(part[1], "1"), path)


@contextmanager
def others(server: Server) -> Iterator[list[float]]:
    """Ask for something small again and again; give the seconds each answer took."""
    took, done = [0.0], threading.Event()

    def ask() -> None:
        with closing(HTTPConnection(urlsplit(server.base).netloc, timeout=60)) as connection:
            while not done.is_set():
                began = time.monotonic()
                connection.request("GET", "/health")
                answer = connection.getresponse()
                answer.read()
                took.append(time.monotonic() - began if answer.status == 200 else float("inf"))
                done.wait(0.01)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield took
    finally:
        done.set()
        thread.join()


def requests(method: str, path: str) -> Iterable[tuple[str, dict[str, str], bytes]]:
    """Give what one address is sent: the same always."""
    chance = random.Random(f"{method} {path}")
    html = {"Accept": "text/html"}
    if method not in {"GET", "POST"}:
        yield known(path), {}, b"x"
        return
    if "{" in path:
        held = (DIGITS, *chance.sample(VALUES, 6))
        yield from ((filled(path, value), html, b"") for value in held)
    if method == "GET":
        yield from ((f"{known(path)}?{urlencode([one])}", html, b"") for one in ALONE)
    for _ in range(QUERIES):
        pairs = [(name, chance.choice(VALUES)) for name in chance.sample(NAMES, 12)]
        yield f"{known(path)}?{urlencode(pairs)}", html, b""
    yield f"{known(path)}?{'a&' * 9000}", html, b""
    if method == "GET":
        yield from ((known(path), headers, b"") for headers in HEADERS)
    else:
        yield from ((known(path), {"Content-Type": kind}, body) for kind, body in BODIES)


def test_no_stranger_ends_or_stops_the_server(server: Server, settings: Settings) -> None:
    strangers = Strangers(server)
    with closing(strangers), others(server) as took:
        for method, path in every_route(settings):
            for target, headers, body in requests(method, path):
                strangers.send(method, target, headers, body)
    assert strangers.faults == []
    assert strangers.count > 1000
    assert server.process.poll() is None
    assert max(took) < PATIENCE


@pytest.mark.parametrize(
    "path",
    ["/graphs/derived.rdf", "/graphs/derived.ttl", "/graphs/derived.jsonld", "/doc/evidence"],
)
def test_a_large_graph_keeps_nobody_waiting(server: Server, path: str) -> None:
    with closing(Strangers(server)) as strangers, others(server) as took:
        before = len(took)
        strangers.send("GET", path, {"Accept": "text/html"})
        answered = len(took) - before
    # Were it drawn in the event loop, it would let one through at its start, and one at its end.
    assert answered > 3


@pytest.mark.parametrize("path", ["/oai", "/reconcile", "/api/3/action/package_search"])
def test_who_leaves_before_all_is_sent_is_no_fault(server: Server, path: str) -> None:
    place = urlsplit(server.base)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nhalf"
    )
    known = server.log.stat().st_size
    with socket.create_connection((place.hostname, place.port)) as connection:
        connection.sendall(head.encode())
        time.sleep(0.2)
    time.sleep(0.3)
    assert "Traceback" not in server.log.read_text(encoding="utf-8")[known:]
