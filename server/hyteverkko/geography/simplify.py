"""Fewer points in the boundaries of areas that touch: a border that two share stays one border."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from hyteverkko.geography.projection import Point

SHORTEST: Final = 4
"""Points of the smallest ring: a triangle, its first point again at the end."""


def simplified(rings: Sequence[Sequence[Point]], tolerance: float) -> list[tuple[Point, ...]]:
    """Simplify closed rings by Douglas and Peucker; a ring that vanishes becomes empty.

    Rings are cut where more than two of them meet, or where a shared border begins, and each
    piece is simplified once, so that neighbours keep the same line between them.
    """
    crossings = _crossings(rings)
    known: dict[tuple[Point, ...], tuple[Point, ...]] = {}
    return [_simple_ring(tuple(ring), crossings, tolerance, known) for ring in rings]


def _crossings(rings: Iterable[Sequence[Point]]) -> set[Point]:
    beside: dict[Point, set[Point]] = {}
    for ring in rings:
        for one, other in pairwise(ring):
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
    return {point for point, others in beside.items() if len(others) > 2}


def _simple_ring(
    ring: tuple[Point, ...],
    crossings: set[Point],
    tolerance: float,
    known: dict[tuple[Point, ...], tuple[Point, ...]],
) -> tuple[Point, ...]:
    points = ring[:-1]
    cuts = [number for number, point in enumerate(points) if point in crossings]
    if len(cuts) < 2:
        cuts = _ends(points, cuts)
    first = cuts[0]
    turned = (*points[first:], *points[:first], points[first])
    places = [cut - first for cut in cuts] + [len(points)]
    simple: list[Point] = []
    for start, end in pairwise(places):
        simple.extend(_simple_arc(turned[start : end + 1], tolerance, known)[:-1])
    if len(simple) < SHORTEST - 1:
        return ()
    return (*simple, simple[0])


def _ends(points: tuple[Point, ...], cuts: list[int]) -> list[int]:
    """Cut a ring that has fewer than two crossings at one point and the point farthest from it."""
    start = cuts[0] if cuts else min(range(len(points)), key=lambda number: points[number])
    x, y = points[start]
    far = max(
        range(len(points)),
        key=lambda number: ((points[number][0] - x) ** 2 + (points[number][1] - y) ** 2, number),
    )
    return sorted({start, far})


def _simple_arc(
    arc: tuple[Point, ...], tolerance: float, known: dict[tuple[Point, ...], tuple[Point, ...]]
) -> tuple[Point, ...]:
    back = arc[::-1]
    key = min(arc, back)
    if key not in known:
        known[key] = _thinned(key, tolerance)
    return known[key] if key == arc else known[key][::-1]


def _thinned(arc: tuple[Point, ...], tolerance: float) -> tuple[Point, ...]:
    kept = {0, len(arc) - 1}
    open_ = [(0, len(arc) - 1)]
    while open_:
        start, end = open_.pop()
        farthest, number = max(
            ((_distance(arc[n], arc[start], arc[end]), n) for n in range(start + 1, end)),
            default=(0.0, 0),
        )
        if farthest > tolerance:
            kept.add(number)
            open_ += [(start, number), (number, end)]
    return tuple(arc[number] for number in sorted(kept))


def _distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (a, b), (c, d) = point, start, end
    across, up = c - a, d - b
    length = across * across + up * up
    along = ((x - a) * across + (y - b) * up) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return float(((x - a - along * across) ** 2 + (y - b - along * up) ** 2) ** 0.5)
