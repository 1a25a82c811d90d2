"""The same table elsewhere: lines to paste into a notebook, a terminal or a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hyteverkko.translations import marked

CALC: Final = marked("LibreOffice Calc: Sheet – External Links, paste the address")
EXCEL: Final = marked("Excel: Data – Get Data – Blank Query – Advanced Editor, paste the lines")


@dataclass(frozen=True, slots=True)
class ReadyCode:
    """Lines for one tool; ``title`` is a text of the catalogues.

    ``as_text`` names the columns that a reader has to mark as text there, for no line can.
    """

    key: str
    title: str
    lines: str
    as_text: tuple[str, ...] = ()


def ready_code(address: str, codes: Sequence[str]) -> tuple[ReadyCode, ...]:
    """Give the code that reads the CSV at ``address``; ``codes`` are columns that stay text."""
    return (
        ReadyCode("pandas", marked("Python with pandas"), _pandas(address, codes)),
        ReadyCode("r", "R", _r(address, codes)),
        ReadyCode("curl", "curl", f"curl --fail --output answer.csv '{address}'"),
        ReadyCode("excel", EXCEL, _power_query(address)),
        ReadyCode("calc", CALC, address, tuple(codes)),
    )


def _pandas(address: str, codes: Sequence[str]) -> str:
    text = ", ".join(f'"{column}": str' for column in codes)
    types = f", dtype={{{text}}}" if codes else ""
    return f'import pandas\n\ntable = pandas.read_csv("{address}"{types})\nprint(table)'


def _r(address: str, codes: Sequence[str]) -> str:
    text = ", ".join(f'"{column}" = "character"' for column in codes)
    types = f", colClasses = c({text})" if codes else ""
    return f'table <- read.csv("{address}", encoding = "UTF-8"{types})\nprint(table)'


def _power_query(address: str) -> str:
    return (
        "let\n"
        f'    Answer = Web.Contents("{address}"),\n'
        '    Table = Csv.Document(Answer, [Delimiter=",", Encoding=65001])\n'
        "in\n"
        "    Table.PromoteHeaders(Table)"
    )
