"""Municipalities since 2005: names, codes, language status, territory, point and population.

A municipality here lasts as long as its code. Where a merger founded a new municipality in law but
the code went on, it is one municipality.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from rdflib import Literal, URIRef

from hyteverkko.reference import doubts
from hyteverkko.reference.language_status import OBSERVED_FROM, spells
from hyteverkko.reference.names import Renaming, renamings
from hyteverkko.reference.periods import BEFORE_2005, Period, day_before, one_day
from hyteverkko.reference.statements import (
    Basis,
    Statement,
    describe,
    inferred,
    stated,
    uncertain,
)
from hyteverkko.reference.tables import Row, Tables
from hyteverkko.reference.terms import Object, Value, Words, objects, term, thing

STATISTICS_FINLAND: Final = Words("Tilastokeskus", "Statistikcentralen", "Statistics Finland")
COUNTED_ON: Final = "2022-12-31"
"""The day of the population figures."""

POINT: Final = {
    "central_locality": Words(
        "Likimääräinen piste: kunnan keskuspaikan nimen kohta kartalla. Se voi poiketa muutaman "
        "kilometrin.",
        "Ungefärlig punkt: platsen för centralortens namn på kartan. Den kan avvika några "
        "kilometer.",
        "Approximate point: where the map has the name of the municipal centre. It may be off by "
        "some kilometres.",
    ),
    "representative_point": Words(
        "Likimääräinen piste kunnan alueen sisällä (kuntajako 1:4 500 000).",
        "Ungefärlig punkt inom kommunens område (kommunindelning 1:4 500 000).",
        "Approximate point within the territory (municipal division 1:4,500,000).",
    ),
    "representative_point_historical": Words(
        "Likimääräinen piste entisen kunnan alueen sisällä (SAPO-aineisto).",
        "Ungefärlig punkt inom den tidigare kommunens område (SAPO-materialet).",
        "Approximate point within the territory of the former municipality (SAPO data).",
    ),
}


def municipality_statements(tables: Tables) -> Iterator[Statement]:
    """State everything about municipalities."""
    absorbed = _absorbed_later(tables)
    for row in tables["municipalities"]:
        yield from _municipality(tables, row)
        yield from _identifier(row)
        yield from _territory(row)
        yield from _population(row, absorbed[row["code"]])
        yield from _official_names(tables, row)
        yield from _language_statuses(tables, row)


def municipality(code: str) -> URIRef:
    """Give the municipality with a code."""
    return thing("municipality", code)


def life(row: Row) -> Period:
    """Give the period in which a municipality was in force: that of its code."""
    by = "" if row["valid_from"] else BEFORE_2005
    return Period(start=row["valid_from"], by=by, end=row["valid_to"])


def _municipality(tables: Tables, row: Row) -> Iterator[Statement]:
    node, period = municipality(row["code"]), life(row)
    yield from describe(
        node,
        stated(row),
        {
            "rdf:type": term("hyte:Municipality"),
            "dct:identifier": Literal(row["code"]),
            "skos:prefLabel": Words(fi=row["name_fi"]),
            "adms:identifier": thing("identifier", f"municipality-{row['code']}"),
            "dct:temporal": period.node,
        },
    )
    yield from period.statements()
    yield from _swedish_label(node, row)
    yield from _former_names(node, renamings(tables, row["code"]))
    yield from _wikidata(node, row)


def _swedish_label(node: URIRef, row: Row) -> Iterator[Statement]:
    unsourced = row["code"] in doubts.SWEDISH_NAME_UNSOURCED
    basis = uncertain(row, doubts.SWEDISH_NAME) if unsourced else stated(row)
    yield from describe(node, basis, {"skos:prefLabel": Words(sv=row["name_sv"])})


def _former_names(node: URIRef, changes: list[Renaming]) -> Iterator[Statement]:
    for change in changes:
        former = Words(change.before.fi if change.is_official else "", change.before.sv)
        yield from describe(node, stated(change.row), {"skos:altLabel": former})


def _wikidata(node: URIRef, row: Row) -> Iterator[Statement]:
    if row["wikidata"]:
        doubt = doubts.wikidata_doubt(row)
        basis = uncertain(row, doubt) if doubt else stated(row)
        yield from describe(node, basis, {"hyte:correspondsTo": term(f"wd:{row['wikidata']}")})


def _identifier(row: Row) -> Iterator[Statement]:
    yield from describe(
        thing("identifier", f"municipality-{row['code']}"),
        stated(row),
        {
            "rdf:type": term("adms:Identifier"),
            "skos:notation": Literal(row["code"]),
            "adms:schemaAgency": STATISTICS_FINLAND,
            "dct:temporal": life(row).node,
        },
    )


def _territory(row: Row) -> Iterator[Statement]:
    code, swedish = row["code"], row["name_sv"] or row["name_fi"]
    area, geometry = thing("area", code), thing("geometry", code)
    known: dict[str, Value] = {"geo:hasGeometry": geometry} if row["coord_type"] else {}
    yield from describe(
        area,
        stated(row),
        {
            "rdf:type": term("hyte:MunicipalArea"),
            "skos:prefLabel": Words(
                f"{row['name_fi']} (kunnan alue)",
                f"{swedish} (kommunens område)",
                f"{row['name_fi']} (municipal territory)",
            ),
            "hyte:areaOf": municipality(code),
            **known,
        },
    )
    if known:
        yield from describe(
            geometry,
            stated(row),
            {
                "rdf:type": term("geo:Geometry"),
                "geo:asWKT": Literal(
                    f"POINT({row['lon']} {row['lat']})", datatype=term("geo:wktLiteral")
                ),
                "dct:description": POINT[row["coord_type"]],
            },
        )


def _population(row: Row, absorbed: int) -> Iterator[Statement]:
    if not row["population"]:
        return
    node, counted = thing("population", f"{row['code']}-2022"), one_day(COUNTED_ON)
    basis = inferred(row, doubts.POPULATION_RESTORED) if absorbed else stated(row)
    yield from describe(
        node,
        stated(row),
        {
            "rdf:type": term("hyte:PopulationFigure"),
            "hyte:municipality": municipality(row["code"]),
            "dct:temporal": counted.node,
        },
    )
    count = Literal(int(row["population"]) - absorbed)
    yield from describe(node, basis, {"hyte:populationCount": count})
    yield from counted.statements()


def _absorbed_later(tables: Tables) -> defaultdict[str, int]:
    """Give the figures of municipalities that joined another after the day of the figures.

    The table adds them to the figure of the receiver, and gives them for themselves as well.
    """
    absorbed: defaultdict[str, int] = defaultdict(int)
    for change in tables["municipality-changes"]:
        if change["kind"] == "merger_into_existing_code" and change["date"] > COUNTED_ON:
            for code in change["from_codes"].split("|"):
                absorbed[change["to_code"]] += int(tables.municipalities[code]["population"])
    return absorbed


def _official_names(tables: Tables, row: Row) -> Iterator[Statement]:
    changes = [change for change in renamings(tables, row["code"]) if change.is_official]
    basis = stated(changes[-1].row if changes else row)
    names: defaultdict[Period, list[Object]] = defaultdict(list)
    for period, name in _spelled(row, changes):
        names[period].extend(objects(name))
    for number, period in enumerate(sorted(names, key=lambda p: p.start or p.by), start=1):
        yield from describe(
            thing("name", f"municipality-{row['code']}-{number}"),
            basis,
            {
                "rdf:type": term("hyte:OfficialName"),
                "hyte:municipality": municipality(row["code"]),
                "skos:prefLabel": names[period],
                "dct:temporal": period.node,
            },
        )
        yield from period.statements()


def _spelled(row: Row, changes: list[Renaming]) -> Iterator[tuple[Period, Words]]:
    """Give each official name with its period.

    A Swedish name is official where the language status says so, and that is known from the
    first classification on; a change of official names dates both.
    """
    swedish = row["language_status"] not in ("", "fi")
    rest = life(row)
    for change in changes:
        yield (
            rest.until(day_before(change.day)),
            Words(change.before.fi, change.before.sv if swedish else ""),
        )
        rest = rest.since(change.day)
    yield rest, Words(fi=row["name_fi"])
    if swedish:
        yield rest.observed_from("" if changes else OBSERVED_FROM), Words(sv=row["name_sv"])


def _language_statuses(tables: Tables, row: Row) -> Iterator[Statement]:
    for number, spell in enumerate(spells(tables, row, life(row)), start=1):
        node = thing("language-status", f"{row['code']}-{number}")
        yield from describe(
            node,
            stated(spell.change or row),
            {
                "rdf:type": term("hyte:LanguageStatus"),
                "hyte:municipality": municipality(row["code"]),
                "hyte:languageStatus": spell.concept,
            },
        )
        dated = _dated(spell.change) if spell.change else stated(row)
        yield from describe(node, dated, {"dct:temporal": spell.period.node})
        yield from spell.period.statements()


def _dated(change: Row) -> Basis:
    return inferred(change, doubts.LANGUAGE_STATUS_YEAR)
