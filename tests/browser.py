"""A reader with a real browser: what they see, press and reach, and what axe-core finds."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from tests.servers import Server

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE: Final = """tags => axe.run(
  document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}
)"""
WIDTH: Final = "document.documentElement.scrollWidth"
WATCH: Final = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
MOST_STOPS: Final = 400
"""Presses of Tab after which what is looked for is out of reach."""


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the browser that is installed; skip where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program)
        yield browser
        browser.close()


class Visitor:
    """A reader: one page, the keyboard, and what the page did that it should not."""

    def __init__(self, browser: Any, server: Server, **how: Any) -> None:  # noqa: ANN401
        self.scripts = how.get("java_script_enabled", True)
        self.context = browser.new_context(base_url=server.base, locale="fi-FI", **how)
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self._base = server.base
        if self.scripts:
            self.page.add_init_script(WATCH)
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _note(self, address: str) -> None:
        if urlsplit(address).scheme != "data" and not address.startswith(self._base):
            self.faults.append(f"asked elsewhere: {address}")

    def visit(self, address: str) -> Any:  # noqa: ANN401 - playwright's answer
        """Open a page."""
        return self.page.goto(address, wait_until="load")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def focused(self) -> str:
        """Give the text, or else the name, of what has the focus."""
        here = self.page.locator(":focus")
        if not here.count():
            return ""
        # A link in a drawing has no innerText: it is no element of HTML.
        text = str(here.evaluate("one => one.innerText ?? one.textContent"))
        return text.strip() or str(here.get_attribute("name") or "")

    def tab_to(self, text: str, *, back: bool = False) -> None:
        """Press Tab until what begins with a text has the focus."""
        met = []
        for _ in range(MOST_STOPS):
            self.press("Shift+Tab" if back else "Tab")
            met.append(self.focused)
            if met[-1].startswith(text):
                return
        pytest.fail(f"{text!r} is out of reach of the keyboard; reached: {met[-20:]}")

    @property
    def heading(self) -> str:
        """Give the heading of the page."""
        return str(self.page.locator("h1").inner_text()).strip()

    def findings(self) -> list[str]:
        """Give what axe-core finds on the page."""
        self.page.evaluate(axe())
        found = self.page.evaluate(RUN_AXE, RULES)["violations"]
        return [f"{one['id']}: {[node['target'] for node in one['nodes'][:3]]}" for one in found]

    def close(self) -> None:
        """Leave, and tell what the page did that it should not."""
        refused = self.page.evaluate("window.refused ?? []") if self.scripts else []
        self.context.close()
        assert (self.faults, refused) == ([], [])


def axe() -> str:
    """Give the text of axe-core."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")
