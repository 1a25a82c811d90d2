"""The records of OAI-PMH 2.0: every thing with a page, by the time it last changed or went.

A list is given in parts. The token that leads on names the last record given and what was asked,
so it holds as long as it is kept, also over later releases: what has changed meanwhile comes at the
end.
"""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import quote, unquote

from hyteverkko.namespaces import ID
from hyteverkko.store.chronicle import Chronicle
from hyteverkko.store.search.things import INDEXED

DOMAIN: Final = "w3id.org"
SCHEME: Final = f"oai:{DOMAIN}:hyteverkko/"
"""How identifiers begin: the domain of the things' own IRIs, whoever serves them."""

PART: Final = 100
"""Records in one answer."""

KINDS: Final = tuple(kind for kind in INDEXED if kind not in {"concept", "term", "office"})
"""The kinds that have records, each a set of its own; concepts are harvested as a SKOS file."""

MOST_GIVEN: Final = 10**9
"""Records that a list may have given before, as its token says."""

DUBLIN_CORE: Final = "oai_dc"
DCAT_AP: Final = "dcat_ap"
DATASET: Final = "dataset"


class OaiError(Exception):
    """A request is answered with this error of the protocol (section 3.6)."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code and what is said."""
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True, order=True)
class Record:
    """The header of a record: when its thing last changed, which it is, its kind, whether gone."""

    changed: str
    iri: str
    kind: str
    gone: bool

    @property
    def datestamp(self) -> str:
        """Give the time of the last change as the protocol has it, in whole seconds."""
        return _seconds(self.changed)

    @property
    def identifier(self) -> str:
        """Give the identifier of the record."""
        return SCHEME + quote(self.iri.removeprefix(ID), safe="/-._~")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked to hold; ``after`` is the last record given, ``given`` how many were."""

    prefix: str
    set: str = ""
    from_: str = ""
    until: str = ""
    after: tuple[str, str] = ("", "")
    given: int = 0

    def token(self, last: Record, given: int) -> str:
        """Give the token that leads on after a record."""
        fields = asdict(self) | {"after": (last.changed, last.iri), "given": given}
        text = json.dumps(list(fields.values()), separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def of_token(cls, token: str) -> "Wanted":
        """Read a token; raise OaiError for one that was never given."""
        try:
            text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
            prefix, set_, from_, until, (stamp, iri), given = json.loads(text)
        except (binascii.Error, UnicodeError, ValueError, TypeError, RecursionError):
            raise _bad_token() from None
        texts = (prefix, set_, from_, until, stamp, iri)
        if not all(isinstance(one, str) for one in texts) or type(given) is not int:
            raise _bad_token()
        if not 1 <= given <= MOST_GIVEN or prefix not in FORMATS or (set_ and set_ not in KINDS):
            raise _bad_token()
        return cls(prefix, set_, from_, until, (stamp, iri), given)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list: its records, how many there are in all, and the token that leads on."""

    records: Sequence[Record]
    total: int
    cursor: int
    token: str


class Records:
    """All records of a release, in order of time."""

    def __init__(self, chronicle: Chronicle, datasets: Collection[str]) -> None:
        """Take the times from a chronicle; ``datasets`` are those that the catalogue has."""
        self.chronicle, self._datasets = chronicle, datasets
        every = map(self._of, chronicle.states)
        self.every = sorted(one for one in every if one is not None)

    def named(self, identifier: str) -> Record:
        """Give the record with an identifier; raise OaiError for none."""
        record = self._of(ID + unquote(identifier.removeprefix(SCHEME)))
        if not identifier.startswith(SCHEME) or record is None:
            raise OaiError("idDoesNotExist", "No record has this identifier.")
        return record

    def part(self, wanted: Wanted) -> Part:
        """Give the part of a list that is wanted; raise OaiError when there is none."""
        sets = {wanted.set} if wanted.set else set(KINDS)
        if wanted.prefix == DCAT_AP:
            sets &= {DATASET}
        first = bisect_left(self.every, wanted.from_, key=_stamp) if wanted.from_ else 0
        last = bisect_right(self.every, wanted.until, key=_stamp) if wanted.until else None
        matching = [one for one in self.every[first:last] if one.kind in sets]
        start = bisect_right(matching, wanted.after, key=lambda one: (one.changed, one.iri))
        records = matching[start : start + PART]
        if not records:
            if wanted.given:
                return Part((), wanted.given, wanted.given, "")
            raise OaiError("noRecordsMatch", "No record matches what was asked.")
        total = wanted.given + len(matching) - start
        is_last = start + PART >= len(matching)
        token = "" if is_last else wanted.token(records[-1], wanted.given + len(records))
        return Part(records, total, wanted.given, token)

    def _of(self, iri: str) -> Record | None:
        state, kind = self.chronicle.of(iri), _kind(iri)
        if state is None or kind not in KINDS:
            return None
        if kind == DATASET and not state.gone and iri not in self._datasets:
            return None
        return Record(state.modified, iri, kind, state.gone)

    @property
    def earliest(self) -> str:
        """Give the time before which nothing was recorded."""
        states = self.chronicle.states.values()
        return _seconds(min((state.created for state in states), default="1970-01-01T00:00:00Z"))


def formats_of(kind: str) -> tuple[str, ...]:
    """Give the formats in which the records of a kind are given."""
    return (DUBLIN_CORE, DCAT_AP) if kind == DATASET else (DUBLIN_CORE,)


FORMATS: Final[Mapping[str, tuple[str, str]]] = {
    DUBLIN_CORE: (
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
    ),
    DCAT_AP: ("http://www.w3.org/1999/02/22-rdf-syntax-ns", "http://data.europa.eu/r5r/"),
}
"""The schema and the namespace of each format."""


def _kind(iri: str) -> str:
    return iri.removeprefix(ID).partition("/")[0] if iri.startswith(ID) else ""


def _stamp(record: Record) -> str:
    return record.datestamp


def _seconds(time: str) -> str:
    return time[:19] + "Z"


def _bad_token() -> OaiError:
    return OaiError("badResumptionToken", "This resumption token was never given.")
