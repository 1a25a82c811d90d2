"""Each question of this folder is answered exactly as the table beside it says.

What the tables say was read off the source documents and reference tables, not off the answers;
only the wording of titles and labels that we coined is that of the data.
"""

import csv
from io import StringIO
from pathlib import Path

import pytest
from hyteverkko.store.console import answer

HERE = Path(__file__).parent
QUESTIONS = sorted(HERE.glob("*.rq"))


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_answer(home: Path, path: Path) -> None:
    found = answer(home, path.read_text(encoding="utf-8"), as_csv=True)
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as expected:
        assert list(csv.reader(StringIO(found))) == list(csv.reader(expected))


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_titles_in_three_languages(path: Path) -> None:
    english, finnish, swedish, *query = path.read_text(encoding="utf-8").splitlines()
    assert english.startswith("# ")
    assert finnish.startswith("# fi: ")
    assert swedish.startswith("# sv: ")
    assert not any(line.startswith("PREFIX") for line in query)


def test_every_question_has_its_table() -> None:
    assert [path.stem for path in QUESTIONS] == sorted(path.stem for path in HERE.glob("*.csv"))
