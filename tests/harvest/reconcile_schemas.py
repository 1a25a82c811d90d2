"""What the JSON schemas of the Reconciliation Service API 0.2 require, as checks on answers."""

import re
from typing import Any, Final

DATE: Final = re.compile(
    r"-?(?:[1-9]\d*)?\d{4}-(1[0-2]|0[1-9])-(3[01]|0[1-9]|[12]\d)"
    r"T(2[0-3]|[01]\d):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-](?:2[0-3]|[01]\d):[0-5]\d)?"
)
SETTINGS: Final[dict[str, type]] = {"number": float, "text": str, "checkbox": bool, "select": str}


def check_manifest(found: Any) -> None:  # noqa: ANN401
    """Check a service manifest."""
    assert found["versions"] == ["0.2"]
    for name in ("name", "identifierSpace", "schemaSpace", "documentation", "serviceVersion"):
        assert isinstance(found[name], str)
        assert found[name]
    for type_ in found["defaultTypes"]:
        check_type(type_)
    assert len({str(one) for one in found["defaultTypes"]}) == len(found["defaultTypes"])
    assert "{{id}}" in found["view"]["url"]
    assert "{{id}}" in found["preview"]["url"]
    assert type(found["preview"]["width"]) is type(found["preview"]["height"]) is int
    assert type(found["batchSize"]) is int
    services = (*found["suggest"].values(), found["extend"]["propose_properties"])
    assert {"entity", "property", "type"} == set(found["suggest"])
    for service in services:
        assert set(service) == {"service_url", "service_path"}
        assert all(isinstance(value, str) for value in service.values())
    for setting in found["extend"]["property_settings"]:
        assert {"type", "label", "name"} <= set(setting)
        assert isinstance(setting["default"], SETTINGS[setting["type"]])
        assert isinstance(setting["help_text"], str)


def check_type(found: Any) -> None:  # noqa: ANN401
    """Check a type, as manifests and suggestions have it."""
    assert {"id", "name"} <= set(found) <= {"id", "name", "description", "broader"}
    assert isinstance(found["id"], str)
    assert isinstance(found["name"], str)
    assert found["id"]
    assert found["name"]


def check_results(found: Any, keys: set[str]) -> None:  # noqa: ANN401
    """Check the results of a batch with these keys."""
    assert set(found) == keys
    for result in found.values():
        scores = [candidate["score"] for candidate in result["result"]]
        assert scores == sorted(scores, reverse=True)
        assert sum(candidate["match"] for candidate in result["result"]) <= 1
        for candidate in result["result"]:
            check_candidate(candidate)


def check_candidate(found: Any) -> None:  # noqa: ANN401
    """Check a candidate."""
    assert {"id", "name", "score", "match", "type", "features"} <= set(found)
    assert all(isinstance(found[name], str) and found[name] for name in ("id", "name"))
    assert isinstance(found.get("description", ""), str)
    assert isinstance(found["score"], int | float)
    assert 0 <= found["score"] <= 100
    assert isinstance(found["match"], bool)
    for type_ in found["type"]:
        check_type(type_)
    ids = [feature["id"] for feature in found["features"]]
    assert len(ids) == len(set(ids))
    for feature in found["features"]:
        assert isinstance(feature["id"], str)
        assert isinstance(feature["value"], bool | int | float)


def check_suggestions(found: Any) -> None:  # noqa: ANN401
    """Check what is suggested."""
    assert set(found) == {"result"}
    for one in found["result"]:
        assert isinstance(one["id"], str)
        assert isinstance(one["name"], str)
        assert isinstance(one.get("description", ""), str)
        for type_ in one.get("notable", []):
            check_type(type_)


def check_extension(found: Any, ids: list[str], properties: list[str]) -> None:  # noqa: ANN401
    """Check what was fetched."""
    assert set(found) == {"meta", "rows"}
    assert [one["id"] for one in found["meta"]] == properties
    for one in found["meta"]:
        assert isinstance(one["name"], str)
        assert isinstance(one.get("type", {"id": ""})["id"], str)
    assert set(found["rows"]) == set(ids)
    for row in found["rows"].values():
        assert set(row) == set(properties)
        for values in row.values():
            for value in values:
                check_value(value)


def check_value(found: Any) -> None:  # noqa: ANN401
    """Check the value of a property."""
    match found:
        case {"id": str(), "name": str(), **rest}:
            assert set(rest) <= {"description"}
        case {"str": str(), **rest} | {"float": float() | int(), **rest}:
            assert not rest
        case {"int": int(), **rest}:
            assert not rest
        case {"date": str(day), **rest}:
            assert not rest
            assert DATE.fullmatch(day)
        case _:
            raise AssertionError(f"not a value of the protocol: {found}")
