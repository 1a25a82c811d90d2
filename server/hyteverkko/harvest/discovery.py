"""The addresses by which a server is found: VoID, sitemap, robots.txt, security.txt.

What reads all releases is not async, so that it is run in a thread.
"""

from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from hyteverkko.answers import alternates_of, cacheable, graph_answer, site_of
from hyteverkko.errors import NotFound
from hyteverkko.formats import GRAPH_FORMATS, HTML, Format, by_ending
from hyteverkko.harvest import sitemap
from hyteverkko.harvest.numbers import NUMBER
from hyteverkko.harvest.void import PATH, void_description
from hyteverkko.negotiation import LANGUAGES, offered_format
from hyteverkko.settings import Settings
from hyteverkko.store.chronicle import Chronicles
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.releases import Release

XML: Final = "application/xml; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
SECURITY: Final = "/.well-known/security.txt"
MONTHS: Final = 6
"""How long a security.txt says that it may be relied on: less than a year (RFC 9116, 2.5.5)."""


def discovery_routes(
    current: CurrentRelease, chronicles: Chronicles, settings: Settings
) -> APIRouter:
    """Give the routes by which crawlers and registries find what is here."""
    router, pages = APIRouter(include_in_schema=False), sitemap.Sitemap()

    def served() -> Release:
        return current.serving().graph.release

    def plain(request: Request, text: str) -> Response:
        return cacheable(request, text.encode(), TEXT, served().id, {})

    @router.api_route(PATH, methods=["GET", "HEAD"])
    @router.api_route(f"{PATH}.{{ending}}", methods=["GET", "HEAD"])
    def void(request: Request, ending: str = "") -> Response:
        graph = current.serving().graph
        format_ = _graph_format(request, ending)
        triples = void_description(graph, site_of(request), chronicles.of(graph.release))
        links = alternates_of(PATH, GRAPH_FORMATS)
        return graph_answer(request, triples, format_, release=graph.release.id, alternates=links)

    @router.api_route(sitemap.INDEX, methods=["GET", "HEAD"])
    def sitemap_index(request: Request) -> Response:
        release = served()
        held = pages.pages(chronicles.of(release))
        body = "".join(sitemap.index(held, settings.base_url))
        return cacheable(request, body.encode(), XML, release.id, {})

    @router.api_route(f"/sitemap/{{number:{NUMBER}}}.xml", methods=["GET", "HEAD"])
    def sitemap_part(request: Request, number: int) -> Response:
        release = served()
        held = pages.pages(chronicles.of(release))
        body = "".join(sitemap.part(held, number, settings.base_url))
        return cacheable(request, body.encode(), XML, release.id, {})

    @router.api_route("/robots.txt", methods=["GET", "HEAD"])
    def robots(request: Request) -> Response:
        return plain(request, _robots(settings.base_url))

    @router.api_route(SECURITY, methods=["GET", "HEAD"])
    def security(request: Request) -> Response:
        if not settings.security_contact:
            raise NotFound("Nothing is known under this address.")
        return plain(request, _security(settings))

    return router


def _graph_format(request: Request, ending: str) -> Format:
    if ending:
        return by_ending(ending, GRAPH_FORMATS)
    chosen = offered_format(request.headers.get("accept"), (*GRAPH_FORMATS, HTML), GRAPH_FORMATS)
    return GRAPH_FORMATS[0] if chosen is HTML else chosen


def _robots(base_url: str) -> str:
    return (
        "# All of this is open data, and may be read by anybody.\n"
        f"# Whole: {base_url}/catalog  Changes: {base_url}/feed  Questions: {base_url}/sparql\n"
        "User-agent: *\n"
        "Allow: /\n"
        "\n"
        f"Sitemap: {base_url}{sitemap.INDEX}\n"
    )


def _security(settings: Settings) -> str:
    contact = settings.security_contact
    return (
        f"Contact: {contact if contact.startswith('https://') else f'mailto:{contact}'}\n"
        f"Expires: {_expiry(settings.today).isoformat()}T00:00:00Z\n"
        f"Preferred-Languages: {', '.join(LANGUAGES)}\n"
        f"Canonical: {settings.base_url}{SECURITY}\n"
    )


def _expiry(today: date) -> date:
    """Give the first day of a month half a year on: the text changes once a month."""
    months = today.month - 1 + MONTHS
    return date(today.year + months // 12, months % 12 + 1, 1)
