"""Every internal link on one page of each kind answers, and keeps the language and the day."""

import re
from html import unescape
from typing import Final

import pytest
from fastapi.testclient import TestClient

from tests.pages.test_pages_in_browser import PAGES

LINK: Final = re.compile(r'(?:href|src)="([^"]*)"')
DOWNLOAD: Final = re.compile(r"/dumps/[^?]*[^?/]$")
"""A file that would be made to be followed; tests/harvest downloads them."""

MOST: Final = 3000
"""Links that are followed; those of all kinds of page are fewer."""


@pytest.fixture(scope="module")
def links(client: TestClient) -> dict[str, str]:
    """Give every internal link with a page that has it, in Finnish."""
    found: dict[str, str] = {}
    for path in PAGES:
        sep = "&" if "?" in path else "?"
        answer = client.get(f"{path}{sep}lang=fi", headers={"accept": "text/html"})
        for link in map(unescape, LINK.findall(answer.text)):
            if DOWNLOAD.match(link):
                continue
            if link.startswith("/") and answer.status_code == 200:
                found.setdefault(link.partition("#")[0], path)
    return found


def test_every_link_answers(client: TestClient, links: dict[str, str]) -> None:
    # Rows of a kind lead to pages of a kind: of each kind a bounded part is followed.
    by_kind: dict[str, list[str]] = {}
    for link in sorted(links):
        kind = re.sub(r"\?.*", "", link)
        by_kind.setdefault("/".join(kind.split("/")[:3]), []).append(link)
    followed = [link for held in by_kind.values() for link in held[:60]]
    assert 500 < len(followed) < MOST
    wrong = {}
    for link in followed:
        answer = client.get(link, headers={"accept": "text/html"})
        if answer.status_code not in {200, 303, 307}:
            wrong[link] = (answer.status_code, links[link])
    assert wrong == {}


def test_links_keep_the_language(links: dict[str, str]) -> None:
    plain = re.compile(r"/static/|.*\.(ttl|jsonld|nt|rdf|html|csv|json)$|/\w*$|/sparql")
    without = [link for link in links if "lang=" not in link and not plain.match(link)]
    assert without == []
