"""Which literals are well-formed, datatype by datatype, as conditions in SPARQL.

The engine keeps what is ill-formed as it came. A well-formed number of a type derived from
xsd:integer it keeps as xsd:integer: such a type is taken for a range of the integers.
"""

from types import MappingProxyType
from typing import Final

from pyoxigraph import NamedNode

from hyteverkko.ingest.shacl.graph import named

INTEGER: Final = named("xsd:integer")
NUMBER: Final = r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)"

WRITTEN: Final = MappingProxyType(
    {
        named(f"xsd:{name}"): pattern
        for name, pattern in {
            "boolean": "true|false|0|1",
            "decimal": NUMBER,
            "double": rf"{NUMBER}([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
            "float": rf"{NUMBER}([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
            "integer": "[+-]?[0-9]+",
            "hexBinary": "([0-9A-Fa-f]{2})*",
            "base64Binary": "(([A-Za-z0-9+/] ?){4})*"
            "(([A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]|([A-Za-z0-9+/] ?){3}=|([A-Za-z0-9+/] ?){2}= ?=)?",
            "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
            "normalizedString": r"[^\\t\\n\\r]*",
            "token": r"([^\\t\\n\\r ]+( [^\\t\\n\\r ]+)*)?",
            "NMTOKEN": r"[\\p{L}\\p{M}\\p{N}._:-]+",
            "Name": r"[\\p{L}_:][\\p{L}\\p{M}\\p{N}._:-]*",
            "NCName": r"[\\p{L}_][\\p{L}\\p{M}\\p{N}._-]*",
            "gMonthDay": "--(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(Z|[+-][0-9]{2}:[0-9]{2})?",
        }.items()
    }
)
"""How the literals of a datatype are written; the whole text fits the pattern."""

READ: Final = frozenset(
    named(f"xsd:{name}")
    for name in (
        "date",
        "dateTime",
        "time",
        "gYear",
        "gYearMonth",
        "gMonth",
        "gDay",
        "duration",
        "dayTimeDuration",
        "yearMonthDuration",
    )
)
"""The datatypes that the engine has a cast for, which knows the calendar."""

RANGES: Final = MappingProxyType(
    {
        named(f"xsd:{name}"): bounds
        for name, bounds in {
            "long": ("-9223372036854775808", "9223372036854775807"),
            "int": ("-2147483648", "2147483647"),
            "short": ("-32768", "32767"),
            "byte": ("-128", "127"),
            "unsignedLong": ("0", "18446744073709551615"),
            "unsignedInt": ("0", "4294967295"),
            "unsignedShort": ("0", "65535"),
            "unsignedByte": ("0", "255"),
            "nonNegativeInteger": ("0", ""),
            "positiveInteger": ("1", ""),
            "nonPositiveInteger": ("", "0"),
            "negativeInteger": ("", "-1"),
        }.items()
    }
)
"""The integers that belong to a derived type, from the first to the last."""


def of_datatype(v: str, datatype: NamedNode) -> str:
    """Give the condition that a variable holds a well-formed literal of a datatype."""
    if datatype in RANGES:
        return _in_range(v, datatype)
    checks = [f"isLiteral({v})", f"DATATYPE({v}) = {datatype}"]
    if datatype in WRITTEN:
        checks.append(_written(v, datatype))
    if datatype in READ:
        checks.append(f"COALESCE(isLiteral({datatype}(STR({v}))), false)")
    return f"({' && '.join(checks)})"


def _written(v: str, datatype: NamedNode) -> str:
    return f'REGEX(STR({v}), "^({WRITTEN[datatype]})$")'


def _in_range(v: str, datatype: NamedNode) -> str:
    first, last = RANGES[datatype]
    value = f"{named('xsd:decimal')}(STR({v}))"
    bounds = [f"{value} >= {first}.0"] if first else []
    bounds += [f"{value} <= {last}.0"] if last else []
    return (
        f"(isLiteral({v}) && DATATYPE({v}) IN ({INTEGER}, {datatype})"
        f" && {_written(v, INTEGER)} && COALESCE({' && '.join(bounds)}, false))"
    )
