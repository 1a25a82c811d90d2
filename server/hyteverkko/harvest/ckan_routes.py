"""CKAN's action API, read only: what harvesters of CKAN and ``ckanapi`` ask, answered as CKAN does.

What goes wrong inside is answered as any fault of the server is, never in CKAN's own form: its
harvester takes an error in JSON for the end of the datasets.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.answers import Site, cacheable, site_of
from hyteverkko.errors import TooLarge
from hyteverkko.harvest.ckan import Json, Shelf, Shelves
from hyteverkko.harvest.ckan_search import SearchQueryError, found_among, in_order
from hyteverkko.harvest.stating import SITE_TITLE, in_languages
from hyteverkko.sent import FORM, sent_body
from hyteverkko.store.chronicle import Chronicles
from hyteverkko.store.current import CurrentRelease

JSON: Final = "application/json;charset=utf-8"
VERSION: Final = "2.11.0"
"""The version of CKAN whose answers these are like."""

LARGEST_BODY: Final = 64 * 1024
ROWS: Final = 10
MOST_ROWS: Final = 1000
NEWEST_FIRST: Final = "score desc, metadata_modified desc"


class ActionError(Exception):
    """An action is refused, with a status and an error as CKAN writes it."""

    def __init__(self, status: int, error: Mapping[str, Any] | str) -> None:
        """Keep what is answered."""
        super().__init__(error)
        self.status, self.error = status, error


@dataclass(frozen=True, slots=True)
class Asked:
    """What an action is asked, and of what: the packages of a release, and the site."""

    shelf: Shelf
    site: Site
    values: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """Give a parameter as text."""
        value = self.values.get(name)
        return default if value is None or value == "" else _text(value)

    def texts(self, name: str) -> list[str]:
        """Give a parameter that may be given more than once."""
        value = self.values.get(name)
        if value is None or value == "":
            return []
        return [_text(one) for one in (value if isinstance(value, list) else [value])]

    def number(self, name: str, default: int) -> int:
        """Give a parameter as a whole number from zero up; refuse any other."""
        text = self.text(name, str(default))
        if not text.isdecimal() or len(text) > 12:
            raise _invalid(name, "Must be a natural number")
        return int(text)

    def truth(self, name: str) -> bool:
        """Say whether a parameter is set."""
        return self.text(name).lower() in {"true", "1", "yes", "t", "y", "on"}

    def named(self, things: Iterable[Json], *names: str) -> Json:
        """Give the thing whose id or name a parameter holds; refuse what is not there."""
        wanted = next((text for name in names if (text := self.text(name))), "")
        if not wanted:
            raise _invalid(names[0], "Missing value")
        for thing in things:
            if wanted in {thing["id"], thing["name"]}:
                return thing
        raise ActionError(404, {"__type": "Not Found Error", "message": "Not found"})


def ckan_routes(current: CurrentRelease, chronicles: Chronicles) -> APIRouter:
    """Give the routes of the actions, with and without the version in the address."""
    router, shelves = APIRouter(include_in_schema=False), Shelves(chronicles)

    @router.api_route("/api", methods=["GET", "HEAD"])
    @router.api_route("/api/3", methods=["GET", "HEAD"])
    async def version(request: Request) -> Response:
        return _answer(request, current.serving().graph.release.id, {"version": 3})

    @router.api_route("/api/action/{name}", methods=["GET", "HEAD", "POST"])
    @router.api_route("/api/3/action/{name}", methods=["GET", "HEAD", "POST"])
    async def action(request: Request, name: str) -> Response:
        known = ACTIONS.get(name)
        if known is None:
            return _failure(400, f"Bad request - Action name not known: {name}")
        site, graph = site_of(request), current.serving().graph
        base = f"{site.base_url}/api/3/action/help_show?name={name}"
        try:
            values = await _values(request)
            shelf = await run_in_threadpool(shelves.of, graph, site)
            result = await run_in_threadpool(known, Asked(shelf, site, values))
        except ActionError as refused:
            if isinstance(refused.error, str):
                return _failure(refused.status, refused.error)
            body = {"help": base, "success": False, "error": refused.error}
            return _failure(refused.status, body)
        except SearchQueryError as refused:
            error = {"__type": "Search Query Error", "message": str(refused)}
            return _failure(400, {"help": base, "success": False, "error": error})
        value = {"help": base, "success": True, "result": result}
        return await run_in_threadpool(_answer, request, graph.release.id, value)

    return router


def package_search(asked: Asked) -> Json:
    """Find packages: q, fq, fq_list, sort, rows and start; deleted ones are not kept."""
    rows = min(asked.number("rows", ROWS), MOST_ROWS)
    start = asked.number("start", 0)
    sort = asked.text("sort", NEWEST_FIRST)
    filters = [*asked.texts("fq"), *asked.texts("fq_list")]
    found = in_order(found_among(asked.shelf.packages, asked.text("q"), filters), sort)
    return {
        "count": len(found),
        "sort": sort,
        "facets": {},
        "search_facets": {},
        "results": found[start : start + rows],
    }


def package_list(asked: Asked) -> Sequence[str]:
    """List the names of the packages, from offset on and at most limit of them."""
    return _part(asked, sorted(str(one["name"]) for one in asked.shelf.packages))


def package_show(asked: Asked) -> Json:
    """Show a package by its id or name."""
    return asked.named(asked.shelf.packages, "id", "name_or_id")


def organization_show(asked: Asked) -> Json:
    """Show an organisation by its id or name; with include_datasets its packages too."""
    one = asked.named(asked.shelf.organizations, "id")
    return {**one, **_packages_of(asked, lambda held: held["owner_org"] == one["id"])}


def group_show(asked: Asked) -> Json:
    """Show a group, which is a theme, by its id or name; with include_datasets its packages."""
    one = asked.named(asked.shelf.groups, "id")
    return {
        **one,
        **_packages_of(asked, lambda held: one["id"] in {group["id"] for group in held["groups"]}),
    }


def organization_list(asked: Asked) -> Sequence[object]:
    """List the organisations that publish: their names, or with all_fields what is known."""
    return _listed(asked, asked.shelf.organizations)


def group_list(asked: Asked) -> Sequence[object]:
    """List the groups, which are themes: their names, or with all_fields what is known."""
    return _listed(asked, asked.shelf.groups)


def status_show(asked: Asked) -> Json:
    """Show what this is and which version of CKAN it answers like."""
    texts = {one.language: one.value for one in in_languages(SITE_TITLE)}
    return {
        "ckan_version": VERSION,
        "site_url": asked.site.base_url,
        "site_title": texts["fi"],
        "site_description": texts["fi"],
        "error_emails_to": None,
        "locale_default": "fi",
        "extensions": [],
    }


def site_read(asked: Asked) -> bool:
    """Say that everybody may read."""
    return asked.site is not None


def help_show(asked: Asked) -> str:
    """Show what an action does."""
    name = asked.text("name")
    if not name:
        raise _invalid("name", "Missing value")
    if name not in ACTIONS:
        raise ActionError(404, {"__type": "Not Found Error", "message": "Not found: Action"})
    return ACTIONS[name].__doc__ or ""


ACTIONS: Final[Mapping[str, Callable[[Asked], object]]] = MappingProxyType(
    {
        one.__name__: one
        for one in (
            package_search,
            package_list,
            package_show,
            organization_list,
            organization_show,
            group_list,
            group_show,
            status_show,
            site_read,
            help_show,
        )
    }
)


async def _values(request: Request) -> Mapping[str, Any]:
    """Read the parameters: of the address, or of a body in JSON or as a form."""
    if request.method != "POST":
        return _mixed(request.query_params.multi_items())
    too_large = TooLarge("The request is over {size} KiB.", size=LARGEST_BODY // 1024)
    body = await sent_body(request, LARGEST_BODY, too_large)
    if request.headers.get("content-type", "").startswith(FORM):
        text = body.decode("utf-8", "replace")
        if not text.lstrip().startswith("{"):
            return _mixed(parse_qsl(text, keep_blank_values=True))
    try:
        values = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ActionError(
            400, f"Bad request - JSON Error: Error decoding JSON data. Error: {error}"
        ) from None
    if not isinstance(values, dict):
        raise ActionError(400, "Bad request - JSON Error: Request data needs to be a dictionary.")
    return values


def _mixed(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: held[0] if len(held) == 1 else held for name, held in found.items()}


def _text(value: object) -> str:
    """Give a value as text; half of a pair of code units, which no answer could hold, is none."""
    return str(value).encode("utf-8", "replace").decode()


def _part(asked: Asked, things: Sequence[str]) -> Sequence[str]:
    offset = asked.number("offset", 0)
    return things[offset : offset + asked.number("limit", len(things))]


def _listed(asked: Asked, things: Iterable[Json]) -> Sequence[object]:
    held = sorted(things, key=lambda one: str(one["name"]))
    names = [str(one["name"]) for one in held]
    wanted = set(_part(asked, names))
    if asked.truth("all_fields"):
        return [one for one in held if one["name"] in wanted]
    return [name for name in names if name in wanted]


def _packages_of(asked: Asked, belongs: Callable[[Json], bool]) -> Json:
    if not asked.truth("include_datasets"):
        return {}
    return {"packages": [one for one in asked.shelf.packages if belongs(one)][:MOST_ROWS]}


def _invalid(name: str, text: str) -> ActionError:
    return ActionError(409, {"__type": "Validation Error", name: [text]})


def _answer(request: Request, release: str, value: object) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    headers = {"Access-Control-Allow-Origin": "*"}
    if request.method == "POST":
        return Response(body, 200, {**headers, "Cache-Control": "no-store"}, JSON)
    return cacheable(request, body, JSON, release, headers)


def _failure(status: int, value: object) -> Response:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
    return Response(json.dumps(value, ensure_ascii=False).encode(), status, headers, JSON)
