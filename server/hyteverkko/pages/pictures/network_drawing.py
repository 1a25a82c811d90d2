"""The network as shapes and lines: a shape for each kind of node, a line for each connection."""

from collections import Counter
from collections.abc import Callable, Iterator
from math import cos, pi, sin
from typing import Final

from hyteverkko.pages.pictures.network import (
    BODY_OF,
    KINDS,
    MEMBER,
    TITLE,
    Choice,
    Network,
    Node,
    around_address,
    readable,
    shared_members,
)
from hyteverkko.pages.pictures.network_layout import Point, laid_out
from hyteverkko.pages.pictures.shapes import (
    BERRY,
    GROUND,
    INK,
    MARK,
    SOFT,
    Svg,
    drawing,
    element,
    label,
    link,
    shortened,
)
from hyteverkko.pages.reading import Reader
from hyteverkko.translations import catalogue, marked

WIDTH: Final = 1000.0
TOP, LEGEND = 12.0, 64.0
MOST_LETTERS: Final = 22
SIZE: Final = 8.0
CORNERS: Final = {"office": 3, "organisation": 4, "municipality": 6, "county": 6, "project": 4}
"""The corners of the shape of each kind; one without is a circle."""

TURNED: Final = {"organisation": pi / 4}
HOLLOW: Final = frozenset({"described", "county"})
FAINT: Final = frozenset({BODY_OF, "unit", "subgroup", "post"})
LINES: Final = (
    (MEMBER, marked("membership")),
    (BODY_OF, marked("belongs to")),
    ("", marked("another connection")),
)


def network_drawing(network: Network, choice: Choice, reader: Reader) -> tuple[int, Svg]:
    """Draw what can be read of a network; give how many nodes that is, and the drawing."""
    shown = readable(network, choice)
    layout = laid_out(shown.nodes, ((edge.source, edge.target) for edge in shown.edges), WIDTH)
    places = {key: (x, y + TOP) for key, (x, y) in layout.places.items()}
    several = {one.node.key for one in shared_members(network)}
    degrees = Counter(key for edge in network.edges for key in (edge.source, edge.target))
    translate = catalogue(reader.language).gettext
    said = translate(marked("connections: {count}"))
    bottom = TOP + layout.height
    parts = [
        *(_edge(edge.relation, places[edge.source], places[edge.target]) for edge in shown.edges),
        *(
            _node(node, places[key], key in several, said.format(count=degrees[key]), reader)
            for key, node in sorted(shown.nodes.items(), key=lambda one: places[one[0]][::-1])
        ),
        *_legend(shown, translate, bottom + 14),
    ]
    drawn = drawing(translate(TITLE), WIDTH, bottom + LEGEND, parts, language=reader.language)
    return len(shown.nodes), drawn


def _edge(relation: str, start: Point, end: Point) -> Svg:
    faint = relation in FAINT
    return element(
        "line",
        x1=start[0],
        y1=start[1],
        x2=end[0],
        y2=end[1],
        stroke=SOFT if faint else MARK,
        stroke_width=1.2 if faint else 1.6,
        stroke_opacity=0.7,
        stroke_dasharray=None if faint or relation == MEMBER else "5 4",
        class_="faint" if faint else "tie",
    )


def _node(node: Node, place: Point, shared: bool, said: str, reader: Reader) -> Svg:
    x, y = place
    ring = [
        element(
            "circle",
            cx=x,
            cy=y,
            r=SIZE + 4,
            fill="none",
            stroke=BERRY,
            stroke_width=2,
            class_="ring",
        )
    ]
    name = shortened(node.short, MOST_LETTERS)
    shapes = [
        *(ring if shared else []),
        _shape(node.kind, x, y),
        label(name, x, y + SIZE + 15, "name", text_anchor="middle", font_size=12),
    ]
    title = f"{node.shown.text.value}; {said}"
    return link(around_address(node.key, reader), title, shapes, f"node {node.kind}")


def _shape(kind: str, x: float, y: float) -> Svg:
    hollow = kind in HOLLOW
    looks: dict[str, str | float | None] = {
        "fill": GROUND if hollow else MARK,
        "stroke": MARK,
        "stroke_width": 2,
        "class_": "hollow" if hollow else "full",
    }
    corners = CORNERS.get(kind)
    if corners is None:
        return element("circle", cx=x, cy=y, r=SIZE - 1, **looks)
    turn = TURNED.get(kind, 0.0) - pi / 2
    angles = [turn + 2 * pi * number / corners for number in range(corners)]
    points = " ".join(f"{x + SIZE * cos(one):.1f},{y + SIZE * sin(one):.1f}" for one in angles)
    return element("polygon", points=points, **looks)


def _legend(network: Network, translate: Callable[[str], str], top: float) -> Iterator[Svg]:
    kinds = [kind for kind in KINDS if any(node.kind == kind for node in network.nodes.values())]
    x = 16.0
    for kind in kinds:
        words = translate(KINDS[kind])
        yield _shape(kind, x + SIZE, top + 8)
        yield label(words, x + 24, top + 12, "tick", fill=INK, font_size=12)
        x += 44 + 6.7 * len(words)
    x = 16.0
    for relation, text in LINES:
        words = translate(text)
        yield _edge(relation, (x, top + 34), (x + 30, top + 34))
        yield label(words, x + 38, top + 38, "tick", fill=INK, font_size=12)
        x += 58 + 6.7 * len(words)
    words = translate(marked("member of several bodies"))
    yield element(
        "circle",
        cx=x + 12,
        cy=top + 34,
        r=SIZE + 2,
        fill="none",
        stroke=BERRY,
        stroke_width=2,
        class_="ring",
    )
    yield label(words, x + 30, top + 38, "tick", fill=INK, font_size=12)
