"""The documents say what is so: settings, folders, queries, and nothing of the makers' machines."""

import re
import subprocess
from pathlib import Path

import pytest
from hyteverkko.settings import SETTINGS
from hyteverkko.store.console import answer

QUERY = re.compile(r"```sparql\n(.*?)```", re.DOTALL)


def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def tracked(root: Path) -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_every_setting_is_in_the_readme(root: Path) -> None:
    rows = re.findall(r"^\| `(HYTE_\w+)` \|.*\| (.*) \|$", readme(root), re.MULTILINE)
    described = {variable: text for variable, text in rows}
    assert set(described) == {setting.variable for setting in SETTINGS}
    for setting in SETTINGS:
        assert setting.help.startswith(described[setting.variable].rstrip("."))


def test_every_folder_is_in_the_readme(root: Path) -> None:
    named = set(re.findall(r"^\| `(\w+)/", readme(root), re.MULTILINE))
    folders = {path.partition("/")[0] for path in tracked(root) if "/" in path}
    assert named == {name for name in folders if not name.startswith(".")}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_readmes_queries_have_answers(root: Path, home: Path, number: int) -> None:
    query = QUERY.findall(readme(root))[number]
    assert len(answer(home, query, as_csv=True).splitlines()) > 3


def test_the_repository_names_no_place_outside_it(root: Path) -> None:
    outside = re.compile(r"(?<![\w.])/(work|home|root|tmp)/\w|pypi\.org|pythonhosted|npmjs")
    wrong = []
    for name in tracked(root):
        path = root / name
        if path.suffix in {".png"} or not path.is_file() or path == Path(__file__):
            continue
        if outside.search(path.read_text(encoding="utf-8", errors="replace")):
            wrong.append(name)
    assert wrong == []
