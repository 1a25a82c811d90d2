"""What is fetched of things that were matched: rows of property values."""

from collections.abc import Callable
from typing import Any

from hyteverkko.harvest.reconcile.entities import TYPES
from hyteverkko.harvest.reconcile.matching import Matcher
from hyteverkko.harvest.reconcile.properties import asking_about, values
from hyteverkko.harvest.reconcile.reading import Extension, Fetched
from hyteverkko.translations import catalogue


def extended(matcher: Matcher, extension: Extension, in_time: Callable[[], None]) -> dict[str, Any]:
    """Give the values of properties of things as the protocol writes them.

    ``in_time`` is called for each thing, and raises when there is no time left.
    """
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for id_ in extension.ids:
        in_time()
        rows[id_] = {one.id: _values(matcher, id_, one) for one in extension.properties}
    return {"meta": [_meta(matcher, one) for one in extension.properties], "rows": rows}


def _values(matcher: Matcher, id_: str, one: Fetched) -> list[dict[str, Any]]:
    graph, language = matcher.serving.graph, matcher.language
    asking = asking_about(graph, id_, language, matcher.today, one.at)
    if asking is None:
        return []
    return [value.data(language) for value in values(one.property, asking)]


def _meta(matcher: Matcher, one: Fetched) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "id": one.id,
        "name": catalogue(matcher.language).gettext(one.property.name),
    }
    type_ = TYPES.get(one.property.values_are)
    if type_ is not None:
        name = type_.name(matcher.serving.names, matcher.language)
        meta["type"] = {"id": type_.id, "name": name}
    return meta
