"""The reference data says what its sources say; every expected number was read off their notes."""

import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, TypeAlias

import pytest
from hyteverkko.namespaces import ID
from hyteverkko.reference.files import DATASETS, serialize
from hyteverkko.reference.periods import Period
from hyteverkko.reference.tables import read_table
from hyteverkko.reference.terms import term
from pyoxigraph import Literal, NamedNode, Triple, parse
from rdflib import Graph

ROOT: Final = Path(__file__).resolve().parents[2]
TABLES: Final = ROOT.parent / "shared" / "reference"
FILES: Final = [Path(name, file) for name in DATASETS for file in (f"{name}.ttl", "evidence.ttl")]
with_tables = pytest.mark.skipif(
    not TABLES.is_dir(), reason="the tables lie beside the repository, and they are not there"
)

Terms: TypeAlias = dict[str, dict[str, list[NamedNode | Literal]]]


@dataclass(frozen=True)
class Facts:
    """What the files state: per thing and property, the values."""

    values: Terms

    def of_class(self, curie: str) -> list[str]:
        class_ = str(term(curie))
        return sorted(
            thing
            for thing, found in self.values.items()
            if any(value.value == class_ for value in found.get(str(term("rdf:type")), []))
        )

    def all(self, thing: str, curie: str) -> list[str]:
        return [value.value for value in self.values[thing].get(str(term(curie)), [])]

    def one(self, thing: str, curie: str) -> str:
        (value,) = self.all(thing, curie)
        return value

    def name(self, thing: str, language: str, curie: str = "skos:prefLabel") -> list[str]:
        found = self.values[thing].get(str(term(curie)), [])
        return [v.value for v in found if isinstance(v, Literal) and v.language == language]

    def in_force(self, thing: str, day: str) -> bool:
        """Say whether a thing was certainly in force: begun by the day, and not over before it."""
        period = self.values[self.one(thing, "dct:temporal")]
        begun = period.get(str(term("dcat:startDate"))) or period[str(term("hyte:latestStart"))]
        over = period.get(str(term("dcat:endDate")))
        ongoing = period[str(term("hyte:endStatus"))][0].value.endswith("/ongoing")
        return begun[0].value <= day and (day <= over[0].value if over else ongoing)


def key(iri: str) -> str:
    return iri.removeprefix(ID).partition("/")[2]


def read(path: Path) -> Iterator[Triple]:
    for quad in parse(path=path):
        yield quad.triple


@pytest.fixture(scope="module")
def facts() -> Facts:
    values: Terms = defaultdict(lambda: defaultdict(list))
    for path in FILES:
        for triple in read(ROOT / "data" / path):
            assert isinstance(triple.subject, NamedNode)
            assert isinstance(triple.object, NamedNode | Literal)
            found = values[triple.subject.value][triple.predicate.value]
            if triple.object not in found:
                found.append(triple.object)
    return Facts(values)


@pytest.fixture(scope="module")
def municipalities(facts: Facts) -> list[str]:
    return facts.of_class("hyte:Municipality")


@pytest.fixture(scope="module")
def areas_on(facts: Facts) -> Callable[[str, str], dict[str, list[str]]]:
    memberships = facts.of_class("hyte:AreaMembership")

    def areas(system: str, day: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for membership in memberships:
            if facts.one(membership, "hyte:areaSystem").endswith(f"/{system}") and facts.in_force(
                membership, day
            ):
                municipality = facts.one(membership, "hyte:municipality")
                found[municipality].append(key(facts.one(membership, "hyte:inArea")))
        return found

    return areas


IN_FORCE: Final = {
    **{2005: 432, 2006: 431, 2007: 416, 2008: 415, 2009: 348, 2010: 342, 2011: 336, 2012: 336},
    **{2013: 320, 2014: 320, 2015: 317, 2016: 313, 2017: 311, 2018: 311, 2019: 311, 2020: 310},
    **{2021: 309, 2022: 309, 2023: 309, 2024: 309, 2025: 308, 2026: 308},
}
REGIONS_2026: Final = {
    **{"01": 26, "02": 27, "04": 16, "05": 11, "06": 23, "07": 10, "08": 6, "09": 9, "10": 11},
    **{"11": 19, "12": 13, "13": 22, "14": 18, "15": 14, "16": 8, "17": 30, "18": 8, "19": 21},
    "21": 16,
}
PROVINCES_2009: Final = {"ES": 72, "LS": 142, "IS": 54, "OL": 43, "LL": 21, "AL": 16}
COUNTIES_2026: Final = {
    **{"01": 7, "02": 6, "03": 10, "04": 2, "05": 27, "06": 16, "07": 11, "08": 23, "09": 10},
    **{"10": 6, "11": 9, "12": 11, "13": 19, "14": 13, "15": 22, "16": 18, "17": 14, "18": 8},
    **{"19": 30, "20": 8, "21": 21, "90": 1, "91": 16},
}
LANGUAGES_2026: Final = {
    "finnish": 259,
    "bilingual-finnish-majority": 18,
    "bilingual-swedish-majority": 15,
    "swedish": 16,
}
CHANGES: Final = {
    "merger-into-existing-code": 80,
    "merger-new-code": 9,
    "split": 1,
    "name-change": 1,
    "swedish-name-change": 24,
    "language-status-change": 3,
    "region-change": 13,
}
"""As the notes have them, but the two rows of one division are one event."""


def test_things_of_each_kind(facts: Facts) -> None:
    counts = {
        curie: len(facts.of_class(curie))
        for curie in (
            "hyte:Municipality",
            "hyte:Region",
            "hyte:Province",
            "hyte:WellbeingServicesCounty",
            "hyte:WellbeingServicesCountyArea",
        )
    }
    assert counts == {
        "hyte:Municipality": 453,
        "hyte:Region": 20,
        "hyte:Province": 6,
        "hyte:WellbeingServicesCounty": 21,
        "hyte:WellbeingServicesCountyArea": 23,
    }


@pytest.mark.parametrize(("year", "count"), IN_FORCE.items())
def test_municipalities_in_force(
    facts: Facts, municipalities: list[str], year: int, count: int
) -> None:
    day = f"{year}-01-01"
    assert sum(facts.in_force(municipality, day) for municipality in municipalities) == count


@pytest.mark.parametrize(
    ("system", "day", "expected"),
    [
        ("region", "2026-01-01", REGIONS_2026),
        ("province", "2009-12-31", PROVINCES_2009),
        ("wellbeing-services-county-area", "2026-01-01", COUNTIES_2026),
    ],
    ids=["regions", "provinces", "counties"],
)
def test_municipalities_per_area(
    areas_on: Callable[[str, str], dict[str, list[str]]],
    system: str,
    day: str,
    expected: dict[str, int],
) -> None:
    found = areas_on(system, day)
    assert Counter(area for areas in found.values() for area in areas) == expected


@pytest.mark.parametrize(
    ("system", "years"),
    [
        ("region", range(2005, 2027)),
        ("province", range(2007, 2010)),
        ("wellbeing-services-county-area", range(2023, 2027)),
    ],
    ids=["regions", "provinces", "counties"],
)
def test_municipality_belongs_to_one_area_at_a_time(
    facts: Facts,
    municipalities: list[str],
    areas_on: Callable[[str, str], dict[str, list[str]]],
    system: str,
    years: range,
) -> None:
    for year in years:
        day = f"{year}-01-01"
        expected = {m for m in municipalities if facts.in_force(m, day)}
        found = areas_on(system, day)
        assert set(found) == expected
        assert all(len(areas) == 1 for areas in found.values())


def test_no_province_known_before_2007(
    areas_on: Callable[[str, str], dict[str, list[str]]],
) -> None:
    assert areas_on("province", "2006-12-31") == {}


def test_region_left_open_where_sources_conflict(facts: Facts) -> None:
    memberships = facts.of_class("hyte:AreaMembership")
    assert not [m for m in memberships if key(m).startswith("212-")]


@pytest.mark.parametrize(
    ("code", "day", "region"),
    [
        ("142", "2020-12-31", "08"),
        ("142", "2021-01-01", "07"),
        ("018", "2010-12-31", "20"),
        ("018", "2011-01-01", "01"),
        ("785", "2016-01-01", "17"),
    ],
)
def test_region_in_time(
    areas_on: Callable[[str, str], dict[str, list[str]]], code: str, day: str, region: str
) -> None:
    assert areas_on("region", day)[f"{ID}municipality/{code}"] == [region]


def test_language_statuses(facts: Facts) -> None:
    held = [s for s in facts.of_class("hyte:LanguageStatus") if facts.in_force(s, "2026-01-01")]
    counts = Counter(facts.one(s, "hyte:languageStatus").rpartition("/")[2] for s in held)
    assert counts == LANGUAGES_2026


@pytest.mark.parametrize(
    ("code", "day"), [("280", "2015-01-01"), ("440", "2015-01-01"), ("545", "2016-01-01")]
)
def test_language_status_changes(facts: Facts, code: str, day: str) -> None:
    before, after = f"{ID}language-status/{code}-1", f"{ID}language-status/{code}-2"
    eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    assert facts.one(before, "hyte:languageStatus").endswith("/swedish")
    assert facts.one(after, "hyte:languageStatus").endswith("/bilingual-swedish-majority")
    assert [facts.in_force(before, eve), facts.in_force(before, day)] == [True, False]
    assert [facts.in_force(after, eve), facts.in_force(after, day)] == [False, True]


def test_language_status_unknown_before_2013(facts: Facts, municipalities: list[str]) -> None:
    described = {facts.one(s, "hyte:municipality") for s in facts.of_class("hyte:LanguageStatus")}
    assert described == {m for m in municipalities if facts.in_force(m, "2013-01-01")}


def test_population(facts: Facts) -> None:
    counts = {
        key(facts.one(figure, "hyte:municipality")): int(facts.one(figure, "hyte:populationCount"))
        for figure in facts.of_class("hyte:PopulationFigure")
    }
    # The table gives Mäntyharju with Pertunmaa, which joined it in 2025, and Pertunmaa as well:
    # with both figures as of 2022, all of them add up to the population of the country.
    assert (counts["507"], counts["588"]) == (5_564, 1_600)
    assert len(counts) == 309
    assert sum(counts.values()) == 5_563_970


def test_abolished_municipality_has_a_change_that_says_what_became_of_it(
    facts: Facts, municipalities: list[str]
) -> None:
    abolished = [m for m in municipalities if not facts.in_force(m, "2026-01-01")]
    assert len(abolished) == 145
    for municipality in abolished:
        ends = [
            change
            for change in facts.all(municipality, "org:changedBy")
            if municipality not in facts.all(change, "org:resultingOrganization")
        ]
        assert len(ends) == 1, municipality
        day = facts.one(ends[0], "dct:date")
        eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
        receivers = facts.all(ends[0], "org:resultingOrganization")
        assert facts.in_force(municipality, eve)
        assert not facts.in_force(municipality, day)
        assert receivers
        assert all(facts.in_force(receiver, day) for receiver in receivers)


def test_changes_by_kind(facts: Facts) -> None:
    changes = facts.of_class("org:ChangeEvent")
    assert Counter(facts.one(c, "dct:type").rpartition("/")[2] for c in changes) == CHANGES


def test_receiver_is_original_where_its_code_goes_on(facts: Facts) -> None:
    for change in facts.of_class("org:ChangeEvent"):
        before = set(facts.all(change, "org:originalOrganization"))
        after = set(facts.all(change, "org:resultingOrganization"))
        if facts.one(change, "dct:type").endswith("/merger-new-code"):
            assert not after & before, change
        else:
            assert after <= before, change


def test_division_is_one_change(facts: Facts) -> None:
    change = f"{ID}change/2007-01-01-split-443"
    assert {key(m) for m in facts.all(change, "org:originalOrganization")} == {"443", "182", "562"}
    assert {key(m) for m in facts.all(change, "org:resultingOrganization")} == {"182", "562"}


def test_title_of_change_has_the_names_of_its_day(facts: Facts) -> None:
    change = f"{ID}change/2009-01-01-merger-new-code-445"
    assert facts.name(change, "fi", "dct:title") == [
        "Kuntaliitos 1.1.2009: Houtskari, Iniö, Korppoo, Nauvo, Parainen → Länsi-Turunmaa"
    ]
    assert facts.name(change, "sv", "dct:title") == [
        "Kommunsammanslagning 1.1.2009: Houtskär, Iniö, Korpo, Nagu, Pargas → Väståboland"
    ]


@pytest.mark.parametrize(
    ("day", "names"),
    [
        ("2011-12-31", {"Länsi-Turunmaa", "Väståboland"}),
        ("2012-01-01", {"Parainen", "Pargas"}),
    ],
)
def test_official_names_in_time(facts: Facts, day: str, names: set[str]) -> None:
    nodes = [
        n for n in facts.of_class("hyte:OfficialName") if key(n).startswith("municipality-445")
    ]
    held = [node for node in nodes if facts.in_force(node, day)]
    assert {name for node in held for name in facts.all(node, "skos:prefLabel")} == names


def test_swedish_name_is_official_only_with_swedish_as_a_language(facts: Facts) -> None:
    swedish = {
        facts.one(status, "hyte:municipality")
        for status in facts.of_class("hyte:LanguageStatus")
        if not facts.one(status, "hyte:languageStatus").endswith("/finnish")
    }
    official = {
        facts.one(name, "hyte:municipality")
        for name in facts.of_class("hyte:OfficialName")
        if facts.name(name, "sv")
    }
    assert official == swedish
    assert len(official) == 18 + 15 + 16


def test_municipality_always_has_one_official_finnish_name(
    facts: Facts, municipalities: list[str]
) -> None:
    for day in ("2005-01-01", "2010-06-30", "2026-01-01"):
        named = Counter(
            facts.one(name, "hyte:municipality")
            for name in facts.of_class("hyte:OfficialName")
            if facts.name(name, "fi") and facts.in_force(name, day)
        )
        assert named == Counter(m for m in municipalities if facts.in_force(m, day))


def test_recommended_swedish_names_of_2020(facts: Facts) -> None:
    koski = f"{ID}municipality/284"
    assert facts.name(koski, "sv") == ["Koskis"]
    assert facts.name(koski, "sv", "skos:altLabel") == ["Koski Tl"]


def test_wikidata_links_and_their_certainty(facts: Facts, municipalities: list[str]) -> None:
    linked = {m for m in municipalities if facts.all(m, "hyte:correspondsTo")}
    current = {m for m in municipalities if facts.in_force(m, "2026-01-01")}
    assert len(linked & current) == 302
    assert len(linked - current) == 131
    sure = {
        body
        for evidence in facts.of_class("hyte:Evidence")
        if str(term("hyte:correspondsTo")) in facts.all(evidence, "hyte:evidencedProperty")
        and facts.one(evidence, "hyte:certainty").endswith("/stated")
        for body in facts.all(evidence, "oa:hasBody")
    }
    assert len(sure & current) == 276
    assert not sure & (linked - current)


def test_statement_has_one_basis(facts: Facts) -> None:
    covered: Counter[tuple[str, str, NamedNode | Literal]] = Counter()
    for evidence in facts.of_class("hyte:Evidence"):
        properties = facts.all(evidence, "hyte:evidencedProperty")
        values = facts.values[evidence].get(str(term("hyte:evidencedValue")))
        for body in facts.all(evidence, "oa:hasBody"):
            for predicate in properties or facts.values[body]:
                stated = facts.values[body].get(predicate, [])
                covered.update(
                    (body, predicate, v) for v in stated if values is None or v in values
                )
    periods = set(facts.of_class("dct:PeriodOfTime"))
    for name in DATASETS:
        for triple in read(ROOT / "data" / name / f"{name}.ttl"):
            subject, value = triple.subject, triple.object
            assert isinstance(subject, NamedNode)
            assert isinstance(value, NamedNode | Literal)
            if subject.value not in periods:
                assert covered[subject.value, triple.predicate.value, value] == 1, triple


def test_points(facts: Facts) -> None:
    geometries = facts.of_class("geo:Geometry")
    assert len(geometries) == 453 - 2
    for geometry in geometries:
        longitude, latitude = facts.one(geometry, "geo:asWKT")[6:-1].split()
        assert 19 < float(longitude) < 32
        assert 59 < float(latitude) < 71


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_record_names_sources_and_licences(language: str) -> None:
    rights = [
        triple.object.value
        for triple in read(ROOT / "data" / "municipalities" / "dataset.ttl")
        if triple.predicate.value == str(term("dct:rights"))
        and isinstance(triple.object, Literal)
        and triple.object.language == language
    ]
    for words in ("CC BY 4.0", "CC BY 3.0", "CC0", "SAPO", "FinnONTO", "Who's On First", "THL"):
        assert words in rights[0]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_file_is_canonical(path: Path) -> None:
    text = (ROOT / "data" / path).read_text(encoding="utf-8")
    graph = Graph(bind_namespaces="none").parse(data=text, format="turtle")
    assert serialize(graph) == text


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (Period(by="2004-12-31"), "before-2005--ongoing"),
        (Period(by="2005-01-01", end="2008-12-31"), "by-2005-01-01--2008-12-31"),
        (Period(start="2009-01-01"), "2009-01-01--ongoing"),
        (Period(start="2009-01-01", end="2011-12-31"), "2009-01-01--2011-12-31"),
        (Period(start="2022-12-31", end="2022-12-31"), "2022-12-31"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_period_key(period: Period, expected: str) -> None:
    assert period.key == expected


def test_table_with_a_missing_cell(tmp_path: Path) -> None:
    (tmp_path / "regions.tsv").write_text("code\tname_fi\n01\tUusimaa\n02\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"regions\.tsv, row 3: 1 cells where the header has 2"):
        read_table(tmp_path, "regions")


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "reference", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "server")},
    )


def test_program_without_tables(tmp_path: Path) -> None:
    finished = run(tmp_path / "missing")
    assert finished.returncode == 1
    assert "is not a folder" in finished.stdout


@with_tables
def test_files_are_what_the_tables_give() -> None:
    finished = run(TABLES, "--check")
    assert (finished.returncode, finished.stdout) == (0, "0 files differ\n")


@with_tables
def test_files_differ_from_other_tables(tmp_path: Path) -> None:
    for table in TABLES.glob("*.tsv"):
        shutil.copyfile(table, tmp_path / table.name)
    regions = tmp_path / "regions.tsv"
    text = regions.read_text(encoding="utf-8")
    regions.write_text(text.replace("Uusimaa", "Uusmaa", 1), encoding="utf-8")
    finished = run(tmp_path, "--check")
    assert finished.returncode == 1
    assert "data/regions/regions.ttl differs from the tables" in finished.stdout
