"""The form, the editor and the pages of queries in a real browser: keyboard, silence, WCAG 2.1 AA.

Needs playwright and a Chromium on the PATH; with axe-playwright-python the rules of axe-core too.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from hyteverkko.static_files import STATIC

from tests.browser import WIDTH, Visitor
from tests.browser import chromium as started_chromium
from tests.servers import Server, running

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

FAULTY: Final = "SELECT ?x {\n  ?x <a:b> }\n"
RUNAWAY: Final = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?d && ?c != ?i) }"
)
PAGES: Final = (
    "/sparql",
    "/sparql?example=timeline",
    "/sparql?query=" + quote("SELECT * { ?s ?p ?o } LIMIT 30"),
    "/sparql?query=" + quote("SELECT * { ?s <x:none> ?o }"),
    "/sparql?query=" + quote(FAULTY),
    "/sparql?query=" + quote(RUNAWAY),
    "/queries",
    "/queries/ended_municipalities",
)


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("browser")
    with running(home, folder, HYTE_QUERY_SECONDS="2") as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with started_chromium() as browser:
        yield browser


class Writer(Visitor):
    """A reader who writes queries."""

    def visit(self, address: str) -> Any:  # noqa: ANN401 - playwright's answer
        """Open a page, and wait for the editor."""
        answer = super().visit(address)
        self.page.wait_for_load_state("networkidle")
        return answer

    def type(self, text: str) -> None:
        """Write a query from the beginning, and wait for what it brings up."""
        self.page.locator("#query-editor").focus()
        self.press("Control+A")
        self.page.keyboard.type(text)
        self.page.wait_for_timeout(500)

    @property
    def text(self) -> str:
        return str(self.page.evaluate("document.getElementById('query').value"))


@pytest.fixture
def visitor(chromium: Any, server: Server) -> Iterator[Writer]:  # noqa: ANN401
    visitor = Writer(chromium, server)
    yield visitor
    visitor.close()


@pytest.fixture
def editing(visitor: Writer) -> Writer:
    """Give a reader who is at the form, with the editor in it."""
    if not (STATIC / "vendor" / "MANIFEST.json").is_file():
        pytest.skip("the editor is not installed: there is no npm, or no network")
    visitor.visit("/sparql?lang=en")
    return visitor


def test_form_without_scripts(chromium: Any, server: Server) -> None:  # noqa: ANN401
    visitor = Writer(chromium, server, java_script_enabled=False)
    visitor.visit("/sparql?lang=en")
    page = visitor.page
    page.get_by_label("Query").fill('SELECT ("works" AS ?what) {}')
    page.get_by_role("button", name="Run").click()
    assert page.locator("td").inner_text() == "works"
    assert "Rows: 1." in page.locator("#status").inner_text()
    assert "query=SELECT" in page.url
    visitor.close()


def test_completion_declares_the_prefix(editing: Writer) -> None:
    editing.type("SELECT * {\n?x a municip")
    editing.press("Enter")
    editing.page.keyboard.type(" }")
    assert "PREFIX hyte: <https://w3id.org/hyteverkko/def#>" in editing.text
    assert "?x a hyte:Municipality }" in editing.text


def test_completion_of_a_declaration_declares_once(editing: Writer) -> None:
    editing.type("prefix sko")
    editing.press("Enter")
    editing.page.keyboard.type("\nSELECT * {}")
    declared = "prefix skos: <http://www.w3.org/2004/02/skos/core#>"
    assert editing.text == f"{declared}\nSELECT * {{}}"


def test_completion_by_name_in_the_readers_language(editing: Writer) -> None:
    editing.visit("/sparql?lang=sv")
    editing.type("SELECT * {\n?x a välfärdsomr")
    first = editing.page.locator(".CodeMirror-hints li").first.inner_text()
    assert first.startswith("hyte:WellbeingServicesCounty")


def test_no_completion_in_comments_and_strings(editing: Writer) -> None:
    for text in ("# municip", 'SELECT * { ?x ?y "municip'):
        editing.type(text)
        assert editing.page.locator(".CodeMirror-hints").count() == 0


def test_completions_on_a_narrow_screen(editing: Writer) -> None:
    editing.page.set_viewport_size({"width": 320, "height": 640})
    editing.type("SELECT * WHERE {\n?municipality a municip")
    box = editing.page.locator(".CodeMirror-hints").bounding_box()
    assert box["width"] > 150
    assert 0 <= box["x"] <= 320 - box["width"]


@pytest.mark.parametrize("text", ["SELECT * {}", "SELECT * { ?x a municip"])
def test_tab_leaves_the_editor(editing: Writer, text: str) -> None:
    editing.type(text)
    field = playwright.expect(editing.page.locator("#query-editor"))
    editing.press("Tab")
    assert editing.focused == "Run"
    editing.press("Shift+Tab")
    field.to_be_focused()
    editing.press("Shift+Tab")
    field.not_to_be_focused()
    assert editing.text == text


def test_escape_closes_completions_and_then_leads_to_run(editing: Writer) -> None:
    editing.type("SELECT * { ?x a municip")
    editing.press("Escape")
    assert editing.page.locator(".CodeMirror-hints").count() == 0
    playwright.expect(editing.page.locator("#query-editor")).to_be_focused()
    editing.press("Escape")
    assert editing.focused == "Run"


def test_buttons_do_not_touch_on_a_narrow_screen(editing: Writer) -> None:
    editing.page.set_viewport_size({"width": 320, "height": 640})
    boxes = [one.bounding_box() for one in editing.page.locator("#ask > button").all()]
    assert len(boxes) == 2
    first, second = boxes
    beside = second["x"] - (first["x"] + first["width"])
    below = second["y"] - (first["y"] + first["height"])
    assert max(beside, below) >= 4


def test_control_enter_runs_and_the_answer_is_announced(editing: Writer) -> None:
    editing.type('SELECT ("x" AS ?y) {}')
    editing.press("Control+Enter")
    editing.page.wait_for_url("**/sparql?query=*")
    status = editing.page.locator("#status")
    playwright.expect(status).to_contain_text("Rows: 1.")
    assert editing.page.title().startswith("Rows: 1 – SPARQL")


def test_fault_is_marked_in_its_line(editing: Writer) -> None:
    editing.visit("/sparql?lang=en&query=" + quote("SELECT ?x {\n  ?x <a:b> }\n"))
    page = editing.page
    line = page.locator(".fault-line").locator("xpath=..").inner_text()
    assert "?x <a:b> }" in line
    assert page.locator(".CodeMirror-hints").count() == 0


@pytest.mark.parametrize("text", ["SELECT * { ?x }", "SELECT * { ?x a ?y . LATERAL { } }"])
def test_only_the_server_says_what_is_wrong(editing: Writer, text: str) -> None:
    editing.type(text)
    assert editing.page.locator(".parseErrorIcon").count() == 0
    drawn = "getComputedStyle(one).textDecorationLine"
    marked = f"all => all.filter(one => {drawn} !== 'none').length"
    assert editing.page.locator(".CodeMirror-line span").evaluate_all(marked) == 0


def test_plain_field_is_kept(editing: Writer) -> None:
    page = editing.page
    editing.type("SELECT * {}")
    page.get_by_role("button", name="Use a plain text field").click()
    assert page.locator("textarea#query").is_visible()
    assert page.locator("textarea#query").input_value() == "SELECT * {}"
    page.reload(wait_until="networkidle")
    assert page.locator("textarea#query").is_visible()
    page.get_by_role("button", name="Use the editor with completion").click()
    assert page.locator(".CodeMirror").is_visible()


def test_copied_code(visitor: Writer) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.visit("/queries/timeline?lang=en")
    page = visitor.page
    page.locator("button[data-copies=query-text]").click()
    playwright.expect(page.locator("button[data-copies=query-text]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("# Timeline")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_accessible_and_narrow(visitor: Writer, address: str, language: str) -> None:
    joined = "&" if "?" in address else "?"
    visitor.visit(f"{address}{joined}lang={language}")
    page = visitor.page
    assert visitor.findings() == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(WIDTH) <= 320


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_permalink_is_accessible_and_narrow(visitor: Writer, language: str) -> None:
    visitor.visit(f"/sparql?lang={language}&query=" + quote("SELECT * { ?s ?p ?o } LIMIT 3"))
    page = visitor.page
    link = page.locator('a[href^="/queries/permalink"]').first.get_attribute("href")
    assert visitor.visit(f"{link}&lang={language}").status == 200
    assert visitor.findings() == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(WIDTH) <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("editing")
def test_accessible_with_completions_open(
    chromium: Any,  # noqa: ANN401
    server: Server,
    scheme: str,
) -> None:
    visitor = Writer(chromium, server, color_scheme=scheme)
    visitor.visit("/sparql?lang=en")
    visitor.type('# note\nPREFIX x: <y>\nSELECT * { ?x x:p 12, "text"@en . ?x a municip')
    assert visitor.page.locator(".CodeMirror-hints li").count() > 1
    assert visitor.findings() == []
    visitor.close()
