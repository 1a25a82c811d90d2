"""RFC 9110, section 12.5: what a client accepts decides, the most specific range first."""

import pytest
from hyteverkko.formats import HTML, JSON_LD, N_TRIPLES, PAGE_FORMATS, RESULT_FORMATS, TURTLE
from hyteverkko.negotiation import LONGEST_READ, best_format, best_language, elements

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "HTML"),
        ("*/*", "HTML"),
        (BROWSER, "HTML"),
        ("text/turtle", "Turtle"),
        ("TEXT/TURTLE", "Turtle"),
        ("text/*", "HTML"),
        ("text/turtle;q=0.5, application/ld+json", "JSON-LD"),
        ("text/html;q=0, */*", "Turtle"),
        ("text/*;q=0.3, text/turtle;q=0.7, */*;q=0.1", "Turtle"),
        ("application/rdf+xml;q=0.4, text/plain;q=0.3", "RDF/XML"),
        ("text/turtle;q=0", None),
        ("image/png", None),
        ("text/turtle;q=nonsense", None),
        (",,;;", "HTML"),
    ],
)
def test_page_formats(accept: str | None, name: str | None) -> None:
    chosen = best_format(accept, PAGE_FORMATS)
    assert (chosen.name if chosen else None) == name


def test_plain_json_is_json_results() -> None:
    chosen = best_format("application/json", RESULT_FORMATS)
    assert chosen is not None
    assert chosen.name == "JSON"


def test_equal_quality_takes_the_earlier_format() -> None:
    assert best_format("application/ld+json, text/turtle", (TURTLE, JSON_LD)) is TURTLE
    assert best_format("application/ld+json, text/turtle", (JSON_LD, HTML, TURTLE)) is JSON_LD


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [
        ("sv", "fi", "sv"),
        ("de", "en-GB,en;q=0.8", "en"),
        (None, "de, sv-FI;q=0.7, fi;q=0.3", "sv"),
        (None, "de", "fi"),
        (None, None, "fi"),
        (None, "en;q=0, sv;q=0.1", "sv"),
        ("<script>", "", "fi"),
    ],
)
def test_language(asked: str | None, header: str | None, language: str) -> None:
    assert best_language(asked, header) == language


def test_of_a_long_header_the_first_elements_count() -> None:
    many = ", ".join(["text/plain;q=0.1"] * 20_000)
    assert sum(1 for _ in elements(many)) <= LONGEST_READ
    assert best_format(f"text/turtle, {many}", PAGE_FORMATS) is TURTLE
    assert best_format(f"{many}, text/turtle", PAGE_FORMATS) is N_TRIPLES
    assert best_language(None, f"sv, {'de, ' * 20_000}") == "sv"


def test_an_element_that_is_cut_does_not_count() -> None:
    cut = "text/turtle;q=0.01" + "0" * LONGEST_READ
    assert best_format(f"application/ld+json;q=0.001, {cut}", PAGE_FORMATS) is JSON_LD
