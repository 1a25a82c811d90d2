"""Readable, lasting addresses for new things: from their names, under the sender's scope."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from pyoxigraph import Literal

from hyteverkko.ingest.tables.cells import Value
from hyteverkko.namespaces import ID

LONGEST_SLUG: Final = 80


def slug(text: str) -> str:
    """Write a name as part of an address: ä and å as a, ö as o, hyphens between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.sub("[^a-z0-9]+", "-", bare.replace("ø", "o").replace("æ", "a")).strip("-")
    if len(words) <= LONGEST_SLUG:
        return words
    return words[: LONGEST_SLUG + 1].rpartition("-")[0] or words[:LONGEST_SLUG]


def value_slug(values: Sequence[Value]) -> str:
    """Write a value of a property as part of an address: its Finnish text, or its own key."""
    texts = {v.language or "": v.value for v in values if isinstance(v, Literal)}
    text = next((texts[lang] for lang in ("fi", "sv", "en", "") if lang in texts), "")
    if text:
        return slug(text)
    iris = sorted(value.value for value in values if not isinstance(value, Literal))
    return slug(re.split("[/#]", iris[0].rstrip("/#"))[-1]) if iris else ""


def new_address(kind: str, scope: str, key: str, is_free: Callable[[str], bool]) -> str:
    """Give the first free address for a key: with a number when it is taken."""
    base = f"{ID}{kind}/{scope}/{key}"
    if is_free(base):
        return base
    number = 2
    while not is_free(f"{base}-{number}"):
        number += 1
    return f"{base}-{number}"
