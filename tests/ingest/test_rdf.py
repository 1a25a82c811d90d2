"""What cannot be read says which file, which line, and what would work."""

from pathlib import Path

import pytest
from hyteverkko.ingest.rdf import graph_name, read_file


def read(tmp_path: Path, name: str, content: bytes) -> tuple[int, str]:
    path = tmp_path / name
    path.write_bytes(content)
    file = read_file(path, "test", name)
    (finding,) = file.findings
    assert finding.file == name
    return finding.line, finding.message("en")


@pytest.mark.parametrize(
    ("name", "content", "line", "words"),
    [
        ("a.ttl", b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> .", 2, "cannot be read as Turtle"),
        ("a.nt", b"<urn:a> <urn:b> <urn:c>", 1, "cannot be read as N-Triples"),
        ("a.jsonld", b'{"@id": ', 1, "cannot be read as JSON-LD"),
        ("a.csv", b"a,b", 0, "ending .csv"),
        ("a.rdf", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", 1, "DOCTYPE"),
        ("a.rdf", "<!doctype a><a/>".encode("utf-16"), 1, "DOCTYPE"),
        ("a.ttl", b"\n<urn:a> <urn:b> [] .", 2, "blank node"),
        ("a.ttl", b'<urn:a> <urn:b> "a\\u0001b" .', 1, "control character"),
        ("a.ttl", '<urn:a> <urn:b> "a\u0308" .'.encode(), 1, "NFC"),
        ("a.ttl", b'<urn:a> <urn:b> "\xff" .', 1, "cannot be read as Turtle"),
    ],
)
def test_unreadable(tmp_path: Path, name: str, content: bytes, line: int, words: str) -> None:
    found_line, message = read(tmp_path, name, content)
    assert words in message
    assert found_line == line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    file = read_file(tmp_path / "none.ttl", "test", "none.ttl")
    assert "No such file" in file.findings[0].message("en")


def test_names_of_graphs() -> None:
    assert graph_name(Path("data/koski-tl/dataset.ttl")) == "catalogue"
    assert graph_name(Path("data/koski-tl/koski-tl.ttl")) == "koski-tl"
    assert graph_name(Path("data/varkaus/persons.ttl")) == "varkaus-persons"


def test_quads_of_a_named_graph_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_text("<urn:a> <urn:b> <urn:c> . <urn:g> { <urn:a> <urn:b> <urn:d> }")
    graphs = {str(quad.graph_name) for quad in read_file(path, "test", "a.trig").quads}
    assert graphs == {"<https://w3id.org/hyteverkko/graphs/test>", "<urn:g>"}
