"""Words of Finnish, Swedish and English: folded, cut from texts, and brought to what they share."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hyteverkko.store.search.asked import ask
from hyteverkko.store.search.closest import closest, distance, errors_allowed, intact
from hyteverkko.store.search.stems import stem
from hyteverkko.store.search.words import (
    Analyser,
    best_analyser,
    folded,
    folded_text,
    plain_analyser,
    tokens,
)

LETTERS = st.text(alphabet="abcä", max_size=6)


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        ("Järvenpää", "jarvenpaa"),
        ("ÅLAND", "aland"),
        ("Ja\u0308rvi", "jarvi"),
        ("Đurđa", "durda"),
        ("Straße", "strasse"),
        ("Inari Sámi"[6:], "sami"),
        ("x²", "x2"),
    ],
)
def test_folded(word: str, plain: str) -> None:
    assert folded(word) == plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pohjois-Savo", ["Pohjois", "Savo"]),
        ("SPR:n", ["SPR"]),
        ("S:t Michel", ["St", "Michel"]),
        ("Kangasala's", ["Kangasala"]),
        ("klo 12:30", ["klo", "12", "30"]),
        ("hyvinvointi- ja elinkeinolautakunta", ["hyvinvointi", "ja", "elinkeinolautakunta"]),
        ("a_b", ["a", "b"]),
        ("…", []),
    ],
)
def test_tokens(text: str, words: list[str]) -> None:
    assert [token.surface for token in tokens(text)] == words


@given(st.text(max_size=80))
def test_tokens_stand_where_they_say(text: str) -> None:
    for token in tokens(text):
        assert text[token.start : token.end].replace(":", "").startswith(token.surface)
    assert folded_text(folded_text(text)) == folded_text(text)


@pytest.mark.parametrize(
    "forms",
    [
        "kunta kunnan kunnat kunnassa kunnalle",
        "kuntalainen kuntalaisen kuntalaiset kuntalaisten kuntalaisille",
        "kertomus kertomuksen kertomukset kertomuksessa",
        "Kuopio Kuopion Kuopiossa Kuopioon Kuopiosta",
        "Varkaus Varkauden Varkaudessa",
        "Turku Turun Turussa",
        "Helsinki Helsingin Helsingissä Helsinkiin",
        "Vaasa Vaasan Vaasaan Vaasassa",
        "Espoo Espoon Espoossa Espooseen",
        "Tampere Tampereen Tampereella",
        "Rovaniemi Rovaniemen Rovaniemelle",
        "verkko verkon verkossa verkot",
        "verkosto verkostossa verkostoja verkostojen",
        "jarvenpaa jarvenpaan jarvenpaassa",
        "Parainen Paraisten Paraisissa",
    ],
)
def test_forms_of_a_finnish_word_have_one_stem(forms: str) -> None:
    assert len({stem(folded(form), "fi") for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("sv", "kommun kommunen kommuner kommunerna kommunernas kommuns"),
        ("sv", "välfärdsplan välfärdsplanen välfärdsplaner"),
        ("sv", "område områden området områdena"),
        ("en", "municipality municipalities"),
        ("en", "plan plans"),
    ],
)
def test_forms_of_other_words_have_one_stem(language: str, forms: str) -> None:
    assert len({stem(folded(form), language) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kuopio", "kuoppio"),
        ("kunta", "kanta"),
        ("Salo", "Salla"),
        ("nuori", "nuoli"),
        ("Ii", "Iitti"),
    ],
)
def test_different_finnish_words_have_different_stems(one: str, other: str) -> None:
    assert stem(folded(one), "fi") != stem(folded(other), "fi")


@given(st.text(alphabet="aeijklnst", min_size=1, max_size=12))
def test_a_stem_is_never_empty(word: str) -> None:
    for language in ("fi", "sv", "en"):
        assert stem(word, language).removeprefix(language)


@pytest.mark.parametrize(
    ("word", "bases", "parts"),
    [
        ("Kuopion", {"kuopio"}, set()),
        ("kuntalaisten", {"kuntalainen"}, set()),
        ("lasten", {"lapsi"}, set()),
        ("hyvinvointikertomukset", {"hyvinvointikertomus"}, {"hyvinvointi", "kertomus"}),
        ("kaupunginhallituksen", {"kaupunginhallitus"}, {"kaupunki", "hallitus"}),
        ("liikuntaneuvonta", set(), {"liikunta", "neuvonta"}),
        ("Jyväskylän", {"jyvaskyla"}, set()),
    ],
)
def test_the_dictionary(voikko: Analyser, word: str, bases: set[str], parts: set[str]) -> None:
    forms = voikko.forms(word, "fi")
    assert bases <= set(forms.bases)
    assert parts <= set(forms.parts)


def test_names_of_places_have_no_parts(voikko: Analyser) -> None:
    assert voikko.forms("Järvenpää", "fi").parts == ()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_only_finnish_words_are_in_the_dictionary(voikko: Analyser, language: str) -> None:
    assert voikko.forms("lasten", language).bases == ()


@given(st.text(min_size=1, max_size=30))
def test_any_word_has_forms(word: str) -> None:
    for analyser in (plain_analyser(), best_analyser()):
        assert analyser.forms(word, "fi").raw == folded(word)
        assert len(analyser.asked_forms(word).stems) == 3


def slow_distance(one: str, other: str) -> int:
    """Count errors as the definition of the optimal string alignment distance says."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        slow_distance(one[1:], other) + 1,
        slow_distance(one, other[1:]) + 1,
        slow_distance(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if one[:2] == other[1::-1] and len(one) > 1 < len(other):
        ways.append(slow_distance(one[2:], other[2:]) + 1)
    return min(ways)


@given(LETTERS, LETTERS)
def test_distance(one: str, other: str) -> None:
    true = slow_distance(one, other)
    for most in range(3):
        assert distance(one, other, most) == (true if true <= most else None)


@given(st.text(alphabet="abcdefgh", min_size=4, max_size=14), st.data())
def test_one_error_leaves_an_end_intact(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("xyz"))
    typed = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            ]
        )
    )
    if not errors_allowed(typed):
        return
    kept = intact(typed, 1)
    assert word.startswith(typed[:kept]) or word.endswith(typed[-kept:])
    assert closest(typed, [(word, 1)], 1) == [word]


def test_the_nearest_and_most_used_first() -> None:
    candidates = [("kuopio", 3), ("kuoppi", 9), ("koppio", 1), ("salo", 99)]
    assert closest("kuoppio", candidates, 1) == ["kuoppi", "kuopio", "koppio"]


def test_a_text_of_many_accents_is_read_as_soon_as_any() -> None:
    accents = "\u0301" * 40_000 + "\u0316" * 40_000
    began = time.process_time()
    asked = ask(f"Kuopio a{accents}", plain_analyser())
    # Put in order, they would take seconds.
    assert time.process_time() - began < 0.5
    assert asked.words[0].surface == "Kuopio"
    assert asked.cut
