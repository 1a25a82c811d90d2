"""How the check asks a server: by plain HTTP, at the address given, whatever the server is told."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from pyoxigraph import Quad, RdfFormat, parse

PATIENCE: Final = 120
"""Seconds that one answer may take."""

CHUNK: Final = 1 << 20


class Unanswered(Exception):
    """The server did not answer as it should; the text says what was asked and what came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, its head and its body."""

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Give the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Read the body as JSON; raise Unanswered when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Unanswered(f"{self.address}: not JSON") from None

    def quads(self) -> list[Quad]:
        """Read the body as RDF in the format it says it has; raise Unanswered when it is none."""
        format_ = RdfFormat.from_media_type(self.media_type)
        if format_ is None:
            raise Unanswered(f"{self.address}: {self.media_type} is no RDF")
        try:
            return list(parse(self.body, format=format_, base_iri=self.address))
        except SyntaxError as error:
            raise Unanswered(f"{self.address}: {error.msg}") from None


class _NoRedirect(HTTPRedirectHandler):
    """Gives redirects back instead of following them."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow none."""


class Server:
    """The server under check, at the address it is reached by.

    Its own links name the address of ``HYTE_BASE_URL``; they are asked here all the same.
    """

    def __init__(self, address: str) -> None:
        """Ask at an address such as ``http://127.0.0.1:8000``."""
        self.address = address.rstrip("/")
        self.asked = 0
        self._opener = build_opener(ProxyHandler({}), _NoRedirect)

    def get(self, link: str, accept: str = "*/*") -> Answer:
        """Get what a link leads to; raise Unanswered unless the status is 200."""
        answer = self.ask("GET", link, accept)
        if answer.status != 200:
            raise Unanswered(f"{answer.address}: {answer.status}")
        return answer

    def ask(self, method: str, link: str, accept: str = "*/*") -> Answer:
        """Ask with a method; any status is given back. Redirects on this server are followed."""
        for _ in range(5):
            with self._opened(method, link, accept) as response:
                answer = Answer(
                    response.url, response.status or 0, _headers(response), response.read()
                )
            if answer.status not in {301, 302, 303, 307, 308}:
                return answer
            link = answer.headers.get("location", "")
        raise Unanswered(f"{self.here(link)}: too many redirects")

    def lines(self, link: str) -> Iterator[bytes]:
        """Give the bytes of a large file, chunk by chunk, following redirects."""
        for _ in range(5):
            with self._opened("GET", link, "*/*") as response:
                if response.status == 200:
                    while chunk := response.read(CHUNK):
                        yield chunk
                    return
                link = response.headers.get("location", "")
                if not link:
                    raise Unanswered(f"{response.url}: {response.status}")
        raise Unanswered(f"{self.here(link)}: too many redirects")

    def here(self, link: str) -> str:
        """Give the address at which a link of the server is asked."""
        parts = urlsplit(link)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.address}{parts.path}{query}"

    def _opened(self, method: str, link: str, accept: str) -> HTTPResponse | HTTPError:
        self.asked += 1
        address = self.here(link)
        try:
            request = Request(address, method=method, headers={"Accept": accept})
            response: HTTPResponse = self._opener.open(request, timeout=PATIENCE)
        except HTTPError as error:
            # It is a response, too.
            return error
        except (URLError, OSError, HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise Unanswered(f"{address}: {reason}") from None
        return response


def _headers(response: HTTPResponse | HTTPError) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
