"""Tables as they are handed out: headings in sight, help in three languages, drop-downs."""

import csv
import io
from collections.abc import Callable

import pytest
from hyteverkko.ingest.tables.kinds import TableKind
from hyteverkko.ingest.tables.rows import column_letters
from hyteverkko.ingest.tables.writing import write_table
from hyteverkko.store.graph import ReleaseGraph

from tests.ingest.tables.conftest import workbook

Kind = Callable[[str], TableKind]


def rows(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_empty_csv_has_help_in_three_languages(
    held: ReleaseGraph, kind: Kind, language: str
) -> None:
    content = write_table(kind("members"), held, "kuopio", "csv", language, filled=False)
    assert content.startswith(b"\xef\xbb\xbf")
    headings, *help_ = rows(content)
    assert headings[0] == {"fi": "avain", "sv": "nyckel", "en": "key"}[language]
    assert [row[0][:5] for row in help_] == ["# fi:", "# sv:", "# en:"]
    assert all(cell for row in help_ for cell in row)


def test_empty_workbook(held: ReleaseGraph, kind: Kind) -> None:
    book = workbook(write_table(kind("networks"), held, "kuopio", "xlsx", "fi", filled=False))
    page = book.worksheets[0]
    assert page.freeze_panes == "B2"
    headings = [cell.value for cell in page[1]]
    assert headings[:2] == ["avain", "nimi (fi)"]
    comment = page["B1"].comment
    assert comment and all(f"{language}: " in comment.text for language in ("fi", "sv", "en"))
    assert book["_lists"].sheet_state == "hidden"


def test_drop_downs_offer_the_concepts_of_the_scheme(held: ReleaseGraph, kind: Kind) -> None:
    book = workbook(write_table(kind("members"), held, "kuopio", "xlsx", "fi", filled=False))
    page = book.worksheets[0]
    at = [cell.value for cell in page[1]].index("rooli") + 1
    letter = column_letters(at)
    found = [v for v in page.data_validations.dataValidation if f"{letter}2" in str(v.sqref)]
    assert len(found) == 1
    column = str(found[0].formula1).rpartition("!")[2].split("$")[1]
    offered = {cell.value for cell in book["_lists"][column] if cell.value}
    # The concepts of ontology/schemes/role.ttl, by their Finnish names.
    assert {"puheenjohtaja", "sihteeri", "jäsen"} <= offered


def test_a_filled_table_shows_names(held: ReleaseGraph, kind: Kind) -> None:
    book = workbook(write_table(kind("networks"), held, "koski-tl", "xlsx", "fi", filled=True))
    page = book.worksheets[0]
    headings = [cell.value for cell in page[1]]
    by_key = {row[0].value: row for row in page.iter_rows(min_row=2)}
    row = by_key["network/koski-tl/kosken-verkko"]
    shown = {heading: cell.value for heading, cell in zip(headings, row, strict=True)}
    assert shown["nimi (fi)"] == "Kosken Verkko"
    assert shown["kuuluu organisaatioon tai hankkeeseen"] == "Koski Tl"


def test_the_same_table_is_the_same_bytes(held: ReleaseGraph, kind: Kind) -> None:
    one, other = (
        write_table(kind("networks"), held, "varkaus", "csv", "fi", filled=True) for _ in range(2)
    )
    assert one == other
