"""The graphs under data/ are kept in canonical form, so that a diff shows what changed."""

from pathlib import Path

import pytest
from hyteverkko.ingest.canonical import canonical_turtle, graph_files

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path for folder in (ROOT / "data").iterdir() if folder.is_dir() for path in graph_files(folder)
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_file_is_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert canonical_turtle(text) == text
