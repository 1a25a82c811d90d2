"""One connection: a head that is too long is refused before it is taken in whole.

One that comes too slowly, and an answer that is not read, end the connection. What is written in
one turn of the event loop, head and body, is sent in one piece.
"""

import asyncio
from http import HTTPStatus
from json import dumps
from typing import Any, ClassVar, Final

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from hyteverkko.open_connections import OpenConnections
from hyteverkko.sparql.fairuse import address_of

LONGEST_ADDRESS: Final = 60 * 1024
"""Bytes; the parser of addresses ends a little above."""

LONGEST_HEAD: Final = 64 * 1024
"""Bytes of the names and values of all header fields."""

HEAD_SECONDS: Final = 20.0
"""What a head may take, from the connection or from its first byte."""

READ_SECONDS: Final = 60.0
SLOWEST: Final = 64 * 1024
"""What a client may take to read an answer: so long, and a second more for so many bytes."""

SENTENCES: Final = {
    HTTPStatus.REQUEST_URI_TOO_LONG: f"The address is over {LONGEST_ADDRESS // 1024} KiB. "
    "Send the query in the body of a POST.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: f"The head is over {LONGEST_HEAD // 1024} KiB. "
    "Send fewer or shorter header fields.",
    HTTPStatus.BAD_REQUEST: "This is not HTTP, or names no Host, or more than one.",
    HTTPStatus.NOT_IMPLEMENTED: "This server is no proxy.",
    HTTPStatus.REQUEST_TIMEOUT: f"The head took over {HEAD_SECONDS:.0f} s. Send it again.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Too many requests are being answered. Send it again soon.",
}
"""In English: what the client would rather read stands in a head that has not been read."""

RETRY: Final = "retry-after: 2\r\n"


class TooLong(Exception):
    """More than is taken in; the parser that is told so stops."""


class NoProxy(Exception):
    """A tunnel to another server is asked for, which this one does not open."""


class NoHost(Exception):
    """A request says not, or twice, which host it is for (RFC 9112, 3.2)."""


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
        """Send what is held, and close; what is not read in time is not waited for."""
        self._send()
        self._transport.close()
        if unread := self.get_write_buffer_size():
            self._loop.call_later(_patience(unread), self.abort)

    def abort(self) -> None:
        """Close at once."""
        self._held = []
        self._transport.abort()

    def get_write_buffer_size(self) -> int:
        """Give how many bytes have been sent and could not be written yet."""
        return self._transport.get_write_buffer_size()

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

    open_connections: ClassVar[OpenConnections]
    """The connections that this one is one of."""

    _running: RequestResponseCycle | None = None
    _refusal = HTTPStatus.BAD_REQUEST
    _refused: HTTPStatus | None = None
    _head = 0
    _head_timer: asyncio.TimerHandle | None = None
    _read_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, with a transport that joins what is written."""
        super().connection_made(Joined(transport, self.loop))
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)
        address = address_of(self.client[0] if self.client else "", "", ())
        if not self.open_connections.opened(self.transport, address):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def connection_lost(self, exc: Exception | None) -> None:
        """End, tell all whose answer is not through, and leave nothing behind."""
        super().connection_lost(exc)
        # uvicorn tells only the newest, behind which others may be.
        for cycle in (self._running, *(cycle for cycle, _ in self.pipeline)):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        self.open_connections.closed(self.transport)
        for timer in (self._head_timer, self._read_timer):
            if timer is not None:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Take in some bytes; what is no whole head has its time to become one."""
        if self._refused is not None:
            return
        self._unset_keepalive_if_required()
        try:
            self._read(memoryview(data))
        except HttpParserError:
            self._refuse(self._refusal)
        if self._head_timer is None and (self.cycle is None or self.cycle.response_complete):
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)

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

    def on_headers_complete(self) -> None:
        """Let the request be answered, unless its head is going to be read again."""
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                self._refusal = HTTPStatus.NOT_IMPLEMENTED
                raise NoProxy
            return
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() != "1.0"):
            raise NoHost
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take in a part of the body."""
        super().on_body(body)
        self.open_connections.sends(self.transport)

    def on_message_complete(self) -> None:
        """Wait no more: the whole request is here, unless it has been answered before."""
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        self.cycle.more_body = False
        if not self.cycle.response_complete:
            self.open_connections.works(self.transport)

    def on_response_complete(self) -> None:
        """Wait for the next request, or answer it if it is here, or say what was wrong with it."""
        is_last = not self.pipeline
        if is_last or self.pipeline[-1][0].more_body:
            self.open_connections.waits(self.transport)
        super().on_response_complete()
        if is_last and self._refused is not None:
            self._write_refusal(self._refused)

    def pause_writing(self) -> None:
        """Write no more until the client reads, which it has some time for."""
        super().pause_writing()
        unread = self.transport.get_write_buffer_size()
        self._read_timer = self.loop.call_later(_patience(unread), self.transport.abort)
        self.open_connections.stops_reading(self.transport, unread)

    def resume_writing(self) -> None:
        """Write on: the client has read."""
        if self._read_timer is not None:
            self._read_timer.cancel()
        self.open_connections.reads(self.transport)
        super().resume_writing()

    def _read(self, data: memoryview) -> None:
        """Parse some bytes; where the parser stops for another protocol, go on with this one."""
        while data:
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade as stop:
                data = data[stop.args[0] :]
                self._read_without_upgrade()
            else:
                return

    def _read_without_upgrade(self) -> None:
        """Read the head that was just read as if no upgrade were offered (RFC 9110, 7.8).

        The parser takes the body of such a request for the other protocol, so it begins anew.
        """
        version = self.parser.get_http_version()
        lines = [b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, version.encode())]
        lines += [b"%b: %b" % field for field in self.headers if field[0] != b"upgrade"]
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.parser.feed_data(b"\r\n".join([*lines, b"", b""]))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _head_is_late(self) -> None:
        if self.cycle is None and self.scope is None:
            # Nothing was asked: there is nothing to answer.
            self.transport.close()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        """Say what was wrong, and close: after the answers to what was asked before."""
        broken = self.cycle if self.cycle is not None and self.cycle.more_body else None
        if broken is not None and broken.response_started:
            # What was wrong is a body that has its answer already.
            self.transport.close()
            return
        if broken is not None and self.pipeline:
            self.pipeline.popleft()
        if self._running is None or self._running is broken or self._running.response_complete:
            self._write_refusal(status)
        else:
            self._refused = status

    def _write_refusal(self, status: HTTPStatus) -> None:
        if self.transport.is_closing():
            return
        problem = {"status": status, "title": status.phrase, "detail": SENTENCES[status]}
        body = dumps(problem).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            "content-type: application/problem+json\r\n"
            "access-control-allow-origin: *\r\n"
            f"content-length: {len(body)}\r\n"
            f"{RETRY if status is HTTPStatus.SERVICE_UNAVAILABLE else ''}"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()


def _patience(unread: int) -> float:
    return READ_SECONDS + unread / SLOWEST
