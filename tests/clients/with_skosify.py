"""Checks every concept scheme of the current release with skosify; prints its remarks as JSON.

Run in the clients' own environment: with_skosify.py ADDRESS
"""

import gzip
import json
import logging
import sys
import tempfile
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

import skosify  # type: ignore[import-not-found]


class Remarks(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        """Keep remarks, but not what is said for debugging."""
        super().__init__(logging.INFO)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.kept.append(f"{record.levelname}: {record.getMessage()}")


def remarks_on(content: bytes) -> list[str]:
    """Give what skosify says of a vocabulary."""
    remarks, log = Remarks(), logging.getLogger()
    log.setLevel(logging.INFO)
    log.addHandler(remarks)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "concepts.ttl"
        path.write_bytes(content)
        skosify.skosify(str(path))
    log.removeHandler(remarks)
    return remarks.kept


def main() -> None:
    """Check and print."""
    index = urljoin(sys.argv[1], "/dumps/latest/index.json")
    with urlopen(index) as answer:
        files = [one for one in json.load(answer)["files"] if one["part"] == "concepts"]
    report = {}
    for one in files:
        if one["path"].endswith((".ttl", ".ttl.gz")):
            with urlopen(urljoin(sys.argv[1], f"/dumps/latest/{one['path']}")) as answer:
                content = answer.read()
            packed = one["path"].endswith(".gz")
            report[one["path"]] = remarks_on(gzip.decompress(content) if packed else content)
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
