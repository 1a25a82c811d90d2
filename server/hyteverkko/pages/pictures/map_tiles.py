"""One tile of equal size for each municipality, so placed that neighbours stay near each other.

The points are taken from north to south into rows as wide as the country is there, then along each
row from west to east; then tiles change places as long as neighbours come nearer to each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import sqrt
from types import MappingProxyType
from typing import Final, TypeAlias

from hyteverkko.geography.projection import Point

Tile: TypeAlias = tuple[int, int]
"""Column and row; the tiles of odd rows stand half a tile to the east."""

WIDTH: Final = 38_000.0
"""Metres of the country that a tile stands for, from west to east."""

BAND: Final = 60_000.0
"""Metres to the north and to the south within which the width of the country is measured."""

OUTLIERS: Final = 40
"""One point of so many may lie farther out, on either side, without widening the country."""

NEAREST: Final = 6
ROUNDS: Final = 12
ROW_HEIGHT: Final = sqrt(3) / 2
AROUND: Final = (
    ((-1, 0), (1, 0), (-1, -1), (0, -1), (-1, 1), (0, 1), (-2, 0), (2, 0), (0, -2), (0, 2)),
    ((-1, 0), (1, 0), (0, -1), (1, -1), (0, 1), (1, 1), (-2, 0), (2, 0), (0, -2), (0, 2)),
)
"""The tiles around one in an even row and in an odd row: the six it touches, then some beyond."""


@lru_cache(maxsize=32)
def tiles(points: tuple[tuple[str, Point], ...]) -> Mapping[str, Tile]:
    """Give each named point a tile; the same points always get the same tiles."""
    if not points:
        return MappingProxyType({})
    placed = _in_rows(dict(points))
    _bring_together(placed, _neighbours(dict(points)))
    west = min(column for column, _ in placed.values())
    return MappingProxyType({name: (column - west, row) for name, (column, row) in placed.items()})


def place(tile: Tile) -> Point:
    """Give the middle of a tile, in widths of a tile."""
    column, row = tile
    return column + (0.5 if row % 2 else 0.0), row * ROW_HEIGHT


def _in_rows(points: Mapping[str, Point]) -> dict[str, Tile]:
    names = sorted(points, key=lambda name: (-points[name][1], points[name][0], name))
    placed: dict[str, Tile] = {}
    row = 0
    while names:
        count = _fitting(names, points)
        taken = sorted(names[:count], key=lambda name: (points[name][0], name))
        names = names[count:]
        shift = 0.5 if row % 2 else 0.0
        columns = _apart([points[name][0] / WIDTH - shift for name in taken])
        placed.update((name, (column, row)) for name, column in zip(taken, columns, strict=True))
        row += 1
    return placed


def _fitting(names: Sequence[str], points: Mapping[str, Point]) -> int:
    """Give how many of the northernmost points make a row as wide as the country is there."""
    for count in range(1, len(names)):
        middle = points[names[count // 2]][1]
        across = sorted(east for east, north in points.values() if abs(north - middle) < BAND)
        few = len(across) // OUTLIERS
        if count >= (across[-1 - few] - across[few]) / WIDTH + 1:
            return count
    return len(names)


def _apart(wanted: Iterable[float]) -> list[int]:
    """Give columns in ascending order, each its own, with the least moved from those wanted.

    This is isotonic regression by pooling neighbours that are out of order.
    """
    pools: list[tuple[float, int]] = []
    for number, one in enumerate(wanted):
        mean, size = one - number, 1
        while pools and pools[-1][0] > mean:
            before, many = pools.pop()
            mean, size = (mean * size + before * many) / (size + many), size + many
        pools.append((mean, size))
    spread = [round(mean) for mean, size in pools for _ in range(size)]
    return [column + number for number, column in enumerate(spread)]


def _neighbours(points: Mapping[str, Point]) -> Mapping[str, tuple[str, ...]]:
    near: dict[str, set[str]] = {name: set() for name in points}
    for name, (east, north) in points.items():
        distances = sorted(
            ((e - east) ** 2 + (n - north) ** 2, other) for other, (e, n) in points.items()
        )
        for _, other in distances[1 : NEAREST + 1]:
            near[name].add(other)
            near[other].add(name)
    # In one order, so that sums of the ways come out the same to the last digit.
    return {name: tuple(sorted(others)) for name, others in near.items()}


def _bring_together(placed: dict[str, Tile], near: Mapping[str, tuple[str, ...]]) -> None:
    """Let tiles change places as long as that shortens the ways between neighbours."""
    at = {tile: name for name, tile in placed.items()}
    where = {name: complex(*place(tile)) for name, tile in placed.items()}
    for _ in range(ROUNDS):
        moved = False
        for name in sorted(placed, key=lambda one: placed[one][::-1]):
            column, row = placed[name]
            best, chosen = 1e-9, ""
            before = _ways(name, where[name], near, where)
            for across, down in AROUND[row % 2]:
                other = at.get((column + across, row + down))
                if other is None:
                    continue
                gain = before + _ways(other, where[other], near, where)
                gain -= _ways(name, where[other], near, where, other, where[name])
                gain -= _ways(other, where[name], near, where, name, where[other])
                if gain > best:
                    best, chosen = gain, other
            if chosen:
                placed[name], placed[chosen] = placed[chosen], placed[name]
                where[name], where[chosen] = where[chosen], where[name]
                at[placed[name]], at[placed[chosen]] = name, chosen
                moved = True
        if not moved:
            return


def _ways(
    name: str,
    here: complex,
    near: Mapping[str, tuple[str, ...]],
    where: Mapping[str, complex],
    moved: str = "",
    there: complex = 0j,
) -> float:
    """Sum the squared ways from a place to the neighbours of a tile, one of them moved."""
    total = 0.0
    for other in near[name]:
        way = (there if other == moved else where[other]) - here
        total += way.real * way.real + way.imag * way.imag
    return total
