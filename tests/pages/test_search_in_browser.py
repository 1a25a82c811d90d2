"""Suggestions in a real browser: by keyboard alone, announced, silent elsewhere, WCAG 2.1 AA.

Needs playwright and a Chromium on the PATH; with axe-playwright-python the rules of axe-core too.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

from tests.browser import WATCH
from tests.browser import chromium as started_chromium
from tests.servers import Server, running

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE: Final = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
PAGES: Final = (
    "/search?",
    "/search?q=hyvinvointi",
    "/search?q=Villmanstrand",
    "/search?q=kuoppio",
    "/search?q=xqzwxqzw",
    "/search?q=kuntaliitos&kind=change&page=2",
)


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(home, tmp_path_factory.mktemp("browser")) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with started_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Any, server: Server) -> Iterator[Any]:  # noqa: ANN401
    """Give a page that may neither break the policy, nor fail, nor ask anybody else."""
    context = chromium.new_context(base_url=server.base, locale="fi-FI")
    page = context.new_page()
    faults: list[str] = []
    page.add_init_script(WATCH)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: _note(faults, asked.url, server.base))
    yield page
    faults += page.evaluate("window.refused")
    context.close()
    assert faults == []


def _note(faults: list[str], address: str, base: str) -> None:
    if not address.startswith((base, "data:")):
        faults.append(address)


def field(page: Any) -> Any:  # noqa: ANN401
    return page.get_by_role("combobox")


def type_into(page: Any, text: str) -> Any:  # noqa: ANN401
    """Reach the field by Tab alone, write, and give the list of suggestions."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type(text)
    listbox = page.get_by_role("listbox")
    playwright.expect(listbox).to_be_visible()
    return listbox


@pytest.mark.parametrize("address", ["/?lang=fi", "/def?lang=fi", "/search?lang=fi"])
def test_choose_by_keyboard(page: Any, address: str) -> None:  # noqa: ANN401
    page.goto(address)
    listbox = type_into(page, "villman")
    assert "Lappeenranta (Villmanstrand)" in listbox.get_by_role("option").first.inner_text()
    assert field(page).get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    chosen = field(page).get_attribute("aria-activedescendant")
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/municipality/405?lang=fi")


def test_arrows_go_round(page: Any) -> None:  # noqa: ANN401
    page.goto("/?lang=fi")
    listbox = type_into(page, "kos")
    count = listbox.get_by_role("option").count()
    assert count > 1
    page.keyboard.press("ArrowUp")
    assert str(field(page).get_attribute("aria-activedescendant")).endswith(f"-{count - 1}")
    page.keyboard.press("ArrowDown")
    assert field(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    assert str(field(page).get_attribute("aria-activedescendant")).endswith("-0")


def test_enter_without_a_choice_searches(page: Any) -> None:  # noqa: ANN401
    page.goto("/?lang=fi")
    type_into(page, "kuopio")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=kuopio&lang=fi")
    assert page.locator("main mark").first.inner_text() == "Kuopio"


def test_escape_closes_and_keeps_the_text(page: Any) -> None:  # noqa: ANN401
    page.goto("/?lang=fi")
    listbox = type_into(page, "kuop")
    page.keyboard.press("Escape")
    playwright.expect(listbox).to_be_hidden()
    assert field(page).input_value() == "kuop"
    assert field(page).get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    playwright.expect(listbox).to_be_visible()


def test_tab_leaves_and_closes(page: Any) -> None:  # noqa: ANN401
    page.goto("/?lang=fi")
    listbox = type_into(page, "kuop")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    playwright.expect(listbox).to_be_hidden()
    assert page.evaluate("document.activeElement.id") != "q"


def test_number_of_suggestions_is_announced(page: Any) -> None:  # noqa: ANN401
    page.goto("/?lang=fi")
    listbox = type_into(page, "kuop")
    count = listbox.get_by_role("option").count()
    playwright.expect(page.locator(".suggest-status")).to_have_text(
        f"Ehdotuksia: {count}. Liiku nuolinäppäimillä."
    )


def test_choose_by_pointer(page: Any) -> None:  # noqa: ANN401
    page.goto("/?lang=sv")
    field(page).click()
    page.keyboard.type("koskis")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/doc/municipality/284?lang=sv")


def test_without_scripts(chromium: Any, server: Server) -> None:  # noqa: ANN401
    context = chromium.new_context(base_url=server.base, java_script_enabled=False)
    page = context.new_page()
    page.goto("/?lang=fi")
    page.get_by_role("searchbox").fill("Kuopion")
    page.get_by_role("button", name="Hae").click()
    page.get_by_role("link", name="Kuopio", exact=True).click()
    assert page.url == f"{server.base}/doc/municipality/297?lang=fi"
    context.close()


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_accessible_and_narrow(page: Any, address: str, language: str) -> None:  # noqa: ANN401
    _with_axe(page)
    page.goto(f"{address}&lang={language}")
    assert _findings(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/?lang=fi", "/search?lang=fi"])
def test_accessible_with_suggestions_open(page: Any, address: str, scheme: str) -> None:  # noqa: ANN401
    _with_axe(page)
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    type_into(page, "hyvinvointi")
    page.keyboard.press("ArrowDown")
    assert _findings(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    box = page.get_by_role("listbox").bounding_box()
    assert 0 <= box["x"] <= 320 - box["width"]


def _with_axe(page: Any) -> None:  # noqa: ANN401
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    axe = Path(found.origin).parent / "axe.min.js"
    page.context.add_init_script(script=axe.read_text(encoding="utf-8"))


def _findings(page: Any) -> list[str]:  # noqa: ANN401
    return [
        f"{found['id']}: {[node['target'] for node in found['nodes'][:3]]}"
        for found in page.evaluate(RUN_AXE, RULES)["violations"]
    ]
