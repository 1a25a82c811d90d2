"""Data that wants to do harm does none: markup, bidi, controls, javascript:, great length.

What a stranger could bring into the data stands in a release of its own; every page that shows it
is read.
"""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.namespaces import PREFIXES
from hyteverkko.settings import settings_from
from hyteverkko.store.releases import current_folder, dataset_lines, read_release
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

ID: Final = "https://w3id.org/hyteverkko/id/"
GRAPH: Final = NamedNode("https://w3id.org/hyteverkko/graphs/trial")
LONG: Final = "pitkä" * 2000
NAMES: Final = {
    "markup": "</script></title><script>alert(1)</script>'\"><img src=x onerror=alert(2)>&lt;",
    "bidi": "kunta \u202egro.elpmaxe\u202c \u2066x\u2069 \u200f",
    "control": "a\x01b\x08c\x0bd\x7fe",
    "template": "{{ 7 * 7 }}{% raw %}${7*7}<%= 7 %>",
    "long": LONG,
    "json": '"}</script><!-- \u2028 ]]>',
}
LINKS: Final = ("javascript:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a@example.fi")


def iri(text: str) -> NamedNode:
    prefix, _, name = text.partition(":")
    return NamedNode(PREFIXES[prefix] + name)


def hostile() -> Iterator[Quad]:
    """Give a body, a plan and an organisation with each name, in the place of real ones."""
    owner = NamedNode(ID + "municipality/284")
    for number, (key, name) in enumerate(NAMES.items()):
        text = Literal(name, language="fi")
        yield from hostile_municipality(key, text, number)
        body, plan = NamedNode(f"{ID}body/trial/{key}"), NamedNode(f"{ID}document/trial/{key}")
        for one, kind, naming in (
            (body, "hyte:Body", "skos:prefLabel"),
            (plan, "hyte:Document", "dct:title"),
        ):
            yield Quad(one, iri("rdf:type"), iri(kind), GRAPH)
            yield Quad(one, iri(naming), text, GRAPH)
            yield Quad(one, iri("dct:description"), text, GRAPH)
            for link in LINKS:
                yield Quad(one, iri("foaf:page"), NamedNode(link), GRAPH)
        yield Quad(body, iri("hyte:bodyOf"), owner, GRAPH)
        yield Quad(plan, iri("hyte:owner"), owner, GRAPH)
        yield Quad(body, iri("hyte:hasGoal"), NamedNode("javascript:alert(3)"), GRAPH)


def hostile_municipality(key: str, text: Literal, number: int) -> Iterator[Quad]:
    """Give a municipality with a name, in a region of that name, with a point in Finland."""
    here = NamedNode(f"{ID}municipality/{key}")
    area, point = NamedNode(f"{ID}area/{key}"), NamedNode(f"{ID}geometry/{key}")
    region, within = NamedNode(f"{ID}region/{key}"), NamedNode(f"{ID}area-membership/{key}")
    since = NamedNode(f"{ID}period/{key}")
    yield Quad(here, iri("rdf:type"), iri("hyte:Municipality"), GRAPH)
    yield Quad(here, iri("skos:prefLabel"), text, GRAPH)
    yield Quad(here, iri("dct:identifier"), Literal(f'{number}"><script>'), GRAPH)
    yield Quad(area, iri("hyte:areaOf"), here, GRAPH)
    yield Quad(area, iri("geo:hasGeometry"), point, GRAPH)
    wkt = Literal(f"POINT(25.{number} 62.5)", datatype=iri("geo:wktLiteral"))
    yield Quad(point, iri("geo:asWKT"), wkt, GRAPH)
    for language in ("fi", "en"):
        named = Literal(text.value, language=language)
        yield Quad(region, iri("skos:prefLabel"), named, GRAPH)
    yield Quad(within, iri("hyte:areaSystem"), iri("areasystem:region"), GRAPH)
    yield Quad(within, iri("hyte:municipality"), here, GRAPH)
    yield Quad(within, iri("hyte:inArea"), region, GRAPH)
    yield Quad(within, iri("dct:temporal"), since, GRAPH)
    began = Literal("2020-01-01", datatype=iri("xsd:date"))
    yield Quad(since, iri("hyte:latestStart"), began, GRAPH)


@pytest.fixture(scope="module")
def trial(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("hostile")
    lines = b"".join(dataset_lines(home, read_release(current_folder(home))))
    real = parse(lines, format=RdfFormat.N_QUADS)
    publish_quads([*real, *hostile()], folder)
    settings = settings_from({"HYTE_HOME": str(folder), "HYTE_TODAY": "2026-11-22"})
    with TestClient(create_app(settings), follow_redirects=False) as client:
        yield client


PAGES: Final = (
    "/",
    "/networks",
    "/networks?sort=-name",
    "/plans",
    "/doc/body",
    "/doc/municipality/284",
    "/search?q=alert",
    "/map",
    "/map?indicator=region",
    "/map?indicator=region&form=points",
    "/coverage?sort=name",
    "/compare?m=284&m=211",
    "/timeline?of=municipality/284",
    "/network?of=municipality/284",
    *(f"/network?around=body/trial/{key}" for key in NAMES),
    *(f"/doc/{kind}/trial/{key}" for kind in ("body", "document") for key in NAMES),
)


class Reader(HTMLParser):
    """Reads a page as a browser does: its elements, their attributes, its texts."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[str] = []
        self._in_script = False
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ANN401
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.blocks.append(data)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["fi", "en"])
def test_a_page_with_it_does_no_harm(trial: TestClient, path: str, language: str) -> None:
    sep = "&" if "?" in path else "?"
    answer = trial.get(f"{path}{sep}lang={language}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    page = Reader(answer.text)
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert all(
        one.get("type") == "application/ld+json" or str(one.get("src")).startswith("/static/")
        for one in scripts
    )
    for block in page.blocks:
        json.loads(block)
    assert not [tag for tag, _ in page.elements if tag in {"img", "style", "iframe", "object"}]
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        href = attributes.get("href") or ""
        assert re.match(r"/|#|\?|https?://|mailto:", href) or href == "", href
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", answer.text)
    assert ">49<" not in answer.text
    assert len(answer.content) < 400_000


def test_text_that_turns_direction_stays_in_its_place(trial: TestClient) -> None:
    text = trial.get("/doc/body/trial/bidi?lang=fi", headers={"accept": "text/html"}).text
    name = NAMES["bidi"]
    shown = text[text.index("<h1>") : text.index("</h1>")]
    assert f"<bdi>{name}</bdi>" in shown


def test_a_long_name_is_cut_and_whole_on_its_own_page(trial: TestClient) -> None:
    row = trial.get("/networks?lang=fi", headers={"accept": "text/html"}).text
    assert LONG not in row
    assert "pitkäpitkä" in row
    assert LONG in trial.get("/doc/body/trial/long?lang=fi", headers={"accept": "text/html"}).text


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_tables_hold_it(trial: TestClient, ending: str) -> None:
    assert trial.get(f"/networks.{ending}?lang=fi").status_code == 200


@pytest.mark.parametrize("ending", ["svg", "graphml", "csv", "json", "xlsx"])
@pytest.mark.parametrize("path", ["/compare", "/timeline", "/network"])
def test_pictures_hold_it(trial: TestClient, path: str, ending: str) -> None:
    owner = "m=284&m=211" if path == "/compare" else "of=municipality/284"
    answer = trial.get(f"{path}.{ending}?{owner}&lang=fi")
    if ending == "graphml" and path != "/network":
        assert answer.status_code == 404
        return
    assert answer.status_code == 200
    if ending in {"svg", "graphml"}:
        # A whole document of XML, in which the markup of a name is text.
        read = ElementTree.fromstring(answer.content)
        assert not [one for one in read.iter() if one.tag.rpartition("}")[2] in {"script", "img"}]
        assert ("alert(1)" in "".join(read.itertext())) is (path == "/network")


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("ending", ["ttl", "jsonld", "nt", "csv"])
def test_data_holds_it(trial: TestClient, key: str, ending: str) -> None:
    assert trial.get(f"/doc/body/trial/{key}.{ending}").status_code == 200


@pytest.mark.parametrize("form", ["tiles", "points"])
def test_a_picture_holds_it(trial: TestClient, form: str) -> None:
    answer = trial.get(f"/map.svg?lang=fi&indicator=region&form={form}")
    root = ElementTree.fromstring(answer.content)
    svg = "{http://www.w3.org/2000/svg}"
    assert len(list(root.iter(f"{svg}a"))) == 308 + len(NAMES)
    assert {one.tag.removeprefix(svg) for one in root.iter()} <= {
        "svg", "title", "defs", "pattern", "rect", "path", "text", "g", "a",
    }  # fmt: skip
    assert not [name for one in root.iter() for name in one.attrib if name.startswith("on")]
    assert LONG not in answer.text
    assert ElementTree.fromstring(trial.get("/coverage.svg?lang=fi").content) is not None


@pytest.mark.parametrize("path", ["/map", "/coverage"])
@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_the_data_of_a_picture_holds_it(trial: TestClient, path: str, ending: str) -> None:
    assert trial.get(f"{path}.{ending}?lang=fi&indicator=region").status_code == 200
