"""Each check finds the one fault made for it, and nothing where there is none."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hyteverkko.namespaces import ID, PREFIXES
from pyoxigraph import Store

HERE = Path(__file__).resolve().parent
CHECKS = sorted((HERE.parents[1] / "ontology" / "checks").glob("*.rq"))
FAULTLESS = (HERE / "faultless.trig").read_text(encoding="utf-8")

Row = dict[str, str]
MakeStore = Callable[..., Store]
RowsOf = Callable[[Store, Path], list[Row]]


def fault(check: Path) -> str:
    """Read the example made for a check."""
    return (HERE / "faults" / f"{check.stem}.trig").read_text(encoding="utf-8")


def expected_rows(text: str) -> list[Row]:
    """Read the rows that an example says it leads to."""
    found = re.findall(r"^# finds: (\S+)(?: (\S+))?$", text, re.MULTILINE)
    return sorted_rows(
        {"focus": full(focus)} | ({"detail": full(detail)} if detail else {})
        for focus, detail in found
    )


def full(term: str) -> str:
    """Write out an address given in brackets or with a prefix; other words stay as they are."""
    if term.startswith("<"):
        address = term.strip("<>")
        return address if ":" in address else ID + address
    prefix, colon, name = term.partition(":")
    return PREFIXES[prefix] + name if colon else term


def sorted_rows(rows: object) -> list[Row]:
    """Put rows in an order of their own, so that sets of them can be compared."""
    assert hasattr(rows, "__iter__")
    return sorted(rows, key=lambda row: sorted(row.items()))


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_check_faultless(check: Path, store_with: MakeStore, rows_of: RowsOf) -> None:
    assert rows_of(store_with(FAULTLESS), check) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_check_fault(check: Path, store_with: MakeStore, rows_of: RowsOf) -> None:
    text = fault(check)
    expected = expected_rows(text)
    assert expected
    assert sorted_rows(rows_of(store_with(FAULTLESS, text), check)) == expected


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_fault_found_by_no_other_check(check: Path, store_with: MakeStore, rows_of: RowsOf) -> None:
    store = store_with(FAULTLESS, fault(check))
    assert [other.stem for other in CHECKS if rows_of(store, other)] == [check.stem]


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_check_states_rule_and_remedy(check: Path) -> None:
    rule, remedy = check.read_text(encoding="utf-8").splitlines()[:2]
    assert re.fullmatch(r"# rule: [A-Z].*\.", rule)
    assert re.fullmatch(r"# remedy: [A-Z].*\.", remedy)


def test_every_fault_has_its_check() -> None:
    examples = {path.stem for path in (HERE / "faults").glob("*.trig")}
    assert examples == {check.stem for check in CHECKS}
