"""What stands in a cell: values written as people read them, and read back as the same values.

Of the values of a property a cell carries those that can be read back exactly; the rest stay
where they are.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from hyteverkko.ingest.periods import PERIOD, period_iri, read_period, read_point
from hyteverkko.ingest.rdf import CONTROL
from hyteverkko.ingest.tables.columns import PARTIAL_TYPES, Column, Holds
from hyteverkko.ingest.tables.dates import day_text, read_day, read_partial, read_time, time_text
from hyteverkko.ingest.tables.names import (
    LONGEST_NAME,
    Accepts,
    Names,
    short_address,
    written_address,
)
from hyteverkko.ingest.tables.problems import Problem, shown
from hyteverkko.namespaces import expanded
from hyteverkko.translations import marked

Value: TypeAlias = NamedNode | Literal

LONGEST: Final = 32_767
"""Characters that a cell of a spreadsheet can hold."""

YES_NO: Final = {"fi": ("kyllä", "ei"), "sv": ("ja", "nej"), "en": ("yes", "no")}
_YES: Final = frozenset({"kyllä", "ja", "yes", "true", "tosi", "sant", "1", "k", "x"})
_NO: Final = frozenset({"ei", "nej", "no", "false", "epätosi", "falskt", "0", "e"})
_INTEGER: Final = re.compile(r"-?[1-9][0-9]{0,14}|0", re.ASCII)
_DECIMAL: Final = re.compile(r"-?(?:[1-9][0-9]{0,12}|0)(?:\.[0-9]*[1-9])?", re.ASCII)
_SPACES: Final = re.compile("[\u00a0\u2007\u202f]")
_QUOTED: Final = re.compile(r'\s*"((?:[^"]|"")*)"\s*')
_SPLIT: Final = re.compile(r"[;\n]")
_DATATYPES: Final = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}


@dataclass(frozen=True, slots=True)
class Writing:
    """What writing and reading cells needs beside the column: names, and the reader's language."""

    names: Names
    language: str = "en"


def accepts(column: Column, names: Names) -> Accepts:
    """Give what says whether a thing can be meant in a column."""
    if column.choices:
        return column.choices.__contains__
    if column.scheme:
        return names.schemes.get(column.scheme, frozenset()).__contains__
    if column.classes:
        return lambda thing: not column.classes.isdisjoint(names.of(thing).classes)
    return _anything


def carried(column: Column, values: Iterable[Value]) -> tuple[Value, ...]:
    """Give those of a property's values that a cell of the column carries, in their order."""
    found = sorted((v for v in values if _CARRIES[column.holds](column, v)), key=str)
    if _is_verbatim(column):
        return tuple(found[:1])
    return tuple(found) if sum(_room(value) for value in found) <= LONGEST else ()


def cell_text(column: Column, values: Iterable[Value], writing: Writing) -> str:
    """Write values that the column carries as the text of a cell."""
    texts = [_value_text(column, value, writing) for value in values]
    if _is_verbatim(column):
        return texts[0] if texts else ""
    return "; ".join(_quoted(text) for text in sorted(texts))


def cell_values(column: Column, text: str, writing: Writing) -> tuple[Value, ...]:
    """Read the text of a cell; raise Problem for what cannot be read."""
    items = [text] if _is_verbatim(column) else _items(text)
    return tuple(dict.fromkeys(_read_value(column, item, writing) for item in items if item))


def clean(text: str) -> str:
    """Give a cell's text in the form it is compared and kept in: NFC, no blanks at its ends."""
    return unicodedata.normalize("NFC", text).strip().replace("\r\n", "\n")


def is_clean(text: str) -> bool:
    """Say whether a text comes back from a cell as it is."""
    return (
        0 < len(text) <= LONGEST
        and clean(text) == text
        and "\r" not in text
        and not _SPACES.search(text)
        and not CONTROL.search(text)
    )


def without_hard_spaces(text: str) -> str:
    """Put plain spaces for those that do not break."""
    return _SPACES.sub(" ", text)


def exact_text(value: Value) -> str:
    """Write a term so that nothing of it is lost: a short address, or N-Triples."""
    return short_address(value.value) if isinstance(value, NamedNode) else str(value)


def read_exact(text: str) -> Value:
    """Read a term written exactly."""
    if text.startswith('"'):
        return _read_literal(text)
    iri = written_address(text)
    if iri is None:
        raise Problem(
            "address",
            marked("“{value}” is not an address. Write it whole, with a prefix or as kind/key."),
            value=shown(text),
        )
    return NamedNode(iri)


def _room(value: Value) -> int:
    """Give the characters that a value may take among others, quoted and with its separator."""
    if isinstance(value, NamedNode):
        return max(LONGEST_NAME, len(short_address(value.value))) + 4
    return 2 * len(str(value)) + 4


def _anything(_thing: str) -> bool:
    return True


def _is_verbatim(column: Column) -> bool:
    return column.holds in (Holds.TEXT, Holds.PLAIN) and not column.many


def _value_text(column: Column, value: Value, writing: Writing) -> str:
    match column.holds:
        case Holds.TEXT | Holds.PLAIN | Holds.INTEGER:
            return value.value
        case Holds.DECIMAL:
            return value.value if writing.language == "en" else value.value.replace(".", ",")
        case Holds.BOOLEAN:
            return YES_NO[writing.language][0 if value.value == "true" else 1]
        case Holds.DAY | Holds.PARTIAL:
            return day_text(value.value, writing.language)
        case Holds.PERIOD:
            key = value.value.removeprefix(PERIOD)
            is_period = value.value.startswith(PERIOD) and read_period(key)
            return time_text(key, writing.language) if is_period else short_address(value.value)
        case Holds.THING:
            return writing.names.name(value.value, accepts(column, writing.names), writing.language)
        case _:
            return exact_text(value)


def _read_value(column: Column, text: str, writing: Writing) -> Value:
    match column.holds:
        case Holds.TEXT:
            return Literal(text, language=column.language)
        case Holds.PLAIN:
            return Literal(text, datatype=NamedNode(column.datatype))
        case Holds.INTEGER:
            return _read_number(column, text, _INTEGER)
        case Holds.DECIMAL:
            return _read_number(column, text, _DECIMAL)
        case Holds.BOOLEAN:
            return _read_boolean(column, text)
        case Holds.DAY:
            return Literal(read_day(text), datatype=NamedNode(column.datatype))
        case Holds.PARTIAL:
            time = read_partial(text)
            return Literal(time, datatype=NamedNode(expanded(_DATATYPES[len(time)])))
        case Holds.PERIOD:
            return NamedNode(written_address(text) or period_iri(read_time(text)))
        case Holds.THING:
            address = written_address(text)
            return NamedNode(address or writing.names.find(text, accepts(column, writing.names)))
        case _:
            return read_exact(text)


def _read_number(column: Column, text: str, form: re.Pattern[str]) -> Literal:
    digits = "".join(text.split()).replace("−", "-")
    if column.holds is Holds.DECIMAL and digits.count(",") + digits.count(".") == 1:
        digits = digits.replace(",", ".")
    if re.fullmatch(r"-?[0-9]+\.[0-9]*", digits, re.ASCII):
        digits = digits.rstrip("0").rstrip(".")
    if not form.fullmatch(digits):
        whole = marked("“{value}” is not a whole number. Write digits only.")
        number = marked("“{value}” is not a number. Write it for example as 0,5.")
        raise Problem(
            "number", whole if column.holds is Holds.INTEGER else number, value=shown(text)
        )
    return Literal(digits, datatype=NamedNode(column.datatype))


def _read_boolean(column: Column, text: str) -> Literal:
    word = text.casefold()
    if word not in _YES | _NO:
        raise Problem("boolean", marked("“{value}” is neither yes nor no."), value=shown(text))
    return Literal("true" if word in _YES else "false", datatype=NamedNode(column.datatype))


def _read_literal(text: str) -> Literal:
    problem = Problem(
        "literal",
        marked('“{value}” is not a literal as in N-Triples, for example "sana"@fi.'),
        value=shown(text),
    )
    try:
        quads = list(parse(f"<urn:x> <urn:x> {text} .", format=RdfFormat.N_TRIPLES))
    except SyntaxError:
        raise problem from None
    value = quads[0].object if len(quads) == 1 else None
    if not isinstance(value, Literal):
        raise problem
    return value


def _quoted(text: str) -> str:
    if text.startswith('"') or _SPLIT.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def _items(text: str) -> list[str]:
    """Part a cell at its semicolons and line ends; one in quotes is part of a value."""
    items = []
    rest = text
    while rest.strip():
        quoted = _QUOTED.match(rest)
        if quoted and (quoted.end() == len(rest) or rest[quoted.end()] in ";\n"):
            items.append(quoted[1].replace('""', '"'))
            rest = rest[quoted.end() + 1 :]
        else:
            cut = _SPLIT.search(rest)
            end = cut.start() if cut else len(rest)
            items.append(rest[:end].strip())
            rest = rest[end + 1 :]
    return items


def _is_text(column: Column, value: Value) -> bool:
    return (
        isinstance(value, Literal) and value.language == column.language and is_clean(value.value)
    )


def _is_typed(column: Column, value: Value) -> bool:
    return (
        isinstance(value, Literal)
        and not value.language
        and value.datatype.value == column.datatype
        and is_clean(value.value)
    )


def _is_number(form: re.Pattern[str]) -> Callable[[Column, Value], bool]:
    def is_number(column: Column, value: Value) -> bool:
        return _is_typed(column, value) and form.fullmatch(value.value) is not None

    return is_number


def _is_boolean(column: Column, value: Value) -> bool:
    return _is_typed(column, value) and value.value in ("true", "false")


def _is_time(column: Column, value: Value) -> bool:
    if not isinstance(value, Literal) or value.language:
        return False
    datatype = value.datatype.value
    wanted = PARTIAL_TYPES if column.holds is Holds.PARTIAL else {column.datatype}
    point = read_point(value.value)
    if point is None or point.season or point.part or datatype not in wanted:
        return False
    return datatype == expanded(_DATATYPES[len(value.value)])


def _is_thing(_column: Column, value: Value) -> bool:
    return isinstance(value, NamedNode) and written_address(short_address(value.value)) == (
        value.value
    )


def _is_term(column: Column, value: Value) -> bool:
    return isinstance(value, Literal) or _is_thing(column, value)


_CARRIES: Final[dict[Holds, Callable[[Column, Value], bool]]] = {
    Holds.TEXT: _is_text,
    Holds.PLAIN: _is_typed,
    Holds.INTEGER: _is_number(_INTEGER),
    Holds.DECIMAL: _is_number(_DECIMAL),
    Holds.BOOLEAN: _is_boolean,
    Holds.DAY: _is_time,
    Holds.PARTIAL: _is_time,
    Holds.PERIOD: _is_thing,
    Holds.THING: _is_thing,
    Holds.TERM: _is_term,
}
"""Which values a cell of each kind of column can carry and give back unchanged."""
