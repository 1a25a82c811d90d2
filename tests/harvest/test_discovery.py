"""What is here is found: VoID, sitemap, robots.txt, security.txt, and when it last changed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import rdflib
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.harvest.sitemap import Sitemap, index, part
from hyteverkko.settings import Settings
from hyteverkko.store.chronicle import Chronicle, State
from hyteverkko.store.releases import current_record
from rdflib import DCAT, RDF, Namespace, URIRef

VOID: Final = Namespace("http://rdfs.org/ns/void#")
VERSION: Final = URIRef("http://www.w3.org/ns/dcat#version")
BASE: Final = "http://127.0.0.1:8000"
SITEMAP: Final = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML: Final = "{http://www.w3.org/1999/xhtml}"
HTML: Final = {"accept": "text/html"}


def read(client: TestClient, path: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=client.get(path).content, format="turtle")


@pytest.fixture(scope="module")
def void(client: TestClient) -> rdflib.Graph:
    return read(client, "/.well-known/void")


def test_void_counts_what_the_release_has(void: rdflib.Graph, home: Path) -> None:
    release = current_record(home)
    assert release is not None
    whole = URIRef(f"{BASE}/.well-known/void#hyteverkko")
    assert int(str(void.value(whole, VOID.triples))) == release.quads
    koski = URIRef("https://w3id.org/hyteverkko/id/dataset/koski-tl")
    own = release.graphs["koski-tl"] + release.graphs["koski-tl-evidence"]
    assert int(str(void.value(koski, VOID.triples))) == own
    assert str(void.value(whole, VOID.uriSpace)) == "https://w3id.org/hyteverkko/id/"


def test_void_and_catalogue_tell_the_same(void: rdflib.Graph, client: TestClient) -> None:
    catalog = read(client, "/catalog.ttl")
    datasets = set(catalog.subjects(RDF.type, DCAT.Dataset))
    whole = URIRef(f"{BASE}/.well-known/void#hyteverkko")
    assert set(void.objects(whole, VOID.subset)) == datasets
    for dataset in datasets:
        links = {
            link
            for way in catalog.objects(dataset, DCAT.distribution)
            for link in catalog.objects(way, DCAT.downloadURL)
            if "/dumps/" in str(link)
        }
        assert set(void.objects(dataset, VOID.dataDump)) == links
        assert void.value(dataset, VERSION) == catalog.value(dataset, VERSION)
    endpoints = set(void.objects(None, VOID.sparqlEndpoint))
    assert endpoints == {URIRef(f"{BASE}/sparql")}
    assert endpoints <= set(catalog.objects(None, DCAT.endpointURL))


def test_void_names_the_vocabularies_in_use(void: rdflib.Graph) -> None:
    used = {str(one) for one in void.objects(None, VOID.vocabulary)}
    assert {"https://w3id.org/hyteverkko/def#", "http://www.w3.org/ns/org#"} <= used
    assert "http://www.w3.org/ns/hydra/core#" not in used


def test_examples_of_void_are_there(void: rdflib.Graph, client: TestClient) -> None:
    examples = [str(one) for one in void.objects(None, VOID.exampleResource)]
    assert len(examples) == 3
    for iri in examples:
        path = iri.replace("https://w3id.org/hyteverkko/id/", "/doc/")
        assert client.get(path, headers=HTML).status_code == 200


@pytest.mark.parametrize("ending", ["ttl", "rdf", "jsonld", "nt"])
def test_void_formats(client: TestClient, void: rdflib.Graph, ending: str) -> None:
    formats = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}
    body = client.get(f"/.well-known/void.{ending}").content
    assert set(rdflib.Graph().parse(data=body, format=formats[ending])) == set(void)


def test_void_for_a_browser_is_turtle(client: TestClient) -> None:
    answer = client.get("/.well-known/void", headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.headers["content-type"].startswith("text/turtle")
    assert client.get("/.well-known/void.png").status_code == 404


def files_of(client: TestClient) -> list[tuple[str, str]]:
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return [
        (str(one.findtext(f"{SITEMAP}loc")), str(one.findtext(f"{SITEMAP}lastmod")))
        for one in index
    ]


@pytest.fixture(scope="module")
def addresses(client: TestClient) -> dict[str, tuple[str, dict[str, str]]]:
    """Give every address of the sitemap with its time and its other languages."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for file, latest in files_of(client):
        answer = client.get(file.removeprefix(BASE))
        assert answer.status_code == 200
        entries = list(ElementTree.fromstring(answer.content))
        assert 0 < len(entries) <= 10_000
        assert len(answer.content) < 50 * 1024 * 1024
        times = []
        for one in entries:
            others = {
                str(link.get("hreflang")): str(link.get("href"))
                for link in one.iter(f"{XHTML}link")
            }
            address, time = (str(one.findtext(f"{SITEMAP}{name}")) for name in ("loc", "lastmod"))
            assert address not in found
            found[address] = (time, others)
            times.append(time)
        assert latest == max(times)
    return found


def test_sitemap_has_every_thing_in_every_language(
    addresses: dict[str, tuple[str, dict[str, str]]], client: TestClient
) -> None:
    rows = client.get(
        "/sparql",
        params={
            "query": "SELECT DISTINCT ?thing WHERE { ?thing a ?class "
            'FILTER(STRSTARTS(STR(?thing), "https://w3id.org/hyteverkko/id/")) }',
            "format": "csv",
        },
    ).text.splitlines()[1:]
    # The release describes itself; a page of it is among the releases.
    things = {
        one.replace("https://w3id.org/hyteverkko/id/", f"{BASE}/doc/")
        for one in rows
        if "/id/release/" not in one
    }
    paths = {address.partition("?")[0] for address in addresses}
    assert len(things) > 10_000
    assert things - {unquote(one) for one in paths} == set()
    for address, (_, others) in addresses.items():
        assert set(others) == {"fi", "sv", "en"}
        assert address in others.values()
        assert set(others.values()) <= addresses.keys()


def test_addresses_of_the_sitemap_are_pages(
    addresses: dict[str, tuple[str, dict[str, str]]], client: TestClient
) -> None:
    by_kind: dict[str, list[str]] = {}
    for address in sorted(addresses):
        if address.endswith("lang=fi"):
            path = address.removeprefix(BASE)
            by_kind.setdefault("/".join(path.partition("?")[0].split("/")[:3]), []).append(path)
    followed = [path for held in by_kind.values() for path in held[:2]]
    assert len(followed) > 80
    wrong = {}
    for path in followed:
        answer = client.get(path, headers=HTML)
        if answer.status_code != 200 or f'rel="canonical" href="{BASE}{path}"' not in answer.text:
            wrong[path] = answer.status_code
    assert wrong == {}


def test_sitemap_of_many_things_comes_in_parts() -> None:
    state = State("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z", gone=False)
    gone = replace(state, gone=True)
    things = {f"https://w3id.org/hyteverkko/id/body/{n}": state for n in range(50_000)}
    things |= {f"https://w3id.org/hyteverkko/id/network/{n}": gone for n in range(100)}
    pages = Sitemap().pages(Chronicle(1, things))
    files = list(index(pages, BASE))[1:-1]
    found = []
    for number in range(1, len(files) + 1):
        text = "".join(part(pages, number, BASE))
        entries = list(ElementTree.fromstring(text))
        assert len(entries) <= 10_000
        assert len(text) < 50 * 1024 * 1024
        found += [str(one.findtext(f"{SITEMAP}loc")) for one in entries]
    assert len(set(found)) == len(found)
    assert sum("/doc/body/" in one for one in found) == 3 * 50_000
    assert not [one for one in found if "/doc/network/" in one]


def test_sitemap_of_a_part_that_is_not(client: TestClient) -> None:
    last = len(files_of(client))
    for name in ("0", str(last + 1), "one", "-1", "9" * 400, "9" * 5000):
        assert client.get(f"/sitemap/{name}.xml").status_code == 404


def test_robots(client: TestClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert "User-agent: *" in lines
    assert f"Sitemap: {BASE}/sitemap.xml" in lines
    assert not [line for line in lines if line.startswith("Disallow")]


def test_security_contact_is_a_setting(client: TestClient, settings: Settings) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    own = replace(settings, security_contact="turva@example.fi", fixed_today=date(2026, 8, 31))
    with TestClient(create_app(own)) as other:
        text = other.get("/.well-known/security.txt").text
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"] == "mailto:turva@example.fi"
    assert fields["Expires"] == "2027-02-01T00:00:00Z"
    assert fields["Canonical"] == f"{BASE}/.well-known/security.txt"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/doc/municipality/284",
        "/doc/municipality/284.ttl",
        "/doc/municipality/284.csv",
        "/municipalities",
        "/catalog.ttl",
        "/.well-known/void",
        "/sitemap.xml",
        "/sitemap/1.xml",
        "/robots.txt",
        "/api/3/action/package_list",
        "/sparql?query=ASK%7B%7D&format=json",
    ],
)
def test_when_the_release_was_built_stands_beside_the_tag(
    client: TestClient, home: Path, path: str
) -> None:
    release = current_record(home)
    assert release is not None
    answer = client.get(path, headers={"accept": "text/html, */*;q=0.1"})
    built = datetime.fromisoformat(release.built).astimezone(UTC).replace(microsecond=0)
    assert parsedate_to_datetime(answer.headers["last-modified"]) == built
    assert answer.headers["etag"]
    head = client.head(path, headers={"accept": "text/html, */*;q=0.1"})
    assert head.headers["last-modified"] == answer.headers["last-modified"]
