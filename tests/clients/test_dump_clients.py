"""What is downloaded is what the registries' and researchers' own tools take."""

from collections.abc import Callable

from hyteverkko.harvest.tables import TABLES
from hyteverkko.namespaces import SCHEMES

from tests.clients.conftest import Report

ReportOf = Callable[[str], Report]


def test_frictionless_finds_every_table_valid(report_of: ReportOf) -> None:
    report = report_of("with_frictionless")
    assert report["errors"] == []
    assert report["valid"] is True
    assert list(report["rows"]) == [table.kind for table in TABLES]
    assert report["rows"]["municipalities"] == 453
    assert all(one.startswith("sha256:") for one in report["hashes"].values())


def test_csv_on_the_web_is_read_with_types(report_of: ReportOf) -> None:
    report = report_of("with_csvw")
    assert report["warnings"] == []
    assert report["valid"] is True
    assert report["rows"]["municipalities.csv"] == 453
    kinds = report["kinds"]
    assert (kinds["day"], kinds["original"], kinds["name_fi"]) == ("datetime", "list", "str")


def test_pandas_reads_parquet_with_types(report_of: ReportOf) -> None:
    report = report_of("with_parquet")
    assert len(set(report["rows"])) == 1
    assert report["same"] and report["same_iris"] and report["same_days"]
    assert report["kinds"] == {
        "iri": "string[pyarrow]",
        "ordinal": "int64[pyarrow]",
        "theme": "list<element: string>[pyarrow]",
        "start_earliest": "date32[day][pyarrow]",
    }


def test_skosify_has_no_remark_on_any_scheme(report_of: ReportOf) -> None:
    report = report_of("with_skosify")
    (whole,) = report.pop("concepts.ttl.gz")
    assert whole.startswith("WARNING: Multiple concept schemes found."), "it holds them all"
    assert report == {f"concepts/{scheme}.ttl": [] for scheme in SCHEMES}
