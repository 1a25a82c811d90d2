"""How a page or a graph becomes an answer: templates, headers, validators."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from babel.units import format_unit
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import RdfFormat, Triple, serialize
from starlette.requests import Request
from starlette.responses import Response

from hyteverkko.errors import BadRequest
from hyteverkko.formats import HTML, PAGE_FORMATS, Format
from hyteverkko.namespaces import PREFIXES
from hyteverkko.negotiation import LANGUAGES, best_language
from hyteverkko.static_files import static_address
from hyteverkko.translations import catalogue, marked

TEMPLATES: Final = Path(__file__).parent / "templates"
CACHE: Final = "public, max-age=60, must-revalidate"
VARY: Final = "Accept, Accept-Language"
CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What HTML may not hold, wherever a text of the data brings it in."""

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LANGUAGE_NAMES: Final = {
    "fi": marked("in Finnish"),
    "sv": marked("in Swedish"),
    "en": marked("in English"),
}
ERROR_REPORT: Final = marked("Error on the page {address}")


@dataclass(frozen=True, slots=True)
class Site:
    """Who runs the site, where the public reaches it, and where readers send what is wrong.

    ``feedback`` is an e-mail address or the address of a form for new issues.
    """

    base_url: str = "http://127.0.0.1:8000"
    operator: str = ""
    feedback: str = ""

    def report_link(self, about: str) -> str:
        """Give the link by which an error is reported; empty where the operator has set none."""
        if not self.feedback:
            return ""
        if self.feedback.startswith("https://"):
            mark = "&" if "?" in self.feedback else "?"
            return f"{self.feedback}{mark}{urlencode({'title': about})}"
        return f"mailto:{self.feedback}?subject={quote(about)}"


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
    environment.globals["static"] = static_address
    environment.filters["file_size"] = file_size
    environment.filters["kept"] = kept
    environment.filters["language_name"] = language_name
    environment.filters["shortened"] = shortened
    return environment


def language_name(language: str) -> str:
    """Give what a language is called, as a text of the catalogues, as in "only in Finnish"."""
    return LANGUAGE_NAMES.get(language.partition("-")[0], language)


def file_size(size: int, language: str) -> str:
    """Give the size of a file as a reader of a language writes it, to two figures or whole."""
    unit, value = "kilobyte", size / 1000
    if value >= 1000:
        unit, value = "megabyte", value / 1000
    shown = round(value, 1) if value < 10 else round(value)
    return format_unit(shown, f"digital-{unit}", "short", locale=language)


def shortened(text: str, most: int) -> str:
    """Cut a text for a title or description at a word, where it is too long."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return f"{line[:most].rpartition(' ')[0] or line[:most]}…"


def kept(href: str, language: str, at: str = "") -> str:
    """Give an address of ours with the reader's language and day; any other as it is."""
    if not href.startswith("/"):
        return href
    path, mark, fragment = href.partition("#")
    day = f"&at={at}" if at else ""
    return f"{path}{'&' if '?' in path else '?'}lang={language}{day}{mark}{fragment}"


def day_of(request: Request) -> str:
    """Give the day asked for by ``?at=``, or nothing; raise BadRequest for what is no day."""
    text = request.query_params.get("at", "")
    if text and not _is_day(text):
        raise BadRequest(
            "'{text}' is not a day. Give it as year, month and day, such as 2009-01-01.",
            text=text[:40],
        )
    return text


def _is_day(text: str) -> bool:
    try:
        return DAY.fullmatch(text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False


def site_of(request: Request) -> Site:
    """Give what the app says of itself."""
    app = request.scope.get("app")
    site = getattr(app.state, "site", None) if app is not None else None
    return site if isinstance(site, Site) else Site()


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
    language, site = language_of(request), site_of(request)
    links = tuple(alternates)
    at = request.query_params.get("at", "")
    languages = {one: same_page_in(request, one) for one in LANGUAGES}
    here = site.base_url + languages[language]
    about = catalogue(language).gettext(ERROR_REPORT).format(address=here)
    body = (
        templates(language)
        .get_template(template)
        .render(
            page=page,
            language=language,
            languages=languages,
            alternates=links,
            at=at if _is_day(at) else "",
            path=request.url.path,
            site=site,
            here=here,
            report=site.report_link(about),
        )
    )
    body = CONTROLS.sub("\ufffd", body)
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
    tag: str = "",
) -> Response:
    """Answer with a graph in one format; ``tag`` names what it is when the release does not."""
    if not isinstance(format_.engine, RdfFormat):
        raise TypeError(f"not a graph format: {format_.name}")
    held = sorted(triples, key=str)
    body = serialize(held, format=format_.engine, prefixes=_used_prefixes(held)) or b""
    headers = {"Vary": VARY, "Access-Control-Allow-Origin": "*"}
    if links := link_header(alternates):
        headers["Link"] = links
    return cacheable(request, body, format_.content_type, release, headers, tag)


def cacheable(
    request: Request,
    body: bytes,
    content_type: str,
    release: str,
    headers: Mapping[str, str],
    tag: str = "",
) -> Response:
    """Answer with a body of a release, or 304 when the client has it (RFC 9110, section 13)."""
    tag = f'"{tag or f"{release}-{hashlib.sha256(body).hexdigest()[:16]}"}"'
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
