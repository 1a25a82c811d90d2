"""The change feed: followed from its root it gives everything, and every change of it after."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.settings import Settings
from hyteverkko.store.graph import RELEASE_GRAPH, open_store
from hyteverkko.store.releases import current_folder
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from tests.harvest.synthetic import HOSTILE, change, publish_many, term

BASE: Final = "http://127.0.0.1:8000"
TYPE, OBJECT, NODE = term("rdf:type"), term("as:object"), term("tree:node")
STREAM: Final = NamedNode(f"{BASE}/feed#stream")
WITHHELD: Final = term("hyte:WithheldPerson")
THING: Final = NamedNode(f"{ID}network/trial")
OTHER: Final = NamedNode(f"{ID}network/other")
OWN: Final = NamedNode(f"{GRAPHS}trial")


class Follower:
    """A client that follows a feed as the specification tells it to, and keeps what it is told."""

    def __init__(self) -> None:
        """Know nothing."""
        self.seen: set[str] = set()
        self.things: dict[str, set[tuple[str, str]]] = {}
        self.actions: dict[str, str] = {}

    def follow(self, client: TestClient) -> None:
        """Walk from the root to every page not seen yet, and take its members in order."""
        members: list[tuple[str, str, str, set[tuple[str, str]]]] = []
        for address in self._pages(client, f"{BASE}/feed"):
            quads = get(client, address)
            described: dict[str, set[tuple[str, str]]] = defaultdict(set)
            for quad in quads:
                if isinstance(quad.graph_name, NamedNode):
                    told = (str(quad.predicate), str(quad.object))
                    described[quad.graph_name.value].add(told)
            for event in values(quads, STREAM, term("tree:member")):
                action = values(quads, event, TYPE)[0].value.removeprefix(PREFIXES["as"])
                time = values(quads, event, term("as:published"))[0].value
                thing = values(quads, event, OBJECT)[0].value
                members.append((time, thing, action, described[event.value]))
            self.seen.add(address)
        for _, thing, action, held in sorted(members, key=lambda one: one[0]):
            self.actions[thing] = action
            if action == "Delete":
                assert not held
                del self.things[thing]
            else:
                assert (action == "Create") == (thing not in self.things)
                self.things[thing] = held

    def _pages(self, client: TestClient, address: str) -> Iterator[str]:
        quads = get(client, address)
        if any(quad.predicate == term("tree:member") for quad in quads):
            yield address
        relations = values(quads, NamedNode(address), term("tree:relation"))
        nodes = {node.value for one in relations for node in values(quads, one, NODE)}
        for node in sorted(nodes - self.seen):
            yield from self._pages(client, node)


def get(client: TestClient, address: str) -> list[Quad]:
    answer = client.get(address.removeprefix(BASE), headers={"accept": "application/n-quads"})
    assert answer.status_code == 200
    return list(parse(answer.content, format=RdfFormat.N_QUADS))


def values(quads: list[Quad], subject: object, predicate: NamedNode) -> list[NamedNode]:
    return [q.object for q in quads if (q.subject, q.predicate) == (subject, predicate)]  # type: ignore[misc]


def state_of(home: Path) -> dict[str, set[tuple[str, str]]]:
    """Give each thing of a release as it is described, without the names of persons."""
    store = open_store(current_folder(home), "memory")
    found = defaultdict(set)
    withheld = {quad.subject for quad in store.quads_for_pattern(None, TYPE, WITHHELD, None)}
    evidence = {
        quad.subject
        for quad in store.quads_for_pattern(None, term("oa:hasBody"), None, None)
        if quad.object.value.startswith(f"{ID}person/")  # type: ignore[union-attr]
    }
    for quad in store:
        of_person = quad.subject in evidence or str(quad.subject).startswith(f"<{ID}person/")
        is_text = isinstance(quad.object, Literal) and "^^" not in str(quad.object)
        own = quad.graph_name in (DefaultGraph(), NamedNode(RELEASE_GRAPH))
        if not own and quad.subject not in withheld and not (of_person and is_text):
            found[str(quad.subject)[1:-1]].add((str(quad.predicate), str(quad.object)))
    return found


def app_on(settings: Settings, home: Path) -> TestClient:
    return TestClient(create_app(replace(settings, home=home)), follow_redirects=False)


def said(thing: NamedNode, text: str) -> Quad:
    return Quad(thing, term("skos:prefLabel"), Literal(text, language="fi"), OWN)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    publish_many(3, tmp_path)
    change(tmp_path, set(), {said(THING, "yksi"), said(OTHER, "toinen")})
    return tmp_path


def test_followed_from_the_root_it_gives_the_whole_release(client: TestClient, home: Path) -> None:
    follower = Follower()
    follower.follow(client)
    assert follower.things == state_of(home)
    assert len(follower.seen) > 10


def test_no_name_of_a_person_is_in_it(home: Path, client: TestClient) -> None:
    store = open_store(current_folder(home), "memory")
    named = store.quads_for_pattern(None, term("foaf:name"), None, None)
    names = [quad.object.value for quad in named if isinstance(quad.object, Literal)]
    content = b"".join(path.read_bytes() for path in (home / "versions").glob("*.nq"))
    assert names
    assert not any(name.encode() in content for name in names)
    assert client.get("/feed").status_code == 200


def test_a_change_and_an_end_are_followed(settings: Settings, own: Path) -> None:
    follower = Follower()
    with app_on(settings, own) as client:
        follower.follow(client)
    assert follower.things == state_of(own)
    change(own, {said(THING, "yksi"), said(OTHER, "toinen")}, {said(THING, "kaksi")})
    with app_on(settings, own) as client:
        follower.follow(client)
    assert follower.actions[THING.value] == "Update"
    assert follower.actions[OTHER.value] == "Delete"
    assert follower.things == state_of(own)


def test_a_closed_page_keeps_its_bytes(settings: Settings, own: Path) -> None:
    with app_on(settings, own) as client:
        before = client.get("/feed/1/1")
    change(own, {said(THING, "yksi")}, set())
    with app_on(settings, own) as client:
        after = client.get("/feed/1/1")
        known = client.get("/feed/1/1", headers={"if-none-match": before.headers["etag"]})
    assert "immutable" in before.headers["cache-control"]
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert after.headers["last-modified"] == before.headers["last-modified"]
    assert known.status_code == 304


@pytest.mark.parametrize(
    ("accept", "format_"),
    [
        ("application/n-quads,application/trig;q=0.95", RdfFormat.N_QUADS),
        ("*/*", RdfFormat.TRIG),
        ("text/html,*/*;q=0.8", RdfFormat.TRIG),
        ("application/ld+json", RdfFormat.JSON_LD),
    ],
)
def test_each_format_says_the_same(client: TestClient, accept: str, format_: RdfFormat) -> None:
    answer = client.get("/feed/1/1", headers={"accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == format_.media_type
    assert set(parse(answer.content, format=format_)) == set(get(client, f"{BASE}/feed/1/1"))
    assert client.head("/feed/1/1", headers={"accept": accept}).headers == answer.headers


def test_harmful_texts_are_told_whole(settings: Settings, own: Path) -> None:
    with app_on(settings, own) as client:
        follower = Follower()
        follower.follow(client)
    told = {value for held in follower.things.values() for _, value in held}
    assert {str(Literal(text, language="fi")) for text in HOSTILE.values()} <= told


def test_a_version_leads_to_its_page(client: TestClient) -> None:
    assert client.get("/id/version/1/1").headers["location"] == "/feed/1/1"
    assert client.get("/id/version/1/251").headers["location"] == "/feed/1/2"
    assert client.get("/id/version/1/99999").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/feed/1/0", "/feed/1/999", "/feed/99/1", "/feed/2001-01", "/feed/2026-13", "/feed/x"),
        *(f"/feed/{'1' * 5000}/1", f"/feed/1/{'9' * 400}", f"/feed/1/{'9' * 5000}"),
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_formats_without_graphs_are_refused(client: TestClient) -> None:
    assert client.get("/feed", headers={"accept": "text/csv"}).status_code == 406


def test_members_have_the_shape(client: TestClient) -> None:
    import rdflib
    from pyshacl import validate

    shape = rdflib.Graph().parse(data=client.get("/feed/shape").content, format="turtle")
    target = rdflib.URIRef(f"{PREFIXES['sh']}targetSubjectsOf")
    node = rdflib.URIRef(f"{BASE}/feed/shape")
    shape.add((node, target, rdflib.URIRef(OBJECT.value)))
    data = rdflib.Dataset().parse(
        data=client.get("/feed/1/1", headers={"accept": "application/n-quads"}).content,
        format="nquads",
    )
    conforms, _, text = validate(data.default_graph, shacl_graph=shape)
    assert conforms, text
    data.default_graph.remove((None, rdflib.URIRef(f"{PREFIXES['as']}published"), None))
    assert not validate(data.default_graph, shacl_graph=shape)[0]
