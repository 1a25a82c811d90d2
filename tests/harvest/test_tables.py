"""The tables say what the sources say: as many rows, typed values, the same in CSV and Parquet."""

import csv
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hyteverkko.harvest.tables import TABLES, Table
from hyteverkko.namespaces import DEF, ID, PREFIXES
from hyteverkko.store.current import Serving
from pyarrow.parquet import read_table
from pyoxigraph import NamedNode, RdfFormat, parse

from tests.harvest.conftest import Get

TYPES = {
    "string": pyarrow.string(),
    "anyURI": pyarrow.string(),
    "date": pyarrow.date32(),
    "integer": pyarrow.int64(),
    "boolean": pyarrow.bool_(),
}


def rows(get: Get, kind: str) -> list[dict[str, str]]:
    text = get(f"tables/{kind}.csv").decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def counted(root: Path, *classes: str) -> int:
    """Count the things of classes in the files of the project."""
    wanted = {NamedNode(iri) for iri in classes}
    things = {
        quad.subject
        for folder in ("data", "ontology")
        for path in (root / folder).rglob("*.ttl")
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
        if quad.predicate.value == PREFIXES["rdf"] + "type" and quad.object in wanted
    }
    return len(things)


HYTE, ORG = PREFIXES["hyte"], PREFIXES["org"]


@pytest.mark.parametrize(
    ("kind", "classes"),
    [
        ("municipalities", (HYTE + "Municipality",)),
        ("areas", (HYTE + "Region", HYTE + "Province", HYTE + "WellbeingServicesCountyArea")),
        ("area-memberships", (HYTE + "AreaMembership",)),
        ("municipality-changes", (ORG + "ChangeEvent",)),
        ("memberships", (ORG + "Membership",)),
        ("posts", (ORG + "Post",)),
        ("offices", (HYTE + "Office",)),
        ("projects", (HYTE + "Project", HYTE + "OperatingModel")),
        ("coverage", (HYTE + "CoverageStatement",)),
        (
            "bodies",
            tuple(
                HYTE + name
                for name in (
                    "Body", "CooperationNetwork", "WorkingGroup", "Board", "ManagementTeam",
                    "CouncilOfInfluence", "SteeringGroup", "RegionalTeam", "DevelopmentTeam",
                )
            ),
        ),
        (
            "events",
            tuple(
                HYTE + name
                for name in (
                    "Event", "Meeting", "Seminar", "Workshop", "PublicEvent", "EventSeries",
                )
            ),
        ),
    ],
)  # fmt: skip
def test_as_many_rows_as_the_files_have_things(
    get: Get, root: Path, kind: str, classes: tuple[str, ...]
) -> None:
    found = rows(get, kind)
    assert len(found) == counted(root, *classes)
    assert len({row["iri"] for row in found}) == len(found)


def test_308_municipalities_are_in_force(get: Get) -> None:
    found = rows(get, "municipalities")
    # Statistics Finland, municipalities 2026; 432 on 1 January 2005
    assert sum(not row["end_latest"] for row in found) == 308
    assert all(len(row["code"]) == 3 for row in found)
    (helsinki,) = (row for row in found if row["code"] == "091")
    assert (helsinki["name_fi"], helsinki["name_sv"]) == ("Helsinki", "Helsingfors")


def test_iitti_changed_region_in_2021(get: Get) -> None:
    found = [
        (row["area_fi"], row["area_sv"], row["start_earliest"], row["end_latest"])
        for row in rows(get, "area-memberships")
        if row["municipality_code"] == "142" and row["system"] == f"{DEF}/area-system/region"
    ]
    assert sorted(found) == [
        ("Kymenlaakso", "Kymmenedalen", "", "2020-12-31"),
        ("Päijät-Häme", "Päijänne-Tavastland", "2021-01-01", ""),
    ]


def test_the_merger_of_jyvaskyla(get: Get) -> None:
    (row,) = (
        row
        for row in rows(get, "municipality-changes")
        if row["day"] == "2009-01-01" and row["resulting_codes"] == "179"
    )
    assert row["original_codes"] == "179|180|277"
    assert row["original_fi"] == "Jyväskylä|Jyväskylän maalaiskunta|Korpilahti"


def test_the_members_of_a_network(get: Get) -> None:
    found = rows(get, "memberships")
    assert {row["body"] for row in found} <= {
        row["iri"] for kind in ("bodies", "projects", "municipalities", "organisations")
        for row in rows(get, kind)
    }  # fmt: skip
    offices = {row["iri"]: row["name_fi"] for row in rows(get, "offices")}
    for row in found:
        assert row["office_fi"] == offices.get(row["office"], "")
    totals = Counter(row["office"] for row in found if row["office"])
    for row in rows(get, "offices"):
        assert int(row["memberships"]) == totals[row["iri"]]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
def test_parquet_has_the_rows_of_the_csv_with_types(get: Get, table: Table) -> None:
    plain = rows(get, table.kind)
    assert get(f"tables/{table.kind}.csv.gz") == get(f"tables/{table.kind}.csv")
    parquet = read_table(io.BytesIO(get(f"tables/{table.kind}.parquet")))
    assert parquet.column_names == [column.name for column in table.columns]
    for column in table.columns:
        one = TYPES[column.kind.value]
        kind = parquet.schema.field(column.name).type
        assert kind == (pyarrow.list_(one) if column.many else one), column.name
    assert [written(row) for row in parquet.to_pylist()] == plain
    assert plain == sorted(plain, key=lambda row: row["iri"])


def written(row: dict[str, Any]) -> dict[str, str]:
    return {name: as_text(value) for name, value in row.items()}


def as_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return "|".join(map(str, value))
        case date():
            return value.isoformat()
        case _:
            return str(value)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
def test_a_column_for_one_value_never_has_two(serving: Serving, table: Table) -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for row in serving.graph.rows(table.query):
        for name, term in row.items():
            found.setdefault((str(row["iri"]), name), set()).add(str(term))
    several = {name for (_, name), values in found.items() if len(values) > 1}
    assert several <= {column.name for column in table.columns if column.many}


def test_every_named_thing_has_its_name_in_order(get: Get) -> None:
    themes = {
        iri: name
        for row in rows(get, "bodies")
        for iri, name in zip(row["theme"].split("|"), row["theme_en"].split("|"), strict=True)
        if iri
    }
    assert themes[f"{DEF}/theme/participation"] == "participation"
    assert all(name for name in themes.values())


def test_the_descriptions_describe_every_column(get: Get) -> None:
    csvw = json.loads(get("tables/csv-metadata.json"))
    package = json.loads(get("tables/datapackage.json"))
    for table, on_the_web, resource in zip(
        TABLES, csvw["tables"], package["resources"], strict=True
    ):
        header = get(f"tables/{table.kind}.csv").decode().partition("\r\n")[0].split(",")
        columns = on_the_web["tableSchema"]["columns"]
        assert [one["titles"] for one in columns] == header
        assert [one["name"] for one in resource["schema"]["fields"]] == header
        for one in (on_the_web, *columns):
            texts = {text["@language"]: text["@value"] for text in one["dc:title"]}
            assert set(texts) == {"fi", "sv", "en"}
            assert texts["fi"] != texts["en"], one
    assert package["id"].startswith(f"{ID}release/")
