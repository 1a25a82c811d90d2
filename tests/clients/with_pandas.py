"""Reads an answer as a table with pandas, from nothing but an address; prints it as JSON.

Run in the clients' own environment: with_pandas.py ADDRESS
"""

import json
import sys
from pathlib import Path
from urllib.parse import urlencode

import pandas  # type: ignore[import-untyped]

FOLDER = Path(__file__).parent


def main() -> None:
    """Read and print."""
    query = (FOLDER / "provinces.rq").read_text(encoding="utf-8")
    address = f"{sys.argv[1]}?{urlencode({'query': query, 'format': 'csv'})}"
    table = pandas.read_csv(address, parse_dates=["end"])
    sums = table.groupby("code")["municipalities"].first()
    report = {
        "columns": list(table.columns),
        "kinds": [table[name].dtype.kind for name in ("end", "municipalities")],
        "names": list(table["name"]),
        "years": sorted(set(table["end"].dt.year.tolist())),
        "municipalities": {code: int(number) for code, number in sums.items()},
    }
    json.dump(report, sys.stdout)


main()
