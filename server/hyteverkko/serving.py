"""Runs the web server: says where it is, refuses a port in use in one sentence, stops cleanly."""

import contextlib
import errno
import resource
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import uvicorn

from hyteverkko.app import create_app
from hyteverkko.connection import Connection
from hyteverkko.errors import HyteError
from hyteverkko.open_connections import OpenConnections
from hyteverkko.settings import Settings

TURN: Final = 0.0005
"""Seconds after which a thread that draws a page lets the event loop go on, if that has to."""

UNREAD: Final = 128 * 1024
"""Bytes that the system may hold of what one client does not read; Linux takes twice as many."""

OTHER_FILES: Final = 512
"""Open files beside the connections: of the store, of cells, and of what is sent from disk."""


class PortInUse(HyteError):
    """Something else listens on the port."""


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until interrupted; raise PortInUse when the port is taken."""
    listener = listening(settings.host, settings.port)
    port = listener.getsockname()[1]
    app = create_app(replace(settings, port=port))
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    say(f"http://{host}:{port}/")
    config = uvicorn.Config(
        app,
        http=_connection(settings.connections),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=20,
    )
    sys.setswitchinterval(TURN)
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    say("Stopped.")


def listening(host: str, port: int) -> socket.socket:
    """Give a socket that is bound, whose connections hold little; raise PortInUse."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends small answers at once (TCP_NODELAY).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # What is accepted inherits it. Left to itself, Linux holds megabytes for who does not read.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNREAD)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                "Port {port} on {host} is in use. Stop what uses it, or choose another: --port.",
                port=port,
                host=host,
            ) from None
        raise PortInUse(
            "Cannot listen on {host} port {port}: {reason}.",
            host=host,
            port=port,
            reason=error.strerror,
        ) from None
    return listener


def _connection(most: int) -> type[Connection]:
    """Give the kind of the server's connections: as many as wanted, or as files may be open."""
    wanted, (now, highest) = most + OTHER_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)
    if highest != resource.RLIM_INFINITY:
        wanted = min(wanted, highest)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, highest))

    class Bounded(Connection):
        open_connections = OpenConnections(max(wanted - OTHER_FILES, 1))

    return Bounded
