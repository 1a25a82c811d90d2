"""Why a value is not certain: what the notes to the tables say of single cells and columns."""

from typing import Final

from hyteverkko.reference.tables import Row
from hyteverkko.reference.terms import Words

SWEDISH_NAME_UNSOURCED: Final = frozenset({"040", "150", "424", "537", "559", "923"})
"""Municipalities whose Swedish name the sources lack or misspell."""

REGION_UNSOURCED: Final = frozenset({"589", "943"})
"""Municipalities whose region in 2005 no source gives."""

WIKIDATA_MAYBE_SHARED: Final = frozenset({"445", "748"})
"""Municipalities that may share their Wikidata item with a former one of the same name."""

SWEDISH_NAME: Final = Words(
    "Ruotsinkielinen nimi on yleistietoa: lähteissä sitä ei ole tai se on kirjoitettu väärin.",
    "Det svenska namnet är allmän kunskap: i källorna saknas det eller är felskrivet.",
    "The Swedish name is general knowledge: the sources lack it or misspell it.",
)
REGION: Final = Words(
    "Kunnan maakunta vuonna 2005 on yleistietoa: lähteissä sitä ei ole.",
    "Kommunens landskap år 2005 är allmän kunskap: det saknas i källorna.",
    "The municipality's region in 2005 is general knowledge: the sources lack it.",
)
PROVINCE_NAME: Final = Words(
    "Läänin ruotsin- ja englanninkielinen nimi on yleistietoa: lähteistä niitä ei ole luettu.",
    "Länets namn på svenska och engelska är allmän kunskap: de har inte lästs ur källorna.",
    "The Swedish and English names of the province are general knowledge, not read from a source.",
)
WIKIDATA_BASIS_UNKNOWN: Final = Words(
    "Taulukosta ei näy, mihin Wikidata-tunnus perustuu.",
    "Av tabellen framgår inte vad Wikidata-identifieraren bygger på.",
    "The table does not say what the Wikidata identifier rests on.",
)
PROVINCE_FROM_REGION: Final = Words(
    "Lääni on päätelty maakunnasta: läänien rajat kulkivat maakuntien rajoja, eikä mikään kunta "
    "vaihtanut lääniä vuosina 2007–2009.",
    "Länet har härletts ur landskapet: länsgränserna följde landskapsgränserna, och ingen kommun "
    "bytte län åren 2007–2009.",
    "The province is concluded from the region: the borders of provinces followed those of "
    "regions, and no municipality changed province in 2007–2009.",
)
REGION_IN_FORCE: Final = Words(
    "Alku on päätelty kuntien maakuntatiedoista: maakuntaan kuului kuntia jo 1.1.2005.",
    "Början har härletts ur kommunernas landskapsuppgifter: landskapet hade kommuner redan "
    "1.1.2005.",
    "The start is concluded from the regions of municipalities: the region had municipalities "
    "on 1 January 2005.",
)
COUNTY_FOUNDED: Final = Words(
    "Päivä ei ole taulukossa vaan sen selitteessä: hyvinvointialueet perustettiin 1.7.2021.",
    "Dagen anges inte i tabellen utan i dess förklaring: välfärdsområdena inrättades 1.7.2021.",
    "The day is not in the table but in its notes: the wellbeing services counties were founded "
    "on 1 July 2021.",
)
COUNTY_RESPONSIBLE: Final = Words(
    "Päivä ei ole taulukossa vaan sen selitteessä: palvelujen järjestämisvastuu siirtyi "
    "hyvinvointialueille 1.1.2023.",
    "Dagen anges inte i tabellen utan i dess förklaring: ansvaret för att ordna tjänsterna "
    "överfördes till välfärdsområdena 1.1.2023.",
    "The day is not in the table but in its notes: the responsibility for organising services "
    "passed to the wellbeing services counties on 1 January 2023.",
)
LANGUAGE_STATUS_YEAR: Final = Words(
    "Päivä on päätelty Tilastokeskuksen vuosittaisesta luokituksesta: se on ensimmäinen, jossa "
    "uusi kielisuhde näkyy.",
    "Dagen har härletts ur Statistikcentralens årliga klassificering: den är den första som "
    "visar det nya språkförhållandet.",
    "The day is concluded from the yearly classification of Statistics Finland: it is the first "
    "that shows the new language status.",
)
POPULATION_RESTORED: Final = Words(
    "Taulukossa on myöhemmän alueen väkiluku; siitä on vähennetty sittemmin liitetyn kunnan oma "
    "väkiluku.",
    "Tabellen anger folkmängden för det senare området; den senare anslutna kommunens egen "
    "folkmängd har dragits av.",
    "The table gives the population of the later territory; the figure of the municipality that "
    "joined afterwards has been taken off.",
)
_WIKIDATA: Final = {
    "finto": Words(
        "Wikidata-tunnus on vain yhdessä lähteessä (YSO-paikat), eikä sitä ole verrattu Wikidatan "
        "kuntanumeroon.",
        "Wikidata-identifieraren finns bara i en källa (ALLFO-orter) och har inte jämförts med "
        "kommunnumret i Wikidata.",
        "The Wikidata identifier is in one source only (YSO places) and has not been compared "
        "with the municipality number in Wikidata.",
    ),
    "wof": Words(
        "Wikidata-tunnus on vain yhdessä lähteessä (Who's On First).",
        "Wikidata-identifieraren finns bara i en källa (Who's On First).",
        "The Wikidata identifier is in one source only (Who's On First).",
    ),
    "conflict": Words(
        "Lähteissä on eri Wikidata-tunnus; tässä on YSO-paikkojen tunnus.",
        "Källorna har olika Wikidata-identifierare; här anges den som finns i ALLFO-orter.",
        "The sources give different Wikidata identifiers; this is the one of YSO places.",
    ),
    "shared": Words(
        "Wikidata-tunnus voi olla yhteinen samannimisen entisen kunnan kanssa.",
        "Wikidata-identifieraren kan vara gemensam med en tidigare kommun med samma namn.",
        "The Wikidata identifier may be shared with a former municipality of the same name.",
    ),
}


def wikidata_doubt(row: Row) -> Words | None:
    """Say why the Wikidata identifier of a municipality is uncertain; two sources make it sure."""
    basis = row["wikidata_basis"]
    if row["code"] in WIKIDATA_MAYBE_SHARED:
        return _WIKIDATA["shared"]
    if "differs" in basis:
        return _WIKIDATA["conflict"]
    return None if basis == "finto+wof" else _WIKIDATA[basis]
