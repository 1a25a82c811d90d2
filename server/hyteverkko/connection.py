"""One connection: an address or a head that is too long is refused before it is taken in whole.

What is written in one turn of the event loop, head and body, is sent in one piece.
"""

import asyncio
from http import HTTPStatus
from json import dumps
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_ADDRESS: Final = 60 * 1024
"""Bytes; the parser of addresses ends a little above."""

LONGEST_HEAD: Final = 64 * 1024
"""Bytes of the names and values of all header fields."""

SENTENCES: Final = {
    HTTPStatus.REQUEST_URI_TOO_LONG: f"The address is over {LONGEST_ADDRESS // 1024} KiB. "
    "Send the query in the body of a POST.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: f"The head is over {LONGEST_HEAD // 1024} KiB. "
    "Send fewer or shorter header fields.",
    HTTPStatus.BAD_REQUEST: "This is not HTTP.",
}
"""In English: what the client would rather read stands in a head that has not been read."""


class TooLong(Exception):
    """More than is taken in; the parser that is told so stops."""


class Joined(asyncio.Transport):
    """A transport that sends what is written before the event loop goes on as one piece."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Send over ``transport``."""
        super().__init__()
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []

    def write(self, data: bytes) -> None:  # type: ignore[override]
        """Hold some bytes until the loop goes on."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)

    def close(self) -> None:
        """Send what is held, and close."""
        self._send()
        self._transport.close()

    def is_closing(self) -> bool:
        """Say whether it is closing or closed."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Read no more for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - asyncio's
        """Give what is known of the connection by a name."""
        return self._transport.get_extra_info(name, default)

    def _send(self) -> None:
        if self._held and not self._transport.is_closing():
            self._transport.writelines(self._held)
        self._held = []


class Connection(HttpToolsProtocol):
    """A connection whose requests have bounds."""

    _refusal = HTTPStatus.BAD_REQUEST
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, with a transport that joins what is written."""
        super().connection_made(Joined(transport, self.loop))

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._head = 0

    def on_url(self, url: bytes) -> None:
        """Take in a part of the address, up to the bound."""
        super().on_url(url)
        if len(self.url) > LONGEST_ADDRESS:
            self._refusal = HTTPStatus.REQUEST_URI_TOO_LONG
            raise TooLong

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header field, up to the bound of all."""
        self._head += len(name) + len(value)
        if self._head > LONGEST_HEAD:
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise TooLong
        super().on_header(name, value)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own
        """Say what was wrong, and close."""
        status = self._refusal
        problem = {"status": status, "title": status.phrase, "detail": SENTENCES[status]}
        body = dumps(problem).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            "content-type: application/problem+json\r\n"
            "access-control-allow-origin: *\r\n"
            f"content-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()
