"""The index as a file: the same bytes each time, and the same hits changed as made anew."""

import shutil
from pathlib import Path

import pytest
from hyteverkko.namespaces import ID, PREFIXES
from hyteverkko.store.search import (
    Found,
    NoIndex,
    SearchIndex,
    build_index,
    index_fits,
    updated_index,
)
from hyteverkko.store.search.index import CHANGES, WHOLE
from hyteverkko.store.search.words import Analyser, best_analyser, plain_analyser
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

PREF_LABEL = NamedNode(PREFIXES["skos"] + "prefLabel")
MUNICIPALITY = NamedNode(PREFIXES["hyte"] + "municipality")
KOSKI = NamedNode(f"{ID}municipality/284")
LAPPEENRANTA = NamedNode(f"{ID}municipality/405")
NETWORK = NamedNode(f"{ID}network/koski-tl/kosken-verkko")
NEW = NamedNode(f"{ID}network/koski-tl/uusi")
OFFICIAL = NamedNode(f"{ID}name/municipality-445-1")
GONE = NamedNode(f"{ID}body/koski-tl/nuorisovaltuusto")

TEXTS = (
    *(
        "Koski Tl",
        "Koskela",
        "Kosken verkko",
        "Uusi verkko",
        "NUVA",
        "hyvinvointiryhmä",
        "suunnitelma",
    ),
    *(
        "Länsi-Turunmaa",
        "Uusiparainen",
        "Väståboland",
        "Parainen",
        "verkko",
        "Uudenkosken hyvinvointiryhmä",
        "kuoppio",
    ),
    *("Uudenkoski", "Koski Tl hyvinvointiryhmä", "nuorisovaltuusto", "284", "kehittämisverkosto"),
)


def copy_of(store: Store) -> Store:
    copy = Store()
    copy.bulk_extend(store)
    return copy


def said(thing: NamedNode, text: str, language: str = "fi") -> Quad:
    return Quad(thing, PREF_LABEL, Literal(text, language=language), DefaultGraph())


def replace_names(store: Store, thing: NamedNode, *quads: Quad) -> None:
    for quad in list(store.quads_for_pattern(thing, PREF_LABEL, None, DefaultGraph())):
        store.remove(quad)
    store.extend(quads)


def official(municipality: NamedNode, text: str) -> list[Quad]:
    node = NamedNode(f"{ID}name/municipality-new")
    kind = NamedNode(PREFIXES["hyte"] + "OfficialName")
    return [
        said(node, text),
        Quad(node, NamedNode(PREFIXES["rdf"] + "type"), kind, DefaultGraph()),
        Quad(node, MUNICIPALITY, municipality, DefaultGraph()),
    ]


def forget(store: Store, thing: NamedNode) -> None:
    for quad in list(store.quads_for_pattern(thing, None, None, DefaultGraph())):
        store.remove(quad)


def differing(old: Store, new: Store) -> set[NamedNode]:
    changed = set(old) ^ set(new)
    return {quad.subject for quad in changed if isinstance(quad.subject, NamedNode)}


def answers(index: SearchIndex) -> dict[str, tuple[object, ...]]:
    return {text: (_seen(index.find(text, "fi", limit=500)), _names(index, text)) for text in TEXTS}


def _seen(found: Found) -> object:
    return found.groups, found.instead, found.without


def _names(index: SearchIndex, text: str) -> object:
    hits = index.suggest(text, "sv", 50)
    return {hit.iri for hit in hits}, index.candidates(text, (), "fi", limit=50)


@pytest.fixture
def changed(store: Store) -> Store:
    """Give the store after a day's work: renamed, new, gone, and a name that was never official."""
    after = copy_of(store)
    replace_names(after, KOSKI, said(KOSKI, "Uudenkoski"), said(KOSKI, "Nykoskis", "sv"))
    replace_names(after, NETWORK, said(NETWORK, "Kehittämisverkosto"))
    forget(after, GONE)
    forget(after, OFFICIAL)
    after.extend([said(NEW, "Uusi verkko"), *official(LAPPEENRANTA, "Uusiparainen")])
    owner = NamedNode(PREFIXES["hyte"] + "bodyOf")
    after.extend([Quad(NEW, owner, KOSKI, DefaultGraph())])
    return after


def test_same_bytes(store: Store, tmp_path: Path) -> None:
    for name in ("one", "other"):
        build_index(store, tmp_path / name, plain_analyser())
    one, other = ((tmp_path / name / WHOLE).read_bytes() for name in ("one", "other"))
    assert one == other


@pytest.mark.parametrize("analyser", [plain_analyser, best_analyser])
def test_changed_finds_what_a_new_one_finds(
    store: Store, changed: Store, analyser: object, tmp_path: Path
) -> None:
    reader: Analyser = analyser()  # type: ignore[operator]
    build_index(store, tmp_path / "old", reader)
    build_index(changed, tmp_path / "anew", reader)
    nodes = differing(store, changed)
    updated_index(tmp_path / "old", tmp_path / "new", nodes, changed, reader)
    assert (tmp_path / "new" / CHANGES).is_file()
    new, anew = (SearchIndex(tmp_path / name, reader) for name in ("new", "anew"))
    assert answers(new) == answers(anew)
    assert new.find("Uudenkosken hyvinvointiryhmä", "fi").groups[0].kind == "network"


def test_changed_there_and_back(store: Store, changed: Store, tmp_path: Path) -> None:
    reader = plain_analyser()
    build_index(store, tmp_path / "0", reader)
    nodes = differing(store, changed)
    stores = (changed, store, changed, store)
    for number, after in enumerate(stores):
        updated_index(tmp_path / f"{number}", tmp_path / f"{number + 1}", nodes, after, reader)
    first, last = (SearchIndex(tmp_path / name, reader) for name in ("0", "4"))
    assert answers(first) == answers(last)


def test_the_old_one_is_as_it_was(store: Store, changed: Store, tmp_path: Path) -> None:
    reader = plain_analyser()
    build_index(store, tmp_path / "old", reader)
    before = (tmp_path / "old" / WHOLE).read_bytes()
    updated_index(tmp_path / "old", tmp_path / "new", differing(store, changed), changed, reader)
    shutil.rmtree(tmp_path / "new")
    assert (tmp_path / "old" / WHOLE).read_bytes() == before
    assert not (tmp_path / "old" / CHANGES).exists()


def test_another_analyser_is_built_anew(
    store: Store, voikko: Analyser, without: Path, tmp_path: Path
) -> None:
    updated_index(without, tmp_path / "new", [KOSKI], store, voikko)
    assert not (tmp_path / "new" / CHANGES).exists()
    assert SearchIndex(tmp_path / "new", voikko).built_with == voikko.name


def test_what_an_index_was_built_with(voikko: Analyser, without: Path, tmp_path: Path) -> None:
    assert index_fits(without, plain_analyser())
    assert not index_fits(without, voikko)
    assert not index_fits(tmp_path / "nowhere", voikko)


def test_very_many_changes_are_built_anew(
    store: Store, without: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hyteverkko.store.search.index.MOST_CHANGED", 3)
    nodes = [NamedNode(f"{ID}municipality/{code}") for code in ("284", "297", "445", "186")]
    updated_index(without, tmp_path / "new", nodes, store, plain_analyser())
    assert not (tmp_path / "new" / CHANGES).exists()


def test_an_unknown_or_withheld_thing_changes_nothing(
    store: Store, without: Path, tmp_path: Path
) -> None:
    nodes = [NamedNode(f"{ID}municipality/none"), NamedNode("urn:x"), NamedNode(f"{ID}passage/x")]
    updated_index(without, tmp_path / "new", nodes, store, plain_analyser())
    old, new = (
        SearchIndex(without, plain_analyser()),
        SearchIndex(tmp_path / "new", plain_analyser()),
    )
    assert answers(old) == answers(new)


def test_a_person_without_a_name_is_not_found(store: Store, tmp_path: Path) -> None:
    person = NamedNode(f"{ID}person/nobody")
    label = NamedNode(PREFIXES["rdfs"] + "label")
    after = copy_of(store)
    after.extend(
        [Quad(person, label, Literal("henkilö, nimi salattu", language="fi"), DefaultGraph())]
    )
    build_index(after, tmp_path / "index", plain_analyser())
    assert SearchIndex(tmp_path / "index", plain_analyser()).find("salattu", "fi").groups == ()


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
def test_no_index(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / WHOLE).write_bytes(content)
    with pytest.raises(NoIndex):
        SearchIndex(tmp_path)


def test_an_index_of_another_form(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("hyteverkko.store.search.index.FORM", "0")
        build_index(store, tmp_path / "old", plain_analyser())
    with pytest.raises(NoIndex):
        SearchIndex(tmp_path / "old")
    updated_index(tmp_path / "old", tmp_path / "new", [KOSKI], store, plain_analyser())
    assert SearchIndex(tmp_path / "new", plain_analyser()).find("284", "fi").groups
