"""Rows are counted exactly, whatever the values hold and wherever the text is cut."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hyteverkko.store.rows import MARKS, RowCount
from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, QueryTriples, RdfFormat, Store

HOSTILE: Final = (
    '},{"a":{',
    '{},{},{},{"a":{}},{',
    "},{",
    '"},{"',
    "\\",
    '\\"},{"',
    '\\\\"},{',
    '"',
    '""\r\n""',
    "\r\n\r\n",
    "\n",
    "a,b\r\n",
    "<result><result>",
    "]]><result>",
    "&lt;result>",
    " .\n<s> <p> <o> .\n",
    "",
)
"""What a row begins, ends or is parted with, as a value."""

VALUES: Final = st.lists(
    st.none() | st.sampled_from(HOSTILE) | st.text('},{"\\\r\n\tx<>[]', max_size=12), max_size=12
)
CUTS: Final = st.lists(st.integers(1, 7), min_size=1, max_size=5)


def text_of(values: list[str | None], media_type: str) -> bytes:
    """Let the engine write values as rows of a table, with nothing in a row for None."""
    rows = " ".join("(UNDEF UNDEF)" if one is None else f"({Literal(one)} 1)" for one in values)
    results = Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {rows} }} }}")
    format_ = QueryResultsFormat.from_media_type(media_type)
    assert format_ is not None
    assert not isinstance(results, QueryTriples)
    return results.serialize(format=format_) or b""


def counted(text: bytes, media_type: str, cuts: list[int]) -> int:
    count, start, found, number = RowCount(MARKS[media_type]), 0, 0, 0
    while start < len(text):
        end = start + cuts[number % len(cuts)]
        found = count.add(text[start:end])
        start, number = end, number + 1
    return found


@pytest.mark.parametrize("media_type", [one for one in MARKS if "n-" not in one])
@given(values=VALUES, cuts=CUTS)
def test_rows_of_a_table(media_type: str, values: list[str | None], cuts: list[int]) -> None:
    text = text_of(values, media_type)
    least = 1 if media_type.endswith("json") else 0
    assert counted(text, media_type, cuts) == max(len(values), least)
    assert counted(text, media_type, [len(text)]) == max(len(values), least)


@pytest.mark.parametrize("media_type", [one for one in MARKS if "n-" in one])
@given(values=st.sets(st.sampled_from(HOSTILE)), cuts=CUTS)
def test_triples_that_are_lines(media_type: str, values: set[str], cuts: list[int]) -> None:
    store, node = Store(), NamedNode("urn:x")
    store.extend(Quad(node, node, Literal(value)) for value in values)
    triples = store.query("CONSTRUCT WHERE { ?s ?p ?o }")
    format_ = RdfFormat.from_media_type(media_type)
    assert isinstance(triples, QueryTriples) and format_ is not None
    text = triples.serialize(format=format_) or b""
    assert counted(text, media_type, cuts) == len(values)
