"""Which municipality belonged to which region, province and county, and when."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from rdflib import URIRef

from hyteverkko.reference import doubts
from hyteverkko.reference.municipalities import municipality
from hyteverkko.reference.periods import BEFORE_2005, Period
from hyteverkko.reference.regions import COUNTY_AREA, OBSERVED_FROM
from hyteverkko.reference.statements import (
    Basis,
    Statement,
    describe,
    inferred,
    stated,
    uncertain,
)
from hyteverkko.reference.tables import Row, Tables
from hyteverkko.reference.terms import concept, term, thing

PROVINCES_OBSERVED_FROM: Final = "2007-01-01"
"""The day from which the provinces of municipalities are known."""


def membership_statements(tables: Tables) -> Iterator[Statement]:
    """State every membership of a municipality in an area."""
    yield from _in_regions(tables)
    yield from _in_provinces(tables)
    yield from _in_counties(tables)


def _in_regions(tables: Tables) -> Iterator[Statement]:
    def code(row: Row) -> str:
        return row["municipality_code"]

    rows = sorted(tables["municipality-region-history"], key=lambda r: (code(r), r["valid_from"]))
    for _, spells in groupby(rows, key=code):
        for number, row in enumerate(spells, start=1):
            unsourced = code(row) in doubts.REGION_UNSOURCED
            basis = uncertain(row, doubts.REGION) if unsourced else stated(row)
            node = thing("area-membership", f"{code(row)}-region-{number}")
            area = thing("region", row["region_code"])
            yield from _membership(node, basis, code(row), area, "region")
            yield from _during(node, basis, _region_period(row))


def _region_period(row: Row) -> Period:
    """Give the period of a row: its first day is that of the observation, unless it is later."""
    match row["valid_from"]:
        case "":
            return Period(by=BEFORE_2005, end=row["valid_to"])
        case first if first == OBSERVED_FROM:
            return Period(by=first, end=row["valid_to"])
        case first:
            return Period(start=first, end=row["valid_to"])


def _in_provinces(tables: Tables) -> Iterator[Statement]:
    for row in tables["municipality-provinces-2009"]:
        code, basis = row["municipality_code"], inferred(row, doubts.PROVINCE_FROM_REGION)
        node = thing("area-membership", f"{code}-province")
        area = thing("province", row["province_code"])
        founded = Period(start=tables.municipalities[code]["valid_from"], end=row["as_of"])
        yield from _membership(node, basis, code, area, "province")
        yield from _during(node, basis, founded.observed_from(PROVINCES_OBSERVED_FROM))


def _in_counties(tables: Tables) -> Iterator[Statement]:
    for row in tables["municipalities"]:
        code, county = row["code"], row["wellbeing_county_code"]
        if county or row["valid_to"] >= COUNTY_AREA.start:
            node = thing("area-membership", f"{code}-county")
            area = thing("county-area", county)
            yield from _membership(node, stated(row), code, area, "wellbeing-services-county-area")
            dated = inferred(tables.counties[county], doubts.COUNTY_RESPONSIBLE)
            yield from _during(node, dated, COUNTY_AREA.until(row["valid_to"]))


def _membership(
    node: URIRef, basis: Basis, code: str, area: URIRef, system: str
) -> Iterator[Statement]:
    yield from describe(
        node,
        basis,
        {
            "rdf:type": term("hyte:AreaMembership"),
            "hyte:municipality": municipality(code),
            "hyte:inArea": area,
            "hyte:areaSystem": concept("area-system", system),
        },
    )


def _during(node: URIRef, basis: Basis, period: Period) -> Iterator[Statement]:
    yield from describe(node, basis, {"dct:temporal": period.node})
    yield from period.statements()
