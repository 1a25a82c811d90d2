"""How a page or a graph becomes an answer: templates, headers, validators."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import RdfFormat, Triple, serialize
from starlette.requests import Request
from starlette.responses import Response

from hyteverkko.formats import HTML, PAGE_FORMATS, Format
from hyteverkko.namespaces import PREFIXES
from hyteverkko.negotiation import LANGUAGES, best_language
from hyteverkko.translations import catalogue

TEMPLATES: Final = Path(__file__).parent / "templates"
CACHE: Final = "public, max-age=60, must-revalidate"
VARY: Final = "Accept, Accept-Language"


@cache
def templates(language: str) -> Environment:
    """Give the templates with their texts in one language."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    texts = catalogue(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, texts.ngettext, newstyle=True
    )
    return environment


def language_of(request: Request) -> str:
    """Choose the language of the answer: ``?lang=``, else Accept-Language, else Finnish."""
    return best_language(request.query_params.get("lang"), request.headers.get("accept-language"))


def page_answer(
    request: Request,
    template: str,
    page: object,
    *,
    status: int = 200,
    release: str = "",
    alternates: Iterable[tuple[Format, str]] = (),
) -> Response:
    """Answer with a page: a template that sees ``page``, the language and the ways to others."""
    language = language_of(request)
    links = tuple(alternates)
    body = (
        templates(language)
        .get_template(template)
        .render(
            page=page,
            language=language,
            languages={one: same_page_in(request, one) for one in LANGUAGES},
            alternates=links,
        )
    )
    headers = {"Vary": VARY, "Content-Language": language}
    if links:
        headers["Link"] = link_header(links)
    if release and status == 200:
        return cacheable(request, body.encode(), HTML.content_type, release, headers)
    return Response(body, status, {**headers, "Cache-Control": "no-store"}, HTML.content_type)


def graph_answer(
    request: Request,
    triples: Iterable[Triple],
    format_: Format,
    *,
    release: str,
    alternates: Iterable[tuple[Format, str]] = (),
) -> Response:
    """Answer with a graph in one format."""
    if not isinstance(format_.engine, RdfFormat):
        raise TypeError(f"not a graph format: {format_.name}")
    held = sorted(triples, key=str)
    body = serialize(held, format=format_.engine, prefixes=_used_prefixes(held)) or b""
    headers = {"Vary": VARY, "Access-Control-Allow-Origin": "*"}
    if links := link_header(alternates):
        headers["Link"] = links
    return cacheable(request, body, format_.content_type, release, headers)


def cacheable(
    request: Request, body: bytes, content_type: str, release: str, headers: Mapping[str, str]
) -> Response:
    """Answer with a body of a release, or 304 when the client has it (RFC 9110, section 13)."""
    tag = f'"{release}-{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {**headers, "ETag": tag, "Cache-Control": CACHE}
    known = {
        one.strip().removeprefix("W/")
        for one in request.headers.get("if-none-match", "").split(",")
    }
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, content_type)


def alternates_of(path: str, formats: Iterable[Format] = PAGE_FORMATS) -> list[tuple[Format, str]]:
    """Give each format of a document with the address it has of its own."""
    return [(format_, f"{path}.{format_.ending}") for format_ in formats]


def split_ending(key: str) -> tuple[str, Format | None]:
    """Part an address into what it names and the format its ending asks for."""
    stem, dot, ending = key.rpartition(".")
    format_ = next((one for one in PAGE_FORMATS if dot and one.ending == ending), None)
    return (stem, format_) if format_ else (key, None)


def link_header(links: Iterable[tuple[Format, str]]) -> str:
    """Give the alternates as a Link header (RFC 8288)."""
    return ", ".join(
        f'<{href}>; rel="alternate"; type="{format_.media_type}"' for format_, href in links
    )


def same_page_in(request: Request, language: str) -> str:
    """Give the address of the same page in another language."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*query, ('lang', language)])}"


def _used_prefixes(triples: Iterable[Triple]) -> dict[str, str]:
    text = "\n".join(str(triple) for triple in triples)
    return {prefix: iri for prefix, iri in PREFIXES.items() if f"<{iri}" in text and prefix != "id"}
