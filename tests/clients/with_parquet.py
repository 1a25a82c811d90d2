"""Reads a table as Parquet and as CSV with pandas, from nothing but addresses; prints JSON.

Run in the clients' own environment: with_parquet.py ADDRESS
"""

import json
import sys
from urllib.parse import urljoin

import pandas  # type: ignore[import-untyped]


def main() -> None:
    """Read and print."""
    base = urljoin(sys.argv[1], "/dumps/latest/tables/")
    parquet = pandas.read_parquet(base + "events.parquet", dtype_backend="pyarrow")
    plain = pandas.read_csv(base + "events.csv", dtype=str, keep_default_na=False)
    packed = pandas.read_csv(base + "events.csv.gz", dtype=str, keep_default_na=False)
    names = ("iri", "ordinal", "theme", "start_earliest")
    report = {
        "kinds": {name: str(parquet[name].dtype) for name in names},
        "rows": [len(parquet), len(plain), len(packed)],
        "same": plain.equals(packed),
        "same_iris": list(parquet["iri"]) == list(plain["iri"]),
        "same_days": [
            str(day) if day is not None and not pandas.isna(day) else ""
            for day in parquet["start_earliest"]
        ]
        == list(plain["start_earliest"]),
        "year": int(pandas.to_datetime(parquet["start_earliest"]).dt.year.min()),
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
