"""Validates the tables of the current release with frictionless; prints what it finds as JSON.

Run in the clients' own environment: with_frictionless.py ADDRESS
"""

import json
import sys
from urllib.parse import urljoin

from frictionless import Checklist, Package  # type: ignore[import-not-found]


def main() -> None:
    """Validate and print."""
    package = Package(urljoin(sys.argv[1], "/dumps/latest/tables/datapackage.json"))
    found = package.validate(Checklist())
    report = {
        "valid": found.valid,
        "errors": [str(one) for one in found.flatten(["title", "note"])],
        "rows": {task.name: task.stats["rows"] for task in found.tasks},
        "hashes": {one.name: one.hash for one in package.resources},
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
