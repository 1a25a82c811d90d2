"""What clients send, read into values: batches of queries, what to fetch, days as tables have them.

Everything a stranger sends is refused here where it is not what the protocol says.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NoReturn
from urllib.parse import parse_qs

from starlette.requests import Request

from hyteverkko.errors import BadRequest, TooLarge, UnsupportedMedia
from hyteverkko.harvest.reconcile.entities import TYPES
from hyteverkko.harvest.reconcile.properties import AT, PROPERTIES, Property, property_of
from hyteverkko.sent import FORM, sent_body

BATCH_SIZE: Final = 100
"""Queries of one batch."""

MOST_BYTES: Final = 256 * 1024
MOST_IDS: Final = 200
MOST_PROPERTIES: Final = 30
MOST_CANDIDATES: Final = 50
CANDIDATES: Final = 5
LONGEST_TEXT: Final = 500
LARGEST_NUMBER: Final = 1e300
MOST_VALUES: Final = 20
"""Values of one property of a query."""

ANY: Final = "any"
ALL: Final = "all"
SHOULD: Final = "should"
CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$]{0,99}(\.[A-Za-z_$][\w$]{0,99}){0,4}", re.ASCII)
YEAR: Final = re.compile(r"(\d{4})(?:\.0)?", re.ASCII)
MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.,]*(?:Z|[+-][\d:]+)?)?", re.ASCII)
DAY_WRITTEN: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)

Parameters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A property that a candidate should have, with one of these values."""

    property: Property
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A reconciliation query: a name, and what the thing it means should be.

    ``days`` are those of the day, month or year that was given, of which any will do; ``is_dated``
    says that one was given, which may not have been readable.
    """

    text: str
    types: tuple[str, ...] = ()
    strict: str = ANY
    limit: int = CANDIDATES
    wanted: tuple[Wanted, ...] = ()
    days: tuple[date, ...] = ()
    is_dated: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A property to fetch, as of a day where one is set."""

    property: Property
    id: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """What to fetch: which properties of which things."""

    ids: tuple[str, ...]
    properties: tuple[Fetched, ...]


async def parameters_of(request: Request) -> Parameters:
    """Read the parameters of a request, from its address and from the form in its body."""
    found = dict(request.query_params)
    if request.method != "POST":
        return found
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise UnsupportedMedia("Send queries as a form, with the content type {type}.", type=FORM)
    return {**found, **_form(await _body(request))}


async def _body(request: Request) -> bytes:
    too_large = TooLarge(
        "What was sent is over {size} KiB. Send fewer queries at once.", size=MOST_BYTES // 1024
    )
    return await sent_body(request, MOST_BYTES, too_large)


def _form(body: bytes) -> dict[str, str]:
    try:
        text = body.decode("utf-8")
        fields = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=20)
    except UnicodeDecodeError:
        raise BadRequest("What was sent is not in UTF-8.") from None
    except ValueError:
        raise BadRequest("There are too many parameters.") from None
    return {name: values[0] for name, values in fields.items()}


def callback_of(parameters: Parameters) -> str:
    """Read the name of the function that an answer is handed to; none is the empty text."""
    name = parameters.get("callback", "")
    if name and not CALLBACK.fullmatch(name):
        raise BadRequest("The callback is not the name of a function.")
    return name


def read_batch(text: str) -> dict[str, Query]:
    """Read a batch of queries by their keys; raise BadRequest or TooLarge."""
    batch = _object(_json(text, "queries"), "queries")
    if len(batch) > BATCH_SIZE:
        raise TooLarge("A batch has at most {most} queries.", most=BATCH_SIZE)
    return {_text(key, "queries"): _query(value, key) for key, value in batch.items()}


def read_extension(text: str) -> Extension:
    """Read what to fetch; raise BadRequest or TooLarge."""
    found = _object(_json(text, "extend"), "extend")
    ids = [_text(one, "ids") for one in _list(found.get("ids"), "ids")]
    properties = [_fetched(one) for one in _list(found.get("properties"), "properties")]
    if len(ids) > MOST_IDS or len(properties) > MOST_PROPERTIES:
        raise TooLarge(
            "At most {properties} properties of {ids} things can be fetched at once.",
            properties=MOST_PROPERTIES,
            ids=MOST_IDS,
        )
    return Extension(tuple(dict.fromkeys(ids)), tuple(properties))


def known_type(id_: str) -> str:
    """Give the id of a type back; raise BadRequest for one there is not."""
    if id_ not in TYPES:
        raise BadRequest(
            "There is no type '{type}'. There are: {types}.",
            type=id_[:40],
            types=", ".join(TYPES),
        )
    return id_


def whole_number(text: str, name: str, most: int) -> int:
    """Read a number of an address; raise BadRequest for what is none, or less than none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest("'{name}' is not a whole number.", name=name)
    return min(int(text), most)


def days_of(text: str) -> tuple[date, ...]:
    """Read a day, month or year as tables have them: its first and last day, or none."""
    text = text.strip()
    try:
        if found := YEAR.fullmatch(text):
            year = int(found[1])
            return date(year, 1, 1), date(year, 12, 31)
        if found := MONTH.fullmatch(text):
            first = date(int(found[1]), int(found[2]), 1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if found := DAY.fullmatch(text):
            return (date(int(found[1]), int(found[2]), int(found[3])),)
        if found := DAY_WRITTEN.fullmatch(text):
            return (date(int(found[3]), int(found[2]), int(found[1])),)
    except (ValueError, OverflowError):
        return ()
    return ()


def _query(value: object, key: str) -> Query:
    found = _object(value, key)
    text = _text(found.get("query", ""), "query")
    given = list(_given(_list(found.get("properties", []), "properties")))
    if "query" not in found and not given:
        raise BadRequest("Query '{key}' has neither 'query' nor 'properties'.", key=key[:40])
    strict = _text(found.get("type_strict", ANY), "type_strict")
    if strict not in {ANY, ALL, SHOULD}:
        _refuse("type_strict")
    dates = [one for wanted in given if wanted.property is AT for one in wanted.values if one]
    return Query(
        text=text,
        types=tuple(dict.fromkeys(_types(found.get("type", [])))),
        strict=strict,
        limit=_limit(found.get("limit", CANDIDATES)),
        wanted=tuple(one for one in given if one.property is not AT and any(one.values)),
        days=tuple(dict.fromkeys(day for one in dates for day in days_of(one))),
        is_dated=bool(dates),
    )


def _types(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        id_ = one.get("id") if isinstance(one, dict) else one
        if id_ != "":
            yield known_type(_text(id_, "type"))


def _limit(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value < 1e9:
        _refuse("limit")
    return min(int(value), MOST_CANDIDATES)


def _given(found: list[Any]) -> Iterator[Wanted]:
    for one in found:
        fields = _object(one, "properties")
        id_ = _text(fields.get("pid"), "pid")
        value = fields.get("v")
        several = value if isinstance(value, list) else [value]
        if len(several) > MOST_VALUES or len(found) > MOST_PROPERTIES:
            raise TooLarge("A query has too many properties or values.")
        yield Wanted(_known_property(id_), tuple(_value(one) for one in several))


def _known_property(id_: str) -> Property:
    known = property_of(id_)
    if known is None:
        raise BadRequest(
            "There is no property '{property}'. There are: {properties}.",
            property=id_[:40],
            properties=", ".join(PROPERTIES),
        )
    return known


def _value(value: object) -> str:
    match value:
        case {"id": id_}:
            return _text(id_, "v")
        case bool():
            return str(value).lower()
        case int() | float() if abs(value) <= LARGEST_NUMBER:
            return f"{value:.15g}"
        case _:
            return _text(value, "v").strip()


def _fetched(value: object) -> Fetched:
    fields = _object(value, "properties")
    id_ = _text(fields.get("id"), "id")
    settings = fields.get("settings")
    settings = {} if settings is None else _object(settings, "settings")
    at = _value(settings.get("at", ""))
    days = days_of(at)
    if at and not days:
        raise BadRequest(
            "'{text}' is not a day. Give it as year, month and day, such as 2009-01-01.",
            text=at[:40],
        )
    return Fetched(_known_property(id_), id_, days[0].isoformat() if days else "")


def _json(text: str, name: str) -> object:
    try:
        return json.loads(text, parse_constant=lambda _: _refuse(name))
    except (ValueError, RecursionError):
        raise BadRequest("'{name}' is not JSON.", name=name) from None


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(name)
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        _refuse(name)
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or _is_broken(value):
        _refuse(name)
    return value


def _is_broken(text: str) -> bool:
    """Say whether a text has half of a pair of code units, which no answer could hold."""
    return any("\ud800" <= one <= "\udfff" for one in text)


def _refuse(name: str) -> NoReturn:
    raise BadRequest(
        "'{name}' is not as the reconciliation protocol (version 0.2) has it, or is too long.",
        name=name[:40],
    )
