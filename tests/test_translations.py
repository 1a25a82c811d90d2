"""Every text a reader can see is there in Finnish and Swedish, with the same places to fill."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hyteverkko.messages import TRANSLATED, template
from hyteverkko.namespaces import KINDS
from hyteverkko.pages.titles import KIND_TITLES
from hyteverkko.translations import CATALOGUES, catalogue

PLACES = re.compile(r"{\w+}")


def translations(language: str) -> dict[str, str]:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=language) if m.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(root: Path, language: str) -> None:
    texts = {str(message.id) for message in template(root) if message.id}
    translated = translations(language)
    assert sorted(texts - {text for text, found in translated.items() if found}) == []
    assert sorted(set(translated) - texts) == [], "no longer used: run scripts/messages"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_same_places(language: str) -> None:
    wrong = [
        text
        for text, found in translations(language).items()
        if sorted(PLACES.findall(text)) != sorted(PLACES.findall(found))
    ]
    assert wrong == []


def test_every_kind_has_a_title() -> None:
    assert set(KIND_TITLES) == set(KINDS)


def test_a_text_without_translation_stays_english() -> None:
    assert catalogue("fi").gettext("no such text anywhere") == "no such text anywhere"
