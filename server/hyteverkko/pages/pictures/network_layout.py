"""Where the nodes of a network stand: the same for the same network, always.

Nodes push each other away and edges pull (Fruchterman and Reingold, 1991), in each connected part
alone; then labels that would lie on each other are moved apart, and the parts are put in rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin, sqrt
from typing import Final

STEPS: Final = 70
ACROSS, DOWN = 118.0, 74.0
"""The length of an edge at rest, across and down: labels are wider than high."""

LABEL_WIDTH, LABEL_HEIGHT = 150.0, 40.0
"""What a node takes with its label."""

SWEEPS: Final = 80
GOLDEN: Final = pi * (3 - sqrt(5))

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each node stands, and how high the whole is."""

    places: Mapping[str, Point]
    height: float


def laid_out(nodes: Iterable[str], edges: Iterable[tuple[str, str]], width: float) -> Layout:
    """Place the nodes of a network in a width."""
    neighbours: dict[str, set[str]] = {node: set() for node in sorted(nodes)}
    for one, other in edges:
        neighbours[one].add(other)
        neighbours[other].add(one)
    parts = sorted(_parts(neighbours), key=lambda part: (-len(part), part[0]))
    return _in_rows([_placed(part, neighbours, width) for part in parts], width)


def _parts(neighbours: Mapping[str, set[str]]) -> list[list[str]]:
    """Give the connected parts, each from its best connected node outwards."""
    left = sorted(neighbours, key=lambda node: (-len(neighbours[node]), node))
    met: set[str] = set()
    found = []
    for start in left:
        if start in met:
            continue
        part, met = [start], met | {start}
        for node in part:
            new = sorted(neighbours[node] - met)
            part.extend(new)
            met.update(new)
        found.append(part)
    return found


def _placed(
    part: Sequence[str], neighbours: Mapping[str, set[str]], width: float
) -> dict[str, Point]:
    order = {node: number for number, node in enumerate(part)}
    pairs = [(order[one], order[other]) for one in part for other in neighbours[one] if one < other]
    points = _spread(len(part), sorted(pairs))
    scaled = [[x * ACROSS, y * DOWN] for x, y in points]
    left, right = min(x for x, _ in scaled), max(x for x, _ in scaled)
    room = width - LABEL_WIDTH
    shrunk = min(1.0, room / (right - left)) if right > left else 1.0
    moved = _apart([[(x - left) * shrunk, y] for x, y in scaled], room)
    top = min(y for _, y in moved)
    return {node: (x, y - top) for node, (x, y) in zip(part, moved, strict=True)}


def _spread(count: int, pairs: Sequence[tuple[int, int]]) -> list[Point]:
    """Let nodes push and edges pull, from a spiral around the first node."""
    xs = [sqrt(number) * cos(number * GOLDEN) for number in range(count)]
    ys = [sqrt(number) * sin(number * GOLDEN) for number in range(count)]
    heat = sqrt(count) / 3
    for step in range(STEPS if count > 2 else 0):
        pull_x, pull_y = [0.0] * count, [0.0] * count
        for one in range(count):
            x, y = xs[one], ys[one]
            for other in range(one):
                dx, dy = x - xs[other], y - ys[other]
                push = 1.0 / (dx * dx + dy * dy + 1e-6)
                pull_x[one] += dx * push
                pull_y[one] += dy * push
                pull_x[other] -= dx * push
                pull_y[other] -= dy * push
        for one, other in pairs:
            dx, dy = xs[one] - xs[other], ys[one] - ys[other]
            pull = hypot(dx, dy)
            pull_x[one] -= dx * pull
            pull_y[one] -= dy * pull
            pull_x[other] += dx * pull
            pull_y[other] += dy * pull
        most = heat * (1 - step / STEPS) + 0.01
        for one in range(count):
            length = hypot(pull_x[one], pull_y[one]) or 1.0
            far = min(length, most) / length
            xs[one] += pull_x[one] * far
            ys[one] += pull_y[one] * far
    return list(zip(xs, ys, strict=True))


def _apart(points: list[list[float]], room: float) -> list[Point]:
    """Move points until no label lies on another, up and down first."""
    for _ in range(SWEEPS):
        moved = False
        for one in range(len(points)):
            for other in range(one):
                a, b = points[one], points[other]
                lack_x = LABEL_WIDTH - abs(a[0] - b[0])
                lack_y = LABEL_HEIGHT - abs(a[1] - b[1])
                if lack_x <= 0.5 or lack_y <= 0.5:
                    continue
                moved = True
                axis, lack = (0, lack_x) if lack_x < lack_y / 2 else (1, lack_y)
                way = 1.0 if (a[axis], one) >= (b[axis], other) else -1.0
                a[axis] += way * lack / 2
                b[axis] -= way * lack / 2
        for point in points:
            point[0] = min(max(point[0], 0.0), room)
        if not moved:
            break
    return [(x, y) for x, y in points]


def _in_rows(parts: Sequence[Mapping[str, Point]], width: float) -> Layout:
    """Put the parts beside each other, in rows of one width."""
    places: dict[str, Point] = {}
    left = top = row = 0.0
    for part in parts:
        across = max(x for x, _ in part.values()) + LABEL_WIDTH
        down = max(y for _, y in part.values()) + LABEL_HEIGHT
        if left and left + across > width:
            left, top, row = 0.0, top + row + LABEL_HEIGHT / 2, 0.0
        for node, (x, y) in part.items():
            places[node] = (left + x + LABEL_WIDTH / 2, top + y + LABEL_HEIGHT / 2)
        left, row = left + across, max(row, down)
    return Layout(places, top + row)
