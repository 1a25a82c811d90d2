"""What each release did to each thing, as it is recorded when the release is written."""

from dataclasses import replace
from pathlib import Path

import pytest
from hyteverkko.ingest.contribution import Outcome
from hyteverkko.ingest.publish import publish_quads
from hyteverkko.ingest.publisher import Deed, publish
from hyteverkko.namespaces import GRAPHS, ID, PREFIXES
from hyteverkko.store.changes import Change
from hyteverkko.store.chronicle import Chronicles
from hyteverkko.store.releases import Release, current_folder, current_record, write_release
from hyteverkko.store.versions import (
    Action,
    time_of,
    version_iri,
    version_lines,
    versions_of,
)
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

TYPE = NamedNode(PREFIXES["rdf"] + "type")
LABEL = NamedNode(PREFIXES["skos"] + "prefLabel")
NAME = NamedNode(PREFIXES["foaf"] + "name")
ONE, TWO = NamedNode(f"{ID}network/one"), NamedNode(f"{ID}network/two")
PERSON, EVIDENCE = NamedNode(f"{ID}person/x/1"), NamedNode(f"{ID}evidence/x/1")
DATASET = NamedNode(f"{ID}dataset/x")


def quad(thing: NamedNode, term: NamedNode, value: NamedNode | Literal, graph: str = "x") -> Quad:
    return Quad(thing, term, value, NamedNode(GRAPHS + graph))


def hyte(name: str) -> NamedNode:
    return NamedNode(PREFIXES["hyte"] + name)


FIRST = (
    quad(ONE, LABEL, Literal("Yksi", language="fi")),
    quad(TWO, LABEL, Literal("Kaksi", language="fi")),
    quad(PERSON, NAME, Literal("Maija Meikäläinen"), "x-persons"),
    quad(PERSON, TYPE, NamedNode(PREFIXES["foaf"] + "Person"), "x-persons"),
    quad(EVIDENCE, NamedNode(PREFIXES["oa"] + "hasBody"), PERSON, "x-evidence"),
    quad(EVIDENCE, hyte("evidencedValue"), Literal("Maija Meikäläinen"), "x-evidence"),
    quad(DATASET, hyte("graph"), NamedNode(GRAPHS + "x"), "catalogue"),
)


def changed(home: Path, removed: tuple[Quad, ...], added: tuple[Quad, ...]) -> Release:
    outcome = Outcome(current_folder(home).name, Change(removed, added), (), ())
    return publish(home, outcome, Deed("test", "put", "", "2026-11-22"))


def said(home: Path, release: Release) -> dict[str, Action]:
    return {version.thing: version.action for version in versions_of(home, release.number)}


@pytest.fixture
def first(tmp_path: Path) -> Release:
    return publish_quads(FIRST, tmp_path)


def test_a_first_release_creates_everything(tmp_path: Path, first: Release) -> None:
    things = {ONE, TWO, PERSON, EVIDENCE, DATASET}
    assert said(tmp_path, first) == {thing.value: Action.CREATE for thing in things}


def test_a_version_holds_the_description_in_its_own_graph(tmp_path: Path, first: Release) -> None:
    versions = versions_of(tmp_path, 1)
    for version in versions:
        quads = list(parse(version_lines(tmp_path, [version]), format=RdfFormat.N_QUADS))
        activity = NamedNode(version_iri(1, version.place))
        described = {(q.predicate, q.object) for q in quads if q.graph_name == activity}
        if version.thing == ONE.value:
            assert described == {(LABEL, Literal("Yksi", language="fi"))}
        stated = {q.object.value for q in quads if q.subject == activity}
        assert {version.thing, time_of(first)} < stated
    assert version_lines(tmp_path, versions) == (tmp_path / "versions/00000001.nq").read_bytes()


def test_names_of_persons_are_in_no_version(tmp_path: Path, first: Release) -> None:
    assert b"Maija" not in (tmp_path / "versions/00000001.nq").read_bytes()
    assert first.quads == len(FIRST)


@pytest.mark.usefixtures("first")
def test_a_change_gives_versions_of_what_it_touches(tmp_path: Path) -> None:
    new = quad(ONE, LABEL, Literal("Ett", language="sv"))
    second = changed(tmp_path, (FIRST[1],), (new,))
    assert said(tmp_path, second) == {
        ONE.value: Action.UPDATE,
        TWO.value: Action.DELETE,
        DATASET.value: Action.UPDATE,
    }


@pytest.mark.usefixtures("first")
def test_what_another_graph_still_says_is_no_change(tmp_path: Path) -> None:
    again = replace_graph(FIRST[0], "y")
    assert said(tmp_path, changed(tmp_path, (), (again,))) == {}


def replace_graph(one: Quad, graph: str) -> Quad:
    return Quad(one.subject, one.predicate, one.object, NamedNode(GRAPHS + graph))


@pytest.mark.usefixtures("first")
def test_a_person_withheld_is_gone(tmp_path: Path) -> None:
    tombstone = quad(PERSON, TYPE, hyte("WithheldPerson"), "x-persons")
    release = changed(tmp_path, FIRST[2:4], (tombstone,))
    assert said(tmp_path, release) == {PERSON.value: Action.DELETE}


@pytest.mark.usefixtures("first")
def test_built_anew_says_the_same_as_changed(tmp_path: Path) -> None:
    new = quad(ONE, LABEL, Literal("Ett", language="sv"))
    release = publish_quads([*FIRST[:1], *FIRST[2:], new], tmp_path)
    assert said(tmp_path, release) == {
        ONE.value: Action.UPDATE,
        TWO.value: Action.DELETE,
        DATASET.value: Action.UPDATE,
    }


@pytest.mark.usefixtures("first")
def test_without_the_versions_before_everything_is_told_anew(tmp_path: Path) -> None:
    (tmp_path / "versions/00000001.tsv").unlink()
    release = changed(tmp_path, (FIRST[1],), ())
    assert said(tmp_path, release) == {
        thing.value: Action.CREATE for thing in (ONE, PERSON, EVIDENCE, DATASET)
    }


def test_the_chronicle_has_first_and_last_times(tmp_path: Path, first: Release) -> None:
    chronicles = Chronicles(tmp_path)
    assert chronicles.of(first).of(ONE.value).modified == time_of(first)  # type: ignore[union-attr]
    second = changed(tmp_path, (FIRST[1],), ())
    third = changed(tmp_path, (), (quad(ONE, LABEL, Literal("Ett", language="sv")),))
    for known in (chronicles, Chronicles(tmp_path)):
        chronicle = known.of(third)
        one, two = chronicle.of(ONE.value), chronicle.of(TWO.value)
        assert one and (one.created, one.modified, one.gone) == (
            time_of(first), time_of(third), False,
        )  # fmt: skip
        assert two and (two.created, two.modified, two.gone) == (
            time_of(first), time_of(second), True,
        )  # fmt: skip
        assert chronicle.latest == time_of(third)
        assert chronicle.of("urn:never") is None
    fourth = changed(tmp_path, (), (FIRST[1],))
    again = chronicles.of(fourth).of(TWO.value)
    assert again and (again.created, again.gone) == (time_of(fourth), False)


@pytest.mark.usefixtures("first")
def test_times_rise_even_when_the_clock_goes_back(tmp_path: Path) -> None:
    current = current_record(tmp_path)
    assert current is not None
    ahead = replace(current, built="2099-01-01T00:00:00.000+00:00")
    write_release(current_folder(tmp_path), ahead)
    assert time_of(changed(tmp_path, (FIRST[1],), ())) == "2099-01-01T00:00:00.001Z"


def test_what_has_no_iri_is_told_with_nothing(tmp_path: Path) -> None:
    blank = Quad(BlankNode("b"), LABEL, Literal("nimetön", language="fi"), FIRST[0].graph_name)
    assert said(tmp_path, publish_quads([FIRST[0], blank], tmp_path)) == {ONE.value: Action.CREATE}
