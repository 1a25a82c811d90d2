"""The rules give the days, the classes and the labels that a reader of a calendar would give."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hyteverkko.namespaces import DEF, GRAPHS, ID, PREFIXES
from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

HERE = Path(__file__).resolve().parent
LABELLED = (HERE / "labelled.trig").read_text(encoding="utf-8")
DERIVED = NamedNode(GRAPHS + "derived")

MakeStore = Callable[..., Store]
Derive = Callable[[Store], None]
Term = NamedNode | BlankNode | Literal | Triple

BOUNDS = ("earliestStart", "latestStart", "earliestEnd", "latestEnd")

# What is stated; the four bounds, read off the calendar; how exact it is; what it is called.
PERIODS = {
    "a-day": (
        'dcat:startDate "2021-12-08"^^xsd:date ; dcat:endDate "2021-12-08"^^xsd:date ;'
        "hyte:endStatus status:ended",
        ("2021-12-08", "2021-12-08", "2021-12-08", "2021-12-08"),
        "day",
        {"": "2021-12-08"},
    ),
    "february-of-a-leap-year": (
        'dcat:startDate "2008-02"^^xsd:gYearMonth ; dcat:endDate "2008-02"^^xsd:gYearMonth',
        ("2008-02-01", "2008-02-29", "2008-02-01", "2008-02-29"),
        "month",
        {"": "2008-02"},
    ),
    "february-of-a-common-year": (
        'dcat:startDate "2022-02"^^xsd:gYearMonth ; dcat:endDate "2022-02"^^xsd:gYearMonth',
        ("2022-02-01", "2022-02-28", "2022-02-01", "2022-02-28"),
        "month",
        {"": "2022-02"},
    ),
    "february-of-a-century-that-leaps": (
        'dcat:startDate "2000-02"^^xsd:gYearMonth ; hyte:endStatus status:ongoing',
        ("2000-02-01", "2000-02-29", None, None),
        "month",
        {"": "2000-02–"},
    ),
    "february-of-a-century-that-does-not": (
        'dcat:startDate "1900-02"^^xsd:gYearMonth ; hyte:endStatus status:ongoing',
        ("1900-02-01", "1900-02-28", None, None),
        "month",
        {"": "1900-02–"},
    ),
    "months-of-thirty-and-thirty-one-days": (
        'dcat:startDate "2007-04"^^xsd:gYearMonth ; dcat:endDate "2009-10"^^xsd:gYearMonth',
        ("2007-04-01", "2007-04-30", "2009-10-01", "2009-10-31"),
        "month",
        {"": "2007-04 – 2009-10"},
    ),
    "months-at-the-ends-of-the-year": (
        'dcat:startDate "2020-12"^^xsd:gYearMonth ; dcat:endDate "2021-01"^^xsd:gYearMonth',
        ("2020-12-01", "2020-12-31", "2021-01-01", "2021-01-31"),
        "month",
        {"": "2020-12 – 2021-01"},
    ),
    "a-year": (
        'dcat:startDate "2020"^^xsd:gYear ; dcat:endDate "2020"^^xsd:gYear',
        ("2020-01-01", "2020-12-31", "2020-01-01", "2020-12-31"),
        "year",
        {"": "2020"},
    ),
    "unlike-precisions": (
        'dcat:startDate "2018"^^xsd:gYear ; dcat:endDate "2021-07-31"^^xsd:date',
        ("2018-01-01", "2018-12-31", "2021-07-31", "2021-07-31"),
        "year",
        {"": "2018 – 2021-07-31"},
    ),
    "days": (
        'dcat:startDate "2007-10-01"^^xsd:date ; dcat:endDate "2009-04-30"^^xsd:date',
        ("2007-10-01", "2007-10-01", "2009-04-30", "2009-04-30"),
        "day",
        {"": "2007-10-01 – 2009-04-30"},
    ),
    "ongoing": (
        'dcat:startDate "2022"^^xsd:gYear ; hyte:endStatus status:ongoing',
        ("2022-01-01", "2022-12-31", None, None),
        "year",
        {"": "2022–"},
    ),
    "end-unknown": (
        'dcat:startDate "2018"^^xsd:gYear ; hyte:endStatus status:end-unknown',
        ("2018-01-01", "2018-12-31", None, None),
        "year",
        {"": "2018–?"},
    ),
    "begun-before-2005": (
        'hyte:latestStart "2004-12-31"^^xsd:date ; hyte:endStatus status:ongoing',
        (None, "2004-12-31", None, None),
        None,
        {"": "≤2004-12-31–"},
    ),
    "begun-before-2005-and-ended": (
        'hyte:latestStart "2004-12-31"^^xsd:date ; dcat:endDate "2008-12-31"^^xsd:date',
        (None, "2004-12-31", "2008-12-31", "2008-12-31"),
        "day",
        {"": "≤2004-12-31 – 2008-12-31"},
    ),
    "start-unknown": (
        'dcat:endDate "2010"^^xsd:gYear ; hyte:endStatus status:ended',
        (None, None, "2010-01-01", "2010-12-31"),
        "year",
        {"": "–2010"},
    ),
    "spring": (
        'dcat:startDate "2021"^^xsd:gYear ; dcat:endDate "2021"^^xsd:gYear ;'
        "hyte:season season:spring",
        ("2021-01-01", "2021-06-30", "2021-01-01", "2021-06-30"),
        "season",
        {"fi": "kevät 2021", "sv": "vår 2021", "en": "spring 2021"},
    ),
    "summer": (
        'dcat:startDate "2021"^^xsd:gYear ; dcat:endDate "2021"^^xsd:gYear ;'
        "hyte:season season:summer",
        ("2021-05-01", "2021-09-30", "2021-05-01", "2021-09-30"),
        "season",
        {"fi": "kesä 2021", "sv": "sommar 2021", "en": "summer 2021"},
    ),
    "winter": (
        'dcat:startDate "2021"^^xsd:gYear ; dcat:endDate "2021"^^xsd:gYear ;'
        "hyte:season season:winter",
        ("2021-01-01", "2021-12-31", "2021-01-01", "2021-12-31"),
        "season",
        {"fi": "talvi 2021", "sv": "vinter 2021", "en": "winter 2021"},
    ),
    "since-an-autumn": (
        'dcat:startDate "2020"^^xsd:gYear ; hyte:season season:autumn ;'
        "hyte:endStatus status:ongoing",
        ("2020-07-01", "2020-12-31", None, None),
        "season",
        {"fi": "syksy 2020–", "sv": "höst 2020–", "en": "autumn 2020–"},
    ),
    "from-a-spring-to-a-later-year": (
        'dcat:startDate "2018"^^xsd:gYear ; dcat:endDate "2020"^^xsd:gYear ;'
        "hyte:season season:spring",
        ("2018-01-01", "2018-06-30", "2020-01-01", "2020-12-31"),
        "season",
        {"fi": "kevät 2018 – 2020", "sv": "vår 2018 – 2020", "en": "spring 2018 – 2020"},
    ),
    "until-an-autumn": (
        'dcat:endDate "2020"^^xsd:gYear ; hyte:season season:autumn',
        (None, None, "2020-07-01", "2020-12-31"),
        "season",
        {"fi": "–syksy 2020", "sv": "–höst 2020", "en": "–autumn 2020"},
    ),
    "end-of-a-month": (
        'dcat:startDate "2022-01"^^xsd:gYearMonth ; dcat:endDate "2022-01"^^xsd:gYearMonth ;'
        "hyte:partOfPeriod periodpart:end",
        ("2022-01-01", "2022-01-31", "2022-01-01", "2022-01-31"),
        "month",
        {"fi": "2022-01 (loppu)", "sv": "2022-01 (slutet)", "en": "2022-01 (end)"},
    ),
    "since-the-beginning-of-a-year": (
        'dcat:startDate "2018"^^xsd:gYear ; hyte:partOfPeriod periodpart:beginning ;'
        "hyte:endStatus status:end-unknown",
        ("2018-01-01", "2018-12-31", None, None),
        "year",
        {"fi": "2018 (alku)–?", "sv": "2018 (början)–?", "en": "2018 (beginning)–?"},
    ),
}


def text_of(term: Term) -> str:
    """Give an address or the text of a literal."""
    assert isinstance(term, NamedNode | Literal)
    return term.value


def labels(store: Store, key: str) -> dict[str, str]:
    """Give the derived labels of a thing, by language; one in each at most."""
    found = [
        quad.object
        for quad in store.quads_for_pattern(
            NamedNode(ID + key), NamedNode(PREFIXES["rdfs"] + "label"), None, DERIVED
        )
        if isinstance(quad.object, Literal)
    ]
    by_language = {label.language or "": label.value for label in found}
    assert len(by_language) == len(found)
    return by_language


def values(store: Store, key: str, name: str) -> list[str]:
    """Give the values of one of our properties of a thing, in any graph."""
    pattern = (NamedNode(ID + key), NamedNode(f"{DEF}#{name}"), None, None)
    return sorted({text_of(quad.object) for quad in store.quads_for_pattern(*pattern)})


def types(store: Store, key: str) -> set[str]:
    """Give the derived classes of a thing."""
    pattern = (NamedNode(ID + key), NamedNode(PREFIXES["rdf"] + "type"), None, DERIVED)
    return {text_of(quad.object) for quad in store.quads_for_pattern(*pattern)}


@pytest.mark.parametrize("name", PERIODS)
def test_period(name: str, store_with: MakeStore, derive: Derive) -> None:
    statements, bounds, precision, names = PERIODS[name]
    store = store_with(f"graphs:example {{ <period/x> a dct:PeriodOfTime ; {statements} . }}")
    derive(store)
    expected = {bound: [day] if day else [] for bound, day in zip(BOUNDS, bounds, strict=True)}
    assert {bound: values(store, "period/x", bound) for bound in BOUNDS} == expected
    assert values(store, "period/x", "precision") == (
        [f"{DEF}/precision/{precision}"] if precision else []
    )
    assert labels(store, "period/x") == names


@pytest.fixture
def labelled(store_with: MakeStore, derive: Derive) -> Store:
    """Give the store of things without a name, with what the rules make of them."""
    store = store_with(LABELLED)
    derive(store)
    return store


@pytest.mark.parametrize(
    ("key", "expected"),
    {
        "area-membership/142-region-2": {
            "fi": "Iitti – Päijät-Häme",
            "sv": "Itis – Päijänne-Tavastland",
            "en": "Iitti – Päijät-Häme",
        },
        "area/142": {
            "fi": "Iitti (kunnan alue)",
            "sv": "Itis (kommuns område)",
            "en": "Iitti (municipal area)",
        },
        "geometry/142": {
            "fi": "Iitti (geometria)",
            "sv": "Itis (geometri)",
            "en": "Iitti (geometry)",
        },
        "name/municipality-142-1": {"fi": "Iitti (virallinen nimi)"},
        "identifier/municipality-142": {
            "fi": "142 (Tilastokeskus)",
            "sv": "142 (Statistikcentralen)",
            "en": "142 (Statistics Finland)",
        },
        "language-status/142-1": {
            "fi": "Iitti: suomenkielinen",
            "sv": "Itis: finskspråkig",
            "en": "Iitti: Finnish-speaking",
        },
        "population/142-2022": {"fi": "Iitti: 6504 (2022-12-31)", "sv": "Itis: 6504 (2022-12-31)"},
        "coverage/142-members": {
            "fi": "Iitti: jäsenet",
            "sv": "Itis: medlemmar",
            "en": "Iitti: members",
        },
        "council-term/2021-2025": {
            "fi": "valtuustokausi 2021–2025",
            "sv": "fullmäktigeperiod 2021–2025",
            "en": "council term 2021–2025",
        },
        "position/120-180": {"": "120–180"},
        "position/row-5": {"": "row=5"},
        "text/example": {"fi": "Hyvinvointityö kunnassa (tekstiversio)"},
        "passage/example/120-180": {"fi": "Hyvinvointityö kunnassa: 120–180"},
        "passage/example/row-5": {"fi": "Hyvinvointityö kunnassa: row=5"},
        "passage/example/whole": {"fi": "Hyvinvointityö kunnassa"},
        "evidence/example/1": {"fi": "Hyvinvointityö kunnassa: 120–180 (lähdenäyttö)"},
        "address/example/office": {"": "Koulutie 1 A, Iitti"},
        "membership/example/group/office": {
            "fi": "rehtori – Hyvinvointiryhmä",
            "sv": "rektor – Hyvinvointiryhmä",
            "en": "principal – Hyvinvointiryhmä",
        },
        "membership/example/group/pensioner": {
            "fi": "yksi eläkeläinen – Hyvinvointiryhmä",
            "sv": "en pensionär – Hyvinvointiryhmä",
            "en": "one pensioner – Hyvinvointiryhmä",
        },
        "membership/example/group/municipality": {
            "fi": "Iitti – Hyvinvointiryhmä",
            "sv": "Itis – Hyvinvointiryhmä",
        },
        "membership/example/group/person-with-post": {
            "fi": "koordinaattorin tehtävä – Hyvinvointiryhmä",
            "sv": "uppdraget som koordinator – Hyvinvointiryhmä",
            "en": "the coordinator's post – Hyvinvointiryhmä",
        },
        "membership/example/group/person-with-role": {
            "fi": "puheenjohtaja – Hyvinvointiryhmä",
            "sv": "ordförande – Hyvinvointiryhmä",
            "en": "chair – Hyvinvointiryhmä",
        },
        "membership/example/group/withheld": {
            "fi": "puheenjohtaja – Hyvinvointiryhmä",
            "sv": "ordförande – Hyvinvointiryhmä",
            "en": "chair – Hyvinvointiryhmä",
        },
        "post/example/unnamed": {
            "fi": "hyvinvointikoordinaattori – Iitti",
            "sv": "välfärdskoordinator – Itis",
            "en": "wellbeing coordinator – Iitti",
        },
        "person/example/withheld": {
            "fi": "henkilö, jonka nimeä ei enää julkaista",
            "sv": "person vars namn inte längre publiceras",
            "en": "withheld person",
        },
        "party-role/example/iitti": {
            "fi": "Iitti (rahoittaja) – Esimerkkihanke",
            "sv": "Itis (finansiär) – Exempelprojekt",
            "en": "Iitti (funder) – Esimerkkihanke",
        },
        "funding/example/grant": {
            "fi": "rahoitus – Esimerkkihanke",
            "sv": "finansiering – Exempelprojekt",
            "en": "funding – Esimerkkihanke",
        },
        "transfer/example/home-care": {
            "fi": "kotihoito: Iitti → Päijät-Hämeen hyvinvointialue",
            "sv": "hemvård: Itis → Päijänne-Tavastlands välfärdsområde",
        },
    }.items(),
)
def test_label(key: str, expected: dict[str, str], labelled: Store) -> None:
    assert labels(labelled, key) == expected


@pytest.mark.parametrize("key", ["municipality/142", "area/143", "post/example/named"])
def test_label_of_named_thing(key: str, labelled: Store) -> None:
    assert labels(labelled, key) == {}


def test_no_name_of_a_person_derived(labelled: Store) -> None:
    derived = labelled.quads_for_pattern(None, None, None, DERIVED)
    assert not [quad for quad in derived if "Sukunimi" in str(quad)]


def test_types_of_municipality(labelled: Store) -> None:
    assert types(labelled, "municipality/142") == {
        PREFIXES["cv"] + "PublicOrganisation",
        PREFIXES["org"] + "Organization",
        PREFIXES["foaf"] + "Agent",
    }


def test_types_of_network(labelled: Store) -> None:
    assert types(labelled, "body/example/group") == {
        DEF + "#Body",
        PREFIXES["org"] + "Organization",
        PREFIXES["foaf"] + "Agent",
    }


def test_types_of_office(labelled: Store) -> None:
    office = NamedNode(DEF + "/office/rehtori")
    found = labelled.quads_for_pattern(office, NamedNode(PREFIXES["rdf"] + "type"), None, None)
    classes = {text_of(quad.object) for quad in found}
    assert {PREFIXES["skos"] + "Concept", PREFIXES["org"] + "Role"} < classes


def test_types_of_person_not_derived(labelled: Store) -> None:
    assert types(labelled, "person/example/1") == set()


def test_rules_open_with_a_comment() -> None:
    for file in sorted((HERE.parents[1] / "ontology" / "rules").glob("*.rq")):
        assert file.read_text(encoding="utf-8").startswith("# Returns "), file.name
        assert file.name[:3].strip("0123456789") == "_", file.name
