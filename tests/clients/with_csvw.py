"""Reads the tables of the current release as CSV on the Web says they are; prints JSON.

Run in the clients' own environment: with_csvw.py ADDRESS
"""

import json
import sys
import warnings
from urllib.parse import urljoin
from urllib.request import urlopen

from csvw import CSVW  # type: ignore[import-not-found]


def main() -> None:
    """Read and print."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # This client follows no redirect.
        with urlopen(urljoin(sys.argv[1], "/dumps/latest/tables/csv-metadata.json")) as answer:
            address = answer.geturl()
        tables = CSVW(address, validate=True)
        valid = tables.is_valid
        rows = {table.url.string: [dict(row) for row in table] for table in tables.tables}
    report = {
        "valid": valid,
        "warnings": [str(one.message) for one in (*caught, *tables.warnings)],
        "rows": {name.rpartition("/")[2]: len(found) for name, found in rows.items()},
        "kinds": {
            name: type(value).__name__
            for name, value in next(
                row for row in rows["municipality-changes.csv"] if len(row["original"]) > 1
            ).items()
        },
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
