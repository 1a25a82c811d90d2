"""What is sent in the body of a request, up to a bound."""

from starlette.requests import ClientDisconnect, Request

from hyteverkko.errors import BadRequest, TooLarge


async def sent_body(request: Request, most: int, too_large: TooLarge) -> bytes:
    """Read a body of at most ``most`` bytes, or raise ``too_large``; BadRequest for half a body."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise too_large
    except ClientDisconnect:
        raise BadRequest("The connection ended before all was sent.") from None
    return bytes(body)
