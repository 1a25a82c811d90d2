"""Anybody may have a file checked: from a form, from the command line, and by strangers' tricks."""

import gzip
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.browser import WIDTH, Visitor, chromium
from tests.ingest.senders import STATEMENTS, TURTLE, copied, registered
from tests.servers import UNTHROTTLED, Server, running

HTML: Final = {"accept": "text/html"}
JSON: Final = {"accept": "application/json"}
MIB: Final = 1024 * 1024
FAULTY: Final = TURTLE.replace('    skos:prefLabel "HYTE-ryhmä"@fi ;\n', "")


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    own = copied(home, tmp_path_factory.mktemp("validate") / "home")
    registered(own)
    settings = {"HYTE_TODAY": "2026-11-22", **UNTHROTTLED}
    with running(own, tmp_path_factory.mktemp("server"), **settings) as server:
        yield server
        assert server.process.poll() is None
        assert "Traceback" not in server.log.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.base, timeout=120) as client:
        client.headers["accept-language"] = "en"
        yield client


def part(name: str, content: bytes, more: str = "") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return b"--b\r\n" + head.encode() + content + b"\r\n"


def file_part(name: str, content: bytes, media: str = "application/octet-stream") -> bytes:
    return part("file", content, f'; filename="{name}"\r\nContent-Type: {media}')


END: Final = b"--b--\r\n"


def send(
    client: httpx2.Client, body: bytes, kind: str = "multipart/form-data; boundary=b", **more: str
) -> httpx2.Response:
    headers = {"content-type": kind, **JSON, **more}
    return client.post("/validate", content=body, headers=headers)


def test_a_file_of_each_name(client: httpx2.Client) -> None:
    for name in ("kuopio.ttl", "KUOPIO.TTL", "C:\\tiedot\\ryhmät.ttl", "../../kuopio.ttl"):
        answer = send(client, file_part(name, TURTLE.encode()) + part("graph", b"kuopio") + END)
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "tried"
        assert answer.json()["change"]["added"] == STATEMENTS
    typed = send(client, file_part("kuopio", TURTLE.encode(), "text/turtle") + END)
    assert typed.status_code == 200


def test_a_faulty_file_is_named_with_its_line(client: httpx2.Client) -> None:
    answer = send(client, file_part("kuopio.ttl", FAULTY.encode()) + END)
    assert answer.status_code == 422
    found = next(f for f in answer.json()["findings"] if f["rule"] == "hsh:Organisation-name")
    assert found["file"] == "kuopio.ttl"
    assert FAULTY.splitlines()[found["line"] - 1] == "<body/kuopio/hyte-ryhma>"


def test_a_pasted_text(client: httpx2.Client) -> None:
    empty = file_part("", b"")
    pasted = TURTLE.replace("\n", "\r\n").encode()
    answer = send(client, empty + part("text", pasted) + part("format", b"ttl") + END)
    assert answer.status_code == 200
    table = "nimi;kunta\nHYTE-ryhmä;Kuopio\n".encode()
    answer = send(client, empty + part("text", table) + part("format", b"csv") + END)
    assert answer.status_code in {200, 422}
    assert answer.json()["findings"] is not None


def test_a_table_with_its_kind_and_graph(client: httpx2.Client) -> None:
    table = client.get("/tables/networks.xlsx", params={"graph": "kuopio"}).content
    chosen = part("table", b"networks") + part("graph", b"kuopio")
    answer = send(client, file_part("networks.xlsx", table) + chosen + END)
    assert answer.status_code == 200, answer.text


def test_curl_sends_a_file(server: Server, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    table = tmp_path / "networks.xlsx"
    table.write_bytes(httpx2.get(f"{server.base}/tables/networks.xlsx").content)
    command = (
        "curl",
        "-sS",
        "-F",
        f"file=@{table}",
        "-w",
        "%{http_code}",
        f"{server.base}/validate",
    )
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("200"), done.stdout


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (END, 400, "Choose a file"),
        (b"", 400, "Choose a file"),
        (file_part("", b"") + END, 400, "Choose a file"),
        (part("text", b" \r\n") + END, 400, "Choose a file"),
        (file_part("a.ttl", b"") + part("text", b"x") + END, 400, "not both"),
        (part("file", b"abc") + END, 400, "has to be a file"),
        (part("text", b"abc", '; filename="a.ttl"') + END, 400, "has to be a text"),
        (part("name", b"abc") + END, 400, "not known"),
        (part("table", b"a") + part("table", b"b") + END, 400, "twice"),
        (part("", b"abc") + END, 400, "not known"),
        (file_part("a.pdf", b"%PDF") + END, 415, ".pdf is not one"),
        (file_part("a.xls", b"\xd0\xcf") + END, 415, ".xls is not one"),
        (part("text", b"abc") + part("format", b"exe") + END, 415, ".exe is not one"),
        (part("text", b"abc") + part("graph", b"../x") + END, 404, "no graph"),
        (file_part("a.ttl", b"x") + file_part("b.ttl", b"x") + END, 400, "too many parts"),
        (part("x", b"") * 5000 + END, 400, "too many parts"),
        (file_part("a.ttl", b"x") * 5000 + END, 400, "too many parts"),
        (b"--b\r\n" + b"X: y\r\n" * 5000 + b"\r\n" + END, 400, "cannot be read"),
        (b"--b\r\nX: " + b"y" * MIB + b"\r\n\r\n" + END, 400, "cannot be read"),
        (b"--b\r\n\r\nno disposition\r\n" + END, 400, "cannot be read"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + END, 400, "cannot be read"),
        (b"--other\r\n" + END, 400, "cannot be read"),
        (b"\x00" * 1000, 400, "cannot be read"),
        (file_part("a.ttl", TURTLE.encode()), 400, "Choose a file"),
        (file_part("a.ttl", TURTLE.encode())[:-40], 400, "Choose a file"),
        (file_part('a";x=".ttl', b"x") + END, 415, "not one"),
    ],
)
def test_forms_that_cannot_be(client: httpx2.Client, body: bytes, status: int, said: str) -> None:
    answer = send(client, body)
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    page = send(client, body, accept="text/html")
    assert page.status_code == status
    assert 'role="alert"' in page.text


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ('multipart/form-data; boundary="', 400),
        (f"multipart/form-data; boundary={'b' * 5000}", 400),
        ("multipart/form-data; boundary=\xe4", 400),
        ("multipart/form-data; boundary*=utf-8''b", 400),
        ("multipart/form-data; boundary=b; charset=idna", 415),
        ("multipart/form-data; boundary=b; charset=undefined", 415),
        ("multipart/form-data; boundary=b; charset=zlib", 415),
        ("multipart/form-data; boundary=b; charset=utf-16", 415),
        ("multipart/form-data; boundary=b; CHARSET=punycode", 415),
        ("multipart/mixed; boundary=b", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
def test_framings_that_cannot_be(client: httpx2.Client, kind: str, status: int) -> None:
    body = part("text", b"xn--" + b"a" * 1000) + END
    headers = [(b"content-type", kind.encode("latin-1"))]
    answer = client.post("/validate", content=body, headers=headers)
    assert answer.status_code == status, answer.text


def test_forms_over_the_limit(client: httpx2.Client, server: Server) -> None:
    before = _resident(server)

    def pieces() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.ttl"\r\n\r\n'
        for _ in range(100):
            yield b"#" * MIB

    whole = b"".join(pieces())
    assert send(client, whole).status_code == 413
    headers = {"content-type": "multipart/form-data; boundary=b"}
    # The server may have answered and hung up while the client was still sending.
    with suppress(httpx2.TransportError):
        assert client.post("/validate", content=pieces(), headers=headers).status_code == 413
    assert send(client, part("text", b"#" * (11 * MIB)) + END).status_code == 413
    assert _resident(server) - before < 64 * MIB


def _resident(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def test_many_at_once_are_bounded(client: httpx2.Client, server: Server) -> None:
    """More than there is room for is refused as busy; everything else is answered."""
    body = file_part("a.ttl", b"#" * (9 * MIB)) + END
    before = _resident(server)

    def one(_: int) -> int:
        return send(client, body).status_code

    with ThreadPoolExecutor(16) as threads:
        statuses = set(threads.map(one, range(32)))
    assert statuses <= {200, 503}
    assert 200 in statuses
    assert _resident(server) - before < 400 * MIB


def test_nobody_waits_behind_all_the_files_of_another(server: Server) -> None:
    slow = file_part("a.ttl", b"#\n" * (4 * MIB) + TURTLE.encode()) + END
    done = 0

    def one(address: str, body: bytes) -> int:
        nonlocal done
        transport = httpx2.HTTPTransport(local_address=address)
        with httpx2.Client(base_url=server.base, transport=transport, timeout=120) as client:
            status = send(client, body).status_code
        done += 1
        return status

    with ThreadPoolExecutor(8) as threads:
        many = [threads.submit(one, "127.0.0.2", slow) for _ in range(8)]
        while not done:
            time.sleep(0.05)
        assert one("127.0.0.3", file_part("a.ttl", TURTLE.encode()) + END) == 200
        # What was being read and what may have begun meanwhile, and not all eight.
        assert done < 6
        assert {each.result() for each in many} == {200}


@pytest.mark.parametrize("line", ["aaaa;bbbb\n", "#"], ids=["rows", "one cell"])
def test_what_is_no_table_costs_little(client: httpx2.Client, line: str) -> None:
    """What has no headings is known soon: anybody may send it, and others wait."""
    body = line.encode() * (3 * MIB // len(line))
    began = time.monotonic()
    answer = send(client, file_part("a.csv", body) + END)
    assert [finding["rule"] for finding in answer.json()["findings"]] == ["headings"]
    assert time.monotonic() - began < 45


def test_a_gzipped_form(client: httpx2.Client) -> None:
    body = gzip.compress(file_part("a.ttl", TURTLE.encode()) + END)
    assert send(client, body, **{"content-encoding": "gzip"}).status_code == 200
    bomb = gzip.compress(file_part("a.ttl", b"#" * (50 * MIB)) + END)
    assert send(client, bomb, **{"content-encoding": "gzip"}).status_code == 413


def test_the_form_is_a_page(client: httpx2.Client) -> None:
    for language, heading in (
        ("fi", "Tarkista tiedosto"),
        ("sv", "Kontrollera en fil"),
        ("en", "Check a file"),
    ):
        page = client.get("/validate", params={"lang": language}, headers=HTML)
        assert page.status_code == 200
        assert f"<h1>{heading}</h1>" in page.text
        assert "<option>kuopio</option>" in page.text
        for path in ("/", "/tables"):
            linking = client.get(path, params={"lang": language}, headers=HTML)
            assert f"/validate?lang={language}" in linking.text
    assert client.head("/validate").status_code == 200


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_person_sends_a_file(
    browser: Any,  # noqa: ANN401
    server: Server,
    tmp_path: Path,
    language: str,
) -> None:
    """By keyboard, without scripts, on a narrow screen; axe finds nothing in form and report."""
    faulty = tmp_path / "ryhmä.ttl"
    faulty.write_text(FAULTY, encoding="utf-8")
    plain = Visitor(browser, server, java_script_enabled=False, viewport=NARROW)
    plain.visit(f"/validate?lang={language}")
    plain.page.set_input_files("#file", str(faulty))
    plain.page.select_option("#graph", "kuopio")
    plain.page.locator("#text").focus()
    plain.tab_to({"fi": "Tarkista", "sv": "Kontrollera", "en": "Check"}[language])
    with plain.page.expect_navigation():
        plain.press("Enter")
    assert plain.page.locator("html").get_attribute("lang") == language
    assert "ryhmä.ttl:" in plain.page.locator("table").inner_text()
    plain.close()
    visitor = Visitor(browser, server, viewport=NARROW)
    visitor.visit(f"/tables?lang={language}")
    assert visitor.findings() == []
    assert visitor.page.evaluate(WIDTH) <= NARROW["width"]
    visitor.visit(f"/validate?lang={language}")
    assert visitor.findings() == []
    assert visitor.page.evaluate(WIDTH) <= NARROW["width"]
    with visitor.page.expect_navigation():
        visitor.page.locator("main button").click()
    assert visitor.page.locator("#error").is_visible()
    assert visitor.page.locator("#file").get_attribute("aria-invalid") == "true"
    assert visitor.findings() == []
    visitor.page.set_input_files("#file", str(faulty))
    with visitor.page.expect_navigation():
        visitor.page.locator("main button").click()
    assert visitor.findings() == []
    assert visitor.page.evaluate(WIDTH) <= NARROW["width"]
    visitor.close()


NARROW: Final = {"width": 320, "height": 640}
