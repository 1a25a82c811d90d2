"""Regions, provinces and wellbeing services counties: the areas that municipalities belong to."""

from collections.abc import Iterator
from typing import Final

from rdflib import Literal, URIRef

from hyteverkko.reference import doubts
from hyteverkko.reference.municipalities import STATISTICS_FINLAND
from hyteverkko.reference.periods import Period
from hyteverkko.reference.statements import Statement, describe, inferred, stated, uncertain
from hyteverkko.reference.tables import Row, Tables
from hyteverkko.reference.terms import Value, Words, term, thing

OBSERVED_FROM: Final = "2005-01-01"
"""The day from which the membership of regions is known."""

COUNTY: Final = Period(start="2021-07-01")
"""Since when the counties are legal persons."""

COUNTY_AREA: Final = Period(start="2023-01-01")
"""Since when services are organised by these areas."""

HELSINKI: Final = "091"

_EUROSTAT: Final = Words("Eurostat", "Eurostat", "Eurostat")
_ISO: Final = Words(
    "Kansainvälinen standardisoimisjärjestö ISO",
    "Internationella standardiseringsorganisationen ISO",
    "International Organization for Standardization ISO",
)
_REGION_CODES: Final = {
    "nuts3": (
        "nuts-2024",
        _EUROSTAT,
        Words("NUTS 3 -koodi (NUTS 2024)", "NUTS 3-kod (NUTS 2024)", "NUTS 3 code (NUTS 2024)"),
    ),
    "nuts3_2021": (
        "nuts-2021",
        _EUROSTAT,
        Words("NUTS 3 -koodi (NUTS 2021)", "NUTS 3-kod (NUTS 2021)", "NUTS 3 code (NUTS 2021)"),
    ),
    "iso3166_2": (
        "iso-3166-2",
        _ISO,
        Words("ISO 3166-2 -koodi", "ISO 3166-2-kod", "ISO 3166-2 code"),
    ),
}
_REGION_CODE: Final = Words("maakuntanumero", "landskapskod", "region code")
_COUNTY_CODE: Final = Words(
    "hyvinvointialueen tunnus", "välfärdsområdets kod", "wellbeing services county code"
)
_PROVINCE_CODE: Final = Words(
    "kirjaintunnus entisessä ISO 3166-2 -koodissa",
    "bokstavskod i den tidigare ISO 3166-2-koden",
    "letters of the former ISO 3166-2 code",
)


def region_statements(tables: Tables) -> Iterator[Statement]:
    """State everything about regions, provinces and counties."""
    for row in tables["regions"]:
        yield from _region(row)
    for row in tables["provinces-2009"]:
        yield from _province(row)
    for row in tables["wellbeing-counties"]:
        if row["kind"] == "wellbeing_services_county":
            yield from _county(row)
        yield from _county_area(row)


def _region(row: Row) -> Iterator[Statement]:
    node = thing("region", row["code"])
    codes = {column: known for column, known in _REGION_CODES.items() if row[column]}
    nodes = [thing("identifier", f"region-{row['code']}")]
    nodes += [thing("identifier", f"region-{row['code']}-{key}") for key, _, _ in codes.values()]
    yield from _named(node, row, "hyte:Region", {"adms:identifier": [*nodes]})
    yield from _identifier(nodes[0], row, row["code"], STATISTICS_FINLAND, _REGION_CODE)
    for identifier, (column, (_, agency, label)) in zip(nodes[1:], codes.items(), strict=True):
        yield from _identifier(identifier, row, row[column], agency, label)
    if row["nuts3"]:
        nuts = URIRef(f"http://data.europa.eu/nuts/code/{row['nuts3']}")
        yield from describe(node, stated(row), {"hyte:correspondsTo": nuts})
    yield from _wikidata(node, row)
    period = Period(by=OBSERVED_FROM, end=row["valid_to"])
    basis = inferred(row, doubts.REGION_IN_FORCE)
    yield from describe(node, basis, {"dct:temporal": period.node})
    yield from period.statements()


def _province(row: Row) -> Iterator[Statement]:
    node = thing("province", row["code"])
    identifier = thing("identifier", f"province-{row['code']}")
    period = Period(start=row["valid_from"], end=row["valid_to"])
    yield from describe(
        node,
        stated(row),
        {
            "rdf:type": term("hyte:Province"),
            "dct:identifier": Literal(row["code"]),
            "skos:prefLabel": Words(fi=row["name_fi"]),
            "adms:identifier": identifier,
            "dct:temporal": period.node,
        },
    )
    names = Words(sv=row["name_sv"], en=row["name_en"])
    yield from describe(node, uncertain(row, doubts.PROVINCE_NAME), {"skos:prefLabel": names})
    yield from period.statements()
    yield from _identifier(identifier, row, row["code"], _ISO, _PROVINCE_CODE)
    yield from _wikidata(node, row)


def _county(row: Row) -> Iterator[Statement]:
    node = thing("county", row["code"])
    identifier = thing("identifier", f"county-{row['code']}")
    yield from _named(node, row, "hyte:WellbeingServicesCounty", {"adms:identifier": identifier})
    yield from _identifier(identifier, row, row["code"], STATISTICS_FINLAND, _COUNTY_CODE)
    basis = inferred(row, doubts.COUNTY_FOUNDED)
    yield from describe(node, basis, {"dct:temporal": COUNTY.node})
    yield from COUNTY.statements()


def _county_area(row: Row) -> Iterator[Statement]:
    node = thing("county-area", row["code"])
    holders = {
        "wellbeing_services_county": thing("county", row["code"]),
        "city_of_helsinki": thing("municipality", HELSINKI),
    }
    holder = holders.get(row["kind"])
    owned: dict[str, Value] = {"hyte:areaOf": holder} if holder else {}
    yield from _named(node, row, "hyte:WellbeingServicesCountyArea", owned)
    basis = inferred(row, doubts.COUNTY_RESPONSIBLE)
    yield from describe(node, basis, {"dct:temporal": COUNTY_AREA.node})
    yield from COUNTY_AREA.statements()


def _named(node: URIRef, row: Row, type_: str, properties: dict[str, Value]) -> Iterator[Statement]:
    yield from describe(
        node,
        stated(row),
        {
            "rdf:type": term(type_),
            "dct:identifier": Literal(row["code"]),
            "skos:prefLabel": Words(row["name_fi"], row["name_sv"], row["name_en"]),
            **properties,
        },
    )


def _identifier(
    node: URIRef, row: Row, notation: str, agency: Words, label: Words
) -> Iterator[Statement]:
    yield from describe(
        node,
        stated(row),
        {
            "rdf:type": term("adms:Identifier"),
            "skos:notation": Literal(notation),
            "adms:schemaAgency": agency,
            "skos:prefLabel": label,
        },
    )


def _wikidata(node: URIRef, row: Row) -> Iterator[Statement]:
    if row["wikidata"]:
        basis = uncertain(row, doubts.WIKIDATA_BASIS_UNKNOWN)
        yield from describe(node, basis, {"hyte:correspondsTo": term(f"wd:{row['wikidata']}")})
