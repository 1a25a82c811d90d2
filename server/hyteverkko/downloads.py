"""Where a dataset is downloaded whole: addresses that stay, and lead to the current release."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from hyteverkko.formats import JSON_LD, N_QUADS, TRIG, TURTLE, Format

WHOLE: Final = "hyteverkko"
"""The name of the download that holds everything."""

LATEST: Final = "/dumps/latest/"
COMPRESSED: Final = ".gz"
COMPRESSED_TYPE: Final = "application/gzip"


@dataclass(frozen=True, slots=True)
class Download:
    """One file to download, compressed with gzip: its format, and its path on the server."""

    format_: Format
    path: str


def downloads_of(dataset: str) -> tuple[Download, ...]:
    """Give the downloads of a dataset by the key in its address."""
    return _named(dataset, (TURTLE, N_QUADS, JSON_LD))


def whole_downloads() -> tuple[Download, ...]:
    """Give the downloads of everything, with its graphs where the format can tell them apart."""
    return _named(WHOLE, (N_QUADS, TRIG, TURTLE, JSON_LD))


def _named(name: str, formats: tuple[Format, ...]) -> tuple[Download, ...]:
    return tuple(
        Download(one, f"{LATEST}{quote(name)}.{one.ending}{COMPRESSED}") for one in formats
    )
