"""The form, the editor and the pages of queries in a real browser: keyboard, silence, WCAG 2.1 AA.

Needs playwright and a Chromium on the PATH; with axe-playwright-python the rules of axe-core too.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
from hyteverkko.static_files import STATIC

from tests.browser import WATCH
from tests.browser import chromium as started_chromium
from tests.servers import Server, running

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE: Final = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
FOCUSED: Final = "document.activeElement.id || document.activeElement.textContent.trim()"
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


class Visitor:
    """A reader with a browser: one page, what the browser refused, and what it asked elsewhere."""

    def __init__(self, chromium: Any, server: Server, **how: Any) -> None:  # noqa: ANN401
        self.context = chromium.new_context(base_url=server.base, locale="en-GB", **how)
        self.page = self.context.new_page()
        self.elsewhere: list[str] = []
        self.faults: list[str] = []
        self.page.add_init_script(WATCH)
        self.page.on("request", lambda request: self._note(request.url, server.base))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _note(self, address: str, base: str) -> None:
        if urlsplit(address).scheme != "data" and not address.startswith(base):
            self.elsewhere.append(address)

    def visit(self, address: str) -> Any:  # noqa: ANN401 - playwright's page
        self.page.goto(address, wait_until="networkidle")
        return self.page

    def type(self, text: str) -> None:
        """Write a query from the beginning, and wait for what it brings up."""
        self.page.locator("#query-editor").focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.page.wait_for_timeout(500)

    @property
    def text(self) -> str:
        return str(self.page.evaluate("document.getElementById('query').value"))

    @property
    def focused(self) -> str:
        return str(self.page.evaluate(FOCUSED))


@pytest.fixture
def visitor(chromium: Any, server: Server) -> Iterator[Visitor]:  # noqa: ANN401
    visitor = Visitor(chromium, server)
    yield visitor
    refused = visitor.page.evaluate("window.refused")
    visitor.context.close()
    assert (visitor.elsewhere, visitor.faults, refused) == ([], [], [])


@pytest.fixture
def editing(visitor: Visitor) -> Visitor:
    """Give a reader who is at the form, with the editor in it."""
    if not (STATIC / "vendor" / "MANIFEST.json").is_file():
        pytest.skip("the editor is not installed: there is no npm, or no network")
    visitor.visit("/sparql?lang=en")
    return visitor


def test_form_without_scripts(chromium: Any, server: Server) -> None:  # noqa: ANN401
    visitor = Visitor(chromium, server, java_script_enabled=False)
    page = visitor.visit("/sparql?lang=en")
    page.get_by_label("Query").fill('SELECT ("works" AS ?what) {}')
    page.get_by_role("button", name="Run").click()
    assert page.locator("td").inner_text() == "works"
    assert "Rows: 1." in page.locator("#status").inner_text()
    assert "query=SELECT" in page.url
    visitor.context.close()


def test_completion_declares_the_prefix(editing: Visitor) -> None:
    editing.type("SELECT * {\n?x a municip")
    editing.page.keyboard.press("Enter")
    editing.page.keyboard.type(" }")
    assert "PREFIX hyte: <https://w3id.org/hyteverkko/def#>" in editing.text
    assert "?x a hyte:Municipality }" in editing.text


def test_completion_by_name_in_the_readers_language(editing: Visitor) -> None:
    editing.visit("/sparql?lang=sv")
    editing.type("SELECT * {\n?x a välfärdsomr")
    first = editing.page.locator(".CodeMirror-hints li").first.inner_text()
    assert first.startswith("hyte:WellbeingServicesCounty")


def test_no_completion_in_comments_and_strings(editing: Visitor) -> None:
    for text in ("# municip", 'SELECT * { ?x ?y "municip'):
        editing.type(text)
        assert editing.page.locator(".CodeMirror-hints").count() == 0


def test_completions_on_a_narrow_screen(editing: Visitor) -> None:
    editing.page.set_viewport_size({"width": 320, "height": 640})
    editing.type("SELECT * WHERE {\n?municipality a municip")
    box = editing.page.locator(".CodeMirror-hints").bounding_box()
    assert box["width"] > 150
    assert 0 <= box["x"] <= 320 - box["width"]


@pytest.mark.parametrize("text", ["SELECT * {}", "SELECT * { ?x a municip"])
def test_tab_leaves_the_editor(editing: Visitor, text: str) -> None:
    editing.type(text)
    editing.page.keyboard.press("Tab")
    assert editing.focused == "Run"
    editing.page.keyboard.press("Shift+Tab")
    assert editing.focused == "query-editor"
    editing.page.keyboard.press("Shift+Tab")
    assert editing.focused != "query-editor"
    assert editing.text == text


def test_control_enter_runs_and_the_answer_is_announced(editing: Visitor) -> None:
    editing.type('SELECT ("x" AS ?y) {}')
    editing.page.keyboard.press("Control+Enter")
    editing.page.wait_for_url("**/sparql?query=*")
    status = editing.page.locator("#status")
    playwright.expect(status).to_contain_text("Rows: 1.")
    assert editing.page.title().startswith("Rows: 1 – SPARQL")


def test_fault_is_marked_in_its_line(editing: Visitor) -> None:
    page = editing.visit("/sparql?lang=en&query=" + quote("SELECT ?x {\n  ?x <a:b> }\n"))
    line = page.locator(".fault-line").locator("xpath=..").inner_text()
    assert "?x <a:b> }" in line
    assert page.locator(".CodeMirror-hints").count() == 0


def test_plain_field_is_kept(editing: Visitor) -> None:
    page = editing.page
    editing.type("SELECT * {}")
    page.get_by_role("button", name="Use a plain text field").click()
    assert page.locator("textarea#query").is_visible()
    assert page.locator("textarea#query").input_value() == "SELECT * {}"
    page.reload(wait_until="networkidle")
    assert page.locator("textarea#query").is_visible()
    page.get_by_role("button", name="Use the editor with completion").click()
    assert page.locator(".CodeMirror").is_visible()


def test_copied_code(visitor: Visitor) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.visit("/queries/timeline?lang=en")
    page.locator("button[data-copies=query-text]").click()
    playwright.expect(page.locator("button[data-copies=query-text]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("# Timeline")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_accessible_and_narrow(visitor: Visitor, address: str, language: str) -> None:
    if find_spec("axe_playwright_python") is None:
        pytest.skip("axe-playwright-python is not installed")
    visitor.context.add_init_script(script=_axe())
    joined = "&" if "?" in address else "?"
    page = visitor.visit(f"{address}{joined}lang={language}")
    assert _findings(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("editing")
def test_accessible_with_completions_open(
    chromium: Any,  # noqa: ANN401
    server: Server,
    scheme: str,
) -> None:
    if find_spec("axe_playwright_python") is None:
        pytest.skip("axe-playwright-python is not installed")
    visitor = Visitor(chromium, server, color_scheme=scheme)
    visitor.context.add_init_script(script=_axe())
    visitor.visit("/sparql?lang=en")
    visitor.type('# note\nPREFIX x: <y>\nSELECT * { ?x x:p 12, "text"@en . ?x a municip')
    assert visitor.page.locator(".CodeMirror-hints li").count() > 1
    assert _findings(visitor.page) == []
    visitor.context.close()


def _axe() -> str:
    found = find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def _findings(page: Any) -> list[str]:  # noqa: ANN401
    return [
        f"{found['id']}: {[node['target'] for node in found['nodes'][:3]]}"
        for found in page.evaluate(RUN_AXE, RULES)["violations"]
    ]
