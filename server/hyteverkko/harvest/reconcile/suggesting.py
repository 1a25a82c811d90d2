"""What is suggested while someone types: things, properties and types."""

from collections.abc import Iterable
from typing import Any, Final

from hyteverkko.harvest.reconcile.entities import TYPES, id_of, names_of, thing_of, type_of
from hyteverkko.harvest.reconcile.matching import Matcher
from hyteverkko.harvest.reconcile.properties import PROPERTIES, Property, fetched
from hyteverkko.labels import best_text
from hyteverkko.store.search import Hit
from hyteverkko.store.search.words import folded_text
from hyteverkko.translations import catalogue

SUGGESTED: Final = 10
MOST: Final = 100
"""Things that are suggested, over all the pages of suggestions."""


def suggested_things(
    matcher: Matcher, prefix: str, types: tuple[str, ...], cursor: int
) -> list[dict[str, Any]]:
    """Suggest things by the beginning of a name or by the id, after those already seen."""
    found = [*_by_id(matcher, prefix, types)]
    hits = matcher.index.suggest(prefix, matcher.language, MOST, types)
    found += [
        _thing(matcher, hit) for hit in hits if id_of(hit.iri) not in {one["id"] for one in found}
    ]
    return found[cursor : cursor + SUGGESTED]


def suggested_types(matcher: Matcher, prefix: str, cursor: int) -> list[dict[str, str]]:
    """Suggest types by a part of the name or the id."""
    named = ((one.id, one.name(matcher.serving.names, matcher.language)) for one in TYPES.values())
    return _page(named, prefix, cursor)


def suggested_properties(language: str, prefix: str, type_: str, cursor: int) -> list[Any]:
    """Suggest properties by a part of the name or the id."""
    offered = (one for one in PROPERTIES.values() if not type_ or type_ in one.kinds)
    return _page(((one.id, _name(one, language)) for one in offered), prefix, cursor)


def proposed_properties(language: str, type_: str, limit: int) -> list[dict[str, str]]:
    """Propose the properties that can be fetched for things of a type."""
    return [{"id": one.id, "name": _name(one, language)} for one in fetched(type_)[:limit]]


def _name(one: Property, language: str) -> str:
    return catalogue(language).gettext(one.name)


def _page(named: Iterable[tuple[str, str]], prefix: str, cursor: int) -> list[dict[str, str]]:
    wanted = folded_text(prefix)
    found = [
        {"id": id_, "name": name}
        for id_, name in named
        if wanted in folded_text(name) or wanted in folded_text(id_)
    ]
    return found[cursor : cursor + SUGGESTED]


def _by_id(matcher: Matcher, id_: str, types: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    thing = thing_of(id_.strip()) if "/" in id_ else None
    type_ = type_of(thing.value) if thing else None
    if thing is None or type_ is None or type_.id not in types:
        return
    name = best_text(names_of(matcher.serving.graph, thing), matcher.language)
    if name:
        yield {"id": id_of(thing.value), "name": name.value, "notable": [_type(matcher, type_.id)]}


def _thing(matcher: Matcher, hit: Hit) -> dict[str, Any]:
    also = hit.also.value if hit.also else ""
    places = [place.value for place in hit.places]
    description = matcher.described(hit.iri, places, hit.ends, also)
    return {
        "id": id_of(hit.iri),
        "name": hit.name.value,
        **({"description": description} if description else {}),
        "notable": [_type(matcher, hit.kind)],
    }


def _type(matcher: Matcher, id_: str) -> dict[str, str]:
    return {"id": id_, "name": TYPES[id_].name(matcher.serving.names, matcher.language)}
