"""Degrees become metres of ETRS-TM35FIN."""

import pytest
from hyteverkko.geography.projection import projected


@pytest.mark.parametrize(
    ("longitude", "latitude", "east", "north"),
    [
        # On the central meridian the easting is false easting alone, and the northing 0.9996 of
        # the meridian arc of GRS 80: 6 654 072.819 m at 60 degrees north.
        (27.0, 60.0, 500_000.0, 0.9996 * 6_654_072.819),
        # Three degrees off on the equator, as every UTM zone has it.
        (30.0, 0.0, 833_978.557, 0.0),
        (24.0, 0.0, 166_021.443, 0.0),
    ],
)
def test_known_places(longitude: float, latitude: float, east: float, north: float) -> None:
    assert projected(longitude, latitude) == pytest.approx((east, north), abs=0.002)
