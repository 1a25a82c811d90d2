"""The preview as it is shown: in a frame of another site, small, without scripts, WCAG 2.1 AA."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest

from tests.browser import WIDTH, Visitor
from tests.browser import chromium as started_chromium
from tests.servers import Server, running

SIZE: Final = {"width": 430, "height": 300}
IDS: Final = ("municipality/303", "network/koski-tl/hyvinvointiryhma", "county/05")


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(home, tmp_path_factory.mktemp("preview")) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with started_chromium() as browser:
        yield browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("id_", IDS)
def test_the_preview_is_accessible(chromium: Any, server: Server, id_: str, scheme: str) -> None:  # noqa: ANN401
    reader = Visitor(chromium, server, viewport=SIZE, color_scheme=scheme)
    reader.visit(f"/reconcile/preview?id={id_}&lang=sv")
    assert reader.findings() == []
    assert reader.page.evaluate(WIDTH) <= SIZE["width"]
    reader.close()


def test_the_page_about_it_is_accessible(chromium: Any, server: Server) -> None:  # noqa: ANN401
    reader = Visitor(chromium, server, viewport={"width": 320, "height": 640})
    reader.visit("/reconcile/about?lang=fi")
    assert reader.findings() == []
    assert reader.page.evaluate(WIDTH) <= 320
    reader.close()


@contextmanager
def site_with(body: str, folder: Path) -> Iterator[str]:
    """Serve a page from another port, which is another site."""
    (folder / "index.html").write_text(body, encoding="utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{other.server_port}/"
        other.shutdown()


@pytest.mark.parametrize(
    ("path", "is_shown"),
    [("/reconcile/preview?id=municipality/303", True), ("/doc/municipality/303", False)],
)
def test_in_a_frame_of_another_site(
    chromium: Any,  # noqa: ANN401
    server: Server,
    tmp_path: Path,
    path: str,
    is_shown: bool,
) -> None:
    frame = f'<!doctype html><iframe src="{server.base}{path}" width="430" height="300"></iframe>'
    page = chromium.new_page()
    with site_with(frame, tmp_path) as elsewhere:
        page.goto(elsewhere, wait_until="load")
        headings = page.frame_locator("iframe").locator("h1", has_text="Kuru")
        assert headings.count() == is_shown
    page.close()
