"""Each passage lies in its text and holds the names it is evidence for; nothing is skipped.

The documents are not part of the repository; where they are not at hand, these tests say so.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from hyteverkko.namespaces import ID, PREFIXES
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import FOAF, RDF, SKOS

HYTE, OA = PREFIXES["hyte"], PREFIXES["oa"]
DATASETS = ("kangasala", "koski-tl", "lapin-seniorityo", "satakunta", "varkaus")
NAMES = {SKOS.prefLabel, URIRef(PREFIXES["dct"] + "title"), FOAF.name}
WORD = re.compile(r"\w+")
ROW = re.compile(r"^\| *(\d+)[–-](\d+) *\|")


@dataclass(frozen=True)
class Evidenced:
    """A dataset with its evidence and its text."""

    name: str
    folder: Path
    text: str

    @cached_property
    def graph(self) -> Graph:
        graph = Graph()
        for path in self.folder.glob("*.ttl"):
            graph.parse(path)
        return graph

    def position(self, passage: URIRef) -> tuple[int, int]:
        selector = self.graph.value(passage, URIRef(OA + "hasSelector"))
        bounds = [self.graph.value(selector, URIRef(OA + end)) for end in ("start", "end")]
        start, end = (int(str(bound)) for bound in bounds)
        return start, end

    def passages(self, kind: str) -> set[URIRef]:
        found = self.graph.subjects(RDF.type, URIRef(HYTE + kind))
        return {passage for passage in found if isinstance(passage, URIRef)}


@pytest.fixture(params=DATASETS)
def evidenced(request: pytest.FixtureRequest, root: Path, shared: Path) -> Evidenced:
    folder = root / "data" / request.param
    graph = Graph().parse(folder / "evidence.ttl")
    text = URIRef(f"{ID}text/{request.param}")
    checksum = str(graph.value(text, URIRef(HYTE + "sha256"))).lower()
    for path in (shared / "seeds").glob("*.txt"):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == checksum:
            return Evidenced(request.param, folder, content.decode("utf-8"))
    pytest.fail(f"no document has the checksum {checksum} of {request.param}")


def test_the_text_has_the_length_that_is_recorded(evidenced: Evidenced) -> None:
    text = URIRef(f"{ID}text/{evidenced.name}")
    count = evidenced.graph.value(text, URIRef(HYTE + "characterCount"))
    assert int(str(count)) == len(evidenced.text)


def test_every_passage_is_in_range_and_named_by_its_position(evidenced: Evidenced) -> None:
    wrong = []
    for kind in ("Passage", "PassageWithoutStatement"):
        for passage in evidenced.passages(kind):
            start, end = evidenced.position(passage)
            words = evidenced.text[start:end]
            named = str(passage).endswith(f"/{evidenced.name}/{start}-{end}")
            if not 0 <= start < end <= len(evidenced.text) or not words.strip() or not named:
                wrong.append((str(passage), words))
    assert wrong == []


def test_no_part_of_the_text_is_skipped(evidenced: Evidenced) -> None:
    covered = bytearray(len(evidenced.text))
    for kind in ("Passage", "PassageWithoutStatement"):
        for passage in evidenced.passages(kind):
            start, end = evidenced.position(passage)
            covered[start:end] = b"\x01" * (end - start)
    skipped = "".join(char for char, seen in zip(evidenced.text, covered, strict=True) if not seen)
    assert WORD.findall(skipped) == []


def test_the_passages_hold_the_names_they_are_evidence_for(evidenced: Evidenced) -> None:
    graph = evidenced.graph
    wrong = []
    checked = 0
    for evidence in graph.subjects(RDF.type, URIRef(HYTE + "Evidence")):
        certainty = str(graph.value(evidence, URIRef(HYTE + "certainty")))
        properties = set(graph.objects(evidence, URIRef(HYTE + "evidencedProperty")))
        if not properties & NAMES or not certainty.endswith("/stated"):
            continue
        target = graph.value(evidence, URIRef(OA + "hasTarget"))
        assert isinstance(target, URIRef)
        start, end = evidenced.position(target)
        for subject in graph.objects(evidence, URIRef(OA + "hasBody")):
            names = own_names(graph, subject)
            checked += bool(names)
            if names and not any(occurs(name, evidenced.text[start:end]) for name in names):
                wrong.append((str(subject), names, evidenced.text[start:end]))
    assert wrong == []
    assert checked > 3


def own_names(graph: Graph, subject: object) -> list[str]:
    """Give the names that come from the source: those not written by us in three languages."""
    assert isinstance(subject, URIRef)
    labels = {
        label
        for naming in NAMES
        for label in graph.objects(subject, naming)
        if isinstance(label, Literal)
    }
    if {label.language for label in labels} >= {"fi", "sv", "en"}:
        return []
    other = [str(label) for label in graph.objects(subject, SKOS.altLabel)]
    return [*map(str, labels), *other]


def occurs(name: str, passage: str) -> bool:
    """Say whether each word of a name stands in the passage, in some inflection of it."""
    words = [word.casefold() for word in WORD.findall(passage)]
    return all(
        any(word.startswith(stem(part)) for word in words) or stem(part) in "".join(words)
        for part in WORD.findall(name.casefold())
    )


def stem(word: str) -> str:
    """Cut what inflection may change at a Finnish word's end."""
    return word[: max(3, len(word) - 3)]


@pytest.mark.parametrize("name", DATASETS)
def test_the_table_of_passages_is_complete(root: Path, name: str) -> None:
    graph = Graph().parse(root / "data" / name / "evidence.ttl")
    readme = (root / "data" / name / "README.md").read_text(encoding="utf-8")
    in_table = {
        f"{a}-{b}" for a, b in (m.groups() for m in map(ROW.match, readme.splitlines()) if m)
    }
    in_data = {
        str(passage).rpartition("/")[2]
        for kind in ("Passage", "PassageWithoutStatement")
        for passage in graph.subjects(RDF.type, URIRef(HYTE + kind))
    }
    assert in_table == in_data
    checksum = graph.value(URIRef(f"{ID}text/{name}"), URIRef(HYTE + "sha256"))
    assert str(checksum).lower() in readme


@pytest.mark.parametrize("name", DATASETS)
def test_the_table_names_no_person(root: Path, name: str) -> None:
    persons = root / "data" / name / "persons.ttl"
    if not persons.exists():
        assert name in {"koski-tl", "lapin-seniorityo"}
        return
    readme = (root / "data" / name / "README.md").read_text(encoding="utf-8")
    families = [str(family) for family in Graph().parse(persons).objects(None, FOAF.familyName)]
    assert families
    assert [family for family in families if family in readme] == []
