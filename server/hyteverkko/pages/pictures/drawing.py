"""A picture as a file: the same SVG as on the page, whole by itself, and its data as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from hyteverkko.answers import VARY, cacheable, drawn
from hyteverkko.errors import NotFound
from hyteverkko.pages.list_routes import CONTENT_TYPES
from hyteverkko.pages.lists import TAKEN
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.tables import csv_table, json_table, workbook

SVG: Final = "svg"
TYPES: Final = MappingProxyType({**CONTENT_TYPES, SVG: "image/svg+xml"})
ENDINGS: Final = MappingProxyType({**TAKEN, SVG: "SVG"})
"""The formats a picture is taken along in, by the ending of its address."""


@dataclass(frozen=True, slots=True)
class Table:
    """The data of a picture: columns by key with their headings, and the rows as values."""

    title: str
    headings: Mapping[str, str]
    rows: Sequence[Sequence[str | int | float | None]]


def file_answer(
    request: Request, reader: Reader, key: str, ending: str, table: Table, picture: bytes
) -> Response:
    """Answer with a picture, or with its data, by the ending of the address."""
    if ending not in TYPES:
        raise NotFound("Nothing is known under this address.")
    headers = {
        "Vary": VARY,
        "Content-Language": reader.language,
        "Access-Control-Allow-Origin": "*",
        "Content-Disposition": f'inline; filename="{key}.{ending}"',
    }
    body = picture if ending == SVG else table_bytes(table, ending)
    return cacheable(request, body, TYPES[ending], reader.serving.graph.release.id, headers)


def table_bytes(table: Table, ending: str) -> bytes:
    """Write a table as CSV, JSON or a workbook."""
    if ending == "json":
        return json_table(dict(zip(table.headings, row, strict=True)) for row in table.rows)
    if ending == "csv":
        return csv_table(list(table.headings), [[_plain(one) for one in row] for row in table.rows])
    cells = [[one if isinstance(one, int) else _plain(one) for one in row] for row in table.rows]
    return workbook(table.title, list(table.headings.values()), cells)


def picture_bytes(template: str, language: str, **values: object) -> bytes:
    """Draw a picture that stands by itself."""
    return drawn(template, language, alone=True, **values).encode()


def _plain(value: str | int | float | None) -> str:
    return "" if value is None else str(value)
