"""The contents of graphs: changed in place, they are what sorting everything anew would give."""

from random import Random

import pytest
from hyteverkko.store.objects import changed_content


def lines(numbers: set[int]) -> set[bytes]:
    return {f"<urn:{number}> <urn:p> {'x' * (number % 7)} .\n".encode() for number in numbers}


@pytest.mark.parametrize("seed", range(50))
def test_a_changed_content_is_the_sorted_lines(seed: int) -> None:
    chance = Random(seed)
    before, removed, added = (
        lines(set(chance.choices(range(200), k=chance.choice((0, 1, 5, 150))))) for _ in range(3)
    )
    after = (before - removed) | added
    content, growth = changed_content(b"".join(sorted(before)), removed, added)
    assert content == b"".join(sorted(after))
    assert growth == len(after) - len(before)
