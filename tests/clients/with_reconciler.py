"""Match columns of a table with the ``reconciler`` package, and report what it found, as JSON."""

import json
import sys
from urllib.parse import urlsplit

import pandas as pd  # type: ignore[import-untyped]
from reconciler import reconcile  # type: ignore[import-not-found]

PLACES = pd.DataFrame(
    {
        "name": ["Kuru", "Karjalohja", "Väståboland", "Parainen", "Kuopion kaupunki", "Turussa"],
        "year": ["2005", "2012", "2010", "2005", "2020", "2020"],
    }
)
TITLES = pd.Series(["sivistysjohtaja", "hyvinvointikoordinaattorin", "Välfärdskoordinator"])


def main() -> None:
    """Match the columns against the server whose endpoint is named."""
    base = "{0.scheme}://{0.netloc}".format(urlsplit(sys.argv[1]))
    endpoint = f"{base}/reconcile?lang=fi"
    places = reconcile(
        PLACES["name"],
        type_id="municipality",
        property_mapping={"at": PLACES["year"]},
        reconciliation_endpoint=endpoint,
    )
    titles = reconcile(TITLES, type_id="office", reconciliation_endpoint=endpoint)
    columns = ["input_value", "id", "name", "match", "type_id", "type"]
    report = {
        "places": places[columns].values.tolist(),
        "titles": titles[columns].values.tolist(),
    }
    print(json.dumps(report))


main()
