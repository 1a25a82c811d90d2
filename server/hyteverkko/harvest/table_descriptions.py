"""What the tables are, for programs: CSV on the Web (W3C), and a Data Package (Frictionless)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from hyteverkko.harvest.tables import SEPARATOR, TABLES, Column, Kind, Table
from hyteverkko.namespaces import ID
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.store.releases import Release
from hyteverkko.store.shelf import Made
from hyteverkko.translations import catalogue, marked

Json: TypeAlias = dict[str, Any]

TITLE: Final = marked("Wellbeing work of Finnish municipalities: tables of a release")
ABOUT: Final = marked(
    "One table for each kind of thing, with names in three languages, codes, dates and "
    "identifiers. A cell with several values has them between vertical bars."
)
LICENCE: Final = "http://creativecommons.org/licenses/by/4.0/"
"""That of the whole; a dataset with another says so in its record."""


def csvw(release: Release) -> Json:
    """Give the description of the tables as CSV on the Web (W3C, Metadata Vocabulary)."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@id": f"{ID}release/{release.id}#tables",
        "dc:title": _in_languages(TITLE),
        "dc:description": _in_languages(ABOUT),
        "dc:license": {"@id": LICENCE},
        "dc:issued": {"@value": release.built, "@type": "xsd:dateTime"},
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n", "\n"]},
        "tables": [_csvw_table(table) for table in TABLES],
    }


def data_package(release: Release, made: Mapping[str, Made]) -> Json:
    """Give the description as a Data Package; ``made`` gives size and checksum of each CSV file."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "hyteverkko-tables",
        "id": f"{ID}release/{release.id}",
        "title": TITLE,
        "description": ABOUT,
        "version": release.id,
        "created": release.built,
        "licenses": [{"name": "CC-BY-4.0", "path": LICENCE, "title": "CC BY 4.0"}],
        "resources": [_resource(table, made[f"tables/{table.kind}.csv"]) for table in TABLES],
    }


def _csvw_table(table: Table) -> Json:
    schema: Json = {
        "columns": [_csvw_column(column) for column in table.columns],
        "primaryKey": "iri",
        "aboutUrl": "{+iri}",
    }
    keys = [
        {
            "columnReference": column.name,
            "reference": {"resource": f"{column.refers}.csv", "columnReference": "iri"},
        }
        for column in _references(table)
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "url": f"{table.kind}.csv",
        "dc:title": _in_languages(table.title),
        "dc:description": _in_languages(table.about),
        "tableSchema": schema,
    }


def _csvw_column(column: Column) -> Json:
    described: Json = {
        "name": column.name,
        "titles": column.name,
        "dc:title": _in_languages(column.title),
        "datatype": column.kind.value,
        "required": column.required,
    }
    if column.many:
        described["separator"] = SEPARATOR
    if column.language:
        described["lang"] = column.language
    return described


def _resource(table: Table, made: Made) -> Json:
    schema: Json = {
        "fields": [_field(column) for column in table.columns],
        "primaryKey": ["iri"],
        "missingValues": [""],
    }
    keys = [
        {
            "fields": [column.name],
            "reference": {"resource": column.refers, "fields": ["iri"]},
        }
        for column in _references(table)
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": table.kind,
        "type": "table",
        "path": f"{table.kind}.csv",
        "title": table.title,
        "description": table.about,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": made.size,
        "hash": f"sha256:{made.sha256}",
        "schema": schema,
    }


def _field(column: Column) -> Json:
    field: Json = {"name": column.name, "title": column.title, "type": "string"}
    if not column.many:
        match column.kind:
            case Kind.IRI:
                field["format"] = "uri"
            case Kind.DAY | Kind.NUMBER | Kind.FLAG:
                field["type"] = column.kind.value
            case Kind.TEXT:
                pass
    if column.required:
        field["constraints"] = {"required": True, "unique": column.name == "iri"}
    return field


def _references(table: Table) -> Iterator[Column]:
    return (column for column in table.columns if column.refers)


def _in_languages(text: str) -> Sequence[Json]:
    return [
        {"@value": catalogue(language).gettext(text), "@language": language}
        for language in LANGUAGES
    ]
