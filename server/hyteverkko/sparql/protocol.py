"""HTTP into one value: what a client of the SPARQL 1.1 Protocol asks (section 2.1)."""

from dataclasses import dataclass
from email.message import Message
from typing import Final, TypeAlias
from urllib.parse import parse_qs

from pydantic_core import Url
from starlette.requests import Request

from hyteverkko.errors import BadRequest, Forbidden, TooLarge, UnsupportedMedia
from hyteverkko.sent import FORM, sent_body
from hyteverkko.sparql.gate import NO_UPDATE
from hyteverkko.translations import marked

Parameters: TypeAlias = dict[str, list[str]]

DIRECT: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
PARAMETERS: Final = 100
LONGEST_TYPE: Final = 1000
"""Characters of a Content-Type that are read: what quotes it opens costs time in their square."""

ANYWHERE: Final = "http://localhost/"
UNREADABLE: Final = "\ufffd"
"""What stands for bytes that are not UTF-8."""

NOT_UTF_8: Final = marked("The query is not in UTF-8.")


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query with its dataset; an empty text means that none was given."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str


async def read_query(request: Request, most: int) -> QueryRequest:
    """Read the query of a GET, a form or a direct POST, of at most ``most`` bytes."""
    parameters = _parameters_of_address(request.scope["query_string"])
    if request.method == "POST":
        body = await _body(request, most)
        match _media_type(request):
            case str(kind) if kind == FORM:
                parameters = _joined(parameters, _parameters(body))
            case str(kind) if kind == DIRECT:
                parameters = _joined(parameters, {"query": [body]})
            case str(kind) if kind == UPDATE:
                raise Forbidden(NO_UPDATE)
            case _:
                raise UnsupportedMedia(
                    "A query is posted as {form} or {direct}.", form=FORM, direct=DIRECT
                )
    if "update" in parameters:
        raise Forbidden(NO_UPDATE)
    texts = parameters.get("query", [])
    if len(texts) > 1:
        raise BadRequest("There is more than one query. Send one.")
    return QueryRequest(
        text="".join(texts),
        default_graphs=_graphs(parameters, "default-graph-uri"),
        named_graphs=_graphs(parameters, "named-graph-uri"),
        format="".join(parameters.get("format", [])[:1]),
    )


def _graphs(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Give the graphs that a parameter names; a field of a form that is left empty names none."""
    return tuple(iri for iri in parameters.get(name, ()) if iri.strip())


async def _body(request: Request, most: int) -> str:
    too_large = TooLarge("The query is over {size} KiB. Send a shorter one.", size=most // 1024)
    try:
        return (await sent_body(request, most, too_large)).decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(NOT_UTF_8) from None


def _joined(one: Parameters, other: Parameters) -> Parameters:
    return {name: one.get(name, []) + other.get(name, []) for name in one | other}


def _parameters_of_address(query: bytes) -> Parameters:
    """Read what stands in an address; no line breaks can, which a form may have."""
    try:
        text = query.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(NOT_UTF_8) from None
    if text.count("&") < PARAMETERS:
        pairs = Url(f"{ANYWHERE}?{text}").query_params()
        if not any(UNREADABLE in value for pair in pairs for value in pair):
            parameters: Parameters = {}
            for name, value in pairs:
                parameters.setdefault(name, []).append(value)
            return parameters
    # Either it means that character, or it is no UTF-8: the strict parser knows.
    return _parameters(text)


def _parameters(query: str) -> Parameters:
    try:
        return parse_qs(query, keep_blank_values=True, errors="strict", max_num_fields=PARAMETERS)
    except UnicodeDecodeError:
        raise BadRequest(NOT_UTF_8) from None
    except ValueError:
        raise BadRequest("There are too many parameters.") from None


def _media_type(request: Request) -> str:
    stated = Message()
    stated["Content-Type"] = request.headers.get("content-type", "")[:LONGEST_TYPE]
    charset = stated.get_content_charset("")
    if charset and charset not in {"utf-8", "utf8"}:
        raise UnsupportedMedia("The query is read in UTF-8 only.")
    return stated.get_content_type()
