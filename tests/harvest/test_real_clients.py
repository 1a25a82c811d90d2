"""What registries really harvest with reads everything from a running server, to the last page."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

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
