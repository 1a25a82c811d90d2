"""The pictures in a real browser: by keyboard alone, without scripts, on a narrow screen."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.browser import WIDTH, Visitor
from tests.pages.test_pages_in_browser import FOCUS
from tests.servers import Server, running

PICTURES: Final = (
    "/compare?m=284&m=211&m=915",
    "/timeline?of=municipality/915",
    "/network?of=municipality/284",
)


@pytest.fixture(scope="module")
def server(home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:  # noqa: ANN401
    with running(home, tmp_path_factory.mktemp("pictures"), HYTE_TODAY="2026-11-22") as server:
        yield server


def test_compare_municipalities(visitor: Visitor) -> None:
    visitor.visit("/?lang=fi")
    visitor.tab_to("Vertaa kuntia")
    visitor.press("Enter")
    visitor.page.wait_for_url("**/compare*")
    for words, code in (("Kosken", "284"), ("Kuopion", "297")):
        visitor.tab_to("q")  # the search of the whole site
        visitor.tab_to("q")
        visitor.page.keyboard.type(words)
        visitor.press("Enter")
        visitor.page.wait_for_url(f"**m={code}*")
    assert visitor.page.locator("tbody th").first.inner_text().startswith("Koodi")
    assert "etsitty, ei löytynyt" in visitor.page.locator("#comparison-words").inner_text()
    visitor.tab_to("Poista:\nKuopio")
    visitor.press("Enter")
    visitor.page.wait_for_url("**/compare?m=284&lang=fi")
    assert "Valitse ainakin yksi lisää" in visitor.page.locator("main [role=status]").inner_text()


def test_neighbours_are_compared_from_a_page(visitor: Visitor) -> None:
    visitor.visit("/doc/municipality/284?lang=fi")
    visitor.tab_to("Vertaa kuntaan…")
    visitor.press("Tab", "Tab", "Tab")
    name = visitor.focused.removeprefix("Vertaa kuntaan…").strip()
    visitor.press("Enter")
    visitor.page.wait_for_url("**/compare?m=284&m=*")
    assert name in visitor.page.locator(".chosen").inner_text()


@pytest.mark.parametrize("path", PICTURES)
def test_a_picture_can_be_skipped(visitor: Visitor, path: str) -> None:
    visitor.visit(f"{path}&lang=fi")
    visitor.tab_to("Ohita kuva")
    visitor.press("Enter", "Tab")
    assert visitor.page.locator(".in-words :focus").count() == 1


@pytest.mark.parametrize("path", PICTURES)
def test_focus_is_seen_in_a_picture(browser: Any, server: Server, path: str) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server)
    visitor.visit(f"{path}&lang=fi")
    visitor.tab_to("Ohita kuva")
    for stop in range(8):
        visitor.press("Tab")
        assert visitor.page.evaluate(FOCUS), (path, stop)
    visitor.close()


def test_follow_a_node_to_the_network_around_it(visitor: Visitor) -> None:
    visitor.visit("/network?of=municipality/284&lang=fi")
    visitor.page.locator("svg a", has_text="Kosken Verkko").first.focus()
    visitor.press("Enter")
    visitor.page.wait_for_url("**around=network/koski-tl/kosken-verkko*")
    assert "Kosken Verkko" in visitor.page.locator(".chosen").inner_text()


@pytest.mark.parametrize("width", [320, 768])
def test_a_picture_scrolls_in_its_box(browser: Any, server: Server, width: int) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server, viewport={"width": width, "height": 700})
    for path in PICTURES:
        visitor.visit(f"{path}&lang=sv")
        assert visitor.page.evaluate(WIDTH) == width, path
    visitor.close()


@pytest.mark.parametrize("path", PICTURES)
def test_the_file_of_a_picture_opens(browser: Any, server: Server, path: str) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server)
    visitor.visit(path.replace("?", ".svg?", 1))
    assert visitor.page.locator("svg a").count() > 5
    visitor.close()


def test_downloads_are_taken_along(visitor: Visitor) -> None:
    visitor.visit("/network?of=municipality/284&lang=fi")
    visitor.tab_to("Ota tiedot mukaan")
    visitor.press("Enter")
    visitor.tab_to("GraphML")
    with visitor.page.expect_download() as waited:
        visitor.press("Enter")
    assert waited.value.path().read_text(encoding="utf-8").startswith("<?xml")
