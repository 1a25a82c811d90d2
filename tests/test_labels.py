"""A reader sees a name in the own language, else in the first of fi, sv, en that there is."""

from hyteverkko.labels import Text, best_text, short_iri
from pyoxigraph import Literal

NAMES = [Literal("Pargas", language="sv"), Literal("Parainen", language="fi")]


def test_own_language() -> None:
    assert best_text(NAMES, "sv") == Text("Pargas", "sv")


def test_fallback_says_its_language() -> None:
    assert best_text(NAMES, "en") == Text("Parainen", "fi")


def test_a_name_without_language_comes_after_those_with() -> None:
    assert best_text([Literal("2009"), *NAMES], "en") == Text("Parainen", "fi")
    assert best_text([Literal("2009")], "en") == Text("2009")


def test_a_region_of_a_language_counts_as_the_language() -> None:
    assert best_text([Literal("colour", language="en-GB")], "en") == Text("colour", "en")


def test_no_name() -> None:
    assert best_text([], "fi") is None
    assert short_iri("http://www.w3.org/ns/org#organization") == "organization"
    assert (
        short_iri("https://w3id.org/hyteverkko/id/network/koski-tl/kosken-verkko")
        == "kosken-verkko"
    )
