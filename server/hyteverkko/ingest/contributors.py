"""Who may send data in: contributors, the graphs that are theirs, and the hashes of their tokens.

``contributors/{name}.json`` is one contributor each. A token is shown once, when it is made; what
is kept is its SHA-256, its last day, and whether it was revoked.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from hyteverkko.errors import Forbidden, HyteError, RequestError
from hyteverkko.store.objects import write_durably

FOLDER: Final = "contributors"
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
"""What a contributor, a graph and a scope may be called."""

TOKEN: Final = re.compile(r"hyte\.([a-z0-9-]{1,64})\.([0-9a-f]{8})\.([A-Za-z0-9_-]{43})")
PERSONS: Final = "-persons"
"""What the graph with the names of persons is called, after the graph it belongs to."""


class BadContributor(HyteError):
    """A contributor cannot be what the command says."""


class Unauthorised(RequestError):
    """No token, or one that is not good: 401."""

    status = 401


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: the hash of its secret, its last day, and the day it was revoked."""

    id: str
    sha256: str
    made: str
    expires: str
    revoked: str = ""


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who sends data in.

    ``graphs`` are the graphs that are theirs, each with its persons' graph; ``scope`` is the part
    of an IRI under which they describe things; ``owner`` is the IRI of the body they act for.
    """

    name: str
    graphs: tuple[str, ...]
    scope: str
    owner: str
    tokens: tuple[Token, ...] = ()

    def may_write(self, graph: str) -> bool:
        """Say whether a graph is theirs."""
        return graph.removesuffix(PERSONS) in self.graphs


def contributor_path(home: Path, name: str) -> Path:
    """Give the place of a contributor; raise BadContributor for a name that cannot be one."""
    if not NAME.fullmatch(name):
        raise BadContributor(
            "'{name}' cannot be a name: use small letters a–z, digits and hyphens, at most 64.",
            name=name,
        )
    return home / FOLDER / f"{name}.json"


def contributors(home: Path) -> Iterator[Contributor]:
    """Give all contributors, by name."""
    for path in sorted((home / FOLDER).glob("*.json")):
        yield _read(path)


def contributor(home: Path, name: str) -> Contributor | None:
    """Give a contributor by name, or None."""
    path = contributor_path(home, name)
    return _read(path) if path.is_file() else None


def contributor_of(home: Path, graph: str) -> Contributor | None:
    """Give whose a graph is, or None."""
    return next((one for one in contributors(home) if one.may_write(graph)), None)


def keep(home: Path, one: Contributor) -> None:
    """Keep a contributor, in the place of what was known under that name."""
    path = contributor_path(home, one.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(one), indent=1, ensure_ascii=False)
    write_durably(path, f"{text}\n".encode())
    path.chmod(0o600)


def with_token(one: Contributor, made: date, expires: date) -> tuple[Contributor, str]:
    """Give the contributor with one more token, and the token itself, which is kept nowhere."""
    identifier, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    token = Token(identifier, _hash(secret), made.isoformat(), expires.isoformat())
    return replace(one, tokens=(*one.tokens, token)), f"hyte.{one.name}.{identifier}.{secret}"


def without_token(one: Contributor, identifier: str, day: date) -> Contributor:
    """Give the contributor with a token revoked; raise BadContributor when there is none."""
    if all(token.id != identifier for token in one.tokens):
        raise BadContributor(
            "{name} has no token {token}. List them with: hyteverkko token list",
            name=one.name,
            token=identifier,
        )
    tokens = (
        replace(token, revoked=day.isoformat()) if token.id == identifier else token
        for token in one.tokens
    )
    return replace(one, tokens=tuple(tokens))


def authorised(home: Path, header: str | None, graph: str, today: date) -> Contributor:
    """Give who may write a graph; raise Unauthorised or Forbidden, each with its reason."""
    scheme, _, text = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Unauthorised(
            "Writing needs a token. Send it as: Authorization: Bearer TOKEN. The maintainer gives "
            "them out."
        )
    one, token = _known(home, text.strip())
    if one is None or token is None:
        raise Unauthorised("The token is not known. Ask the maintainer for one.")
    if token.revoked:
        raise Unauthorised("The token was revoked on {day}.", day=token.revoked)
    if today > date.fromisoformat(token.expires):
        raise Unauthorised(
            "The token expired on {day}. Ask the maintainer for a new one.", day=token.expires
        )
    if not one.may_write(graph):
        raise Forbidden(
            "The token is for these graphs: {graphs}. It is not for {graph}.",
            graphs=", ".join(one.graphs),
            graph=graph,
        )
    return one


def _known(home: Path, text: str) -> tuple[Contributor | None, Token | None]:
    """Find a token; unknown ones take as long as known ones with a wrong secret."""
    parts = TOKEN.fullmatch(text)
    name, identifier, secret = parts.groups() if parts else ("-", "", "")
    one = contributor(home, name) if NAME.fullmatch(name) else None
    found = next((token for token in one.tokens if token.id == identifier), None) if one else None
    expected = found.sha256 if found else _hash("")
    matches = hmac.compare_digest(_hash(secret or "-"), expected)
    return (one, found) if matches else (None, None)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _read(path: Path) -> Contributor:
    fields = json.loads(path.read_text(encoding="utf-8"))
    fields["graphs"] = tuple(fields["graphs"])
    fields["tokens"] = tuple(Token(**token) for token in fields["tokens"])
    return Contributor(**fields)
