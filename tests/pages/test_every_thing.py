"""Every IRI of ours that is used anywhere is described, and its page answers."""

import re
from pathlib import Path

from fastapi.testclient import TestClient
from hyteverkko.addresses import path_of
from hyteverkko.store.releases import Release, dataset_lines

OURS = re.compile(r"<(https://w3id\.org/hyteverkko/[^>]*)>")
NAMESPACES = {
    "https://w3id.org/hyteverkko/def#",
    "https://w3id.org/hyteverkko/id/",
    "https://w3id.org/hyteverkko/graphs/",
}


def test_every_iri_of_ours_has_a_page(client: TestClient, home: Path, release: Release) -> None:
    text = b"".join(dataset_lines(home, release)).decode()
    iris = sorted({iri for iri in OURS.findall(text)} - NAMESPACES)
    assert len(iris) > 5000
    wrong = []
    for iri in iris:
        path = path_of(iri)
        answer = client.get(path, headers={"accept": "text/html"}) if path else None
        if answer is None or answer.status_code != 200:
            wrong.append((iri, path))
    assert wrong == []
