"""Base forms of Finnish words and the parts of compounds, from Voikko where it is installed."""

from collections.abc import Iterator
from threading import Lock
from typing import Any, Final

SHORTEST_PART: Final = 3
PLACES: Final = {"paikannimi", "etunimi", "sukunimi"}
"""Classes of names, whose parts are not what they are about: Jyväskylä is no ``kylä``."""

VERB: Final = "teonsana"


class Voikko:
    """The dictionary; one handle, used by one thread at a time."""

    def __init__(self, handle: Any, version: str) -> None:  # noqa: ANN401 - untyped library
        """Hold an open handle of the library."""
        self._handle, self._lock = handle, Lock()
        self.version = version

    def analyses(self, word: str) -> list[dict[str, str]]:
        """Give what the dictionary says of a word as it is written, else with a capital."""
        with self._lock:
            found: list[dict[str, str]] = self._handle.analyze(word)
            if not found and (word.isupper() or word.islower()):
                found = self._handle.analyze(word.capitalize())
        nouns = [one for one in found if one.get("CLASS") != VERB]
        return nouns or found

    def bases(self, word: str) -> list[str]:
        """Give the base forms of a word."""
        return sorted({one["BASEFORM"] for one in self.analyses(word) if "BASEFORM" in one})

    def parts(self, word: str) -> set[str]:
        """Give the parts of a compound in their base forms: what it begins and ends with."""
        found = self.analyses(word)
        if any(one.get("CLASS") in PLACES for one in found):
            return set()
        return {
            part
            for one in found
            for part in self._parts(word, one.get("STRUCTURE", ""), one.get("BASEFORM", ""))
            if len(part) >= SHORTEST_PART
        }

    def _parts(self, word: str, structure: str, base: str) -> Iterator[str]:
        lengths = [len(piece) for piece in structure.split("=") if piece]
        if sum(lengths) != len(word):
            return
        cut = 0
        for length in lengths[:-1]:
            middle, cut = word[cut : cut + length], cut + length
            for begun in {word[:cut], middle}:
                yield begun.rstrip("-")
                yield from self.bases(begun.rstrip("-"))
            if base.casefold().startswith(word[:cut].casefold()):
                yield base[cut:]


def open_voikko() -> Voikko | None:
    """Open the dictionary; give None where the library or its Finnish is not installed."""
    try:
        import libvoikko

        return Voikko(libvoikko.Voikko("fi"), f"Voikko {libvoikko.Voikko.getVersion()}")
    except ImportError:
        return None
    except (OSError, libvoikko.VoikkoException):
        return None
