"""The map projection of Finland, ETRS-TM35FIN (EPSG:3067): from degrees to metres."""

from math import asinh, atan, atanh, cos, cosh, radians, sin, sinh, sqrt, tan
from typing import Final, TypeAlias

Point: TypeAlias = tuple[float, float]
"""East and north, in metres of ETRS-TM35FIN unless another unit is named."""

# Ellipsoid GRS 80; the transverse Mercator projection by Krüger's series, as in JHS 197, annex B.
AXIS: Final = 6_378_137.0
FLATTENING: Final = 1 / 298.257222101
SCALE: Final = 0.9996
MERIDIAN: Final = 27.0
FALSE_EAST: Final = 500_000.0

_N: Final = FLATTENING / (2 - FLATTENING)
_E: Final = sqrt(2 * FLATTENING - FLATTENING**2)
_A: Final = AXIS / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_H: Final = (
    _N / 2 - 2 / 3 * _N**2 + 5 / 16 * _N**3,
    13 / 48 * _N**2 - 3 / 5 * _N**3,
    61 / 240 * _N**3,
)


def projected(longitude: float, latitude: float) -> Point:
    """Give east and north of a place given in degrees (WGS 84 or ETRS89)."""
    phi, turned = radians(latitude), radians(longitude - MERIDIAN)
    beta = atan(sinh(asinh(tan(phi)) - _E * atanh(_E * sin(phi))))
    eta = atanh(cos(beta) * sin(turned))
    xi = atan(tan(beta) / cos(turned))
    east = eta + sum(h * cos(k * xi) * sinh(k * eta) for k, h in zip((2, 4, 6), _H, strict=True))
    north = xi + sum(h * sin(k * xi) * cosh(k * eta) for k, h in zip((2, 4, 6), _H, strict=True))
    return _A * SCALE * east + FALSE_EAST, _A * SCALE * north
