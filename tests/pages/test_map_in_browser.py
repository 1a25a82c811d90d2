"""The map by keyboard alone, with scripts and without: skip it, walk it, change it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import Visitor
from tests.pages.test_pages_in_browser import FOCUS
from tests.servers import Server, running


@pytest.fixture(scope="module")
def server(home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:  # noqa: ANN401
    with running(home, tmp_path_factory.mktemp("map"), HYTE_TODAY="2026-11-22") as server:
        yield server


def test_the_picture_can_be_skipped(visitor: Visitor) -> None:
    visitor.visit("/map?lang=fi")
    visitor.tab_to("Ohita kuva")
    visitor.press("Enter", "Tab", "Tab")
    # The table's box first, then its first link.
    assert visitor.focused == "Akaa"


def test_the_picture_is_walked_from_the_north(browser: Any, server: Server) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server)
    visitor.visit("/map?lang=fi&form=points")
    visitor.tab_to("Ohita kuva")
    visitor.press("Tab")
    # Utsjoki has the northernmost point, Inari the next.
    assert visitor.focused.startswith("Utsjoki")
    assert visitor.page.evaluate(FOCUS)
    visitor.press("Tab")
    assert visitor.focused.startswith("Inari")
    visitor.press("Enter")
    visitor.page.wait_for_url("**/doc/municipality/148*")
    assert visitor.heading == "Inari"
    visitor.close()


def test_another_indicator_is_chosen(visitor: Visitor) -> None:
    visitor.visit("/map?lang=sv&at=2009-01-01")
    # A list has the focus under the name of what is chosen in it.
    visitor.tab_to("Hittade ämnen")
    visitor.page.locator(":focus").select_option("province")
    visitor.tab_to("Visa")
    visitor.press("Enter")
    visitor.page.wait_for_url("**indicator=province*")
    assert "at=2009-01-01" in visitor.page.url
    assert visitor.page.locator("#shown").inner_text() == "Län, 1 jan. 2009"
    assert visitor.page.locator(".legend li").count() == 6
    assert visitor.page.locator("svg.map a").count() == 348


def test_from_a_municipality_to_its_place(visitor: Visitor) -> None:
    visitor.visit("/doc/municipality/284?lang=fi")
    visitor.tab_to("Kartalla")
    visitor.press("Enter")
    visitor.page.wait_for_url("**/map*#m284")
    assert visitor.page.locator("svg.map a:target title").text_content().startswith("Koski Tl: 6")


def test_from_a_municipality_to_what_was_searched(visitor: Visitor) -> None:
    visitor.visit("/doc/municipality/284?lang=fi")
    visitor.tab_to("Mitä on etsitty")
    visitor.press("Enter")
    visitor.page.wait_for_url("**/coverage*")
    assert visitor.page.locator(".matrix tbody tr").count() == 1
    assert visitor.page.locator(".matrix td.s-q4").count() == 6
    assert visitor.page.locator(".matrix td.s-searched").count() == 8
