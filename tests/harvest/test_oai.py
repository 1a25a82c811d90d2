"""OAI-PMH: every record once, every change and end, and errors as the protocol says."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as Xml

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.namespaces import GRAPHS, ID
from hyteverkko.settings import Settings
from hyteverkko.store.graph import open_store
from hyteverkko.store.releases import current_folder
from pyoxigraph import Literal, NamedNode, Quad

from tests.harvest.synthetic import HOSTILE, change, dataset, key_of, publish_many, term

OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
SCHEME: Final = "oai:w3id.org:hyteverkko/"
MANY: Final = 230


def asked(client: TestClient, **arguments: str) -> Xml.Element:
    answer = client.get("/oai", params={name.rstrip("_"): text for name, text in arguments.items()})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return Xml.fromstring(answer.content)


def token(given: str) -> str:
    """Give a token as a stranger may write it: of a list that has given so many records."""
    text = f'["oai_dc","","","",["",""],{given}]'
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def error_of(root: Xml.Element) -> str:
    error = root.find(f"{OAI}error")
    return "" if error is None else error.attrib["code"]


def listed(client: TestClient, verb: str = "ListRecords", **arguments: str) -> list[Xml.Element]:
    """Give all records or headers of a list, part by part."""
    tag = "record" if verb == "ListRecords" else "header"
    found: list[Xml.Element] = []
    root = asked(client, verb=verb, **arguments)
    while True:
        content = root.find(f"{OAI}{verb}")
        assert content is not None, Xml.tostring(root)
        found += content.findall(f"{OAI}{tag}")
        token = content.find(f"{OAI}resumptionToken")
        if token is None or not token.text:
            return found
        assert token.attrib["cursor"] == str(len(found) - len(content.findall(f"{OAI}{tag}")))
        root = asked(client, verb=verb, resumptionToken=token.text)


def header(record: Xml.Element) -> tuple[str, str, bool]:
    head = record if record.tag == f"{OAI}header" else record.find(f"{OAI}header")
    assert head is not None
    name, stamp = (head.findtext(f"{OAI}{one}") or "" for one in ("identifier", "datestamp"))
    return name, stamp, head.get("status") == "deleted"


@pytest.fixture(scope="module")
def many_own(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Give a client on a release of more datasets than one answer holds, changed twice."""
    home = tmp_path_factory.mktemp("oai")
    publish_many(MANY, home)
    change(home, set(dataset(key_of(0))), set(dataset("added")))
    with TestClient(create_app(replace(settings, home=home)), follow_redirects=False) as client:
        yield client


def test_every_municipality_has_a_record(client: TestClient, home: Path) -> None:
    store = open_store(current_folder(home), "memory")
    kind = store.quads_for_pattern(None, term("rdf:type"), term("hyte:Municipality"), None)
    wanted = {SCHEME + quad.subject.value.removeprefix(ID) for quad in kind}  # type: ignore[union-attr]
    found = [header(one)[0] for one in listed(client, metadataPrefix="oai_dc", set="municipality")]
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_a_list_goes_on_to_its_end(many_own: TestClient) -> None:
    records = listed(many_own, metadataPrefix="oai_dc", set="dataset")
    names = [header(one)[0] for one in records]
    gone = {f"{SCHEME}dataset/{key_of(0)}"}
    assert {name for name, _, deleted in map(header, records) if deleted} == gone
    datasets = {f"{SCHEME}dataset/{key_of(number)}" for number in range(MANY)}
    datasets |= {f"{SCHEME}dataset/hostile-{key}" for key in HOSTILE}
    datasets.add(f"{SCHEME}dataset/added")
    assert sorted(names) == sorted(datasets)
    assert [header(one) for one in records] == sorted(map(header, records), key=lambda x: x[1])
    heads = listed(many_own, "ListIdentifiers", metadataPrefix="oai_dc", set="dataset")
    assert [header(one) for one in heads] == [header(one) for one in records]


def test_a_deleted_record_has_a_header_only(many_own: TestClient) -> None:
    name = f"{SCHEME}dataset/{key_of(0)}"
    root = asked(many_own, verb="GetRecord", identifier=name, metadataPrefix="dcat_ap")
    record = root.find(f"{OAI}GetRecord/{OAI}record")
    assert record is not None
    assert header(record)[2]
    assert record.find(f"{OAI}metadata") is None


def test_harmful_texts_are_well_formed_and_told(many_own: TestClient) -> None:
    for key, text in HOSTILE.items():
        for prefix in ("oai_dc", "dcat_ap"):
            name = f"{SCHEME}dataset/hostile-{key}"
            root = asked(many_own, verb="GetRecord", identifier=name, metadataPrefix=prefix)
            texts = [one.text or "" for one in root.iter() if one.text]
            if key != "control":
                assert text in texts
            else:
                assert any("a\ufffdb" in one for one in texts)


def test_from_and_until_take_both_ends(many_own: TestClient) -> None:
    stamps = {header(one)[1] for one in listed(many_own, metadataPrefix="dcat_ap")}
    first, last = min(stamps), max(stamps)
    for arguments, wanted in (
        ({"from_": last}, {one for one in stamps if one >= last}),
        ({"until": first}, {first}),
        ({"from_": first, "until": last}, stamps),
        ({"from_": first[:10], "until": last[:10]}, stamps),
    ):
        records = listed(many_own, metadataPrefix="dcat_ap", **arguments)
        assert {header(one)[1] for one in records} == wanted


def test_dcat_ap_holds_datasets_only(many_own: TestClient) -> None:
    for record in listed(many_own, metadataPrefix="dcat_ap"):
        assert header(record)[0].startswith(f"{SCHEME}dataset/")
    name = asked(many_own, verb="ListMetadataFormats", identifier=f"{SCHEME}dataset/added")
    assert [one.text for one in name.iter(f"{OAI}metadataPrefix")] == ["oai_dc", "dcat_ap"]


def test_a_name_is_told_in_each_language(client: TestClient) -> None:
    root = asked(client, verb="GetRecord", metadataPrefix="oai_dc", identifier=f"{SCHEME}region/11")
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    titles = {one.get(lang): one.text for one in root.iter(f"{DC}title")}
    assert (titles["fi"], titles["sv"]) == ("Pohjois-Savo", "Norra Savolax")


def test_names_of_persons_are_not_told(client: TestClient, home: Path) -> None:
    store = open_store(current_folder(home), "memory")
    names = {q.object.value for q in store.quads_for_pattern(None, term("foaf:name"), None, None)}  # type: ignore[union-attr]
    records = listed(client, metadataPrefix="oai_dc", set="person")
    assert records
    assert not any(name in (one.text or "") for r in records for one in r.iter() for name in names)


def test_a_record_changed_meanwhile_comes_at_the_end(settings: Settings, tmp_path: Path) -> None:
    publish_many(150, tmp_path)
    with TestClient(create_app(replace(settings, home=tmp_path))) as client:
        root = asked(client, verb="ListRecords", metadataPrefix="dcat_ap")
        token = root.findtext(f"{OAI}ListRecords/{OAI}resumptionToken") or ""
        first = [header(one)[0] for one in root.iter(f"{OAI}record")]
    note = Quad(
        NamedNode(f"{ID}dataset/{key_of(0)}"),
        term("skos:note"),
        Literal("lisätty"),
        NamedNode(f"{GRAPHS}catalogue"),
    )
    change(tmp_path, set(), {note})
    with TestClient(create_app(replace(settings, home=tmp_path))) as client:
        root = asked(client, verb="ListRecords", resumptionToken=token)
        rest = [header(one)[0] for one in root.iter(f"{OAI}record")]
    assert rest[-1] == f"{SCHEME}dataset/{key_of(0)}"
    assert len(set(first) | set(rest)) == 150 + len(HOSTILE)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=Nothing", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&x=1", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2027-01-01&until=2026-01-01", "badArgument"),
        (
            "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-01T00:00:00Z",
            "badArgument",
        ),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2999-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=none", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=dcat_ap&set=region", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=WyJhIl0", "badResumptionToken"),
        (f"verb=ListRecords&resumptionToken={token(given='9' * 4300)}", "badResumptionToken"),
        (f"verb=ListRecords&resumptionToken={token(given='0')}", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=%FF%00", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=x&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:y", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        (
            "verb=GetRecord&metadataPrefix=dcat_ap&identifier=oai:w3id.org:hyteverkko/region/11",
            "cannotDisseminateFormat",
        ),
        ("verb=ListMetadataFormats&identifier=oai:x:y", "idDoesNotExist"),
    ],
)
def test_errors_are_those_of_the_protocol(client: TestClient, query: str, code: str) -> None:
    answer = client.get(f"/oai?{query}")
    assert answer.status_code == 200
    root = Xml.fromstring(answer.content)
    assert error_of(root) == code
    request = root.find(f"{OAI}request")
    assert request is not None
    if code in {"badVerb", "badArgument"}:
        assert request.attrib == {}
    posted = client.post(
        "/oai", content=query, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert error_of(Xml.fromstring(posted.content)) == code


def test_control_characters_in_a_request_are_echoed_well_formed(client: TestClient) -> None:
    answer = client.get("/oai", params={"verb": "GetRecord", "identifier": "\x00\x08]]>&<", "metadataPrefix": "oai_dc"})  # fmt: skip # noqa: E501
    assert error_of(Xml.fromstring(answer.content)) == "idDoesNotExist"


def test_a_large_body_is_refused(client: TestClient) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/oai", content=b"x" * 20_000, headers=headers).status_code == 413


def test_it_identifies_itself(client: TestClient) -> None:
    root = asked(client, verb="Identify")
    texts = {one.tag.removeprefix(OAI): one.text for one in root.iter()}
    assert texts["protocolVersion"] == "2.0"
    assert texts["deletedRecord"] == "persistent"
    assert texts["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert "@" in (texts["adminEmail"] or "")
    sets = [one.text for one in asked(client, verb="ListSets").iter(f"{OAI}setSpec")]
    assert {"municipality", "network", "dataset", "person"} <= set(sets)
