"""The texts of the pages and messages in fi, sv and en: gettext catalogues, read as they stand.

English is the language of the source texts. The catalogues are read from their ``.po`` files, so
that what a translator edits is what is shown, with no step between.
"""

from functools import cache
from gettext import NullTranslations
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel.messages.pofile import read_po

CATALOGUES: Final = Path(__file__).parent / "locale"


LOCALES: Final = MappingProxyType({"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"})
"""How dates and numbers are written in each language."""


class Catalogue(NullTranslations):
    """The translations of one language; a text without one stays English."""

    def __init__(self, texts: dict[str, str]) -> None:
        """Hold source text to translation."""
        super().__init__()
        self._texts = texts

    def gettext(self, message: str) -> str:
        """Translate one text."""
        return self._texts.get(message) or message


def marked(text: str) -> str:
    """Mark a text for the catalogues where it is written, to be translated where it is shown."""
    return text


@cache
def catalogue(language: str) -> Catalogue:
    """Read the catalogue of a language; English and unknown ones have an empty one."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return Catalogue({})
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    return Catalogue(
        {
            message.id: message.string
            for message in messages
            if isinstance(message.id, str) and isinstance(message.string, str) and message.string
        }
    )
