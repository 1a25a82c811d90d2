"""Pages say to programs what they are: typed links, and schema.org in JSON-LD."""

import json
import re
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient

from tests.harvest.synthetic import HOSTILE

BASE: Final = "http://127.0.0.1:8000"
HTML: Final = {"accept": "text/html"}
CC_BY: Final = "http://creativecommons.org/licenses/by/4.0/"
LINK: Final = re.compile(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?')
BLOCK: Final = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def links(client: TestClient, path: str) -> set[tuple[str, str, str]]:
    answer = client.head(path, headers=HTML)
    assert answer.status_code == 200
    return {(rel, href, kind) for href, rel, kind in LINK.findall(answer.headers["link"])}


def structured(client: TestClient, path: str) -> Any:  # noqa: ANN401 - any JSON
    blocks = BLOCK.findall(client.get(path, headers=HTML).text)
    assert len(blocks) == 1
    return json.loads(blocks[0])


def test_a_thing_is_cited_described_and_licensed(client: TestClient) -> None:
    found = links(client, "/doc/network/koski-tl/kosken-verkko")
    iri = "https://w3id.org/hyteverkko/id/network/koski-tl/kosken-verkko"
    assert {href for rel, href, _ in found if rel == "cite-as"} == {iri}
    data = f"{BASE}/doc/network/koski-tl/kosken-verkko."
    assert {(href, kind) for rel, href, kind in found if rel == "describedby"} == {
        (f"{data}ttl", "text/turtle"),
        (f"{data}jsonld", "application/ld+json"),
        (f"{data}nt", "application/n-triples"),
        (f"{data}rdf", "application/rdf+xml"),
    }
    assert ("license", CC_BY, "") in found
    assert ("type", "https://schema.org/Organization", "") in found
    assert ("collection", f"{BASE}/doc/dataset/koski-tl", "text/html") in found


def test_a_dataset_has_items(client: TestClient) -> None:
    found = links(client, "/doc/dataset/regions")
    assert {href for rel, href, _ in found if rel == "item"} == {
        f"{BASE}/dumps/latest/regions.{ending}.gz" for ending in ("ttl", "nq", "jsonld")
    }
    assert ("collection", f"{BASE}/catalog", "text/html") in found


def test_data_says_what_it_describes(client: TestClient) -> None:
    header = client.head("/doc/region/04.ttl").headers["link"]
    assert '<https://w3id.org/hyteverkko/id/region/04>; rel="describes"' in header


def test_the_page_of_a_dataset(client: TestClient) -> None:
    data = structured(client, "/doc/dataset/satakunta?lang=sv")
    assert data["@type"] == "Dataset"
    assert data["name"] == "Samarbetet med intressentgrupper i Satakunta välfärdsområde"
    assert 50 <= len(data["description"]) <= 5000
    assert data["license"] == CC_BY
    assert data["creator"]["name"] == "hyteverkko"
    assert data["temporalCoverage"] == ["2021-12-03"]
    assert [one["name"] for one in data["spatialCoverage"]] == ["Satakunta"]
    assert {one["contentUrl"] for one in data["distribution"]} == {
        f"{BASE}/dumps/latest/satakunta.{ending}.gz" for ending in ("ttl", "nq", "jsonld")
    }
    assert data["includedInDataCatalog"]["url"] == f"{BASE}/catalog"


def test_a_period_without_end_is_open(client: TestClient) -> None:
    assert structured(client, "/doc/dataset/koski-tl")["temporalCoverage"] == ["2020/.."]


def test_the_front_page_is_a_catalogue(client: TestClient) -> None:
    data = structured(client, "/?lang=en")
    assert data["@type"] == "DataCatalog"
    assert len(data["dataset"]) == 13
    assert all(one["@type"] == "Dataset" and one["license"] for one in data["dataset"])


@pytest.mark.parametrize("key", HOSTILE)
def test_hostile_texts(many: TestClient, key: str) -> None:
    data = structured(many, f"/doc/dataset/hostile-{key}")
    assert len(data["description"]) <= 5000
    assert links(many, f"/doc/dataset/hostile-{key}")
