"""The values of the European authority tables that records use, as DCAT-AP wants them described."""

from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from hyteverkko.harvest.stating import stated, typed
from hyteverkko.negotiation import LANGUAGES

AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
THEMES: Final = AUTHORITY + "data-theme"
IANA: Final = "https://www.iana.org/assignments/media-types/"

PUBLIC: Final = AUTHORITY + "access-right/PUBLIC"
STABLE: Final = AUTHORITY + "planned-availability/STABLE"
CC_BY: Final = AUTHORITY + "licence/CC_BY_4_0"
CC_ZERO: Final = AUTHORITY + "licence/CC0"

LICENCES: Final = {
    "creativecommons.org/licenses/by/4.0": CC_BY,
    "creativecommons.org/publicdomain/zero/1.0": CC_ZERO,
}
"""What a licence is called in the authority table, by its own address."""

FILE_TYPES: Final = {
    "ttl": "RDF_TURTLE",
    "nt": "RDF_N_TRIPLES",
    "nq": "RDF_N_QUADS",
    "trig": "RDF_TRIG",
    "jsonld": "JSON_LD",
    "rdf": "RDF_XML",
}
"""What a format is called in the authority table, by the ending of its files."""

CLASSES: Final = {
    "access-right": "dct:RightsStatement",
    "country": "dct:Location",
    "data-theme": "skos:Concept",
    "file-type": "dct:MediaTypeOrExtent",
    "frequency": "dct:Frequency",
    "language": "dct:LinguisticSystem",
    "licence": "dct:LicenseDocument",
    "planned-availability": "skos:Concept",
}
"""The class of the values of each table."""

NAMES: Final = {
    "data-theme/AGRI": (
        "Maatalous, kalastus, metsätalous ja elintarvikkeet",
        "Jordbruk, fiske, skogsbruk och livsmedel",
        "Agriculture, fisheries, forestry and food",
    ),
    "data-theme/ECON": ("Talous ja rahoitus", "Ekonomi och finans", "Economy and finance"),
    "data-theme/EDUC": (
        "Koulutus, kulttuuri ja urheilu",
        "Utbildning, kultur och sport",
        "Education, culture and sport",
    ),
    "data-theme/ENER": ("Energia", "Energi", "Energy"),
    "data-theme/ENVI": ("Ympäristö", "Miljö", "Environment"),
    "data-theme/GOVE": (
        "Hallinto ja julkinen sektori",
        "Förvaltning och offentlig sektor",
        "Government and public sector",
    ),
    "data-theme/HEAL": ("Terveys", "Hälsa", "Health"),
    "data-theme/INTR": (
        "Kansainväliset kysymykset",
        "Internationella frågor",
        "International issues",
    ),
    "data-theme/JUST": (
        "Oikeus, oikeusjärjestelmä ja yleinen turvallisuus",
        "Rättsliga frågor, rättsväsen och allmän säkerhet",
        "Justice, legal system and public safety",
    ),
    "data-theme/REGI": ("Alueet ja kaupungit", "Regioner och städer", "Regions and cities"),
    "data-theme/SOCI": (
        "Väestö ja yhteiskunta",
        "Befolkning och samhälle",
        "Population and society",
    ),
    "data-theme/TECH": ("Tiede ja teknologia", "Vetenskap och teknik", "Science and technology"),
    "data-theme/TRAN": ("Liikenne", "Transport", "Transport"),
    "planned-availability/STABLE": ("pysyvä", "stabil", "stable"),
    "country/FIN": ("Suomi", "Finland", "Finland"),
    "access-right/PUBLIC": ("julkinen", "offentlig", "public"),
    "frequency/ANNUAL": ("vuosittain", "årligen", "annual"),
    "frequency/IRREG": ("epäsäännöllisesti", "oregelbundet", "irregular"),
    "frequency/MONTHLY": ("kuukausittain", "månatligen", "monthly"),
    "frequency/WEEKLY": ("viikoittain", "veckovis", "weekly"),
    "language/ENG": ("englanti", "engelska", "English"),
    "language/FIN": ("suomi", "finska", "Finnish"),
    "language/SWE": ("ruotsi", "svenska", "Swedish"),
    "licence/CC0": (
        "Creative Commons CC0 1.0 Yleismaailmallinen",
        "Creative Commons CC0 1.0 Universell",
        "Creative Commons CC0 1.0 Universal",
    ),
    "licence/CC_BY_4_0": (
        "Creative Commons Nimeä 4.0 Kansainvälinen",
        "Creative Commons Erkännande 4.0 Internationell",
        "Creative Commons Attribution 4.0 International",
    ),
}
"""The names of values in Finnish, Swedish and English, where DCAT-AP or a reader asks for them."""


def authority(iri: str) -> Iterator[Triple]:
    """Describe a value of an authority table; nothing of any other IRI."""
    table, _, value = iri.removeprefix(AUTHORITY).partition("/")
    node = NamedNode(iri)
    if iri.startswith(IANA):
        yield from typed(node, "dct:MediaType")
    if not iri.startswith(AUTHORITY) or table not in CLASSES:
        return
    yield from typed(node, CLASSES[table])
    yield from stated(node, "skos:inScheme", [NamedNode(AUTHORITY + table)])
    if CLASSES[table] == "skos:Concept":
        names = names_of(iri) or [Literal(value, language="en")]
        yield from stated(node, "skos:prefLabel", names)
    else:
        yield from stated(node, "rdfs:label", names_of(iri))


def names_of(iri: str) -> tuple[Literal, ...]:
    """Give the names of a value in each language; none where they are not kept here."""
    names = NAMES.get(iri.removeprefix(AUTHORITY), ())
    return tuple(
        Literal(name, language=language) for name, language in zip(names, LANGUAGES, strict=False)
    )


def licence_of(iri: str) -> str:
    """Give the authority's IRI of a licence; one that is not in the table as it stands."""
    return LICENCES.get(iri.partition("://")[2].rstrip("/"), iri)


def file_type(ending: str) -> str:
    """Give the IRI of the format that files of an ending have."""
    return f"{AUTHORITY}file-type/{FILE_TYPES[ending]}"


def media_type(name: str) -> str:
    """Give the IRI of a media type."""
    return IANA + name
