"""What registries really harvest with reads everything from a running server, to the last page."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hyteverkko.store.versions import versions_of

from tests.harvest.conftest import MANY, Harvest
from tests.harvest.synthetic import HOSTILE
from tests.servers import Server

DATASETS: Final = "13"
ALL_OF_MANY: Final = str(MANY + len(HOSTILE))


@pytest.mark.parametrize("path", ["/catalog.ttl", "/catalog.rdf", "/catalog.jsonld", "/catalog"])
def test_ckanext_dcat_reads_every_dataset(
    ckan_python: Path, harvested: Server, harvest: Harvest, path: str
) -> None:
    arguments = (harvested.base, "--path", path, "--expect", DATASETS)
    report = harvest(ckan_python, "ckanext_dcat_consume", *arguments)
    assert report["errors"] == []
    titles = {one["guid"].rpartition("/")[2]: one["title"] for one in report["datasets"]}
    assert titles["municipalities"] == "Suomen kunnat vuodesta 2005"
    assert {len(one["resources"]) for one in report["datasets"]} == {4}


def test_ckanext_dcat_follows_every_page(
    ckan_python: Path, many_harvested: Server, harvest: Harvest
) -> None:
    arguments = (many_harvested.base, "--expect", ALL_OF_MANY)
    report = harvest(ckan_python, "ckanext_dcat_consume", *arguments)
    assert report["errors"] == []
    assert len(report["pages"]) == MANY // 100 + 1


def test_ckan_harvester_and_ckanapi_read_every_package(
    ckan_python: Path, harvested: Server, harvest: Harvest
) -> None:
    arguments = (harvested.base, "--expect", DATASETS, "--avoindata")
    assert harvest(ckan_python, "ckan_api_consume", *arguments)["errors"] == []


def test_ckan_harvester_follows_every_page(
    ckan_python: Path, many_harvested: Server, harvest: Harvest
) -> None:
    arguments = (many_harvested.base, "--expect", ALL_OF_MANY, "--avoindata")
    assert harvest(ckan_python, "ckan_api_consume", *arguments)["errors"] == []


def test_signposting_leads_to_data(web_python: Path, harvested: Server, harvest: Harvest) -> None:
    paths = ("/doc/dataset/regions", "/doc/municipality/284", "/doc/network/koski-tl/kosken-verkko")
    report = harvest(web_python, "signposting_consume", harvested.base, *paths)
    assert report["errors"] == []
    assert len(report["pages"]) == len(paths)


def test_extruct_reads_datasets_and_the_catalogue(
    web_python: Path, harvested: Server, harvest: Harvest
) -> None:
    pages = ("/=DataCatalog", "/doc/dataset/regions=Dataset", "/doc/dataset/koski-tl=Dataset")
    assert harvest(web_python, "jsonld_consume", harvested.base, *pages)["errors"] == []


def test_usp_finds_every_page(web_python: Path, many_harvested: Server) -> None:
    command = [str(web_python.parent / "usp"), "ls", "--format", "pages", f"{many_harvested.base}/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found = set(done.stdout.split())
    for language in ("fi", "sv", "en"):
        assert f"{many_harvested.base}/catalog?lang={language}" in found
        held = [one for one in found if "/doc/dataset/" in one and one.endswith(language)]
        # Every dataset, and the catalogue's own record.
        assert len(held) == MANY + len(HOSTILE) + 1


def test_scythe_and_sickle_read_every_record(
    web_python: Path, harvested: Server, harvest: Harvest
) -> None:
    report = harvest(web_python, "oai_consume", harvested.base, "--prefix", "oai_dc", "dcat_ap")
    assert report["errors"] == []
    assert str(report["dcat_ap"]["live"]) == DATASETS


def test_scythe_goes_on_to_the_last_record(
    web_python: Path, many_harvested: Server, harvest: Harvest
) -> None:
    arguments = (many_harvested.base, "--prefix", "dcat_ap", "--expect", ALL_OF_MANY)
    assert harvest(web_python, "oai_consume", *arguments)["errors"] == []


def test_ldes_client_replicates_and_resumes(
    modules: Path, node: str, harvested: Server, harvest: Harvest, home: Path
) -> None:
    client = f"{node} {modules / 'ldes-client' / 'dist' / 'bin' / 'cli.js'}"
    members = str(len(versions_of(home, 1)))
    arguments = (harvested.base, "--client", client, "--expect", members, "--use-shape")
    report = harvest(Path(sys.executable), "ldes_consume", *arguments)
    assert report["errors"] == []


def test_comunica_asks_the_endpoint(modules: Path, node: str, harvested: Server) -> None:
    query = (
        "PREFIX hyte: <https://w3id.org/hyteverkko/def#> "
        "SELECT (COUNT(DISTINCT ?one) AS ?n) { ?one a hyte:Municipality }"
    )
    client = modules / "@comunica" / "query-sparql" / "bin" / "query.js"
    command = [node, str(client), f"sparql@{harvested.sparql}", query, "-t", "application/json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    # The municipalities since 2005, as the reference data counts them.
    (row,) = json.loads(done.stdout)
    assert row["n"].startswith('"453"')


def test_harvest_check_finds_nothing(harvested: Server, shared: Path) -> None:
    shapes = sorted((shared / "judges" / "dcat").glob("dcat-ap-3.0.1-html-shapes.ttl"))
    command = [sys.executable, "-m", "hyteverkko.cli", "harvest-check", harvested.base, "--json"]
    command += [part for path in shapes for part in ("--shapes", str(path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
