"""The shapes of a drawing: SVG whose texts are escaped and whose looks need no style of its own.

Colours stand as attributes, so that a drawing saved as a file has them; a page gives the classes
its own.
"""

import re
from collections.abc import Iterable
from html import escape
from typing import Final, NewType

from hyteverkko.translations import catalogue

Svg = NewType("Svg", str)
"""A text that is SVG already."""

INK: Final = "#16292a"
SOFT: Final = "#4c5c5b"
LINE: Final = "#d8dcd3"
MARK: Final = "#0f6e5c"
BERRY: Final = "#8f4a00"
GROUND: Final = "#ffffff"
FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"
NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What an XML document may not hold (XML 1.0, section 2.2)."""

LONGEST_TITLE: Final = 300


def element(name: str, children: Iterable[Svg] = (), /, **attributes: str | float | None) -> Svg:
    """Write an element; an attribute that is None is left out, and ``_`` stands for a hyphen."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join(children)
    return Svg(f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>")


def plain(text: str) -> Svg:
    """Write a text; what XML may not hold is shown as replaced."""
    return Svg(escape(NOT_XML.sub("\ufffd", text)))


def label(
    text: str, x: float, y: float, class_: str = "", *, fill: str = INK, **more: str | float | None
) -> Svg:
    """Write a line of text; its direction does not reach its neighbours."""
    given: dict[str, str | float | None] = {"unicode_bidi": "isolate", **more}
    return element("text", [plain(text)], x=x, y=y, class_=class_ or None, fill=fill, **given)


def link(href: str, title: str, children: Iterable[Svg], class_: str = "") -> Svg:
    """Write a link around shapes; its title is its name, and what a pointer is shown."""
    name = shortened(title, LONGEST_TITLE)
    parts = [element("title", [plain(name)]), *children]
    return element("a", parts, href=href, class_=class_ or None)


def drawing(name: str, width: float, height: float, parts: Iterable[Svg], *, language: str) -> Svg:
    """Write a whole drawing, named for who does not see it."""
    ground = element("rect", width=width, height=height, fill=GROUND, class_="ground")
    return element(
        "svg",
        [ground, *parts],
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width,
        height=height,
        role="group",
        aria_label=name,
        lang=language,
        font_family=FONT,
        font_size=13,
        class_="drawn",
    )


def svg_file(drawn: Svg, base_url: str) -> bytes:
    """Give a drawing as a file: its links lead to where it comes from."""
    linked = drawn.replace('<a href="/', f'<a href="{escape(base_url)}/')
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{linked}\n'.encode()


def shortened(text: str, most: int) -> str:
    """Cut a text at a number of characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def listed(words: Iterable[str], language: str) -> str:
    """Join words as a list is said: with commas, and "and" before the last."""
    held = list(words)
    if len(held) < 2:
        return "".join(held)
    last = catalogue(language).gettext("and")
    return f"{', '.join(held[:-1])} {last} {held[-1]}"


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return plain(value)
    return f"{value:.1f}".removesuffix(".0")
