"""Boundaries are read, checked, simplified without gaps between neighbours, and obtained."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hyteverkko.cli import app
from hyteverkko.geography.boundaries import (
    BadBoundaries,
    parsed_boundaries,
    read_boundaries,
    written_boundaries,
)
from hyteverkko.geography.projection import projected
from hyteverkko.geography.simplify import simplified
from typer.testing import CliRunner

E, N = 400_000, 7_000_000


def feature(code: object, ring: list[list[float]], kind: str = "Polygon") -> dict[str, Any]:
    coordinates: Any = [ring] if kind == "Polygon" else [[ring]]
    return {
        "type": "Feature",
        "properties": {"kunta": code, "vuosi": 2024, "nimi": "x"},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def square(east: float, north: float, side: float = 10_000) -> list[list[float]]:
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return [[east + x, north + y] for x, y in corners]


def collection(*features: object, crs: str = "urn:ogc:def:crs:EPSG::3067") -> dict[str, Any]:
    named = {"type": "name", "properties": {"name": crs}}
    return {"type": "FeatureCollection", "crs": named, "features": list(features)}


def content(data: object) -> bytes:
    return json.dumps(data).encode()


def test_metres_are_read_as_they_are() -> None:
    found = parsed_boundaries(content(collection(feature("284", square(E, N)))))
    assert found.year == 2024
    assert found.polygons["284"][0][0][1] == (E + 10_000, N)


def test_degrees_become_metres() -> None:
    ring = [[23.0, 60.0], [23.5, 60.0], [23.5, 60.5], [23.0, 60.0]]
    data = collection(feature("284", ring, "MultiPolygon"), crs="urn:ogc:def:crs:OGC:1.3:CRS84")
    assert parsed_boundaries(content(data)).polygons["284"][0][0][0] == projected(23.0, 60.0)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("no json", "not GeoJSON"),
        ({"type": "FeatureCollection"}, "no list of features"),
        (collection(feature("284", square(E, N)), crs="EPSG:3857"), "EPSG:3857"),
        (collection(feature("Koski", square(E, N))), "no code of a municipality"),
        (collection(feature(284, square(E, N))), "no code of a municipality"),
        (collection(feature("284", square(E, N)[:-1])), "not closed"),
        (collection(feature("284", square(E, 1_000))), "outside Finland"),
        (collection(feature("284", [[E, N], [E, float("nan")], [E, N], [E, N]])), "outside"),
        (collection(feature("284", square(E, N), "LineString")), "not a polygon"),
        (collection({"type": "Feature", "properties": None, "geometry": None}), "no code"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(data: Any, said: str) -> None:  # noqa: ANN401
    text = data.encode() if isinstance(data, str) else content(data)
    with pytest.raises(BadBoundaries, match=said):
        parsed_boundaries(text)


def test_the_year_must_be_said() -> None:
    one = feature("284", square(E, N))
    del one["properties"]["vuosi"]
    with pytest.raises(BadBoundaries, match="of which year"):
        parsed_boundaries(content(collection(one)))
    assert parsed_boundaries(content(collection(one) | {"year": 2013})).year == 2013


def test_what_is_written_is_read_the_same() -> None:
    found = parsed_boundaries(content(collection(feature("284", square(E, N)))))
    again = parsed_boundaries(written_boundaries(found))
    assert (again.year, dict(again.polygons)) == (found.year, dict(found.polygons))


def test_neighbours_keep_one_border() -> None:
    # Two squares share a border that bends by 40 m in the middle, run through in both directions.
    bend = [(10_000.0, 5_000.0 + 10 * n) for n in range(4)] + [(10_040.0, 5_100.0)]
    west = [(0.0, 0.0), (10_000.0, 0.0), *bend, (10_000.0, 10_000.0), (0.0, 10_000.0), (0.0, 0.0)]
    east = [
        (20_000.0, 0.0), (20_000.0, 10_000.0), (10_000.0, 10_000.0), *reversed(bend),
        (10_000.0, 0.0), (20_000.0, 0.0),
    ]  # fmt: skip
    straight = simplified([west, east], 50)
    for ring in straight:
        assert not set(ring) & set(bend)
        assert ring[0] == ring[-1]
    bent = simplified([west, east], 30)
    shared = set(bent[0]) & set(bent[1])
    # The last point of the straight part is 39 m from the chord to the farthest one, so it stays.
    assert shared == {
        (10_000.0, 0.0), (10_000.0, 5_030.0), (10_040.0, 5_100.0), (10_000.0, 10_000.0),
    }  # fmt: skip


def test_a_small_island_does_not_take_its_municipality_along() -> None:
    tiny = feature("284", square(E, N, 20))
    found = parsed_boundaries(content(collection(tiny)))
    assert found.simplified(1_000).polygons == found.polygons


def test_the_boundaries_of_2025(shared: Path) -> None:
    found = read_boundaries(shared / "reference" / "municipalities_2025_simplified.geojson")
    # SOURCES.md: 308 features, all municipalities in force.
    assert (found.year, len(found.polygons)) == (2025, 308)
    assert "CC BY 4.0" in found.attribution
    assert len(found.simplified(2_000).polygons) == 308


@contextmanager
def service(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """Serve one answer on a real socket, and note what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: ANN401
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/wfs", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_command_writes_what_the_service_gives(tmp_path: Path) -> None:
    data = collection(feature("284", square(E, N)), feature("915", square(E + 10_000, N)))
    file = tmp_path / "boundaries.geojson"
    with service(200, content(data)) as (address, asked):
        done = CliRunner().invoke(
            app, ["boundaries", str(file), "--year", "2024", "--service", address, "--lang", "en"]
        )
    assert done.exit_code == 0
    assert done.stdout.startswith("2 municipalities of 2024 in ")
    question = parse_qs(urlsplit(asked[0]).query)
    assert question["request"] == ["GetFeature"]
    assert question["typeNames"] == ["tilastointialueet:kunta4500k_2024"]
    assert question["srsName"] == ["EPSG:3067"]
    found = read_boundaries(file)
    assert (found.year, sorted(found.polygons)) == (2024, ["284", "915"])
    assert "Statistics Finland" in found.attribution
    assert [one.name for one in tmp_path.iterdir()] == ["boundaries.geojson"]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"<ows:ExceptionReport/>", "not GeoJSON"),
        (404, b"", "did not answer"),
    ],
)
def test_the_command_says_what_went_wrong_and_keeps_the_old_file(
    tmp_path: Path, status: int, body: bytes, said: str
) -> None:
    file = tmp_path / "boundaries.geojson"
    file.write_text("old", encoding="utf-8")
    with service(status, body) as (address, _):
        done = CliRunner().invoke(
            app, ["boundaries", str(file), "--year", "2024", "--service", address, "--lang", "en"]
        )
    assert done.exit_code == 1
    assert said in " ".join(done.output.split())
    assert file.read_text(encoding="utf-8") == "old"


def test_the_command_asks_only_the_web(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("{}", encoding="utf-8")
    done = CliRunner().invoke(app, ["boundaries", "--service", f"file://{secret}", "--lang", "en"])
    assert done.exit_code == 1
    assert "is not the address of a web service" in " ".join(done.output.split())
