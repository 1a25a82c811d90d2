"""The map as shapes: tiles, points or areas, each with its place, its look and where it leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from types import MappingProxyType
from typing import Final

from hyteverkko.geography.boundaries import Boundaries
from hyteverkko.geography.projection import Point
from hyteverkko.pages.pictures.map_scales import Band, Scale
from hyteverkko.pages.pictures.map_tiles import ROW_HEIGHT, place, tiles
from hyteverkko.pages.pictures.map_values import Finding, Municipality
from hyteverkko.translations import marked

TILES: Final = "tiles"
POINTS: Final = "points"
AREAS: Final = "areas"
FORMS: Final = MappingProxyType(
    {
        TILES: marked("Tiles of equal size"),
        POINTS: marked("Points of municipal centres"),
        AREAS: marked("Areas with their boundaries"),
    }
)
TILE: Final = 40.0
"""Width of a tile, in units of the picture."""

METRES: Final = 1_250.0
"""Metres of the country in a unit of the picture, where it is drawn as it lies."""

MARGIN: Final = 14.0
SWATCH: Final = 26.0


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline as SVG path data, how it looks, and a mark with its place."""

    path: str
    style: str
    mark: str = ""
    x: str = ""
    y: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A municipality on the map."""

    code: str
    href: str
    title: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Picture:
    """The map: its size, its cells in the order of reading, and a swatch for each band."""

    form: str
    width: int
    height: int
    cells: tuple[Cell, ...]
    swatches: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Boundaries made ready to be drawn: by code the path, and by code where its mark stands."""

    boundaries: Boundaries
    paths: Mapping[str, str]
    corners: tuple[float, float, float, float]


def outlines_of(boundaries: Boundaries) -> Outlines:
    """Make boundaries ready to be drawn."""
    points = [
        point for held in boundaries.polygons.values() for one in held for ring in one
        for point in ring
    ]  # fmt: skip
    corners = _corners(points)
    paths = {
        code: "".join(_path(ring, corners) for one in held for ring in one)
        for code, held in boundaries.polygons.items()
    }
    return Outlines(boundaries, MappingProxyType(paths), corners)


def drawn_tiles(found: Sequence[Finding], scale: Scale, titles: Mapping[str, str]) -> Picture:
    """Draw a tile for each municipality that has a point, row by row from the north."""
    points = {m.code: m.point for one in found if (m := one.municipality).point}
    placed = tiles(tuple(sorted(points.items())))
    held = {one.municipality.code: one.municipality for one in found}
    cells = []
    for code in sorted(placed, key=lambda one: placed[one][::-1]):
        x, y = (MARGIN + TILE * (part + 0.5) for part in place(placed[code]))
        shape = _tile(x, y, scale.band[code], scale.marks[code])
        cells.append(_cell(held[code], titles[code], shape))
    columns = max((place(tile)[0] for tile in placed.values()), default=0.0) + 1
    rows = max((row for _, row in placed.values()), default=0)
    width, height = columns * TILE, (rows * ROW_HEIGHT + 1.2) * TILE
    swatches = tuple(_tile(SWATCH, SWATCH, band, band.mark) for band in scale.bands)
    return Picture(TILES, _whole(width), _whole(height), tuple(cells), swatches)


def drawn_points(found: Sequence[Finding], scale: Scale, titles: Mapping[str, str]) -> Picture:
    """Draw a symbol where each municipality has its point, from north to south."""
    points = [one.municipality.point for one in found if one.municipality.point]
    corners = _corners(points)
    cells = [
        _cell(one.municipality, titles[one.municipality.code], _symbol(*here, band))
        for one in _from_the_north(found)
        if one.municipality.point
        for here in [_here(one.municipality.point, corners)]
        for band in [scale.band[one.municipality.code]]
    ]
    swatches = tuple(_symbol(SWATCH, SWATCH, band) for band in scale.bands)
    return Picture(POINTS, *_size(corners), tuple(cells), swatches)


def drawn_areas(
    found: Sequence[Finding],
    scale: Scale,
    titles: Mapping[str, str],
    outlines: Outlines,
    without: frozenset[str],
) -> Picture:
    """Draw the area of each municipality; a symbol for those without a boundary of the day."""
    corners = outlines.corners
    areas, symbols = [], []
    for one in _from_the_north(found):
        code, point = one.municipality.code, one.municipality.point
        band = scale.band[code]
        x, y = _here(point, corners) if point else (0.0, 0.0)
        if code not in without:
            mark = scale.marks[code] if point else ""
            shape = Shape(outlines.paths[code], band.style, mark, _text(x), _text(y))
            areas.append(_cell(one.municipality, titles[code], shape))
        elif point:
            symbols.append(_cell(one.municipality, titles[code], _symbol(x, y, band)))
    swatches = tuple(
        Shape(_square(SWATCH, SWATCH, SWATCH * 0.7), band.style, band.mark, "26", "26")
        for band in scale.bands
    )
    return Picture(AREAS, *_size(corners), (*areas, *symbols), swatches)


def _cell(municipality: Municipality, title: str, shape: Shape) -> Cell:
    return Cell(municipality.code, municipality.shown.href or "", title, shape)


def _from_the_north(found: Iterable[Finding]) -> list[Finding]:
    def key(one: Finding) -> tuple[float, str]:
        point = one.municipality.point
        return (-point[1] if point else 0.0), one.municipality.code

    return sorted(found, key=key)


def _corners(points: Iterable[Point]) -> tuple[float, float, float, float]:
    held = list(points) or [(0.0, 0.0)]
    easts, norths = [east for east, _ in held], [north for _, north in held]
    return min(easts), min(norths), max(easts), max(norths)


def _here(point: Point, corners: tuple[float, float, float, float]) -> Point:
    west, _, _, north = corners
    return MARGIN + (point[0] - west) / METRES, MARGIN + (north - point[1]) / METRES


def _size(corners: tuple[float, float, float, float]) -> tuple[int, int]:
    west, south, east, north = corners
    return _whole((east - west) / METRES), _whole((north - south) / METRES)


def _whole(length: float) -> int:
    return round(length + 2 * MARGIN)


def _path(ring: Iterable[Point], corners: tuple[float, float, float, float]) -> str:
    x, y = 0, 0
    steps: list[str] = []
    # Tenths of a unit, as steps from point to point: half the length of absolute coordinates.
    for point in ring:
        here = _here(point, corners)
        to_x, to_y = round(here[0] * 10), round(here[1] * 10)
        if not steps or (to_x, to_y) != (x, y):
            steps.append(f"{_text((to_x - x) / 10)},{_text((to_y - y) / 10)}")
        x, y = to_x, to_y
    return f"M{steps[0]}l{' '.join(steps[1:-1])}z" if len(steps) > 2 else ""


def _tile(x: float, y: float, band: Band, mark: str) -> Shape:
    half, side = TILE * 0.48, TILE * 0.96 / sqrt(3)
    path = (
        f"M{_text(x)},{_text(y - side)}l{_text(half)},{_text(side / 2)}v{_text(side)}"
        f"l{_text(-half)},{_text(side / 2)} {_text(-half)},{_text(-side / 2)}v{_text(-side)}z"
    )
    return Shape(path, band.style, mark, _text(x), _text(y))


def _symbol(x: float, y: float, band: Band) -> Shape:
    r = band.radius
    match band.symbol:
        case "circle":
            path = f"M{_text(x - r)},{_text(y)}a{r},{r} 0 1 0 {2 * r},0a{r},{r} 0 1 0 {-2 * r},0z"
        case "square":
            path = _square(x, y, r * 0.9)
        case "triangle":
            path = _corner_path(x, y, r * 1.2, (-pi / 2, pi / 6, 5 * pi / 6))
        case "wedge":
            path = _corner_path(x, y, r * 1.2, (pi / 2, -pi / 6, -5 * pi / 6))
        case "diamond":
            path = _corner_path(x, y, r * 1.2, (0, pi / 2, pi, -pi / 2))
        case "hexagon":
            path = _corner_path(x, y, r * 1.1, tuple(k * pi / 3 for k in range(6)))
        case "plus":
            t = r / 3
            path = (
                f"M{_text(x - t)},{_text(y - r)}h{_text(2 * t)}v{_text(r - t)}h{_text(r - t)}"
                f"v{_text(2 * t)}h{_text(t - r)}v{_text(r - t)}h{_text(-2 * t)}v{_text(t - r)}"
                f"h{_text(t - r)}v{_text(-2 * t)}h{_text(r - t)}z"
            )
        case "bar":
            path = f"M{_text(x - r)},{_text(y - r / 2)}h{2 * r}v{r}h{-2 * r}z"
        case _:
            raise ValueError(f"not a symbol: {band.symbol}")
    return Shape(path, band.style)


def _square(x: float, y: float, r: float) -> str:
    return f"M{_text(x - r)},{_text(y - r)}h{_text(2 * r)}v{_text(2 * r)}h{_text(-2 * r)}z"


def _corner_path(x: float, y: float, r: float, angles: Iterable[float]) -> str:
    corners = (f"{_text(x + r * cos(angle))},{_text(y + r * sin(angle))}" for angle in angles)
    return f"M{'L'.join(corners)}z"


def _text(length: float) -> str:
    """Write a length with one decimal at most."""
    return f"{round(length, 1) + 0.0:g}"
