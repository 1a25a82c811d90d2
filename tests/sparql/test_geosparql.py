"""GeoSPARQL 1.1: the functions that the service description lists have values, no other one has."""

from typing import Final

import pytest
from fastapi.testclient import TestClient
from rdflib import Graph
from rdflib.namespace import Namespace as RdfNamespace

SD = RdfNamespace("http://www.w3.org/ns/sparql-service-description#")
FUNCTIONS: Final = "http://www.opengis.net/def/function/geosparql/"
GEO: Final = "http://www.opengis.net/ont/geosparql#"
UNITS: Final = "http://www.opengis.net/def/uom/OGC/1.0/"
METRE, SQUARE_METRE = f"<{UNITS}metre>", f"<{UNITS}square_metre>"


def wkt(text: str) -> str:
    return f'"{text}"^^<{GEO}wktLiteral>'


def box(west: int, south: int, east: int, north: int) -> str:
    corners = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
    return wkt(f"POLYGON(({corners}))")


SQUARE, WITHIN, AT_EDGE = box(0, 0, 4, 4), box(1, 1, 2, 2), box(0, 0, 2, 2)
BESIDE, OVER, APART = box(4, 0, 8, 4), box(2, 2, 6, 6), box(9, 9, 10, 10)
ACROSS, POINT = wkt("LINESTRING(-1 1,5 1)"), wkt("POINT(0 0)")

# By tables 5 to 7 of OGC 22-047r1: two geometries for which the relation holds.
HOLDS: Final = {
    "sfEquals": (SQUARE, SQUARE),
    "sfDisjoint": (SQUARE, APART),
    "sfIntersects": (SQUARE, OVER),
    "sfTouches": (SQUARE, BESIDE),
    "sfCrosses": (ACROSS, SQUARE),
    "sfWithin": (WITHIN, SQUARE),
    "sfContains": (SQUARE, WITHIN),
    "sfOverlaps": (SQUARE, OVER),
    "ehEquals": (SQUARE, SQUARE),
    "ehDisjoint": (SQUARE, APART),
    "ehMeet": (SQUARE, BESIDE),
    "ehOverlap": (SQUARE, OVER),
    "ehCovers": (SQUARE, AT_EDGE),
    "ehCoveredBy": (AT_EDGE, SQUARE),
    "ehInside": (WITHIN, SQUARE),
    "ehContains": (SQUARE, WITHIN),
    "rcc8eq": (SQUARE, SQUARE),
    "rcc8dc": (SQUARE, APART),
    "rcc8ec": (SQUARE, BESIDE),
    "rcc8po": (SQUARE, OVER),
    "rcc8tppi": (SQUARE, AT_EDGE),
    "rcc8tpp": (AT_EDGE, SQUARE),
    "rcc8ntpp": (WITHIN, SQUARE),
    "rcc8ntppi": (SQUARE, WITHIN),
    "relate": (WITHIN, SQUARE, '"T*F**F***"'),
    "isSimple": (SQUARE,),
}
FAILS: Final = {
    **{name: (SQUARE, APART) for name in HOLDS if name[:2] in {"sf", "eh"} or name[:4] == "rcc8"},
    **{name: (SQUARE, SQUARE) for name in ("sfDisjoint", "ehDisjoint", "rcc8dc")},
    "relate": (APART, SQUARE, '"T*F**F***"'),
    "isEmpty": (SQUARE,),
}
VALUES: Final = {
    "dimension": ((SQUARE,), "2"),
    "coordinateDimension": ((SQUARE,), "2"),
    "spatialDimension": ((SQUARE,), "2"),
    "getSRID": ((SQUARE,), "http://www.opengis.net/def/crs/OGC/1.3/CRS84"),
    "centroid": ((SQUARE,), "POINT(2 2)"),
    "envelope": ((ACROSS,), "POLYGON"),
    "convexHull": ((SQUARE,), "POLYGON"),
    "asGeoJSON": ((POINT,), '{"type":"Point"'),
    "intersection": ((SQUARE, OVER), "POLYGON"),
    "union": ((SQUARE, OVER), "POLYGON"),
    "difference": ((SQUARE, OVER), "POLYGON"),
    "symDifference": ((SQUARE, OVER), "MULTIPOLYGON"),
}
# On a sphere of 6,371 km a degree of a great circle is 111.19 km.
MEASURES: Final = {
    "distance": ((POINT, wkt("POINT(0 1)"), METRE), 111_190),
    "length": ((wkt("LINESTRING(0 0,0 1)"), METRE), 111_190),
    "perimeter": ((box(0, 0, 1, 1), METRE), 4 * 111_190),
    "area": ((box(0, 0, 1, 1), SQUARE_METRE), 111_190**2),
}
NOT_OFFERED: Final = (
    *("metricDistance", "buffer", "metricBuffer", "boundary", "boundingCircle", "concaveHull"),
    *("metricArea", "metricLength", "metricPerimeter", "asGML", "asKML", "asWKT", "asDGGS"),
    *("geometryN", "geometryType", "numGeometries", "is3D", "isMeasured", "transform"),
    *("minX", "minY", "minZ", "maxX", "maxY", "maxZ"),
    *("aggBoundingBox", "aggBoundingCircle", "aggCentroid"),
    *("aggConcaveHull", "aggConvexHull", "aggUnion"),
)


def value(client: TestClient, name: str, terms: tuple[str, ...]) -> str:
    query = f"SELECT (<{FUNCTIONS}{name}>({', '.join(terms)}) AS ?value) {{}}"
    answer = client.get("/sparql", params={"query": query})
    if answer.status_code == 400:
        return ""
    (row,) = answer.json()["results"]["bindings"]
    return str(row["value"]["value"]) if row else ""


def test_what_is_listed_is_what_has_values(client: TestClient) -> None:
    graph = Graph().parse(data=client.get("/sparql", headers={"accept": "text/turtle"}).text)
    listed = {str(one) for one in graph.objects(None, SD.extensionFunction)}
    probed = {*HOLDS, *FAILS, *VALUES, *MEASURES}
    assert listed == {FUNCTIONS + name for name in probed}


def test_relations(client: TestClient) -> None:
    for name, terms in HOLDS.items():
        assert value(client, name, terms) == "true", name
    for name, terms in FAILS.items():
        assert value(client, name, terms) == "false", name


def test_geometries_and_what_is_told_of_them(client: TestClient) -> None:
    for name, (terms, part) in VALUES.items():
        assert part in value(client, name, terms), name


def test_measures(client: TestClient) -> None:
    for name, (terms, expected) in MEASURES.items():
        assert float(value(client, name, terms)) == pytest.approx(expected, rel=0.01), name


@pytest.mark.parametrize("name", NOT_OFFERED)
def test_what_is_not_listed_has_no_value(client: TestClient, name: str) -> None:
    for terms in ((SQUARE,), (SQUARE, OVER), (SQUARE, METRE), (SQUARE, "1"), (SQUARE, "1", METRE)):
        assert not value(client, name, terms)
