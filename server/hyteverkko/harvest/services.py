"""The services by which a release is asked and followed, as the catalogue describes them."""

from dataclasses import dataclass
from typing import Final

from hyteverkko.translations import marked


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its key, its texts, its path, what describes it, and the standard it follows."""

    key: str
    title: str
    description: str
    path: str
    described: str
    standard: str


SPARQL: Final = Service(
    "sparql",
    marked("SPARQL endpoint"),
    marked("Questions in SPARQL 1.1 over all datasets at once, answered as tables or as graphs."),
    "/sparql",
    "/sparql",
    "https://www.w3.org/TR/sparql11-protocol/",
)
SERVICES: Final = (
    SPARQL,
    Service(
        "feed",
        marked("Change feed"),
        marked("Each version of each thing and each deletion, in order of time, to be replicated."),
        "/feed",
        "/feed",
        "https://w3id.org/ldes/specification",
    ),
    Service(
        "oai",
        marked("OAI-PMH interface"),
        marked(
            "A record of every thing with a page; datasets also in DCAT-AP: libraries and portals."
        ),
        "/oai",
        "/oai?verb=Identify",
        "https://www.openarchives.org/OAI/openarchivesprotocol.html",
    ),
    Service(
        "ckan",
        marked("CKAN interface"),
        marked("The records of the datasets in the form in which CKAN portals ask for them."),
        "/api/3/action",
        "/api/3/action/help_show?name=package_search",
        "https://docs.ckan.org/en/latest/api/",
    ),
    Service(
        "reconcile",
        marked("Reconciliation service"),
        marked("Matches names in a table, such as those of municipalities, to what is known here."),
        "/reconcile",
        "/reconcile",
        "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/",
    ),
)
"""The services of a server, the one most asked first."""
