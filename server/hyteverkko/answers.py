"""How a page or a graph becomes an answer: templates, headers, validators."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from babel.units import format_unit
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import RdfFormat, Triple, serialize
from starlette.requests import Request
from starlette.responses import Response

from hyteverkko.conditions import is_named
from hyteverkko.errors import BadRequest
from hyteverkko.formats import HTML, PAGE_FORMATS, RDF_XML, Format
from hyteverkko.namespaces import PREFIXES
from hyteverkko.negotiation import LANGUAGES, best_language
from hyteverkko.static_files import static_address
from hyteverkko.store.releases import Release
from hyteverkko.translations import catalogue, marked

TEMPLATES: Final = Path(__file__).parent / "templates"
CACHE: Final = "public, max-age=60, must-revalidate"
VARY: Final = "Accept, Accept-Language"
CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What HTML may not hold, wherever a text of the data brings it in."""

NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no way to write (section 2.2), though a literal may hold it."""

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LANGUAGE_NAMES: Final = {
    "fi": marked("in Finnish"),
    "sv": marked("in Swedish"),
    "en": marked("in English"),
}
PARAMETERS: Final = 500
"""Parameters of an address that a link to the same page repeats at most."""

ERROR_REPORT: Final = marked("Error on the page {address}")


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link from a document to another (RFC 8288): relation, address, media type."""

    rel: str
    href: str
    media_type: str = ""


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
    signposts: Iterable[Link] = (),
) -> Response:
    """Answer with a page: a template that sees ``page``, the language and the ways to others.

    ``signposts`` are told to programs twice, in the header and in the page.
    """
    language, site = language_of(request), site_of(request)
    links, posts = tuple(alternates), tuple(signposts)
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
            signposts=posts,
            at=at if _is_day(at) else "",
            path=request.url.path,
            site=site,
            here=here,
            report=site.report_link(about),
        )
    )
    body = CONTROLS.sub("\ufffd", body)
    headers = {"Vary": VARY, "Content-Language": language}
    if links or posts:
        headers["Link"] = link_header(links, posts)
    if release and status == 200:
        return cacheable(request, body.encode(), HTML.content_type, release, headers)
    return Response(body, status, {**headers, "Cache-Control": "no-store"}, HTML.content_type)


def drawn(template: str, language: str, **values: object) -> str:
    """Draw a picture by a template, as text that XML may hold (XML 1.0, section 2.2)."""
    text = templates(language).get_template(template).render(language=language, **values)
    return NOT_IN_XML.sub("\ufffd", text)


def graph_answer(
    request: Request,
    triples: Iterable[Triple],
    format_: Format,
    *,
    release: str,
    alternates: Iterable[tuple[Format, str]] = (),
    signposts: Iterable[Link] = (),
    tag: str = "",
) -> Response:
    """Answer with a graph in one format; ``tag`` names what it is when the release does not."""
    body = graph_bytes(triples, format_)
    headers = {"Vary": VARY, "Access-Control-Allow-Origin": "*"}
    if links := link_header(alternates, signposts):
        headers["Link"] = links
    return cacheable(request, body, format_.content_type, release, headers, tag)


def graph_bytes(triples: Iterable[Triple], format_: Format) -> bytes:
    """Write a graph in one format: the same bytes for the same triples, in RDF/XML well-formed."""
    if not isinstance(format_.engine, RdfFormat):
        raise TypeError(f"not a graph format: {format_.name}")
    held = sorted(triples, key=str)
    body = serialize(held, format=format_.engine, prefixes=_used_prefixes(held)) or b""
    if format_ is RDF_XML:
        return NOT_IN_XML.sub("\ufffd", body.decode()).encode()
    return body


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
    if built := _built(request, release):
        headers["Last-Modified"] = http_date(built)
    if is_named(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, content_type)


@lru_cache(maxsize=64)
def http_date(time: str) -> str:
    """Give an xsd:dateTime in UTC as HTTP writes it."""
    return format_datetime(datetime.fromisoformat(time).astimezone(UTC), usegmt=True)


def _built(request: Request, release: str) -> str:
    """Give when a release was built; nothing of one that is not served, as its answers may be."""
    app = request.scope.get("app")
    served = getattr(app.state, "release", None) if app is not None else None
    held = served() if served is not None else None
    return held.built if isinstance(held, Release) and held.id == release else ""


def alternates_of(path: str, formats: Iterable[Format] = PAGE_FORMATS) -> list[tuple[Format, str]]:
    """Give each format of a document with the address it has of its own."""
    return [(format_, f"{path}.{format_.ending}") for format_ in formats]


def split_ending(key: str) -> tuple[str, Format | None]:
    """Part an address into what it names and the format its ending asks for."""
    stem, dot, ending = key.rpartition(".")
    format_ = next((one for one in PAGE_FORMATS if dot and one.ending == ending), None)
    return (stem, format_) if format_ else (key, None)


def link_header(alternates: Iterable[tuple[Format, str]], signposts: Iterable[Link] = ()) -> str:
    """Give alternates and signposts as a Link header (RFC 8288)."""
    others = (Link("alternate", href, format_.media_type) for format_, href in alternates)
    return ", ".join(
        f'<{one.href}>; rel="{one.rel}"' + (f'; type="{one.media_type}"' if one.media_type else "")
        for one in (*others, *signposts)
    )


def same_page_in(request: Request, language: str) -> str:
    """Give the address of the same page in another language."""
    given = request.query_params.multi_items()[:PARAMETERS]
    query = [(name, value) for name, value in given if name != "lang"]
    # Two slashes would begin the address of another host.
    return f"/{request.url.path.lstrip('/')}?{urlencode([*query, ('lang', language)])}"


def _used_prefixes(triples: Iterable[Triple]) -> dict[str, str]:
    text = "\n".join(str(triple) for triple in triples)
    return {prefix: iri for prefix, iri in PREFIXES.items() if f"<{iri}" in text and prefix != "id"}
