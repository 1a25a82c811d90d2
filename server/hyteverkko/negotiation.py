"""How a format and a language are chosen from what a client accepts (RFC 9110, section 12.5)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, wraps
from typing import Concatenate, Final, NamedTuple, ParamSpec, TypeVar, cast

from hyteverkko.errors import NotAcceptable
from hyteverkko.formats import Format

P = ParamSpec("P")
Read = TypeVar("Read")

LONGEST_KEPT: Final = 400
"""Characters of a header whose meaning is kept: clients send a few, again and again."""

LONGEST_READ: Final = 4000
"""Characters of a header that are read: its elements beyond them count as not sent."""

LANGUAGES: Final = ("fi", "sv", "en")
"""The languages of the pages, the default first."""


class Accepted(NamedTuple):
    """One element of an Accept or Accept-Language header."""

    value: str
    quality: float


def first_of_each(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Give each header field as it is read everywhere: the first, where a client sends it twice."""
    return dict(reversed(headers))


def read_part(header: str) -> str:
    """Give the elements of an Accept-like header that are read: of a long one, the first."""
    return header if len(header) <= LONGEST_READ else header[:LONGEST_READ].rpartition(",")[0]


def elements(header: str) -> Iterator[Accepted]:
    """Give the elements of an Accept-like header; one that cannot be read is left out."""
    for element in read_part(header).split(","):
        value, *parameters = (part.strip() for part in element.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, number = parameter.partition("=")
            if name.strip().lower() == "q":
                quality = _quality(number.strip())
        if value:
            yield Accepted(value.lower(), quality)


def remembered(
    read: Callable[Concatenate[str | None, P], Read],
) -> Callable[Concatenate[str | None, P], Read]:
    """Keep what is read from headers, except from long ones."""
    known = cast("Callable[Concatenate[str | None, P], Read]", lru_cache(maxsize=1024)(read))

    @wraps(read)
    def answer(header: str | None, /, *rest: P.args, **named: P.kwargs) -> Read:
        if header is not None and len(header) > LONGEST_KEPT:
            return read(header, *rest, **named)
        return known(header, *rest, **named)

    return answer


@remembered
def best_format(header: str | None, formats: tuple[Format, ...]) -> Format | None:
    """Choose the format a client likes best, or None when it accepts none of them.

    Among formats of one quality the earlier of ``formats`` wins. For each format the most
    specific range that matches it decides, so ``text/turtle;q=0`` excludes under ``*/*``.
    """
    accepted = list(elements(header or "*/*")) or [Accepted("*/*", 1.0)]
    best, best_quality = None, 0.0
    for format_ in formats:
        quality = _format_quality(format_, accepted)
        if quality > best_quality:
            best, best_quality = format_, quality
    return best


def offered_format(
    header: str | None, formats: tuple[Format, ...], named: Iterable[Format] = ()
) -> Format:
    """Choose as ``best_format`` does; raise NotAcceptable, with those named, when there is none."""
    chosen = best_format(header, formats)
    if chosen is None:
        raise NotAcceptable(
            "None of the formats asked for is offered. There are: {formats}.",
            formats=", ".join(format_.media_type for format_ in tuple(named) or formats),
        )
    return chosen


def best_language(asked: str | None, header: str | None) -> str:
    """Choose the page language: the one asked for by name, else the one the client prefers."""
    if asked in LANGUAGES:
        return asked
    ranked = sorted(elements(header or ""), key=lambda element: -element.quality)
    for value, quality in ranked:
        language = value.partition("-")[0]
        if language in LANGUAGES and quality > 0:
            return language
    return LANGUAGES[0]


@remembered
def takes_gzip(header: str | None) -> bool:
    """Say whether an Accept-Encoding header takes gzip."""
    accepted = elements(header or "")
    return any(value in {"gzip", "*"} and quality > 0 for value, quality in accepted)


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def _format_quality(format_: Format, accepted: Sequence[Accepted]) -> float:
    names = (format_.media_type, *format_.aliases)
    best_specificity, quality = -1, 0.0
    for value, value_quality in accepted:
        for name in names:
            specificity = _specificity(value, name)
            # An alias such as text/plain counts less than the format's own name.
            rank = 2 * specificity + (name == format_.media_type)
            if specificity >= 0 and rank > best_specificity:
                best_specificity, quality = rank, value_quality
    return quality


def _specificity(accepted: str, media_type: str) -> int:
    if accepted == media_type:
        return 2
    if accepted == media_type.partition("/")[0] + "/*":
        return 1
    return 0 if accepted == "*/*" else -1
