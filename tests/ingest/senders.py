"""A contributor as tests need one: the town of Kuopio, registered, with a token and some data."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hyteverkko.ingest.contribution import PUT, Contribution
from hyteverkko.ingest.contributors import Contributor, keep, with_token
from hyteverkko.namespaces import ID

TODAY = date(2026, 11, 22)
KUOPIO = f"{ID}municipality/297"
GROUP = f"{ID}body/kuopio/hyte-ryhma"
TURTLE = """\
PREFIX bodykind: <https://w3id.org/hyteverkko/def/body-kind/>
PREFIX hyte: <https://w3id.org/hyteverkko/def#>
PREFIX office: <https://w3id.org/hyteverkko/def/office/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX role: <https://w3id.org/hyteverkko/def/role/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
BASE <https://w3id.org/hyteverkko/id/>
<body/kuopio/hyte-ryhma>
    a hyte:WorkingGroup ;
    skos:prefLabel "HYTE-ryhmä"@fi ;
    hyte:bodyOf <municipality/297> ;
    org:classification bodykind:wellbeing-group .
<membership/kuopio/hyte-ryhma/koordinaattori>
    a org:Membership ;
    org:organization <body/kuopio/hyte-ryhma> ;
    org:role role:coordinator ;
    hyte:memberOffice office:hyvinvointikoordinaattori .
"""
STATEMENTS = 8


@dataclass(frozen=True, slots=True)
class Sender:
    """A registered contributor with a token, and the folder it is known in."""

    home: Path
    contributor: Contributor
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Give the headers of a request that brings Turtle."""
        return {"authorization": f"Bearer {self.token}", "content-type": "text/turtle"}

    def sends(self, text: str, action: str = PUT, ending: str = ".ttl") -> Contribution:
        """Give a contribution to the graph of the contributor."""
        return Contribution(
            self.contributor,
            self.contributor.graphs[0],
            action,
            TODAY,
            ending=ending,
            content=text.encode(),
        )


def registered(home: Path, name: str = "kuopio", owner: str = KUOPIO) -> Sender:
    """Register a contributor of one graph, all under one name."""
    one, token = with_token(
        Contributor(name, (name,), name, owner), TODAY, date(TODAY.year + 1, 1, 1)
    )
    keep(home, one)
    return Sender(home, one, token)


def copied(home: Path, folder: Path) -> Path:
    """Copy a home, to be written to, without the downloads that others have asked for."""
    shutil.copytree(home, folder, symlinks=True, ignore=shutil.ignore_patterns("dumps"))
    return folder
