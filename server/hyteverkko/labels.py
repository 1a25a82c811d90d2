"""Which of a thing's names a reader sees, and in which language it then stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal

FALLBACK: Final = ("fi", "sv", "en", "")
"""Where to look when the reader's own language has no text; the page marks what it shows."""


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A text and the language it is in; no language is the empty string."""

    value: str
    language: str = ""


def best_text(literals: Iterable[Literal], language: str) -> Text | None:
    """Choose the text for a reader of ``language``, else the first that FALLBACK finds."""
    by_language: dict[str, str] = {}
    for literal in literals:
        found = (literal.language or "").partition("-")[0]
        if found not in by_language or literal.value < by_language[found]:
            by_language[found] = literal.value
    for wanted in (language, *FALLBACK, *sorted(by_language)):
        if wanted in by_language:
            return Text(by_language[wanted], wanted)
    return None


def short_iri(iri: str) -> str:
    """Give the last part of an IRI, for a thing that has no name."""
    return iri.rstrip("/#").rpartition("#")[2].rpartition("/")[2] or iri
