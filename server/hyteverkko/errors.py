"""Everything that can be refused, as one tree; each error carries the status it is answered with.

HyteError
    BadSetting          a setting that cannot be
    NoRelease           nothing has been built yet
    RequestError        an answer over HTTP with a status
        BadRequest      400
        Forbidden       403
        NotFound        404
        NotAcceptable   406
        Gone            410
        TooLarge        413
        UnsupportedMedia 415
        TooMany         429
        Busy            503
        TimedOut        504
"""

from collections.abc import Callable
from typing import Any


class HyteError(Exception):
    """The base of every error the project raises on purpose; its text is for the reader.

    ``message`` is a text of the catalogues, so that it can be said in the reader's language;
    ``values`` fill its places.
    """

    def __init__(self, message: str, **values: Any) -> None:  # noqa: ANN401 - anything printable
        """Keep the message and the values apart, to be translated where they are answered."""
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.values = values

    def sentence(self, translate: Callable[[str], str]) -> str:
        """Give the message in a language, its places filled."""
        return translate(self.message).format(**self.values)


class BadSetting(HyteError):
    """A setting has a value that cannot be."""


class NoRelease(HyteError):
    """There is no release to serve."""


class RequestError(HyteError):
    """A request is answered with this status and this sentence."""

    status = 400


class BadRequest(RequestError):
    """The request cannot be read."""


class Forbidden(RequestError):
    """The request is understood and not allowed."""

    status = 403


class NotFound(RequestError):
    """Nothing is known under this address."""

    status = 404


class WrongMethod(RequestError):
    """The address takes other methods."""

    status = 405


class NotAcceptable(RequestError):
    """None of the formats asked for is offered."""

    status = 406


class TooSlow(RequestError):
    """What is sent comes in too slowly."""

    status = 408


class Gone(RequestError):
    """What was here has been withdrawn."""

    status = 410


class TooLarge(RequestError):
    """The request or its result is over a limit."""

    status = 413


class UnsupportedMedia(RequestError):
    """The body is of a type that is not read here."""

    status = 415


class Busy(RequestError):
    """All workers are taken; ask again."""

    status = 503
    retry_after = 5


class TooMany(RequestError):
    """The client has used its share for now."""

    status = 429

    def __init__(self, message: str, retry_after: int, **values: Any) -> None:  # noqa: ANN401
        """Keep the seconds after which it is worth asking again."""
        super().__init__(message, **values)
        self.retry_after = retry_after


class TimedOut(RequestError):
    """The query took longer than it may."""

    status = 504
