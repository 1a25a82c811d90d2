"""A release is whole or it is not there; the same files give the same release."""

import hashlib
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hyteverkko.ingest.findings import Refused
from hyteverkko.ingest.inputs import is_current
from hyteverkko.ingest.publish import build
from hyteverkko.store.graph import load, open_graph
from hyteverkko.store.objects import DamagedObject, object_path, read_object, write_object
from hyteverkko.store.releases import current_folder, dataset_lines, read_release
from pyoxigraph import DefaultGraph, Store

TODAY = date(2026, 11, 22)


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """Copy the files of the truth, to be spoilt."""
    folder = tmp_path / "repository"
    for name in ("ontology", "shapes", "data"):
        shutil.copytree(root / name, folder / name)
    return folder


@pytest.fixture
def old(home: Path, tmp_path: Path) -> Path:
    """Copy the release under test: the one that must stay."""
    folder = tmp_path / "home"
    shutil.copytree(home, folder, symlinks=True)
    return folder


def test_the_id_is_the_checksum_of_the_graphs(home: Path) -> None:
    folder = current_folder(home)
    release = read_release(folder)
    manifest = ""
    for name, checksum in sorted(release.objects.items()):
        content = read_object(home, checksum)
        lines = content.splitlines(keepends=True)
        assert lines == sorted(set(lines)), name
        assert len(lines) == release.graphs[name]
        assert b"_:" not in content, name
        manifest += f"{hashlib.sha256(content).hexdigest()}  {name}\n"
    assert hashlib.sha256(manifest.encode()).hexdigest() == release.sha256
    assert release.id == release.sha256[:12] == folder.name
    assert release.quads == sum(release.graphs.values())


def test_the_same_files_give_the_same_release(root: Path, old: Path) -> None:
    before = read_release(current_folder(old))
    lines = list(dataset_lines(old, before))
    for path in old.iterdir():
        path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
    again = build(root, old, TODAY)
    assert (again.id, again.quads, again.graphs) == (before.id, before.quads, before.graphs)
    assert list(dataset_lines(old, again)) == lines


def test_a_damaged_object_is_noticed(old: Path) -> None:
    release = read_release(current_folder(old))
    path = object_path(old, release.objects["regions"])
    path.write_bytes(path.read_bytes().replace(b"Uusimaa", b"Uusimua"))
    with pytest.raises(DamagedObject):
        list(dataset_lines(old, release))


def test_memory_and_disk_hold_the_same(home: Path) -> None:
    folder = current_folder(home)
    disk = Store.read_only(str(folder / "store"))
    memory = Store()
    load(memory, folder)
    assert set(disk) == set(memory)
    kinds = [open_graph(folder, engine).rows("kinds") for engine in ("memory", "disk")]
    assert kinds[0] == kinds[1]


def test_the_default_graph_is_the_union_as_a_set(home: Path) -> None:
    store = Store.read_only(str(current_folder(home) / "store"))
    named, default = set(), []
    for quad in store:
        if quad.graph_name == DefaultGraph():
            default.append(quad.triple)
        else:
            named.add(quad.triple)
    assert len(default) == len(set(default))
    assert set(default) == named


def test_a_release_is_current_until_its_files_change(copy: Path, old: Path) -> None:
    assert is_current(copy, old, TODAY)
    assert not is_current(copy, old, date(2030, 1, 1)), "a name has to be withheld"
    with (copy / "data" / "regions" / "regions.ttl").open("a") as file:
        file.write("# changed\n")
    assert not is_current(copy, old, TODAY)
    assert not is_current(copy, old / "nothing", TODAY)


def test_bad_files_leave_the_old_release(copy: Path, old: Path) -> None:
    """One file each with an unknown term, dates out of order, no label, and a code used twice."""
    before = {path: path.stat().st_mtime_ns for path in old.rglob("*")}
    prefixes = (
        "PREFIX hyte: <https://w3id.org/hyteverkko/def#>\n"
        "PREFIX dcat: <http://www.w3.org/ns/dcat#>\nPREFIX dct: <http://purl.org/dc/terms/>\n"
        "PREFIX time: <http://www.w3.org/2006/time#>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "BASE <https://w3id.org/hyteverkko/id/>\n"
    )
    faults = {
        "undeclared_term_used": "<goal/x/1> hyte:hasGaol <goal/x/1> .",
        "hsh:Period-order": "<period/2009--2008> a dct:PeriodOfTime, time:ProperInterval ; "
        'dcat:startDate "2009"^^xsd:gYear ; dcat:endDate "2008"^^xsd:gYear .',
        "hsh:Organisation-name": "<body/x/1> a hyte:WorkingGroup ; "
        "hyte:bodyOf <municipality/284> .",
        "duplicate_municipality_code": "<municipality/284b> a hyte:Municipality ; "
        'dct:identifier "284" ; skos:prefLabel "Koski"@fi ; '
        "dct:temporal <period/before-2005--ongoing> .",
    }
    names = {}
    for number, (rule, text) in enumerate(faults.items()):
        path = copy / "data" / "koski-tl" / f"fault{number}.ttl"
        path.write_text(f"{prefixes}\n{text}\n", encoding="utf-8")
        names[rule] = str(path.relative_to(copy))
    with pytest.raises(Refused) as refused:
        build(copy, old, TODAY)
    for rule, name in names.items():
        found = [f for f in refused.value.findings if f.rule == rule and f.file == name]
        assert found, (rule, {(f.rule, f.file) for f in refused.value.findings})
        for finding in found:
            assert finding.line == len(prefixes.splitlines()) + 2
            assert len({finding.message(language) for language in ("fi", "sv", "en")}) == 3
    after = {path: path.stat().st_mtime_ns for path in old.rglob("*")}
    changed = {path.name for path in before if before[path] != after.get(path)}
    assert changed <= {"publisher.lock", "home", "drafts"}


def test_a_file_that_cannot_be_read_names_its_line(copy: Path, old: Path) -> None:
    path = copy / "data" / "regions" / "regions.ttl"
    path.write_text("@prefix a: <urn:a:> .\na:b a:c\n  a:d a:e .\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        build(copy, old, TODAY)
    (finding,) = refused.value.findings
    assert (finding.file, finding.line) == ("data/regions/regions.ttl", 3)


def test_what_an_interrupted_build_left_is_swept(root: Path, old: Path) -> None:
    orphan = old / "drafts" / "0123456789ab"
    orphan.mkdir(parents=True)
    (orphan / "release.json").write_text("half")
    content = object_path(old, write_object(old, b"<urn:a> <urn:b> <urn:c> .\n"))
    half = content.with_name(f".{content.name}.1")
    half.write_text("half")
    build(root, old, TODAY)
    assert not any(path.exists() for path in (orphan, content, half))


ENDS_BEFORE_THE_SWITCH = """
import os, sys
from datetime import date
from pathlib import Path
from hyteverkko.ingest import publish
publish.put_in_place = lambda *_: os._exit(9)
publish.build(Path(sys.argv[1]), Path(sys.argv[2]), date(2026, 11, 22))
"""


def test_a_kill_before_the_switch_leaves_the_old_release(copy: Path, old: Path) -> None:
    before = read_release(current_folder(old))
    path = copy / "data" / "koski-tl" / "koski-tl.ttl"
    text = path.read_text(encoding="utf-8")
    changed = text.replace('"Kosken Verkko"@fi', '"Kosken verkko"@fi')
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    command = [sys.executable, "-c", ENDS_BEFORE_THE_SWITCH, str(copy), str(old)]
    assert subprocess.run(command, check=False).returncode == 9
    assert read_release(current_folder(old)) == before
    after = build(copy, old, TODAY)
    assert after.number > before.number
    assert read_release(current_folder(old)).id == after.id != before.id
