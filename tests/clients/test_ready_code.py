"""The lines that a page gives for other tools are run as they stand, against a real server."""

import csv
import html
import re
import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest

from tests.servers import Server

CODE = re.compile(r'<pre class="code" id="code-(\w+)"><code>(.*?)</code>', re.DOTALL)


@pytest.fixture
def expected(root: Path) -> list[list[str]]:
    """Give the answer as the table beside the examples has it."""
    path = root / "tests" / "examples" / "development_areas.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def code(clients_server: Server) -> dict[str, str]:
    """Give the code of a page."""
    address = f"{clients_server.base}/queries/development_areas"
    page = httpx2.get(address, headers={"accept": "text/html"}, trust_env=False).text
    found = {key: html.unescape(lines) for key, lines in CODE.findall(page)}
    assert set(found) == {"pandas", "r", "curl", "excel", "calc"}
    return found


def printed(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl(code: dict[str, str], tmp_path: Path, expected: list[list[str]]) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    printed(["sh", "-c", code["curl"]], tmp_path)
    with (tmp_path / "answer.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == expected


def test_pandas(
    code: dict[str, str], tmp_path: Path, expected: list[list[str]], clients_python: Path
) -> None:
    lines = code["pandas"] + "\nprint(table.to_csv(index=False))"
    found = printed([str(clients_python), "-c", lines], tmp_path).split("area,code,name")[1]
    assert list(csv.reader(f"area,code,name{found}".strip().splitlines())) == expected


def test_r(code: dict[str, str], tmp_path: Path) -> None:
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed")
    lines = code["r"] + '\ncat(table[["code"]][1:2], nrow(table))'
    assert printed(["Rscript", "-e", lines], tmp_path).endswith("047 261 14")


def test_spreadsheets_read_csv(code: dict[str, str], expected: list[list[str]]) -> None:
    assert f'Web.Contents("{code["calc"]}")' in code["excel"]
    answered = httpx2.get(code["calc"], trust_env=False)
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    assert list(csv.reader(answered.text.splitlines())) == expected
