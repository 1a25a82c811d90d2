"""A form that brings a file or a pasted text: only its framing is read here, never its content."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from hyteverkko.errors import BadRequest, UnsupportedMedia
from hyteverkko.ingest.bodies import ENDINGS, NO_CHARSET, Share, ending_of, received

FORM: Final = "multipart/form-data"
FILE, TEXT, FORMAT, TABLE, GRAPH = FIELDS = "file", "text", "format", "table", "graph"
LONGEST_NAME: Final = 100


class NothingSent(BadRequest):
    """The form has neither a file nor a text."""


@dataclass(frozen=True, slots=True)
class SentForm:
    """What was sent: content, its format as the ending of a file, and what it is called.

    ``table`` and ``graph`` are what was chosen, or empty.
    """

    content: bytes
    ending: str
    name: str
    table: str
    graph: str


class _InMemory(MultiPartParser):
    """Keeps what is sent in memory, which is bounded; the disk is no place for it."""

    spool_max_size = 0


def is_form(request: Request) -> bool:
    """Say whether the body of a request is such a form."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    return kind.strip().lower() == FORM


async def read_form(request: Request, share: Share) -> SentForm:
    """Read a form; raise BadRequest, TooLarge or UnsupportedMedia for what it cannot be."""
    _, options = parse_options_header(request.headers.get("content-type"))
    charset = options.get(b"charset", b"").decode("latin-1").lower()
    if charset not in NO_CHARSET:
        # Beyond this, a name of a codec would be taken from a stranger.
        raise UnsupportedMedia("A form is read in UTF-8 only.")
    parser = _InMemory(
        request.headers,
        received(request, share),
        max_files=1,
        max_fields=len(FIELDS),
        max_part_size=share.most,
    )
    try:
        form = await parser.parse()
    except MultiPartException:
        raise BadRequest(
            "The form cannot be read, or has too many parts. It has these fields: {fields}.",
            fields=", ".join(FIELDS),
        ) from None
    try:
        return await _sent(form)
    finally:
        await form.close()


async def _sent(form: FormData) -> SentForm:
    names = [name for name, _ in form.multi_items()]
    if not set(names) <= set(FIELDS) or len(names) > len(set(names)):
        raise BadRequest(
            "The form has a field that is not known, or one twice. It has these fields: {fields}.",
            fields=", ".join(FIELDS),
        )
    file, texts = form.get(FILE), _texts(form)
    if isinstance(file, str):
        raise BadRequest("The field '{name}' has to be a file.", name=FILE)
    is_chosen = file is not None and bool(file.filename or file.size)
    if is_chosen and texts[TEXT].strip():
        raise BadRequest("Choose a file or paste a text, not both.")
    table, graph = texts[TABLE], texts[GRAPH]
    if file is not None and is_chosen:
        name = _short(file.filename or "")
        return SentForm(await file.read(), _ending(name, file.content_type), name, table, graph)
    if not texts[TEXT].strip():
        raise NothingSent("Choose a file, or paste a text.")
    ending = f".{texts[FORMAT] or 'ttl'}"
    return SentForm(texts[TEXT].encode(), _known(ending), "", table, graph)


def _texts(form: FormData) -> Mapping[str, str]:
    texts = {name: form.get(name, "") for name in (TEXT, FORMAT, TABLE, GRAPH)}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise BadRequest("The field '{name}' has to be a text.", name=name)
    return {name: str(value) for name, value in texts.items()}


def _short(filename: str) -> str:
    """Give the name of a file as a report shows it, without the folders some clients send."""
    return PurePosixPath(filename.replace("\\", "/")).name[-LONGEST_NAME:]


def _ending(name: str, content_type: str | None) -> str:
    """Give the ending of a file: that of its name, or else what the client says it is."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in ENDINGS:
        return ending
    try:
        return ending_of(content_type or "")
    except UnsupportedMedia:
        return _known(ending or name)


def _known(ending: str) -> str:
    if ending not in ENDINGS:
        raise UnsupportedMedia(
            "The ending {ending} is not one that is read. Use one of: {endings}.",
            ending=ending,
            endings=" ".join(sorted(ENDINGS)),
        )
    return ending
