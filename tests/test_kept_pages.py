"""Pages are kept as they are sent, compressed for who can read that, and go with their release."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from time import sleep

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.settings import Settings, settings_from
from hyteverkko.static_files import STATIC_FILES, static_address, static_file
from hyteverkko.store.following import LOOK_EVERY
from pyoxigraph import Literal, NamedNode, Quad

KOSKI = "/doc/municipality/284"
HTML = {"accept": "text/html"}
PLAIN = {**HTML, "accept-encoding": "identity"}
ZIPPED = {**HTML, "accept-encoding": "gzip"}


def test_a_page_is_compressed_for_who_can_read_it(client: TestClient) -> None:
    plain = client.get(KOSKI, headers=PLAIN)
    zipped = client.get(KOSKI, headers=ZIPPED)
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.text == plain.text
    assert int(zipped.headers["content-length"]) < 60_000
    for answer in (plain, zipped):
        assert "Accept-Encoding" in answer.headers["vary"]
    assert zipped.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("refusal", ["gzip;q=0", "identity", "br"])
def test_who_cannot_read_it_gets_it_plain(client: TestClient, refusal: str) -> None:
    answer = client.get(KOSKI, headers={**HTML, "accept-encoding": refusal})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("headers", [PLAIN, ZIPPED])
def test_the_second_time_it_is_the_same(client: TestClient, headers: dict[str, str]) -> None:
    first, second = (client.get(KOSKI, headers=headers) for _ in range(2))
    assert first.headers == second.headers
    assert first.content == second.content
    assert "content-security-policy" in second.headers


@pytest.mark.parametrize("headers", [PLAIN, ZIPPED])
def test_known_pages_are_not_sent_again(client: TestClient, headers: dict[str, str]) -> None:
    tag = client.get(KOSKI, headers=headers).headers["etag"]
    for known in (tag, f'W/{tag}, "other"', "*"):
        again = client.get(KOSKI, headers={**headers, "if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    other = client.get(KOSKI, headers={**headers, "if-none-match": '"other"'})
    assert other.status_code == 200


def test_head_is_get_without_the_body(client: TestClient) -> None:
    for _ in range(2):
        get, head = (client.request(method, KOSKI, headers=ZIPPED) for method in ("GET", "HEAD"))
        assert head.content == b""
        assert head.headers == get.headers


def test_what_is_asked_for_decides(client: TestClient) -> None:
    """A kept page is for one language, one format and one day."""
    answers = [
        client.get(KOSKI, headers={**HTML, "accept-language": "sv"}).text,
        client.get(KOSKI, headers={**HTML, "accept-language": "fi"}).text,
        client.get(KOSKI, headers={"accept": "text/turtle"}).text,
        client.get(KOSKI, headers=HTML, params={"at": "2008-01-01"}).text,
        client.get(f"{KOSKI}.csv").text,
    ]
    assert len(set(answers)) == len(answers)
    again = client.get(KOSKI, headers={**HTML, "accept-language": "sv-FI,sv;q=0.9"}).text
    assert again == answers[0]


def test_errors_are_not_kept(client: TestClient) -> None:
    for _ in range(2):
        answer = client.get("/doc/municipality/999", headers=HTML)
        assert answer.status_code == 404
        assert answer.headers["cache-control"] == "no-store"


@pytest.fixture
def own(settings: Settings, home: Path, tmp_path: Path) -> Iterator[tuple[TestClient, Path]]:
    """Give an app on a home of its own, that can publish another release."""
    folder = tmp_path / "home"
    copytree(home, folder, symlinks=True)
    own_settings = settings_from(
        {"HYTE_HOME": str(folder), "HYTE_TODAY": settings.today.isoformat()}
    )
    with TestClient(create_app(own_settings), follow_redirects=False) as client:
        yield client, folder


def test_another_release_brings_other_pages(own: tuple[TestClient, Path]) -> None:
    client, folder = own
    first = client.get(KOSKI, headers=HTML).text
    assert client.get(KOSKI, headers=HTML).text == first
    koski = NamedNode("https://w3id.org/hyteverkko/id/municipality/284")
    name = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    graph = NamedNode("https://w3id.org/hyteverkko/graphs/trial")
    publish_quads([Quad(koski, name, Literal("Uusi nimi", language="fi"), graph)], folder)
    sleep(20 * LOOK_EVERY)
    second = client.get(KOSKI, headers=HTML).text
    assert "Uusi nimi" in second
    assert "Uusi nimi" not in first


@pytest.mark.parametrize("name", ["style.css", "icon.svg", "editor.js", "preview.png"])
def test_static_files_have_an_address_that_changes_with_them(client: TestClient, name: str) -> None:
    answer = client.get(static_address(name))
    assert answer.status_code == 200
    assert answer.content == STATIC_FILES[name].read_bytes()
    assert "immutable" in answer.headers["cache-control"]
    plain = client.get(f"/static/{name}")
    assert "immutable" not in plain.headers["cache-control"]
    stem, _, ending = name.rpartition(".")
    assert client.get(f"/static/{stem}.0123456789.{ending}").status_code == 404


def test_style_sheets_travel_compressed(client: TestClient) -> None:
    answer = client.get(static_address("style.css"), headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == STATIC_FILES["style.css"].read_bytes()


@pytest.mark.parametrize("name", ["", ".", "x", "style", "../app.py", "style.css.", ".css"])
def test_no_other_name_is_a_file(name: str) -> None:
    assert static_file(name) is None


@pytest.mark.parametrize(
    ("name", "strange", "usual", "said"),
    [
        ("accept", "text/turtle", "text/html", "content-type"),
        ("accept-language", "sv", "en", "content-language"),
    ],
)
def test_a_header_sent_twice_does_not_change_what_others_get(
    client: TestClient, name: str, strange: str, usual: str, said: str
) -> None:
    address = f"/doc/municipality/297?of={name}"
    asked = {**HTML, "accept-language": "en", name: usual}
    others = [(key, value) for key, value in asked.items() if key != name]
    twice = client.get(address, headers=[*others, (name, strange), (name, usual)])
    assert strange in twice.headers[said]
    assert usual in client.get(address, headers=asked).headers[said]
