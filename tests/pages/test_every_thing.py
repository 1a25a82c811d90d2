"""Every IRI of ours that is used anywhere is described, and its page answers in each language."""

import html
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hyteverkko.addresses import path_of
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.pages.entity import kind_of
from hyteverkko.store.releases import Release, dataset_lines
from pyoxigraph import NamedNode

OURS = re.compile(r"<(https://w3id\.org/hyteverkko/[^>]*)>")
NAMESPACES = {
    "https://w3id.org/hyteverkko/def#",
    "https://w3id.org/hyteverkko/id/",
    "https://w3id.org/hyteverkko/graphs/",
}
BY_THE_THOUSAND = {
    "area",
    "area-membership",
    "evidence",
    "geometry",
    "identifier",
    "language-status",
    "municipality",
    "name",
    "passage",
    "population",
    "position",
}
"""Kinds whose pages are all alike."""

UNSEEN = re.compile(
    r"<head>.*?</head>|<(script|pre|code)\b.*?</\1>|<footer>.*?</footer>|<[^>]*>", re.DOTALL
)
ADDRESS = re.compile(r"\b(https?://\S+|urn:\S+|w3id\.org\S*)")
HEADING = re.compile(r"<h([1-6])\b")


def read(client: TestClient, path: str, language: str) -> list[str]:
    """Give what is wrong with a page, in words."""
    answer = client.get(path, params={"lang": language}, headers={"accept": "text/html"})
    if answer.status_code != 200:
        return [f"{answer.status_code}"]
    wrong = [f"IRI in sight: {one}" for one in ADDRESS.findall(seen(answer.text))]
    levels = [int(one) for one in HEADING.findall(answer.text.partition("<footer>")[0])]
    if levels.count(1) != 1:
        wrong.append(f"{levels.count(1)} headings of the first level")
    if any(after > before + 1 for before, after in pairwise(levels)):
        wrong.append(f"a level of heading is left out: {levels}")
    if f'<html lang="{language}">' not in answer.text:
        wrong.append("the language of the page is not said")
    return wrong


def seen(page: str) -> str:
    """Give the texts of a page that stand open to a reader."""
    return html.unescape(UNSEEN.sub(" ", page))


@pytest.fixture(scope="module")
def iris(home: Path, release: Release) -> list[str]:
    text = b"".join(dataset_lines(home, release)).decode()
    return sorted(set(OURS.findall(text)) - NAMESPACES)


@pytest.mark.parametrize("turn", range(len(LANGUAGES)))
def test_every_iri_of_ours_has_a_page(client: TestClient, iris: list[str], turn: int) -> None:
    """Read the pages that differ in all languages, those made by the thousand in one in turn."""
    assert len(iris) > 5000
    wrong = {}
    for number, iri in enumerate(iris):
        if kind_of(NamedNode(iri)) in BY_THE_THOUSAND and number % len(LANGUAGES) != turn:
            continue
        path = path_of(iri)
        found = read(client, path, LANGUAGES[turn]) if path else ["no address"]
        if found:
            wrong[iri] = found
    assert wrong == {}, f"{len(wrong)}: {Counter(str(one)[:40] for one in wrong.values())}"
