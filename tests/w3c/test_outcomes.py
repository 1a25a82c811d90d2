"""Two answers are the same for the right reasons: the suites prove nothing otherwise."""

import pytest

from tests.w3c.outcomes import Table, as_csv, read, same


def table(*lines: str) -> Table:
    outcome = read("\n".join(("?x\t?y", *lines, "")).encode(), "tsv")
    assert isinstance(outcome, Table)
    return outcome


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["1\t2", "3\t4"], ["3\t4", "1\t2"]),
        (["_:a\t_:b", "_:b\t1"], ["_:c\t1", "_:d\t_:c"]),
        (["01\t1.50"], ["1\t1.5"]),
        (['"a"@EN\t'], ['"a"@en\t']),
    ],
)
def test_same(one: list[str], other: list[str]) -> None:
    assert same(table(*one), table(*other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["1\t2"], ["1\t2", "1\t2"]),
        (["1\t2"], ["2\t1"]),
        (["_:a\t_:a"], ["_:a\t_:b"]),
        (["1\t"], ["1.0\t"]),
        (['"a"@en\t'], ['"a"\t']),
        (['""\t'], ["\t"]),
        (["<urn:a>\t"], ['"urn:a"\t']),
    ],
)
def test_not_same(one: list[str], other: list[str]) -> None:
    assert not same(table(*one), table(*other))


def test_order_counts_where_it_is_asked() -> None:
    one, other = table("1\t2", "3\t4"), table("3\t4", "1\t2")
    assert not same(one, other, ordered=True)
    assert same(one, one, ordered=True)


def test_csv_knows_texts_only() -> None:
    written = read(b"x,y\r\nurn:a,_:q\r\n1E6,\r\n", "csv")
    assert isinstance(written, Table)
    assert same(as_csv(table("<urn:a>\t_:a", "1.0e6\t")), as_csv(written))


def test_graphs_and_truths() -> None:
    one, other = b"_:a <urn:p> _:b .", b"_:b <urn:p> _:a ."
    assert same(read(one, "nt"), read(other, "ttl"))
    assert not same(read(one, "nt"), read(b"_:a <urn:p> _:a .", "nt"))
    assert same(True, read(b'{"head": {}, "boolean": true}', "json"))
    assert not same(True, read(b"false\r\n", "csv"))
