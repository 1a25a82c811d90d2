"""Permalinks: what they hold, what they say of a later release, and what is no permalink."""

import base64
import hashlib
import html
import re
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from hyteverkko.app import create_app
from hyteverkko.errors import BadRequest
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.settings import Settings
from hyteverkko.sparql.permalinks import MOST_UNPACKED, pack, unpack
from hyteverkko.sparql.table import checksum
from hyteverkko.store.spool import kept
from pyoxigraph import Literal, NamedNode, Quad

PAGE = {"accept": "text/html"}
LINK = re.compile(r'href="(/queries/permalink\?[^"]+)"')
QUERY = (
    "# Names of things\n"
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
    "SELECT ?thing ?name { ?thing skos:prefLabel ?name }"
)
CITATION = {
    "fi": "Names of things",
    "sv": "Names of things",
    "en": "hyteverkko: Names of things. Release ",
}


@given(st.text(max_size=2000))
def test_packed_text_comes_back(text: str) -> None:
    packed = pack(text)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", packed)
    assert unpack(packed) == text


@pytest.mark.parametrize(
    "packed",
    [
        "",
        "!",
        "abc",
        pack(QUERY)[:-4],
        pack(QUERY)[4:],
        pack(QUERY) + "AAAA",
        pack(QUERY).replace("e", "+", 1) + "/",
        base64.urlsafe_b64encode(zlib.compress(b"\xff\xfe")).decode(),
        base64.urlsafe_b64encode(zlib.compress(b"a" * (MOST_UNPACKED + 1))).decode(),
        base64.urlsafe_b64encode(zlib.compress(b"a" * 4_000_000)).decode(),
        "A" * 10_000,
    ],
)
def test_unpack_what_is_no_query(packed: str) -> None:
    with pytest.raises(BadRequest):
        unpack(packed)


def test_checksum_is_that_of_sorted_lines() -> None:
    rows = b'?a\t?b\n"z"@fi\t2\n"b"\t1\n'
    sorted_rows = b'?a\t?b\n"b"\t1\n"z"@fi\t2\n'
    found = checksum(kept("results", rows))
    assert found == hashlib.sha256(sorted_rows).hexdigest()[:16]
    assert found == checksum(kept("results", sorted_rows))


def test_checksum_sees_language_and_number_of_rows() -> None:
    texts = [
        b'?a\n"z"@fi\n',
        b'?a\n"z"@sv\n',
        b'?a\n"z"\n',
        b'?a\n"z"@fi\n"z"@fi\n',
        b'?b\n"z"@fi\n',
    ]
    assert len({checksum(kept("results", text)) for text in texts}) == len(texts)


def test_checksum_does_not_see_labels_of_blank_nodes() -> None:
    one, other = (kept("results", b"?a\n_:" + label + b'\n"_:x"\n') for label in (b"f00", b"ba5"))
    assert checksum(one) == checksum(other)
    one, other = (kept("graph", b"_:" + label + b" <x:p> <x:o> .\n") for label in (b"f0", b"b5"))
    assert checksum(one) == checksum(other)


def quads(*names: str) -> list[Quad]:
    label, graph = NamedNode(PREFIXES["skos"] + "prefLabel"), NamedNode(GRAPHS + "things")
    return [
        Quad(NamedNode(f"{ID}body/{name}"), label, Literal(name, language="fi"), graph)
        for name in names
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a home with a release of one thing."""
    publish_quads(quads("first"), tmp_path)
    return tmp_path


@pytest.fixture
def small(settings: Settings, folder: Path) -> Iterator[TestClient]:
    """Give a client of the app on that home."""
    with TestClient(create_app(replace(settings, home=folder))) as client:
        client.headers.update({"accept-language": "en", **PAGE})
        yield client


def publish(client: TestClient, folder: Path, *names: str) -> None:
    """Publish another release, and wait until it is served."""
    release = publish_quads(quads(*names), folder)
    until = time.monotonic() + 10
    while client.get("/health").json()["release"] != release.id:
        assert time.monotonic() < until
        time.sleep(0.1)


def permalink_on(client: TestClient, query: str) -> str:
    page = client.get("/sparql", params={"query": query}).text
    (link,) = LINK.findall(page)
    return html.unescape(link)


def changed(link: str, **parts: str) -> str:
    return f"/queries/permalink?{urlencode({**dict(parse_qsl(urlsplit(link).query)), **parts})}"


def test_same_answer(small: TestClient) -> None:
    link = permalink_on(small, QUERY)
    parts = parse_qs(urlsplit(link).query)
    assert unpack(parts["q"][0]) == QUERY
    assert set(parts) == {"q", "release", "date", "rows", "result", "lang"}
    page = small.get(link)
    assert page.status_code == 200
    assert "The answer is the same today." in page.text
    assert html.escape(QUERY) in page.text
    assert "<h1>Names of things</h1>" in page.text
    assert page.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_citation(small: TestClient, language: str) -> None:
    link = permalink_on(small, QUERY)
    page = small.get(changed(link, lang=language)).text
    found = re.search(r'id="citation"><code>(.*?)</code>', page, re.DOTALL)
    assert found
    citation = html.unescape(found[1])
    parts = parse_qs(urlsplit(link).query)
    assert CITATION[language] in citation
    assert parts["release"][0] in citation
    assert citation.endswith(link.removesuffix("&lang=en"))
    assert "http://127.0.0.1:8000/queries/permalink?q=" in citation


def test_later_release_with_more_rows(small: TestClient, folder: Path) -> None:
    link = permalink_on(small, QUERY)
    publish(small, folder, "first", "second")
    page = small.get(link).text
    assert "The answer has changed. Rows then: 1, now: 2." in page
    assert "Permalink to the answer of today" in page


def test_later_release_with_other_values(small: TestClient, folder: Path) -> None:
    link = permalink_on(small, QUERY)
    publish(small, folder, "other")
    assert "Rows: 1, as many as then, but others." in small.get(link).text


def test_later_release_with_the_same_answer(small: TestClient, folder: Path) -> None:
    query = QUERY.replace("?thing ?name {", "?thing ?name { FILTER(?name = 'first'@fi)")
    link = permalink_on(small, query)
    publish(small, folder, "first", "second")
    assert "The answer is the same today." in small.get(link).text


def test_altered_checksum(small: TestClient) -> None:
    link = changed(permalink_on(small, QUERY), result="0" * 16)
    assert "although the release is the same" in small.get(link).text


def test_query_that_cannot_be_run_any_more(small: TestClient) -> None:
    link = changed(permalink_on(small, QUERY), q=pack("SELECT nothing"))
    page = small.get(link)
    assert page.status_code == 400
    assert "Whether the answer has changed cannot be said now." in page.text


@pytest.mark.parametrize(
    "parts",
    [
        {"q": "!"},
        {"q": pack(QUERY)[:-6]},
        {"release": "../../../etc"},
        {"date": "2026-02-30"},
        {"date": "tomorrow"},
        {"rows": "-1"},
        {"rows": "١"},
        {"result": "short"},
    ],
)
def test_what_is_no_permalink(small: TestClient, parts: dict[str, str]) -> None:
    assert small.get(changed(permalink_on(small, QUERY), **parts)).status_code == 400


def test_no_parts_at_all(small: TestClient) -> None:
    assert small.get("/queries/permalink").status_code == 400


def test_markup_in_a_permalink_is_text(small: TestClient) -> None:
    query = '# <script>alert(1)</script>\nSELECT ("<img src=x>" AS ?x) {}'
    page = small.get(permalink_on(small, query)).text
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?now) {}",
        "SELECT (RAND() AS ?number) {}",
        f"# {hashlib.shake_256().hexdigest(10_000)}\nASK {{}}",
    ],
    ids=["now", "rand", "long"],
)
def test_no_permalink_for_what_never_settles_or_is_too_long(small: TestClient, query: str) -> None:
    page = small.post("/sparql", data={"query": query}).text
    assert "This answer has no permalink" in page
    assert not LINK.search(page)


def test_a_checksum_lets_others_have_their_turn() -> None:
    rows = b"".join(b"%d\n" % (number * 7919 % 900_001) for number in range(900_000))
    ordered = b"".join(sorted(rows.splitlines(keepends=True)))
    wanted = hashlib.sha256(b"?a\n" + ordered).hexdigest()[:16]

    def longest_turn() -> float:
        """Give the largest share of the work between two turns of another thread."""
        clock, done = time.pthread_getcpuclockid(threading.get_ident()), threading.Event()
        turns = [time.clock_gettime(clock)]

        def wait() -> None:
            while not done.wait(0.001):
                turns.append(time.clock_gettime(clock))

        thread = threading.Thread(target=wait)
        thread.start()
        found = checksum(kept("results", b"?a\n" + rows))
        turns.append(time.clock_gettime(clock))
        done.set()
        thread.join()
        assert found == wanted
        return max(after - before for before, after in pairwise(turns)) / (turns[-1] - turns[0])

    # What else the machine does can only make a turn longer.
    assert min(longest_turn() for _ in range(3)) < 1 / 4
