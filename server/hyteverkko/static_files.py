"""The files under ``static/``: found once, each with an address that changes when it changes."""

import hashlib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

STATIC: Final = Path(__file__).parent / "static"
STATIC_FILES: Final = MappingProxyType(
    {str(path.relative_to(STATIC)): path for path in sorted(STATIC.rglob("*")) if path.is_file()}
)
"""What is served from static/: no other name reaches the file system."""

TYPES: Final = MappingProxyType(
    {
        ".css": "text/css",
        ".js": "text/javascript",
        ".json": "application/json",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain",
    }
)
"""The media type of each ending there is."""


@cache
def static_address(name: str) -> str:
    """Give the address of a file, with a hash of its content: it may be kept for a year."""
    path = STATIC_FILES[name]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    return f"/static/{path.relative_to(STATIC).with_suffix('')}.{digest}{path.suffix}"


def static_file(name: str) -> tuple[Path, bool] | None:
    """Give the file of a name, and whether the name holds its hash; None where there is none."""
    plain = STATIC_FILES.get(name)
    if plain is not None:
        return plain, False
    stem, _, ending = name.rpartition(".")
    stem = stem.rpartition(".")[0]
    hashed = f"{stem}.{ending}"
    if hashed in STATIC_FILES and static_address(hashed) == f"/static/{name}":
        return STATIC_FILES[hashed], True
    return None
