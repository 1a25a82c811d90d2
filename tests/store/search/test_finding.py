"""What readers write finds what they mean: words of the languages, names of the data."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hyteverkko.namespaces import DEF, ID
from hyteverkko.store.search import Found, Hit, SearchIndex
from hyteverkko.store.search.asked import LONGEST, MOST_WORDS, Grade
from hyteverkko.store.search.things import INDEXED, Role, all_things
from hyteverkko.store.search.words import folded_text, plain_analyser
from pyoxigraph import Store

KOSKI, KUOPIO = f"{ID}municipality/284", f"{ID}municipality/297"
PARAINEN, JARVENPAA = f"{ID}municipality/445", f"{ID}municipality/186"
LAPPEENRANTA, ALAND = f"{ID}municipality/405", f"{ID}region/21"
GROUP = f"{ID}network/koski-tl/hyvinvointiryhma"
NETWORK = f"{ID}network/koski-tl/kosken-verkko"
YOUTH_COUNCIL = f"{ID}body/koski-tl/nuorisovaltuusto"
RED_CROSS = f"{ID}organisation/suomen-punainen-risti"
YOUNG_PLAN = f"{ID}document/koski-tl/lasten-ja-nuorten-hyvinvointisuunnitelma"


def hits(found: Found) -> list[Hit]:
    return [hit for group in found.groups for hit in group.hits]


def iris(found: Found) -> list[str]:
    return [hit.iri for hit in hits(found)]


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("Kuopio", KUOPIO),
        ("KUOPIO", KUOPIO),
        ("Kuopion", KUOPIO),
        ("kuopiossa", KUOPIO),
        ("Kuopion kaupunki", KUOPIO),
        ("Järvenpää", JARVENPAA),
        ("jarvenpaa", JARVENPAA),
        ("jarvenpaan", JARVENPAA),
        ("Aland", ALAND),
        ("Åland", ALAND),
        ("Villmanstrand", LAPPEENRANTA),
        ("Länsi-Turunmaa", PARAINEN),
        ("lansi turunmaa", PARAINEN),
        ("Pargas", PARAINEN),
        ("284", KOSKI),
        ("Koski Tl", KOSKI),
        ("NUVA", YOUTH_COUNCIL),
        ("SPR", RED_CROSS),
        ("SPR:n", RED_CROSS),
        ("Suomen Punaisen Ristin", RED_CROSS),
        ('"kosken verkko"', NETWORK),
        ("”Kosken Verkko”", NETWORK),
    ],
)
def test_first_hit(any_index: SearchIndex, text: str, iri: str) -> None:
    found = any_index.find(text, "fi")
    assert iris(found)[0] == iri
    assert (found.instead, found.without) == ((), ())


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("kuntalaisten", f"{DEF}/partner-kind/residents"),
        ("kuntalainen", f"{DEF}/partner-kind/residents"),
        ("hyvinvointikertomukset", f"{DEF}/document-kind/wellbeing-report"),
        ("suunnitelma", YOUNG_PLAN),
        ("hyvinvointi", YOUNG_PLAN),
        ("hyvinvointisuunnitelmassa", YOUNG_PLAN),
        ("Kosken hyvinvointiryhmä", GROUP),
        ("Koski Tl hyvinvointiryhmä", GROUP),
        ("kosken verk", NETWORK),
        ("hyvinvointir", GROUP),
        ("lasten nuorten hyvinvointisuunnitelma", YOUNG_PLAN),
    ],
)
def test_among_the_hits(any_index: SearchIndex, text: str, iri: str) -> None:
    assert iri in iris(any_index.find(text, "fi", limit=50))


def test_irregular_words_need_the_dictionary(index: SearchIndex, without: Path) -> None:
    plain = SearchIndex(without, plain_analyser())
    residents = f"{DEF}/partner-kind/residents"
    assert residents in iris(index.find("asukas", "fi", limit=50))
    assert residents not in iris(plain.find("asukas", "fi", limit=50))


@pytest.mark.parametrize(
    ("text", "closest", "iri"),
    [
        ("kuoppio", "Kuopio", KUOPIO),
        ("Kuoipo", "Kuopio", KUOPIO),
        ("Ruopio", "Kuopio", KUOPIO),
        ("Järvnepää", "Järvenpää", JARVENPAA),
        ("Lappenranta", "Lappeenranta", LAPPEENRANTA),
        ("Vilmanstrand", "Villmanstrand", LAPPEENRANTA),
    ],
)
def test_typing_error(any_index: SearchIndex, text: str, closest: str, iri: str) -> None:
    found = any_index.find(text, "fi")
    assert found.instead == ((text, closest),)
    assert iris(found)[0] == iri


def test_typing_error_in_a_compound(any_index: SearchIndex) -> None:
    found = any_index.find("hyvinvoiti", "fi")
    assert [meant.casefold() for _, meant in found.instead] == ["hyvinvointi"]
    assert "hyvinvointi" in hits(found)[0].name.value.casefold()


def test_a_word_nothing_has_is_left_out(any_index: SearchIndex) -> None:
    found = any_index.find("Koski Tl xqzwx", "fi")
    assert found.without == ("xqzwx",)
    assert iris(found)[0] == KOSKI


def test_words_no_thing_has_together(any_index: SearchIndex) -> None:
    found = any_index.find("Villmanstrand NUVA", "fi")
    assert len(found.without) == 1
    assert found.groups


def test_nothing_found(any_index: SearchIndex) -> None:
    found = any_index.find("xqzwxqzw", "fi")
    assert (found.groups, found.instead, found.without) == ((), (), ())


@pytest.mark.parametrize("text", ["", "   ", "!?", '""', "\x00\x01", "–"])
def test_no_word_to_search(any_index: SearchIndex, text: str) -> None:
    assert any_index.find(text, "fi").groups == ()
    assert any_index.find(text, "fi").asked.words == ()
    assert any_index.suggest(text, "fi") == ()
    assert any_index.candidates(text, (), "fi") == ()


def test_a_code_without_its_zero(index: SearchIndex) -> None:
    assert f"{ID}municipality/005" in iris(index.find("5", "fi", limit=50))
    assert f"{ID}municipality/005" in iris(index.find("005", "fi"))


def test_grades_within_a_kind(index: SearchIndex) -> None:
    for text in ("hyvinvointi", "suunnitelma", "Koski", "kunta", "lasten"):
        for group in index.find(text, "fi", limit=200).groups:
            grades = [hit.grade for hit in group.hits]
            assert grades == sorted(grades)


def test_kinds_by_how_well_and_by_rank(index: SearchIndex) -> None:
    kinds = [group.kind for group in index.find("hyvinvointisuunnitelma", "fi").groups]
    assert kinds.index("document") < kinds.index("goal")
    kinds = [group.kind for group in index.find("hyvinvointikertomus", "fi").groups]
    assert kinds.index("concept") < kinds.index("law")
    assert index.find("Varkaus", "fi").groups[0].kind == "municipality"


def test_a_current_thing_before_one_that_has_ended(index: SearchIndex) -> None:
    found = index.find("hyvinvointialue", "fi", kinds=("county",), limit=50)
    ends = [hit.ends for group in found.groups for hit in group.hits]
    assert ends == sorted(ends, key=bool)


def test_counts_and_pages(index: SearchIndex) -> None:
    whole = index.find("hyvinvointi", "fi", kinds=("goal",), limit=1000)
    (group,) = (group for group in whole.groups if group.kind == "goal")
    assert len(group.hits) == group.count > 10
    pages = [
        hit.iri
        for offset in range(0, group.count + 5, 5)
        for part in index.find("hyvinvointi", "fi", ("goal",), 5, offset).groups
        for hit in part.hits
    ]
    assert pages == [hit.iri for hit in group.hits]


def test_other_kinds_are_counted_only(index: SearchIndex) -> None:
    every = {group.kind: group.count for group in index.find("hyvinvointi", "fi").groups}
    some = index.find("hyvinvointi", "fi", kinds=("goal",))
    assert {group.kind: group.count for group in some.groups} == every
    assert {group.kind for group in some.groups if group.hits} == {"goal"}


def test_marks(index: SearchIndex) -> None:
    (hit, *_) = hits(index.find("Kuopion", "fi"))
    assert hit.name.pieces == ("", "Kuopio", "")
    (plan,) = (
        one for one in hits(index.find("suunnitelma", "fi", limit=50)) if one.iri == YOUNG_PLAN
    )
    assert plan.name.pieces == ("Lasten ja nuorten hyvinvointi", "suunnitelma", "")
    (first, *_) = hits(index.find("Villmanstrand", "fi"))
    assert first.name.value == "Lappeenranta"
    assert first.also is not None
    assert (first.also.pieces, first.also.language) == (("", "Villmanstrand", ""), "sv")


def test_the_text_that_fits(index: SearchIndex) -> None:
    (hit,) = (
        one for one in hits(index.find("työikäisten arvioi", "fi", limit=50)) if one.iri == GROUP
    )
    assert hit.grade is Grade.TEXT
    assert hit.text is not None
    assert hit.text.pieces[1::2] == ("arvioi", "työikäisten")


def test_names_in_the_readers_language(index: SearchIndex) -> None:
    names = {one: hits(index.find("284", one))[0].name for one in ("fi", "sv", "en")}
    assert {one: (name.value, name.language) for one, name in names.items()} == {
        "fi": ("Koski Tl", "fi"),
        "sv": ("Koskis", "sv"),
        "en": ("Koski Tl", "fi"),
    }


def test_limits_of_a_question(index: SearchIndex) -> None:
    asked = index.find(" ".join(["Koski"] * 20), "fi").asked
    assert (len(asked.words), asked.cut) == (MOST_WORDS, True)
    asked = index.find("é" * 5000, "fi").asked
    assert (len(asked.text), asked.cut) == (LONGEST, True)
    assert not index.find("Koski Tl", "fi").asked.cut


@pytest.mark.parametrize(
    "text",
    ['"', '"kosken', "koski NEAR tl", "koski* OR tl", "name:koski", "^koski", "{name}:koski",
     "koski' OR 1=1; DROP TABLE name; --", "koski AND NOT tl", "(koski", "a" * 200, "%", "_"],
)  # fmt: skip
def test_operators_are_text(any_index: SearchIndex, text: str) -> None:
    any_index.find(text, "fi")
    any_index.suggest(text, "fi")
    any_index.candidates(text, (), "fi")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text(index: SearchIndex, text: str) -> None:
    found = index.find(text, "sv", limit=1)
    assert all(group.count > 0 for group in found.groups)
    assert len(index.suggest(text, "sv", 5)) <= 5
    assert all(0 <= one.score <= 100 for one in index.candidates(text, (), "sv", limit=3))


def test_every_name_finds_its_thing(index: SearchIndex, store: Store) -> None:
    for thing in all_things(store):
        for name in thing.names:
            if len(name.value) > LONGEST or len(folded_text(name.value).split()) > MOST_WORDS:
                continue
            found = index.find(name.value, "fi", (thing.kind,), 200)
            whole = [hit.iri for hit in hits(found) if hit.grade is Grade.WHOLE]
            assert thing.iri in whole, name


def test_every_municipality_by_its_name_without_dots(index: SearchIndex, store: Store) -> None:
    plain = str.maketrans("åäöÅÄÖ", "aaoAAO")
    for thing in all_things(store):
        if thing.kind == "municipality":
            for name in thing.names:
                found = index.find(name.value.translate(plain), "fi", limit=10)
                assert thing.iri in iris(found)


def test_only_some_kinds_are_searched(store: Store) -> None:
    kinds = {thing.kind for thing in all_things(store)}
    assert kinds <= set(INDEXED)
    assert kinds.isdisjoint({"evidence", "passage", "position", "period", "membership", "name"})


def test_asked_from_many_threads(index: SearchIndex) -> None:
    texts = ["Kuopion", "suunnitelma", "kuoppio", "Kosken hyvinvointiryhmä"] * 25
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: index.find(text, "fi"), texts))
    assert found == [index.find(text, "fi") for text in texts]


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("kos", KOSKI),
        ("Koski T", KOSKI),
        ("vill", LAPPEENRANTA),
        ("järv", JARVENPAA),
        ("jarv", JARVENPAA),
        ("hyvinvointir", GROUP),
        ("lasten ja nuo", YOUNG_PLAN),
        ("verkko", NETWORK),
        ("nuv", YOUTH_COUNCIL),
        ("28", KOSKI),
        ("Kuopion", KUOPIO),
        ("kuoppio", KUOPIO),
    ],
)
def test_suggestions(any_index: SearchIndex, text: str, iri: str) -> None:
    assert iri in [hit.iri for hit in any_index.suggest(text, "fi")]


def test_suggestions_are_few_and_each_once(index: SearchIndex) -> None:
    for text in ("k", "s", "hyvinvointi", "va", "2"):
        found = [hit.iri for hit in index.suggest(text, "fi", 7)]
        assert len(found) == len(set(found)) <= 7


def test_the_whole_name_is_suggested_first(index: SearchIndex) -> None:
    assert index.suggest("Salo", "fi")[0].name.value == "Salo"
    assert index.suggest("ii", "fi")[0].name.value == "Ii"


@pytest.mark.parametrize("role", [Role.NAME, Role.OTHER, Role.CODE])
def test_every_name_is_its_own_suggestion(index: SearchIndex, store: Store, role: Role) -> None:
    for thing in all_things(store):
        if thing.kind not in {"municipality", "region", "county", "network", "organisation"}:
            continue
        for name in (one.value for one in thing.names if one.role is role):
            first = index.suggest(name, "fi", 20)
            assert thing.iri in [hit.iri for hit in first], name


def test_candidate_by_its_name(index: SearchIndex) -> None:
    (first, *_) = index.candidates("Kuopio", ("municipality",), "fi")
    assert (first.iri, first.score, first.match) == (KUOPIO, 100, True)


def test_candidate_by_a_former_name_and_a_day(index: SearchIndex) -> None:
    on = index.candidates("Väståboland", ("municipality",), "sv", date(2010, 6, 1))
    after = index.candidates("Väståboland", ("municipality",), "sv", date(2015, 6, 1))
    before = index.candidates("Väståboland", ("municipality",), "sv", date(2008, 6, 1))
    assert (on[0].iri, on[0].score, on[0].match) == (PARAINEN, 100, True)
    assert (on[0].name.value, on[0].matched.value) == ("Pargas", "Väståboland")
    assert after[0].iri == PARAINEN
    assert after[0].score < on[0].score
    assert PARAINEN not in [one.iri for one in before]


def test_candidates_there_were_on_a_day(index: SearchIndex) -> None:
    askainen = f"{ID}municipality/017"
    assert (
        index.candidates("Askainen", ("municipality",), "fi", date(2008, 12, 31))[0].iri == askainen
    )
    later = index.candidates("Askainen", ("municipality",), "fi", date(2009, 1, 1))
    assert askainen not in [one.iri for one in later]
    assert index.candidates("Askainen", ("municipality",), "fi")[0].iri == askainen


@pytest.mark.parametrize(
    ("text", "kind", "iri", "sure"),
    [
        ("varhaiskasvatuksen johtaja", "office", f"{DEF}/office/varhaiskasvatusjohtaja", True),
        ("Kuopion", "municipality", KUOPIO, True),
        ("kuoppio", "municipality", KUOPIO, False),
        ("hyvinvointikordinaattori", "office", f"{DEF}/office/hyvinvointikoordinaattori", False),
        ("284", "municipality", KOSKI, True),
    ],
)
def test_candidates(index: SearchIndex, text: str, kind: str, iri: str, sure: bool) -> None:
    (first, *_) = index.candidates(text, (kind,), "fi")
    assert (first.iri, first.match) == (iri, sure)


@pytest.mark.parametrize(
    ("text", "score"),
    [("Kuopion kaupunki", 94), ("Kuopio stad", 99), ("City of Kuopio", 99), ("Kuopioon", 95)],
)
def test_candidate_by_a_name_with_what_it_is(
    any_index: SearchIndex, text: str, score: float
) -> None:
    (first, *_) = any_index.candidates(text, ("municipality",), "fi")
    assert (first.iri, first.match) == (KUOPIO, True)
    assert score <= first.score <= score + 1


def test_candidates_say_what_they_belong_to(index: SearchIndex) -> None:
    (first, *_) = index.candidates("Kosken Verkko", ("network",), "fi")
    assert [place.value for place in first.places] == ["Koski Tl"]


def test_suggestions_of_kinds(index: SearchIndex) -> None:
    found = index.suggest("ko", "fi", 20, ("network", "region"))
    assert {hit.kind for hit in found} == {"network"}
    assert index.suggest("ko", "fi", 20, ("nothing",)) == ()


def test_candidates_of_an_unknown_kind(index: SearchIndex) -> None:
    assert index.candidates("Kuopio", ("nothing",), "fi") == ()
