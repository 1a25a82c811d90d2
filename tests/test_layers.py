"""Rooms import downwards only; this holds the picture in DECISIONS and the README."""

import ast
from pathlib import Path

ROOMS = {
    "errors": 0, "namespaces": 0, "translations": 0, "settings": 1, "formats": 1,
    "static_files": 0, "conditions": 0, "ready_code": 1,
    "negotiation": 2, "labels": 2, "addresses": 2,
    "downloads": 2, "messages": 2, "presence": 2, "sent": 2, "lanes": 2, "turns": 3,
    "geography": 3, "answers": 3, "kept": 3, "kept_pages": 3,
    "store": 3, "ingest": 4, "reference": 4, "sparql": 4, "pages": 4, "harvest": 4,
    "terminal": 3, "app": 5, "open_connections": 4, "connection": 5, "serving": 6, "cli": 7,
}  # fmt: skip
SIDE_BY_SIDE = {"ingest", "sparql", "pages", "harvest", "reference"}
ONLY_IN = {
    "rdflib": {"ingest", "reference"},
    "pyshacl": {"ingest"},
    "python_multipart": {"ingest"},
    "xlsxwriter": {"ingest", "pages"},
    "libvoikko": {"store"},
    "sqlite3": {"store"},
    "jinja2": {"answers"},
    "fastapi": {"sparql", "pages", "harvest", "ingest", "app"},
    "pydantic_core": {"sparql"},
    "pyarrow": {"harvest"},
}


def modules(root: Path) -> list[Path]:
    return sorted((root / "server" / "hyteverkko").rglob("*.py"))


def room(path: Path, root: Path) -> str:
    return path.relative_to(root / "server" / "hyteverkko").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    plain = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    return named | plain


def test_rooms_import_downwards_only(root: Path) -> None:
    wrong = []
    for path in modules(root):
        own = room(path, root)
        for name in imports(path):
            parts = name.split(".")
            if parts[0] != "hyteverkko" or len(parts) == 1 or own == "__init__":
                continue
            other = parts[1]
            across = own != other and {own, other} <= SIDE_BY_SIDE and own != "reference"
            if ROOMS[other] > ROOMS[own] or across:
                wrong.append(f"{path.name} imports {name}")
    assert wrong == []


def test_libraries_stay_in_their_rooms(root: Path) -> None:
    wrong = [
        f"{path.name} imports {name}"
        for path in modules(root)
        for name in imports(path)
        if room(path, root) not in ONLY_IN.get(name.split(".")[0], {room(path, root)})
    ]
    assert wrong == []
