"""Settings come from the environment, and one that cannot be is refused in a sentence."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hyteverkko.errors import BadSetting
from hyteverkko.settings import settings_from


def test_defaults() -> None:
    settings = settings_from({})
    assert (settings.host, settings.port, settings.store) == ("127.0.0.1", 8000, "memory")
    assert settings.home == settings.root / "var"
    assert settings.boundaries is None


def test_values(tmp_path: Path) -> None:
    settings = settings_from(
        {"HYTE_PORT": "9", "HYTE_HOME": str(tmp_path), "HYTE_TODAY": "2009-01-01"}
        | {"HYTE_BOUNDARIES": str(tmp_path / "boundaries.geojson")}
    )
    assert settings.boundaries == tmp_path / "boundaries.geojson"
    assert (settings.port, settings.home) == (9, tmp_path)
    assert settings.today == date(2009, 1, 1)


@pytest.mark.parametrize(
    ("host", "base_url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8302"),
        ("0.0.0.0", "http://127.0.0.1:8302"),
        ("::", "http://127.0.0.1:8302"),
        ("::1", "http://[::1]:8302"),
        ("hyte.example", "http://hyte.example:8302"),
    ],
)
def test_links_lead_to_where_the_server_listens(host: str, base_url: str) -> None:
    assert settings_from({"HYTE_HOST": host, "HYTE_PORT": "8302"}).base_url == base_url
    assert replace(settings_from({}), host=host, port=8302).base_url == base_url


def test_links_lead_to_the_public_address_where_it_is_set() -> None:
    settings = settings_from({"HYTE_PORT": "9", "HYTE_BASE_URL": "https://hyte.example/"})
    assert settings.base_url == "https://hyte.example"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HYTE_PORT", "65536"),
        ("HYTE_PORT", "http"),
        ("HYTE_STORE", "cloud"),
        ("HYTE_TODAY", "22.11.2026"),
        ("HYTE_QUERY_CELLS", "0"),
    ],
)
def test_a_value_that_cannot_be(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"{variable} is '{value}'; it can be"):
        settings_from({variable: value})
