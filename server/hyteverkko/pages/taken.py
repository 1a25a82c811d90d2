"""What a reader takes along from a page: the same choice as a file, by its address's ending."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from hyteverkko.answers import VARY, cacheable
from hyteverkko.errors import NotFound
from hyteverkko.formats import JSON, RESULTS_CSV
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.tables import Table

SVG: Final = "svg"
OF_A_LIST: Final = MappingProxyType({"csv": "CSV", "xlsx": "Excel (xlsx)", "json": "JSON"})
"""The formats a list is taken along in, by the ending of its address."""

OF_A_PICTURE: Final = MappingProxyType({**OF_A_LIST, SVG: "SVG"})
"""The formats a picture is taken along in, by the ending of its address."""

CONTENT_TYPES: Final = MappingProxyType(
    {
        "csv": RESULTS_CSV.content_type,
        "json": JSON.content_type,
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        SVG: "image/svg+xml",
        "graphml": "application/graphml+xml",
    }
)

Files = Mapping[str, Callable[[], bytes]]
"""What writes each file, by the ending of its address."""


def table_files(table: Callable[[], Table]) -> Files:
    """Give the files that a table, made when it is asked for, is taken along in."""
    return {
        "csv": lambda: table().as_csv(),
        "json": lambda: table().as_json(),
        "xlsx": lambda: table().as_workbook(),
    }


def file_answer(request: Request, reader: Reader, name: str, ending: str, files: Files) -> Response:
    """Answer with the file of an ending; raise NotFound when there is none."""
    if ending not in files:
        raise NotFound("Nothing is known under this address.")
    headers = {
        "Vary": VARY,
        "Content-Language": reader.language,
        "Access-Control-Allow-Origin": "*",
        "Content-Disposition": f'inline; filename="{name}.{ending}"',
    }
    release = reader.serving.graph.release.id
    return cacheable(request, files[ending](), CONTENT_TYPES[ending], release, headers)
