"""The statements that the law asks for: accessibility, and the handling of names of persons."""

from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal

from hyteverkko.pages.reading import DAY
from hyteverkko.pages.terms import literal_text

WRITTEN: Final = "2026-11-25"
"""The day on which the statements were last looked through."""


@dataclass(frozen=True, slots=True)
class StatementPage:
    """The day of a statement, for machines and in words."""

    day: str
    written: str


def statement_page(language: str) -> StatementPage:
    """Put together what the pages of the statements show beside their texts."""
    return StatementPage(WRITTEN, literal_text(Literal(WRITTEN, datatype=DAY), language).value)
