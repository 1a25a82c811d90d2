"""What researchers really use gets from the endpoint what the sources say."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Store

from tests.clients.conftest import Report
from tests.servers import Server

# The names of the provinces and how many municipalities the reference table of 2009 has in each.
PROVINCES: Final[dict[str, tuple[str, str, str, int]]] = {
    "AL": ("Province of Åland", "Ahvenanmaan lääni", "Ålands län", 16),
    "ES": ("Province of Southern Finland", "Etelä-Suomen lääni", "Södra Finlands län", 87),
    "IS": ("Province of Eastern Finland", "Itä-Suomen lääni", "Östra Finlands län", 57),
    "LL": ("Province of Lapland", "Lapin lääni", "Lapplands län", 21),
    "LS": ("Province of Western Finland", "Länsi-Suomen lääni", "Västra Finlands län", 193),
    "OL": ("Province of Oulu", "Oulun lääni", "Uleåborgs län", 48),
}
LANGUAGES: Final = ("en", "fi", "sv")
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
ID: Final = "https://w3id.org/hyteverkko/id/"


def cells() -> list[tuple[str, str, str, int]]:
    """Give the rows expected: code, name, language, municipalities."""
    return [
        (code, name, language, number)
        for code, (*names, number) in PROVINCES.items()
        for name, language in zip(names, LANGUAGES, strict=True)
    ]


@pytest.fixture(scope="module")
def sparqlwrapper(report_of: Callable[[str], Report]) -> Report:
    return report_of("with_sparqlwrapper")


@pytest.fixture(scope="module")
def rdflib(report_of: Callable[[str], Report]) -> Report:
    return report_of("with_rdflib")


@pytest.fixture(scope="module")
def store(home: Path) -> Store:
    return Store.read_only(str(home / "current" / "store"))


def test_sparqlwrapper_select(sparqlwrapper: Report) -> None:
    assert sparqlwrapper["rows"] == [
        {
            "code": {"type": "literal", "value": code},
            "name": {"type": "literal", "value": name, "xml:lang": language},
            "end": {"type": "literal", "value": "2009-12-31", "datatype": f"{XSD}date"},
            "municipalities": {
                "type": "literal",
                "value": str(number),
                "datatype": f"{XSD}integer",
            },
        }
        for code, name, language, number in cells()
    ]
    assert sparqlwrapper["ways agree"]
    assert sparqlwrapper["counts"] == {"json": 18, "xml": 18, "csv": 18, "tsv": 18}
    assert sparqlwrapper["ask"] is True
    assert sparqlwrapper["named graph"] == ["https://w3id.org/hyteverkko/graphs/regions"]


def test_sparqlwrapper_graphs(sparqlwrapper: Report, store: Store) -> None:
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    names = sorted(
        [f"<{ID}province/{code}>", label, f'"{name}"@{language}']
        for code, name, language, _ in cells()
    )
    assert sparqlwrapper["construct"] == {"turtle": names, "xml": names, "json-ld": names}
    assert sparqlwrapper["describe"] == described(store)


def test_sparqlwrapper_refusals(sparqlwrapper: Report) -> None:
    assert sparqlwrapper["malformed"] == "QueryBadFormed"
    assert sparqlwrapper["update"] in {"403", "Unauthorized"}
    assert sparqlwrapper["service"] in {"403", "Unauthorized", "QueryBadFormed"}


def test_rdflib_query(rdflib: Report) -> None:
    expected = [
        [
            f'"{code}"',
            f'"{name}"@{language}',
            f'"2009-12-31"^^<{XSD}date>',
            f'"{number}"^^<{XSD}integer>',
        ]
        for code, name, language, number in cells()
    ]
    assert len(rdflib["rows"]) == 6
    for rows in rdflib["rows"].values():
        assert rows == expected
    assert rdflib["ask"] is True
    assert rdflib["construct"] == 18


def test_rdflib_graph(rdflib: Report, store: Store) -> None:
    assert rdflib["names"] == ['"Lapin lääni"@fi', '"Lapplands län"@sv', '"Province of Lapland"@en']
    assert rdflib["contains"] is True
    assert rdflib["size"] == len(list(store.quads_for_pattern(None, None, None, DefaultGraph())))
    assert rdflib["describe"] == [triple[1:] for triple in described(store)]


def described(store: Store) -> list[list[str]]:
    """Give what the store says about Lapland, in the notation of terms."""
    quads = store.quads_for_pattern(NamedNode(f"{ID}province/LL"), None, None, DefaultGraph())
    return sorted([str(term) for term in quad.triple] for quad in quads)


def test_pandas(report_of: Callable[[str], Report]) -> None:
    report = report_of("with_pandas")
    assert report["columns"] == ["code", "name", "end", "municipalities"]
    assert report["kinds"] == ["M", "i"]
    assert report["names"] == [name for _, name, _, _ in cells()]
    assert report["years"] == [2009]
    assert report["municipalities"] == {code: number for code, _, _, number in cells()}


def test_reconciler(clients_python: Path, report_of: Callable[[str], Report]) -> None:
    known = subprocess.run(
        [str(clients_python), "-c", "import reconciler"], capture_output=True, check=False
    )
    if known.returncode:
        pytest.skip("the reconciler package is not among the clients installed")
    report = report_of("with_reconciler")
    kind = ["municipality", "kunta"]
    assert report["places"] == [
        ["Kuru", "municipality/303", "Kuru", True, *kind],
        ["Karjalohja", "municipality/223", "Karjalohja", True, *kind],
        ["Väståboland", "municipality/445", "Parainen", True, *kind],
        ["Parainen", "municipality/573", "Parainen", True, *kind],
        ["Kuopion kaupunki", "municipality/297", "Kuopio", True, *kind],
        ["Turussa", "municipality/853", "Turku", True, *kind],
    ]
    office = "https://w3id.org/hyteverkko/def/office/"
    kind = ["office", "virka- tai tehtävänimike"]
    coordinator = [f"{office}hyvinvointikoordinaattori", "hyvinvointikoordinaattori", True, *kind]
    assert report["titles"] == [
        ["sivistysjohtaja", f"{office}sivistysjohtaja", "sivistysjohtaja", True, *kind],
        ["hyvinvointikoordinaattorin", *coordinator],
        ["Välfärdskoordinator", *coordinator],
    ]


def test_the_judges_client(root: Path, clients_python: Path, clients_server: Server) -> None:
    program = root.parent / "shared" / "judges" / "clients" / "sparql_consume.py"
    if not program.is_file():
        pytest.skip("the judges' clients are not part of the repository and not at hand")
    command = [str(clients_python), str(program), clients_server.base]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(run.stdout)["errors"] == []
