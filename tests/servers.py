"""A real server for tests: the installed command, in a process of its own, on a real socket."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

START: Final = 60
"""Seconds a server may take until it answers."""

UNTHROTTLED: Final = {"HYTE_CLIENT_QUERIES": "1000", "HYTE_CLIENT_SECONDS": "100000"}
"""Settings for a test that is many clients at once: fair use is a test of its own."""


class NotStarted(Exception):
    """The server ended or did not answer in time; the text is its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, its process, the file its messages go to, and a token."""

    base: str
    process: subprocess.Popen[bytes]
    log: Path
    token: str = ""

    @property
    def sparql(self) -> str:
        """Give the address of the endpoint."""
        return f"{self.base}/sparql"


@contextmanager
def running(home: Path, folder: Path, **settings: str) -> Iterator[Server]:
    """Serve the current release of ``home`` on a free port until the block ends.

    Who needs to know the address before sets HYTE_PORT to a ``free_port``.
    """
    log = folder / "server.log"
    port = settings.get("HYTE_PORT", "0")
    command = [sys.executable, "-m", "hyteverkko.cli", "serve", "--as-is", "--port", port]
    own = {name: text for name, text in os.environ.items() if not name.startswith("HYTE_")}
    environment = {**own, "HYTE_HOME": str(home), **settings}
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
    try:
        yield _answering(process, log)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """Give a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answering(process: subprocess.Popen[bytes], log: Path) -> Server:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        said = re.search(r"http://[\d.]+:\d+", log.read_text(encoding="utf-8"))
        if said and _is_healthy(said.group()):
            return Server(said.group(), process, log)
        time.sleep(0.1)
    process.kill()
    raise NotStarted(log.read_text(encoding="utf-8"))


def _is_healthy(base: str) -> bool:
    try:
        return httpx2.get(f"{base}/health", timeout=2).status_code == 200
    except httpx2.TransportError:
        return False
