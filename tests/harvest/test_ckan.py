"""CKAN's action API as its harvesters and ``ckanapi`` use it, with CKAN's own answers to faults."""

import json
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import pytest
from fastapi.testclient import TestClient

from tests.harvest.conftest import MANY
from tests.harvest.synthetic import HOSTILE

DATASET: Final = "https://w3id.org/hyteverkko/id/dataset/"
DATASETS: Final = 13
"""The datasets of the repository, and the two that the build makes."""

ROOTS: Final = ("/api/3/action", "/api/action")


def result(client: TestClient, action: str, **values: Any) -> Any:  # noqa: ANN401 - any JSON
    answer = client.get(f"/api/3/action/{action}", params=values)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["success"] is True
    return body["result"]


def names(client: TestClient, **values: Any) -> list[str]:  # noqa: ANN401 - any JSON
    return [one["name"] for one in result(client, "package_search", rows=100, **values)["results"]]


@pytest.mark.parametrize("address", ROOTS)
def test_get_and_post_agree(client: TestClient, address: str) -> None:
    asked: dict[str, Any] = {"rows": 3, "start": 2, "sort": "name asc"}
    got = client.get(f"{address}/package_search", params=asked).json()
    posted = client.post(f"{address}/package_search", json=asked).json()
    form = client.post(f"{address}/package_search", data=asked).json()
    assert got == posted == form
    assert [one["name"] for one in got["result"]["results"]] == ["derived", "kangasala", "koski-tl"]
    assert got["result"]["count"] == DATASETS


def test_a_package_has_what_avoindata_asks(client: TestClient) -> None:
    package = result(client, "package_show", id="municipalities")
    assert package["id"] == str(uuid5(NAMESPACE_URL, DATASET + "municipalities"))
    assert package["title"] == "Suomen kunnat vuodesta 2005"
    assert package["title_translated"]["sv"] == "Finlands kommuner från och med 2005"
    assert set(package["notes_translated"]) == {"fi", "sv", "en"}
    assert package["keywords"]["fi"] == ["kunta", "kuntaliitos", "kuntatunnus", "väkiluku"]
    assert package["license_id"] == "cc-by-4.0"
    assert package["collection_type"] == "Open Data"
    assert "Tilastokeskus" in package["copyright_notice_translated"]["fi"]
    assert package["geographical_coverage"] == ["suomi"]
    assert (package["valid_from"], package["valid_till"]) == ("2005-01-01", "2026-11-22")
    assert package["update_frequency"]["fi"] == ["epäsäännöllisesti"]
    assert {group["name"] for group in package["groups"]} == {"regi", "gove"}
    assert {one["format"] for one in package["resources"]} == {
        "Turtle", "N-Quads", "JSON-LD", "N-Triples",
    }  # fmt: skip
    assert package == result(client, "package_show", id=package["id"])


def test_times_are_as_ckan_compares_them(client: TestClient) -> None:
    time = result(client, "package_show", id="regions")["metadata_modified"]
    assert len(time) == len("2026-08-01T10:00:00.000000")
    assert time[10] == "T"
    assert time[19] == "."
    assert not time.endswith("Z")


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ({"fq": "metadata_modified:[2000-01-01T00:00:00.000001Z TO *]"}, DATASETS),
        ({"fq": "metadata_modified:[2999-01-01T00:00:00.000001Z TO *]"}, 0),
        ({"fq": "metadata_modified:[* TO 2999-01-01T00:00:00Z]"}, DATASETS),
        ({"fq": "metadata_modified:{* TO 2000-01-01}"}, 0),
        ({"q": "*:*", "fq": "+dataset_type:dataset -state:deleted"}, DATASETS),
        ({"q": "name:koski-tl"}, 1),
        ({"q": 'name:"koski-tl" AND NOT groups:regi'}, 1),
        ({"q": "name:municipalit*"}, 2),
        ({"q": "name:*nicipal*t*ies"}, 1),
        # As many wildcards as there is room for: each is met once.
        ({"q": f"name:{'*' * 900}!"}, 0),
        ({"q": "name:(regions OR kangasala)"}, 2),
        ({"fq": "organization:agent-hyteverkko"}, DATASETS),
        ({"fq": "license_id:cc-by-4.0"}, DATASETS),
        ({"fq": ["name:regions", "groups:regi"]}, 1),
        ({"q": "Kangasalla"}, 1),
        ({"q": "lapland older"}, 1),
        ({"q": "nothing-is-called-so"}, 0),
    ],
)
def test_search(client: TestClient, question: dict[str, str], count: int) -> None:
    assert result(client, "package_search", **question)["count"] == count


def test_paging_ends(many: TestClient) -> None:
    found: list[str] = []
    start = 0
    while page := result(many, "package_search", rows=100, start=start, sort="id asc")["results"]:
        found += [one["id"] for one in page]
        start += 100
    assert len(found) == len(set(found)) == MANY + len(HOSTILE)
    assert found == sorted(found)


def test_search_sorts(client: TestClient) -> None:
    falling = names(client, sort="name desc")
    assert falling == sorted(falling, reverse=True)
    assert names(client, sort="score desc, name asc") == sorted(falling)


def test_rows_are_bounded(many: TestClient) -> None:
    assert len(result(many, "package_search", rows=100_000)["results"]) == 1000
    assert result(many, "package_search", rows=0)["results"] == []


def test_lists(client: TestClient) -> None:
    listed = result(client, "package_list")
    assert len(listed) == DATASETS
    assert result(client, "package_list", limit=2, offset=1) == listed[1:3]
    assert result(client, "organization_list") == ["agent-hyteverkko"]
    (organization,) = result(client, "organization_list", all_fields="true")
    assert organization["package_count"] == DATASETS
    assert result(client, "group_list") == ["gove", "heal", "just", "regi", "soci"]


def test_shows(client: TestClient) -> None:
    package = result(client, "package_show", id="koski-tl")
    organization = result(client, "organization_show", id=package["owner_org"])
    assert organization["name"] == package["organization"]["name"] == "agent-hyteverkko"
    group = result(client, "group_show", id="just", include_datasets="true")
    assert [one["name"] for one in group["packages"]] == ["legislation"]
    assert result(client, "status_show")["site_title"].startswith("hyteverkko")
    assert result(client, "site_read") is True
    assert result(client, "help_show", name="package_show").startswith("Show a package")


@pytest.mark.parametrize(
    ("path", "status", "type_"),
    [
        ("package_show?id=none", 404, "Not Found Error"),
        ("organization_show?id=none", 404, "Not Found Error"),
        ("group_show?id=none", 404, "Not Found Error"),
        ("help_show?name=none", 404, "Not Found Error"),
        ("package_show", 409, "Validation Error"),
        ("package_search?rows=many", 409, "Validation Error"),
        ("package_search?start=-1", 409, "Validation Error"),
        ("package_search?fq=metadata_modified:[yesterday TO *]", 400, "Search Query Error"),
        ("package_search?fq=metadata_modified:[2026-01-01", 400, "Search Query Error"),
        ("package_search?fq=name:(", 400, "Search Query Error"),
        ("package_search?q=unknown:field", 400, "Search Query Error"),
        ("package_search?q=a OR b", 400, "Search Query Error"),
        ("package_search?sort=colour asc", 400, "Search Query Error"),
        (f"package_search?q={'x' * 3000}", 400, "Search Query Error"),
        (f"package_search?sort={'id,' * 1000}id", 400, "Search Query Error"),
        (f"package_search?{'fq=a&' * 300}", 400, "Search Query Error"),
        (f"package_search?q=name:({'a ' * 300})", 400, "Search Query Error"),
    ],
)
def test_faults_are_answered_as_ckan_does(
    client: TestClient, path: str, status: int, type_: str
) -> None:
    answer = client.get(f"/api/3/action/{path}")
    assert answer.status_code == status
    body = answer.json()
    assert body["success"] is False
    assert body["error"]["__type"] == type_
    assert "result" not in body


def test_what_cannot_be_read(client: TestClient) -> None:
    assert client.get("/api/3/action/none").status_code == 400
    assert client.post("/api/3/action/package_show", content=b"{bad").status_code == 400
    assert client.post("/api/3/action/package_show", content=b"[1]").status_code == 400
    assert client.post("/api/3/action/package_show", content=b"\xff\xfe").status_code == 400
    assert client.post("/api/3/action/package_show", content=b"[" * 60_000).status_code == 400
    assert client.post("/api/3/action/package_show", content=b'{"a":' * 9_000).status_code == 400
    half = client.post("/api/3/action/package_search", content=b'{"sort": "\\ud800"}')
    assert half.json()["error"]["__type"] == "Search Query Error"
    assert client.post("/api/3/action/package_show", content=b" " * 70_000).status_code == 413


def test_head_and_etag(client: TestClient) -> None:
    path = "/api/3/action/package_list"
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert client.get(path, headers={"if-none-match": got.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("key", HOSTILE)
def test_hostile_texts(many: TestClient, key: str) -> None:
    package = result(many, "package_show", id=f"hostile-{key}")
    assert package["title_translated"]["fi"] == HOSTILE[key]
    assert json.loads(json.dumps(package)) == package
