"""``/sparql`` in a browser, without scripts: the form, the answers, and what went wrong."""

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from hyteverkko.app import create_app
from hyteverkko.settings import Settings
from hyteverkko.sparql.examples import examples
from hyteverkko.static_files import STATIC

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PROLOGUE = (
    "PREFIX hyte: <https://w3id.org/hyteverkko/def#>\n"
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
)
LAPLAND = "<https://w3id.org/hyteverkko/id/province/LL>"
PROVINCES = PROLOGUE + "SELECT ?province { ?province a hyte:Province } ORDER BY ?province"
NO_ROWS = "SELECT ?x { ?x <https://example.org/none> ?y }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?d && ?c != ?i) }"


class Page(HTMLParser):
    """The parts of a page that a test looks at: elements with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key) == value for key, value in wanted.items())
        ]

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module")
def browser(settings: Settings) -> Iterator[TestClient]:
    """Give a client that asks as a browser does."""
    with TestClient(create_app(replace(settings, query_seconds=2))) as client:
        client.headers.update({"accept-language": "en", **BROWSER})
        yield client


def answered(browser: TestClient, query: str, status: int = 200) -> Page:
    response = browser.get("/sparql", params={"query": query})
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return Page(response.text)


def test_form(browser: TestClient) -> None:
    page = Page(browser.get("/sparql").text)
    (form,) = page.all("form", id="ask")
    assert form["method"] == "post"
    assert page.all("label", **{"for": "query"})
    assert page.all("textarea", id="query", name="query")
    links = {found["href"] for found in page.all("a")}
    for name in examples():
        assert f"/sparql?example={name}&lang=en" in links


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_example_fills_the_form(browser: TestClient, language: str) -> None:
    page = browser.get("/sparql", params={"example": "timeline", "lang": language}).text
    text = examples()["timeline"].text(language)
    assert f">{html.escape(text, quote=False)}</textarea>" in page.replace("&#34;", '"')


def test_unknown_example(browser: TestClient) -> None:
    assert browser.get("/sparql", params={"example": "nothing"}).status_code == 404


def test_short_query_is_sent_on_to_an_address_of_its_own(browser: TestClient) -> None:
    query = PROVINCES.replace("\n", "\r\n")
    params = {"lang": "sv"}
    data = {"query": query}
    response = browser.post("/sparql", params=params, data=data, follow_redirects=False)
    assert response.status_code == 303
    address = urlsplit(response.headers["location"])
    assert (address.path, address.fragment) == ("/sparql", "answer")
    assert parse_qs(address.query) == {"query": [PROVINCES], "lang": ["sv"]}


def test_long_query_is_answered_in_place(browser: TestClient) -> None:
    query = f"{PROVINCES} # {'x' * 10_000}"
    response = browser.post("/sparql", data={"query": query}, follow_redirects=False)
    assert response.status_code == 200
    page = Page(response.text)
    assert "Rows: 6." in page.text
    assert [found["value"] for found in page.all("input", name="query")] == [query]
    assert {found["value"] for found in page.all("button", name="format")} >= {"csv", "json"}


def test_table_with_names_beside_iris(browser: TestClient) -> None:
    response = browser.get("/sparql", params={"query": PROVINCES, "lang": "sv"})
    assert '<a href="/doc/province/LL?lang=sv"><bdi>Lapplands län</bdi></a>' in response.text
    page = Page(response.text)
    assert "<https://w3id.org/hyteverkko/id/province/LL>" in page.text
    assert len(page.all("th", scope="col")) == 1


def test_links_have_the_language_before_the_fragment(browser: TestClient) -> None:
    iris = "<https://w3id.org/hyteverkko/def/status> <https://example.org/a?b#c>"
    query = f"SELECT ?x {{ VALUES ?x {{ {iris} }} }}"
    page = Page(browser.get("/sparql", params={"query": query, "lang": "sv"}).text)
    addresses = {found["href"] for found in page.all("a")}
    assert {"/def/status?lang=sv", "https://example.org/a?b#c"} <= addresses
    query = "SELECT (<https://w3id.org/hyteverkko/def#status> AS ?x) {}"
    page = Page(browser.get("/sparql", params={"query": query, "lang": "sv"}).text)
    assert page.all("a", href="/def?lang=sv#status")


def test_title_and_status_say_what_came(browser: TestClient) -> None:
    page = answered(browser, PROVINCES)
    assert page.text.startswith("Rows: 6 – SPARQL")
    assert re.search(r"Rows: 6\. Answered in \d+\.\d\d s\.", page.text)
    assert page.all("p", role="status")


def test_no_rows_is_not_a_failure(browser: TestClient) -> None:
    page = answered(browser, NO_ROWS)
    assert "No rows. The query was run to its end, and nothing matches it. Answered" in page.text


def test_timed_out_is_told_apart(browser: TestClient) -> None:
    page = answered(browser, RUNAWAY, 504)
    assert "The query took too long and was stopped" in page.text
    assert "No rows" not in page.text
    assert RUNAWAY in page.text


def test_syntax_error_with_its_position(browser: TestClient) -> None:
    query = "SELECT ?x {\n  ?x <a:b> }\n"
    response = browser.get("/sparql", params={"query": query})
    assert response.status_code == 400
    page = Page(response.text)
    assert "The query cannot be run" in page.text
    assert "Line 2, column" in page.text
    assert page.all("form", **{"data-line": "2"})
    assert "<mark>" in response.text
    assert f">{html.escape(query, quote=False)}</textarea>" in response.text


def test_missing_prefixes_are_given(browser: TestClient) -> None:
    page = answered(browser, "SELECT ?x { ?x a hyte:Body ; <x:skos:y> 'org:x' }", 400)
    assert "PREFIX hyte: <https://w3id.org/hyteverkko/def#>" in page.text


def test_a_prefix_that_nobody_knows_is_named(browser: TestClient) -> None:
    page = answered(browser, "SELECT ?n { ?x a foo:Bar ; skos:prefLabel ?n }", 400)
    assert "It does not declare these prefixes: foo:, skos:." in page.text
    assert "Of these, unknown to this server: foo:." in page.text
    assert "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>" in page.text
    assert "PREFIX foo:" not in page.text


def test_refusal_of_the_gate_keeps_the_query(browser: TestClient) -> None:
    query = "SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }"
    page = answered(browser, query, 403)
    assert "SERVICE is not offered" in page.text
    assert query in page.text


def test_calc_is_told_of_codes_that_begin_with_zeros(browser: TestClient) -> None:
    query = 'SELECT ?code ?name { VALUES (?code ?name) { ("047" "Enontekiö") ("091" "Helsinki") } }'
    told = "give these columns the type Text, or their codes lose the zeros they begin with: code"
    assert f"{told} " in f"{answered(browser, query).text} "
    assert told[:40] not in answered(browser, "SELECT (1 AS ?code) {}").text


def test_yes_and_no(browser: TestClient) -> None:
    assert "Yes. Answered in" in answered(browser, "ASK {}").text
    assert "No. Answered in" in answered(browser, "ASK { FILTER(false) }").text


def test_only_a_table_is_offered_elsewhere(browser: TestClient) -> None:
    assert "The same table elsewhere" in answered(browser, PROVINCES).text
    assert "The same table elsewhere" in answered(browser, NO_ROWS).text
    assert "The same table elsewhere" not in answered(browser, "ASK {}").text
    graph = f"CONSTRUCT {{ {LAPLAND} a ?kind }} {{ {LAPLAND} a ?kind }}"
    assert "The same table elsewhere" not in answered(browser, graph).text


def test_files_of_the_page_may_be_kept_for_a_year(browser: TestClient) -> None:
    page = answered(browser, PROVINCES)
    found = [one["href"] for one in page.all("link", rel="stylesheet")]
    found += [one["src"] for one in page.all("script")]
    own = [address for address in found if address.startswith("/static/")]
    assert own
    for address in own:
        assert re.search(r"\.[0-9a-f]{10}\.(css|js)$", address), address
        assert "immutable" in browser.get(address).headers["cache-control"]


def test_graph_as_triples(browser: TestClient) -> None:
    page = answered(browser, f"{PROLOGUE}CONSTRUCT {{ {LAPLAND} a hyte:Province }} {{}}")
    assert "Triples: 1." in page.text
    assert re.search("subject ?predicate ?object", page.text)
    endings = {found["download"] for found in page.all("a") if "download" in found}
    assert endings >= {"answer.ttl", "answer.nt", "answer.jsonld", "answer.rdf"}


def test_downloads_have_the_whole(browser: TestClient) -> None:
    query = "SELECT ?s { ?s ?p ?o } LIMIT 1500"
    page = answered(browser, query)
    assert "The first 1,000 are shown; a download has them all." in page.text
    assert len(page.all("tr")) == 1001
    links = {found["download"]: found["href"] for found in page.all("a") if "download" in found}
    assert set(links) == {"answer.csv", "answer.json", "answer.tsv", "answer.xml"}
    download = browser.get(links["answer.csv"])
    assert download.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(download.text.splitlines()) == 1501


def test_many_columns_make_fewer_rows(browser: TestClient) -> None:
    columns = " ".join(f"(1 AS ?v{number})" for number in range(40))
    page = answered(browser, f"SELECT {columns} {{ ?s ?p ?o }} LIMIT 800")
    assert len(page.all("tr")) == 501
    assert "The first 500 are shown" in page.text


def test_long_text_is_shortened(browser: TestClient) -> None:
    text = "x" * 600
    page = answered(browser, f"SELECT ('{text}' AS ?x) {{}}")
    assert "x" * 500 + "…" in page.text


def test_what_the_data_says_is_text(browser: TestClient) -> None:
    query = (
        "SELECT ('<script>alert(1)</script>' AS ?a) ('{{ 7 * 7 }}' AS ?b) "
        "(<javascript:alert(1)> AS ?c) {}"
    )
    page = answered(browser, query)
    assert [found for found in page.all("script") if "src" not in found] == []
    assert "{{ 7 * 7 }}" in page.text
    assert not any(found["href"].startswith("javascript") for found in page.all("a"))


def test_graphs_asked_about_are_kept(browser: TestClient) -> None:
    graph = "https://w3id.org/hyteverkko/graphs/koski-tl"
    params = {"query": NO_ROWS, "default-graph-uri": graph}
    page = Page(browser.get("/sparql", params=params).text)
    assert page.all("input", name="default-graph-uri", value=graph)
    links = [found["href"] for found in page.all("a") if "download" in found]
    assert all(parse_qs(urlsplit(link).query)["default-graph-uri"] == [graph] for link in links)


@pytest.mark.parametrize(
    "address",
    ["/sparql", "/queries", "/queries/timeline", "/sparql?query=ASK{}", "/sparql?query=SELECT"],
)
def test_nothing_in_line(browser: TestClient, address: str) -> None:
    """The Content-Security-Policy allows no script and no style in the page itself."""
    page = Page(browser.get(address).text)
    assert not page.all("style")
    for tag, found in page.elements:
        assert "style" not in found
        assert not any(name.startswith("on") for name in found)
        assert tag != "script" or found["src"].startswith("/static/")


@pytest.mark.parametrize("name", ["editor.js", "editor.css", "sparql.css"])
def test_static_files(client: TestClient, name: str) -> None:
    response = client.get(f"/static/{name}")
    assert response.status_code == 200
    kind = "text/css" if name.endswith("css") else "text/javascript"
    assert response.headers["content-type"].startswith(kind)


def test_no_other_address_in_our_scripts() -> None:
    for name in ("editor.js", "editor.css", "sparql.css"):
        assert "://" not in (STATIC / name).read_text(encoding="utf-8")


def test_manifest_agrees_with_the_files() -> None:
    manifest = STATIC / "vendor" / "MANIFEST.json"
    if not manifest.is_file():
        pytest.skip("the editor is not installed: there is no npm, or no network")
    rows = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    assert {row["file"] for row in rows} >= {"yasqe.min.js", "yasqe.min.css", "LICENCES.txt"}
    for row in rows:
        content = (manifest.parent / row["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]


@pytest.fixture
def elsewhere(root: Path, tmp_path: Path) -> Path:
    """Give a folder with the script of the assets and its lock, and nothing else."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(root / "scripts" / "assets", tmp_path / "scripts")
    shutil.copytree(root / "server" / "frontend", tmp_path / "server" / "frontend")
    return tmp_path


def install(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "scripts" / "assets")]
    own = {**os.environ, **environment}
    return subprocess.run(command, env=own, capture_output=True, text=True, timeout=300)


def test_assets_without_npm_and_network(elsewhere: Path) -> None:
    nowhere = {
        "PATH": "",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
    }
    done = install(elsewhere, **nowhere)
    assert done.returncode == 0
    assert "the pages will use the plain form" in done.stderr
    assert not (elsewhere / "server" / "hyteverkko" / "static" / "vendor").exists()


def test_assets_that_are_there_are_left_alone(elsewhere: Path) -> None:
    vendor = STATIC / "vendor"
    if not vendor.is_dir():
        pytest.skip("the editor is not installed: there is no npm, or no network")
    shutil.copytree(vendor, elsewhere / "server" / "hyteverkko" / "static" / "vendor")
    done = install(elsewhere, PATH="")
    assert (done.returncode, done.stderr) == (0, "")
