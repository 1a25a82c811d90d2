"""The commands as a new user runs them: real processes, real ports, exit codes and sentences."""

import gzip
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hyteverkko.ingest.publish import publish_quads
from pyoxigraph import RdfFormat, parse

from tests.ingest.publishing import quads


def run(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hyteverkko.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=_environment(home, **environment),
    )


def _environment(home: Path, **more: str) -> dict[str, str]:
    day = {"HYTE_HOME": str(home), "HYTE_TODAY": "2026-11-22", "LANGUAGE": "en"}
    return {**os.environ, **day, **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "hyteverkko.cli", "serve", "--as-is", "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(home),
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_serve_answers_and_ctrl_c_stops_it(home: Path) -> None:
    port = free_port()
    with serving(home, port) as process:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            assert json.load(answer)["status"] == "ok"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=5) as answer:
            assert f"Sitemap: http://127.0.0.1:{port}/" in answer.read().decode()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0
        assert said.splitlines() == [f"http://127.0.0.1:{port}/", "Stopped."]


def test_a_port_in_use_is_one_sentence(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("serve", "--as-is", "--port", port, home=home)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"Port {port} on 127.0.0.1 is in use. Stop what uses it, or choose another: --port."
    ]


def test_query_prints_a_table_and_csv(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.rq"
    file.write_text("SELECT ?code { ?p a hyte:Province ; dct:identifier ?code } ORDER BY ?code")
    done = run("query", str(file), "--csv", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "code\nAL\nES\nIS\nLL\nLS\nOL\n"
    assert "│ LL" in run("query", str(file), home=home).stdout


def test_query_that_cannot_be_read(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.rq"
    file.write_text("SELECT * {")
    done = run("query", str(file), home=home)
    assert done.returncode == 1
    assert done.stderr.startswith("The query cannot be read: error at")


def test_query_without_a_release(tmp_path: Path) -> None:
    file = tmp_path / "q.rq"
    file.write_text("ASK {}")
    done = run("query", str(file), home=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "There is no release yet. Build one with: hyteverkko build\n"


@pytest.mark.parametrize(
    ("language", "word"), [("fi", "Virhe"), ("sv", "Fel"), ("en", "Violation")]
)
def test_validate_speaks_the_readers_language(
    home: Path, tmp_path: Path, language: str, word: str
) -> None:
    file = tmp_path / "bad.ttl"
    file.write_text("<urn:a> <urn:b> .")
    done = run("validate", str(file), "--lang", language, home=home)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{word}  {file}:1")


def test_validate_a_good_file_and_a_bad_one(root: Path, home: Path, tmp_path: Path) -> None:
    good = run("validate", str(root / "data" / "regions"), home=home)
    assert (good.returncode, good.stderr) == (0, "0 violations, 0 warnings, 0 remarks\n")
    file = tmp_path / "bad.ttl"
    file.write_text(
        "@prefix hyte: <https://w3id.org/hyteverkko/def#> .\n\n"
        "<https://w3id.org/hyteverkko/id/body/x/1> a hyte:WorkingGroup ; hyte:bodyOff hyte:x .\n"
    )
    bad = run("validate", str(file), "--json", home=home)
    assert bad.returncode == 1
    findings = json.loads(bad.stdout)
    assert {"undeclared_term_used", "hsh:Body-body-of"} <= {found["rule"] for found in findings}
    assert {found["line"] for found in findings} == {3}


def test_export_writes_one_file(home: Path, tmp_path: Path) -> None:
    printed = run("export", "--graph", "coverage", home=home)
    assert printed.returncode == 0
    lines = printed.stdout.splitlines()
    assert len(lines) > 900
    assert all(line.endswith(" <https://w3id.org/hyteverkko/graphs/coverage> .") for line in lines)
    file = tmp_path / "varkaus.trig.gz"
    done = run("export", str(file), "--format", "trig", "--dataset", "varkaus", home=home)
    assert (done.returncode, done.stdout) == (0, "")
    found = set(parse(gzip.decompress(file.read_bytes()), format=RdfFormat.TRIG))
    names = {quad.graph_name.value.rpartition("/")[2] for quad in found}
    assert names == {"varkaus", "varkaus-evidence", "varkaus-persons"}
    assert list(tmp_path.iterdir()) == [file]
    for wrong in (("--graph", "nosuch"), ("--release", "nosuch"), ("--dataset", "tables/areas")):
        refused = run("export", *wrong, home=home)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
    assert run("export", "--format", "xml", home=home).returncode == 2


def test_dumps_writes_every_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    publish_quads(quads(0), home)
    done = run("dumps", str(tmp_path / "all"), home=home)
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "all" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    files = {path for path in (tmp_path / "all").rglob("*") if path.is_file()}
    assert len(files) == len(lines) + 1
    for line in lines:
        checksum, name = line.split("  ")
        content = (tmp_path / "all" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == checksum


def test_wrong_commands(home: Path) -> None:
    assert run("validate", "no/such/file.ttl", home=home).returncode == 2
    assert run("no-such-command", home=home).returncode == 2
    bad = run("serve", home=home, HYTE_PORT="many")
    assert (bad.returncode, bad.stderr) == (
        1,
        "HYTE_PORT is 'many'; it can be a number from 0 to 65535.\n",
    )
