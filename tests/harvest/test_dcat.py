"""The catalogue says what DCAT-AP 3.0.1 and avoindata.fi ask, the same each time, page by page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
import rdflib
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.settings import Settings
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, XSD, Namespace, URIRef

from tests.harvest.conftest import MANY
from tests.harvest.synthetic import HOSTILE

ADFI: Final = Namespace("http://avoindata.fi/ns#")
HYDRA: Final = Namespace("http://www.w3.org/ns/hydra/core#")
SH: Final = Namespace("http://www.w3.org/ns/shacl#")
VCARD: Final = Namespace("http://www.w3.org/2006/vcard/ns#")
VERSION: Final = URIRef("http://www.w3.org/ns/dcat#version")
DATASET: Final = "https://w3id.org/hyteverkko/id/dataset/"
ENDINGS: Final = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}
GATES: Final = (
    "dcat-ap-3.0.1-html-shapes",
    "dcat-ap-3.0.1-html-range",
    "dcat-ap-3.0.1-SHACL.fixed",
    "avoindata_dcat-ap_shacl",
    "avoindata_doc_dcat-ap_shacl",
)
"""The shapes that a catalogue has to meet; those of SEMIC as they came break pySHACL."""

BUILT: Final = {"ontology", "derived"}
"""The datasets that the build makes; the others have a folder each."""


def graph_of(client: TestClient, path: str, format_: str = "turtle") -> rdflib.Graph:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return rdflib.Graph().parse(data=answer.content, format=format_)


@pytest.fixture(scope="module")
def catalog(settings: Settings) -> rdflib.Graph:
    own = replace(settings, feedback="tuki@example.fi", operator="Esimerkki")
    with TestClient(create_app(own), follow_redirects=False) as client:
        return graph_of(client, "/catalog.ttl")


def results(graph: rdflib.Graph, shapes: Path) -> list[tuple[rdflib.Graph, rdflib.term.Node]]:
    _, report, _ = validate(graph, shacl_graph=str(shapes), shacl_graph_format="turtle")
    assert isinstance(report, rdflib.Graph)
    return [(report, one) for one in report.subjects(RDF.type, SH.ValidationResult)]


@pytest.mark.parametrize("shapes", GATES)
def test_the_catalogue_conforms(catalog: rdflib.Graph, shared: Path, shapes: str) -> None:
    found = results(catalog, shared / "judges" / "dcat" / f"{shapes}.ttl")
    assert [(report.value(one, SH.resultMessage)) for report, one in found] == []


@pytest.mark.parametrize("shapes", GATES)
@pytest.mark.parametrize(
    "path", ["/catalog.ttl", "/catalog.ttl?page=21", "/dataset/hostile-cdata.ttl"]
)
def test_hostile_texts_conform(many: TestClient, shared: Path, path: str, shapes: str) -> None:
    found = results(graph_of(many, path), shared / "judges" / "dcat" / f"{shapes}.ttl")
    assert [(report.value(one, SH.resultMessage)) for report, one in found] == []


def test_what_is_recommended_gives_warnings_only(catalog: rdflib.Graph, shared: Path) -> None:
    shapes = shared / "judges" / "dcat" / "dcat-ap-3.0.1-html-shapes_recommended.ttl"
    found = results(catalog, shapes)
    assert {report.value(one, SH.resultSeverity) for report, one in found} == {SH.Warning}
    # What sources do not say is not made up: bounding boxes, ends of periods, kinds of agents.
    assert {report.value(one, SH.resultPath) for report, one in found} <= {
        DCAT.bbox, DCAT.centroid, DCAT.endDate, DCTERMS.temporal, DCTERMS.type,
    }  # fmt: skip


def test_values_of_authority_tables_say_so(catalog: rdflib.Graph, shared: Path) -> None:
    shapes = shared / "judges" / "dcat" / "dcat-ap-3.0.1-html-mdr-vocabularies.shape.ttl"
    wrong = {
        str(report.value(one, SH.value) or report.value(one, SH.focusNode))
        for report, one in results(catalog, shapes)
        if report.value(one, SH.resultSeverity) == SH.Violation
    }
    # Agents and places have our own IRIs: those of the tables know no municipality.
    assert all(
        re.match(r"https://w3id\.org/hyteverkko/id/(agent|area|region|province)/", one)
        for one in wrong
    )


def test_every_dataset_is_in_it_once(catalog: rdflib.Graph, root: Path) -> None:
    folders = {path.parent.name for path in (root / "data").glob("*/dataset.ttl")}
    keys = (folders - {"catalogue"}) | BUILT
    listed = {str(one) for one in catalog.objects(None, DCAT.dataset)}
    assert listed == {DATASET + key for key in keys}
    assert {str(one) for one in catalog.subjects(RDF.type, DCAT.Dataset)} == listed


def test_each_dataset_is_complete(catalog: rdflib.Graph) -> None:
    for dataset in catalog.subjects(RDF.type, DCAT.Dataset):
        for property_ in (DCTERMS.title, DCTERMS.description, DCAT.keyword):
            languages = {one.language for one in catalog.objects(dataset, property_)}  # type: ignore[attr-defined]
            assert languages == {"fi", "sv", "en"}, (dataset, property_)
        assert str(catalog.value(dataset, DCTERMS.identifier)) == str(dataset)
        assert catalog.value(dataset, ADFI.collectionType) is not None
        assert catalog.value(dataset, DCAT.theme) is not None
        assert catalog.value(dataset, DCTERMS.spatial) is not None
        assert catalog.value(dataset, VERSION) is not None
        assert catalog.value(dataset, DCTERMS.modified).datatype == XSD.dateTime  # type: ignore[union-attr]
        publisher = catalog.value(dataset, DCTERMS.publisher)
        assert (publisher, RDF.type, FOAF.Agent) in catalog
        kinds = set()
        for one in catalog.objects(dataset, DCAT.distribution):
            assert len(list(catalog.objects(one, DCAT.accessURL))) == 1
            (link,) = catalog.objects(one, DCAT.downloadURL)
            kinds.add(str(link).rpartition("/")[2].partition("?")[0].partition(".")[2])
            assert catalog.value(one, DCTERMS.license) is not None
            titles = {title.language for title in catalog.objects(one, DCTERMS.title)}  # type: ignore[attr-defined]
            assert titles == {"fi", "sv", "en"}
        assert kinds == {"ttl.gz", "nq.gz", "jsonld.gz", ""}


def test_dates_of_periods_are_typed(catalog: rdflib.Graph) -> None:
    dates = [*catalog.objects(None, DCAT.startDate), *catalog.objects(None, DCAT.endDate)]
    assert dates
    assert {one.datatype for one in dates} <= {XSD.date, XSD.gYear, XSD.gYearMonth}  # type: ignore[attr-defined]


def test_the_ontology_is_a_tool(catalog: rdflib.Graph) -> None:
    kinds = {
        str(dataset).removeprefix(DATASET): str(kind)
        for dataset, kind in catalog.subject_objects(ADFI.collectionType)
    }
    tools = [key for key, kind in kinds.items() if kind == "Interoperability Tools"]
    assert tools == ["ontology"]
    assert set(kinds.values()) == {"Interoperability Tools", "Open Data"}


def test_services_are_described(catalog: rdflib.Graph) -> None:
    paths = {
        str(url).partition("://")[2].partition("/")[2]
        for service in catalog.subjects(RDF.type, DCAT.DataService)
        for url in catalog.objects(service, DCAT.endpointURL)
    }
    assert paths == {"sparql", "feed", "oai", "api/3/action", "reconcile"}


def test_rights_name_the_sources(catalog: rdflib.Graph) -> None:
    (rights,) = set(catalog.objects(URIRef(f"{DATASET}municipalities#ttl"), DCTERMS.rights))
    texts = {one.language: str(one) for one in catalog.objects(rights, RDFS.label)}  # type: ignore[attr-defined]
    assert "Tilastokeskus" in texts["fi"]
    assert "Statistics Finland" in texts["en"]


def test_the_contact_is_what_is_set(catalog: rdflib.Graph, client: TestClient) -> None:
    (contact,) = set(catalog.objects(None, DCAT.contactPoint))
    assert catalog.value(contact, VCARD.hasEmail) == URIRef("mailto:tuki@example.fi")
    assert not list(graph_of(client, "/catalog.ttl").objects(None, DCAT.contactPoint))


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_says_the_same(client: TestClient, ending: str) -> None:
    turtle = set(graph_of(client, "/catalog.ttl"))
    own = set(graph_of(client, f"/catalog.{ending}", ENDINGS[ending]))
    # The page of results names itself by its own address.
    page = {one for one in own ^ turtle if HYDRA not in str(one[1]) and "/catalog." not in str(one)}
    assert page == set()


def test_two_servers_answer_the_same_bytes(client: TestClient, settings: Settings) -> None:
    with TestClient(create_app(settings), follow_redirects=False) as other:
        for path in ("/catalog.ttl", "/catalog.rdf", "/catalog.jsonld", "/dataset/regions.nt"):
            assert client.get(path).content == other.get(path).content


@pytest.mark.parametrize(
    "path", ["/catalog", "/catalog.ttl", "/catalog.rdf", "/dataset/regions.ttl"]
)
def test_head_answers_as_get(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-length", "etag", "last-modified", "vary", "link"):
        assert head.headers[name] == got.headers[name]
    assert client.get(path, headers={"if-none-match": got.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json;q=0.9, text/turtle;q=0.5", "application/ld+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
    ],
)
def test_catalog_accept(client: TestClient, accept: str, kind: str) -> None:
    answer = client.get("/catalog", headers={"accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert "Accept" in answer.headers["vary"]


def test_catalog_not_acceptable(client: TestClient) -> None:
    assert client.get("/catalog", headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/catalog.ttl?page=2", 404),
        ("/catalog.ttl?page=0", 400),
        ("/catalog.ttl?page=-1", 400),
        ("/catalog.ttl?page=one", 400),
        ("/catalog.png", 404),
        ("/dataset/none.ttl", 404),
        ("/dataset/none", 404),
        ("/dataset/catalogue.ttl", 404),
    ],
)
def test_bad_requests(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_dataset_without_ending_leads_to_its_page(client: TestClient) -> None:
    answer = client.get("/dataset/regions")
    assert (answer.status_code, answer.headers["location"]) == (303, "/doc/dataset/regions")


def test_xml_is_what_ckan_calls_it(client: TestClient) -> None:
    assert client.get("/catalog.xml").headers["content-type"] == "application/rdf+xml"


def pages(client: TestClient) -> Iterator[rdflib.Graph]:
    """Follow the pages as a harvester does: from next to next."""
    path = "/catalog.nt"
    while path:
        graph = graph_of(client, path, "nt")
        yield graph
        nexts = list(graph.objects(None, HYDRA.next))
        assert len(nexts) <= 1
        path = str(nexts[0]).partition("127.0.0.1:8000")[2] if nexts else ""


def test_pages_hold_every_dataset_once(many: TestClient) -> None:
    held = [[str(one) for one in graph.subjects(RDF.type, DCAT.Dataset)] for graph in pages(many)]
    assert [len(page) for page in held] == [100] * 20 + [len(HOSTILE)]
    assert len({one for page in held for one in page}) == MANY + len(HOSTILE)


def test_a_page_is_typed_for_old_and_new_clients(many: TestClient) -> None:
    graph = graph_of(many, "/catalog.ttl?page=2")
    node = URIRef("http://127.0.0.1:8000/catalog.ttl?page=2")
    types = set(graph.objects(node, RDF.type))
    assert types == {HYDRA.PagedCollection, HYDRA.PartialCollectionView}
    assert int(str(graph.value(node, HYDRA.totalItems))) == MANY + len(HOSTILE)


@pytest.mark.parametrize("key", HOSTILE)
def test_hostile_texts_are_well_formed(many: TestClient, key: str) -> None:
    answer = many.get(f"/dataset/hostile-{key}.rdf")
    ElementTree.fromstring(answer.content)
    title = (
        rdflib.Graph()
        .parse(data=answer.content, format="xml")
        .value(URIRef(f"{DATASET}hostile-{key}"), DCTERMS.title)
    )
    expected = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", HOSTILE[key])
    assert str(title) == expected


def test_the_page_for_people(client: TestClient, many: TestClient) -> None:
    html = {"accept": "text/html"}
    text = client.get("/catalog?lang=en", headers=html).text
    assert 'href="/doc/dataset/regions?lang=en"' in text
    assert 'href="/dumps/latest/regions.ttl.gz"' in text
    assert "Finnish municipalities since 2005" in text
    last = many.get("/catalog?lang=fi&page=1", headers=html).text
    assert "<script>alert" not in last
    assert 'rel="next"' in last
    assert many.get("/catalog?lang=fi&page=22", headers=html).status_code == 404
