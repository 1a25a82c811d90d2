"""Boundaries of municipalities: a GeoJSON file read, checked, simplified and written.

Coordinates are degrees (RFC 7946) or metres of ETRS-TM35FIN; here they are always metres.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from hyteverkko.errors import HyteError
from hyteverkko.geography.projection import Point, projected
from hyteverkko.geography.simplify import simplified

Ring: TypeAlias = tuple[Point, ...]
Polygon: TypeAlias = tuple[Ring, ...]

CODES: Final = ("code", "kunta", "natcode")
"""What the property with the code of a municipality is called in files that are around."""

YEARS: Final = ("vuosi", "year")
CODE: Final = re.compile(r"[0-9]{3}")
YEAR: Final = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
METRES: Final = "urn:ogc:def:crs:EPSG::3067"
DEGREES: Final = ("CRS84", "4326")
EAST: Final = (0.0, 900_000.0)
NORTH: Final = (6_400_000.0, 7_900_000.0)
"""Where Finland lies, with its sea, in metres of ETRS-TM35FIN."""


class BadBoundaries(HyteError):
    """A file of boundaries cannot be used."""


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The boundaries of a year's division: by code of municipality its polygons."""

    year: int
    attribution: str
    polygons: Mapping[str, tuple[Polygon, ...]]

    @property
    def day(self) -> str:
        """Give the day from which the division is that of the boundaries."""
        return f"{self.year}-01-01"

    def simplified(self, tolerance: float) -> "Boundaries":
        """Give the boundaries with fewer points; what two share stays shared."""
        rings = [ring for held in self.polygons.values() for one in held for ring in one]
        few = iter(simplified(rings, tolerance))
        kept = {}
        for code, held in self.polygons.items():
            thin = [tuple(next(few) for _ in one) for one in held]
            whole = tuple(tuple(ring for ring in one if ring) for one in thin if one[0])
            kept[code] = whole or held
        return Boundaries(self.year, self.attribution, MappingProxyType(kept))


def read_boundaries(path: Path) -> Boundaries:
    """Read the boundaries of a file; raise BadBoundaries for what cannot be used."""
    try:
        content = path.read_bytes()
    except OSError:
        raise BadBoundaries("The file of boundaries {path} cannot be read.", path=path) from None
    return parsed_boundaries(content)


def parsed_boundaries(content: bytes, year: int | None = None) -> Boundaries:
    """Read boundaries from GeoJSON; the year is that of the content where none is given."""
    try:
        data = json.loads(content)
    except ValueError:
        raise BadBoundaries("The boundaries are not GeoJSON: they are not JSON.") from None
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not features:
        raise BadBoundaries("The boundaries are not GeoJSON: there is no list of features.")
    in_metres = _is_in_metres(data)
    polygons: dict[str, tuple[Polygon, ...]] = {}
    for feature in features:
        code = _code(feature)
        polygons[code] = (*polygons.get(code, ()), *_polygons(feature, code, in_metres=in_metres))
    stated = year or _year(data, features)
    attribution = data.get("attribution")
    return Boundaries(
        stated,
        attribution if isinstance(attribution, str) else "",
        MappingProxyType(dict(sorted(polygons.items()))),
    )


def written_boundaries(boundaries: Boundaries) -> bytes:
    """Write boundaries as GeoJSON in whole metres of ETRS-TM35FIN."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [
                    [[[round(east), round(north)] for east, north in ring] for ring in one]
                    for one in held
                ],
            },
        }
        for code, held in boundaries.polygons.items()
    ]
    data = {
        "type": "FeatureCollection",
        "name": f"municipalities_{boundaries.year}",
        "year": boundaries.year,
        "attribution": boundaries.attribution,
        "crs": {"type": "name", "properties": {"name": METRES}},
        "features": features,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _is_in_metres(data: Mapping[str, Any]) -> bool:
    name = str((data.get("crs") or {}).get("properties", {}).get("name", "CRS84"))
    if name.endswith("3067"):
        return True
    if name.endswith(DEGREES):
        return False
    raise BadBoundaries(
        "The boundaries are in the coordinates {name}; they can be in WGS 84 or ETRS-TM35FIN "
        "(EPSG:3067).",
        name=name,
    )


def _year(data: Mapping[str, Any], features: Sequence[Any]) -> int:
    stated: list[object] = [data.get("year"), data.get("name")]
    stated += [features[0]["properties"].get(name) for name in YEARS]
    for one in stated:
        if one is not None and (found := YEAR.search(str(one))):
            return int(found[0])
    raise BadBoundaries(
        'The boundaries do not say of which year they are. Add it to the file: "year": 2025.'
    )


def _code(feature: Any) -> str:  # noqa: ANN401 - JSON of somebody else
    properties = feature.get("properties") if isinstance(feature, dict) else None
    for name in CODES:
        code = (properties or {}).get(name)
        if isinstance(code, str) and CODE.fullmatch(code):
            return code
    raise BadBoundaries(
        "A feature of the boundaries has no code of a municipality: three digits in one of "
        "{names}.",
        names=", ".join(CODES),
    )


def _polygons(feature: Mapping[str, Any], code: str, *, in_metres: bool) -> Iterator[Polygon]:
    geometry = feature.get("geometry") or {}
    polygons: Any
    match geometry.get("type"):
        case "Polygon":
            polygons = [geometry.get("coordinates")]
        case "MultiPolygon":
            polygons = geometry.get("coordinates")
        case _:
            raise BadBoundaries("The boundary of {code} is not a polygon.", code=code)
    try:
        for polygon in polygons:
            yield tuple(_ring(ring, in_metres=in_metres) for ring in polygon)
    except (TypeError, ValueError, IndexError):
        raise BadBoundaries(
            "The boundary of {code} is not closed, or lies outside Finland.", code=code
        ) from None


def _ring(positions: Iterable[Sequence[float]], *, in_metres: bool) -> Ring:
    ring = tuple(
        (float(x), float(y)) if in_metres else projected(float(x), float(y))
        for x, y, *_ in positions
    )
    if len(ring) < 4 or ring[0] != ring[-1] or not all(map(_is_in_finland, ring)):
        raise ValueError("not a closed ring in Finland")
    return ring


def _is_in_finland(point: Point) -> bool:
    east, north = point
    return EAST[0] <= east <= EAST[1] and NORTH[0] <= north <= NORTH[1]
