"""The journeys of a reader in a real browser, by keyboard alone, and without scripts; WCAG 2.1 AA.

Needs playwright and a Chromium on the PATH; with axe-playwright-python the rules of axe-core too.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.browser import WIDTH, Visitor
from tests.servers import Server, running

BODY: Final = "/doc/network/koski-tl/kosken-verkko"
PAGES: Final = (
    "/",
    "/municipalities",
    "/municipalities?at=2008-01-01&region=region/19",
    "/networks",
    "/networks?theme=theme/none",
    "/plans",
    "/projects",
    "/regions",
    "/roles",
    "/organisations",
    "/map",
    "/map?indicator=region&form=points&at=2008-06-01",
    "/coverage",
    "/coverage?topic=plans&answer=searched-not-found&at=2026-11-22",
    "/compare",
    "/compare?m=284",
    "/compare?m=284&m=211&m=915&m=698&m=297",
    "/compare?m=251&m=167&q=Pyh%C3%A4",
    "/timeline",
    "/timeline?page=3",
    "/timeline?of=municipality/915&at=2022-01-12",
    "/network",
    "/network?of=municipality/284",
    "/network?around=network/koski-tl/kosken-verkko&depth=2",
    "/network?around=municipality/005",
    "/doc/municipality/284",
    "/doc/municipality/180",
    "/doc/municipality/445?at=2010-06-01",
    "/doc/region/19",
    "/doc/county/21",
    BODY,
    "/doc/body/varkaus/tyoryhma-1",
    "/doc/person/varkaus/3",
    "/doc/post/varkaus/osallisuuskoordinaattori",
    "/doc/document/varkaus/kaupunkistrategia",
    "/doc/project/lapin-seniori-ja-vanhustyon-kehittamisyksikko",
    "/doc/model/kangasala/hyte-tulee",
    "/doc/event/varkaus/tyoryhma-2-2-kokous-2",
    "/doc/organisation/suomen-punainen-risti",
    "/doc/goal/varkaus/kuntalaisen-etu-ensin",
    "/doc/source/varkaus",
    "/doc/passage/koski-tl/601-959",
    "/doc/dataset/varkaus",
    "/doc/network",
    "/def",
    "/def/theme",
    "/def/theme/culture",
    "/def/office/hyvinvointikoordinaattori",
    "/def/Body",
    "/def/certainty/stated?in=https://w3id.org/hyteverkko/def%23certainty",
    "/dumps",
    "/dumps/1/",
    "/accessibility",
    "/privacy",
    "/no-such-page",
    "/municipalities?at=yesterday",
)
"""One page of each kind at least, and the errors."""

FOCUS: Final = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


@pytest.fixture(scope="module")
def server(home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:  # noqa: ANN401
    folder = tmp_path_factory.mktemp("pages")
    with running(home, folder, HYTE_FEEDBACK="palaute@example.fi") as server:
        yield server


def with_language(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_axe_finds_nothing(browser: Any, server: Server, language: str) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server)
    wrong = {}
    for path in PAGES:
        visitor.visit(with_language(path, language))
        if found := visitor.findings():
            wrong[path] = found
    visitor.close()
    assert wrong == {}


def test_axe_finds_nothing_in_the_dark(browser: Any, server: Server) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server, color_scheme="dark", reduced_motion="reduce")
    wrong = {}
    for path in PAGES[::3]:
        visitor.visit(with_language(path, "fi"))
        if found := visitor.findings():
            wrong[path] = found
    visitor.close()
    assert wrong == {}


@pytest.mark.parametrize("width", [320, 640])
def test_no_page_scrolls_sideways(browser: Any, server: Server, width: int) -> None:  # noqa: ANN401
    """On the narrowest screen, and at 1280 pixels zoomed to 200 %."""
    visitor = Visitor(browser, server, viewport={"width": width, "height": 600})
    wide = {}
    for path in PAGES:
        visitor.visit(with_language(path, "fi"))
        found = visitor.page.evaluate(WIDTH)
        if found > width:
            wide[path] = found
    visitor.close()
    assert wide == {}


def test_find_a_municipality(visitor: Visitor) -> None:
    visitor.visit("/?lang=fi")
    visitor.tab_to("q")
    visitor.page.keyboard.type("Koski Tl")
    visitor.press("Enter")
    visitor.page.wait_for_url("**/search?*")
    visitor.tab_to("Koski Tl")
    visitor.press("Enter")
    visitor.page.wait_for_url("**/doc/municipality/284*")
    assert visitor.heading == "Koski Tl"


def test_follow_a_value_to_its_passage(visitor: Visitor) -> None:
    visitor.visit(f"{BODY}?lang=fi")
    visitor.tab_to("alakoulun rehtori")
    visitor.tab_to("Lähde")
    visitor.press("Enter")
    visitor.tab_to("Kuvaus Kosken Tl kunnan hyvinvointisuunnitelmista")
    assert "2026" in visitor.page.locator("details[open]").inner_text()
    visitor.tab_to("merkit 601–959")
    visitor.press("Enter")
    visitor.page.wait_for_url("**/doc/passage/koski-tl/601-959*")
    assert visitor.page.locator("#statements").inner_text().startswith("Mitä tekstikohta osoittaa")


def test_filter_and_download(visitor: Visitor) -> None:
    visitor.visit("/municipalities?lang=fi")
    visitor.tab_to("Rajaa luetteloa")
    visitor.press("Enter")
    visitor.tab_to("region")
    while visitor.page.locator(":focus").get_attribute("value") != "region/19":
        visitor.press("Tab")
    visitor.press("Space")
    visitor.tab_to("Näytä")
    visitor.press("Enter")
    visitor.page.wait_for_url("**region%2F19*")
    assert visitor.page.locator("#results").inner_text().split() == ["Tulokset", "21"]
    visitor.tab_to("Ota tiedot mukaan")
    visitor.press("Enter")
    visitor.tab_to("CSV")
    with visitor.page.expect_download() as waited:
        visitor.press("Enter")
    lines = waited.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 22
    assert lines[0].startswith("name,name_iri,code,region")


def test_switch_language_and_keep_the_place(visitor: Visitor) -> None:
    visitor.visit("/networks?owner=municipality/284&sort=-name&at=2022-01-01&lang=fi")
    before = visitor.page.locator("tbody tr").count()
    visitor.tab_to("svenska")
    visitor.press("Enter")
    visitor.page.wait_for_url("**lang=sv*")
    for kept in ("owner=municipality%2F284", "sort=-name", "at=2022-01-01"):
        assert kept in visitor.page.url
    assert visitor.page.locator("html").get_attribute("lang") == "sv"
    assert visitor.page.locator("tbody tr").count() == before > 0


def test_look_at_another_day(visitor: Visitor) -> None:
    visitor.visit("/doc/municipality/284?lang=fi")
    visitor.page.get_by_label("Tilanne päivänä").fill("2008-01-01")
    visitor.press("Enter")
    visitor.page.wait_for_url("**at=2008-01-01*")
    assert "1.1.2008" in visitor.page.locator(".as-of").inner_text()
    assert "Länsi-Suomen lääni" in visitor.page.locator(".facts").inner_text()


def test_the_menu_of_a_narrow_screen(browser: Any, server: Server) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server, viewport={"width": 320, "height": 600})
    visitor.visit("/?lang=fi")
    visitor.tab_to("Valikko")
    visitor.press("Enter")
    visitor.tab_to("Kunnat")
    visitor.press("Enter")
    visitor.page.wait_for_url("**/municipalities*")
    visitor.close()


@pytest.mark.parametrize("path", ["/", "/municipalities", BODY, "/accessibility"])
def test_the_first_stop_skips_to_the_content(
    browser: Any,  # noqa: ANN401
    server: Server,
    path: str,
) -> None:
    visitor = Visitor(browser, server)
    visitor.visit(with_language(path, "fi"))
    visitor.press("Tab")
    assert visitor.focused == "Siirry sisältöön"
    assert visitor.page.evaluate(FOCUS)
    visitor.press("Enter", "Tab")
    inside = "document.querySelector('main').contains(document.activeElement)"
    assert visitor.page.evaluate(inside)
    visitor.close()


def test_focus_is_seen_everywhere(browser: Any, server: Server) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server)
    for path in ("/", "/municipalities", BODY):
        visitor.visit(with_language(path, "fi"))
        for stop in range(60):
            visitor.press("Tab")
            assert visitor.page.evaluate(FOCUS), (path, stop, visitor.focused)
    visitor.close()


def test_print_shows_the_text(browser: Any, server: Server) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server)
    visitor.visit(f"{BODY}?lang=fi")
    visitor.page.emulate_media(media="print")
    assert visitor.page.locator("h1").is_visible()
    assert not visitor.page.locator("nav.main").is_visible()
    assert not visitor.page.locator(".take").first.is_visible()
    visitor.close()


def test_report_an_error(browser: Any, server: Server) -> None:  # noqa: ANN401
    visitor = Visitor(browser, server)
    visitor.visit(f"{BODY}?lang=fi")
    href = visitor.page.locator("a.report").get_attribute("href")
    assert href.startswith("mailto:palaute@example.fi?subject=Virhe%20sivulla%20http")
    assert "kosken-verkko" in href
    visitor.close()
