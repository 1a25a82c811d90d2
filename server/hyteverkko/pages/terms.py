"""Terms as a page shows them: a name instead of an IRI, a date in the reader's form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from hyteverkko.addresses import link_of
from hyteverkko.labels import Text, best_text, short_iri
from hyteverkko.namespaces import PREFIXES
from hyteverkko.translations import LOCALES, catalogue, marked

XSD: Final = PREFIXES["xsd"]
NUMBERS: Final = {XSD + name for name in ("integer", "decimal", "nonNegativeInteger", "double")}
TIMES: Final = frozenset({XSD + "date", XSD + "gYearMonth", XSD + "gYear"})
SEPARATOR: Final = "–"
AFTER_Z: Final = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A term on a page: its text, where it leads, the IRI it stands for, or the time it is."""

    text: Text
    href: str | None = None
    iri: str = ""
    time: str = ""


def by_name(one: Shown) -> str:
    """Give what sorts names as Finnish and Swedish do: å, ä and ö after z, in that order."""
    return one.text.value.casefold().translate(AFTER_Z)


def shown(
    term: NamedNode | BlankNode | Literal | Triple, names: Iterable[Literal], language: str
) -> Shown:
    """Show a term in a language: an IRI by its best name, a literal by its value."""
    if isinstance(term, NamedNode):
        text = best_text(names, language) or Text(short_iri(term.value))
        return Shown(text, link_of(term.value), term.value)
    if isinstance(term, Literal):
        time = term.value if term.datatype.value in TIMES else ""
        return Shown(literal_text(term, language), time=time)
    return Shown(Text(str(term)))


def literal_text(literal: Literal, language: str) -> Text:
    """Show a literal: dates, numbers and truth values in the form of the language."""
    datatype = literal.datatype.value
    if datatype in TIMES:
        return Text(day_text(literal.value, language))
    if datatype == XSD + "boolean":
        word = marked("yes") if literal.value in {"true", "1"} else marked("no")
        return Text(catalogue(language).gettext(word))
    if datatype in NUMBERS:
        return Text(format_decimal(literal.value, locale=LOCALES[language]))
    return Text(literal.value, literal.language or "")


@lru_cache(maxsize=16_384)
def day_text(value: str, language: str) -> str:
    """Show a day, month or year with the precision it is stated in."""
    parts = [int(part) for part in value.split("-")] if value[:1].isdecimal() else []
    match parts:
        case [year, month, day]:
            return format_date(date(year, month, day), format="medium", locale=LOCALES[language])
        case [year, month]:
            return format_skeleton("yMMMM", date(year, month, 1), locale=LOCALES[language])
        case _:
            return value


def period_text(stated: Mapping[str, str], names: Mapping[str, str], language: str) -> str:
    """Show a period: one day, month or year, or from and to as far as they are stated.

    ``stated`` holds start, end, season, part and status, and the latest day of an unknown start;
    ``names`` the names of the concepts.
    """
    start, end = stated.get("start", ""), stated.get("end", "")
    season, part = (names.get(stated.get(name, ""), "") for name in ("season", "part"))
    first = " ".join(word for word in (part, season, day_text(start, language)) if word)
    if not start and "latest" in stated:
        at_the_latest = catalogue(language).gettext("{day} at the latest")
        first = at_the_latest.format(day=day_text(stated["latest"], language))
    if start and start == end:
        return first
    if end:
        return f"{first} {SEPARATOR} {day_text(end, language)}".strip()
    status = names.get(stated.get("status", ""), "")
    return f"{first} {SEPARATOR} ({status})".strip() if status else f"{first} {SEPARATOR}"
