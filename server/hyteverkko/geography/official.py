"""The boundaries of municipalities as Statistics Finland gives them: the one place that asks out.

Only the command asks, when an operator runs it; a server never does.
"""

import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlencode

from hyteverkko.errors import HyteError
from hyteverkko.geography.boundaries import Boundaries, parsed_boundaries

SERVICE: Final = "https://geo.stat.fi/geoserver/tilastointialueet/wfs"
LAYER: Final = "tilastointialueet:kunta4500k_{year}"
ATTRIBUTION: Final = (
    "Statistics Finland and National Land Survey of Finland, municipal boundaries {year}, "
    "1:4 500 000, CC BY 4.0; simplified"
)
SECONDS: Final = 60
MOST: Final = 64 * 1024 * 1024


class NoService(HyteError):
    """The service of the boundaries did not give them."""


def official_boundaries(year: int, service: str = SERVICE) -> Boundaries:
    """Ask the Web Feature Service for the boundaries of a year's division."""
    address = f"{service}?{urlencode(_question(year))}"
    content = _answer(address)
    boundaries = parsed_boundaries(content, year)
    return Boundaries(year, ATTRIBUTION.format(year=year), boundaries.polygons)


def _question(year: int) -> dict[str, str]:
    return {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": LAYER.format(year=year),
        "outputFormat": "application/json",
        "srsName": "EPSG:3067",
    }


def _answer(address: str) -> bytes:
    if not address.startswith(("https://", "http://")):
        raise NoService("'{address}' is not the address of a web service.", address=address)
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            content = bytes(answer.read(MOST + 1))
    except urllib.error.HTTPError as error:
        with error:
            raise NoService(
                "The service of the boundaries did not answer: {error}.", error=error
            ) from None
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise NoService(
            "The service of the boundaries did not answer: {error}.", error=error
        ) from None
    if len(content) > MOST:
        raise NoService("The service of the boundaries gave more than {most} bytes.", most=MOST)
    return content
