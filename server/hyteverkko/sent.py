"""What is sent in the body of a request: up to a bound, and within a time."""

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect, Request

from hyteverkko.errors import BadRequest, TooLarge, TooSlow

FORM: Final = "application/x-www-form-urlencoded"
PATIENCE: Final = 30
"""Seconds that a body of these few kilobytes may take."""


async def sent_body(request: Request, most: int, too_large: TooLarge) -> bytes:
    """Read a body of at most ``most`` bytes, or raise ``too_large``; BadRequest for half a body."""
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise too_large
    except TimeoutError:
        raise TooSlow("What is sent comes in too slowly. Send it again, or less of it.") from None
    except ClientDisconnect:
        raise BadRequest("The connection ended before all was sent.") from None
    return bytes(body)
