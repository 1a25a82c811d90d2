"""Tables as files: CSV by RFC 4180, plain and compressed, and Parquet with the columns' types.

Rows are written as they come, some thousands at a time.
"""

import csv
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hyteverkko.harvest.rdf_dumps import zipped
from hyteverkko.harvest.tables import SEPARATOR, Cell, Column, Kind, Table, Values

if TYPE_CHECKING:
    import pyarrow

BATCH: Final = 10_000


def write_table(folder: Path, table: Table, rows: Iterable[Values]) -> Mapping[str, Path]:
    """Write a table in every format into a folder; give the files by their endings."""
    from pyarrow.parquet import ParquetWriter

    files = {ending: folder / f"{table.kind}.{ending}" for ending in ("csv", "csv.gz", "parquet")}
    schema = _schema(table)
    with (
        files["csv"].open("w", encoding="utf-8", newline="") as text,
        closing(ParquetWriter(files["parquet"], schema)) as parquet,
    ):
        lines = csv.writer(text)
        lines.writerow(column.name for column in table.columns)
        for batch in _batches(rows):
            lines.writerows([_written(cell) for cell in row] for row in batch)
            parquet.write_batch(_record_batch(table, schema, batch))
    with files["csv"].open("rb") as plain, zipped(files["csv.gz"]) as packed:
        shutil.copyfileobj(plain, packed)
    return files


def _batches(rows: Iterable[Values]) -> Iterator[list[Values]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch


def _written(cell: Cell) -> str | int | None:
    match cell:
        case bool():
            return "true" if cell else "false"
        case list():
            return SEPARATOR.join(cell)
        case _:
            return cell


def _schema(table: Table) -> "pyarrow.Schema":
    import pyarrow

    types = {
        Kind.TEXT: pyarrow.string(),
        Kind.IRI: pyarrow.string(),
        Kind.DAY: pyarrow.date32(),
        Kind.NUMBER: pyarrow.int64(),
        Kind.FLAG: pyarrow.bool_(),
    }
    return pyarrow.schema(
        pyarrow.field(
            column.name,
            pyarrow.list_(types[column.kind]) if column.many else types[column.kind],
            nullable=not column.required,
        )
        for column in table.columns
    )


def _record_batch(
    table: Table, schema: "pyarrow.Schema", rows: list[Values]
) -> "pyarrow.RecordBatch":
    import pyarrow

    held = zip(table.columns, schema.types, zip(*rows, strict=True), strict=True)
    arrays = [
        pyarrow.array([_typed(column, cell) for cell in cells], kind)
        for column, kind, cells in held
    ]
    return pyarrow.record_batch(arrays, schema=schema)


def _typed(column: Column, cell: Cell) -> "Cell | date":
    return date.fromisoformat(cell) if column.kind is Kind.DAY and isinstance(cell, str) else cell
