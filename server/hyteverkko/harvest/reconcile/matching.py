"""Which things a query may mean: found by name in the search index, told apart by what is known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from pyoxigraph import NamedNode

from hyteverkko.harvest.reconcile.entities import (
    DEFAULT_TYPES,
    TYPES,
    id_of,
    names_of,
    thing_of,
    type_of,
)
from hyteverkko.harvest.reconcile.properties import CODE, PROPERTIES, Asking, day_in, values
from hyteverkko.harvest.reconcile.reading import ALL, SHOULD, Query, Wanted
from hyteverkko.store.current import Serving
from hyteverkko.store.search import Candidate, SearchIndex
from hyteverkko.translations import catalogue

SURE: Final = 90
"""What a candidate scores at least to be matched without being asked about."""

APART: Final = 3
"""How far the next candidate is below one that is matched: an end or a spelling is not enough."""

CONSIDERED: Final = 20
"""Candidates by name that are told apart by their properties."""

MISFIT: Final = 20
UNKNOWN: Final = 5
OTHER_TYPE: Final = 20
OTHER_TIME: Final = 20
"""What a candidate loses for a property with another value, with none, for another type, and for
not being there on the day."""

RANKS: Final = MappingProxyType({type_: rank for rank, type_ in enumerate(TYPES)})
BY_ID: Final = 100.0


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score, and how each thing that was asked for turned out."""

    candidate: Candidate
    score: float
    features: tuple[tuple[str, bool | float], ...]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Matches names to the things of a release, for a reader of a language."""

    serving: Serving
    index: SearchIndex
    language: str
    today: str

    def matched(self, query: Query) -> list[dict[str, Any]]:
        """Give the candidates for a query as the protocol writes them, the best first."""
        if query.strict == ALL and len(query.types) > 1:
            return []  # a thing has one type
        scored = sorted(self._scored(query), key=_order)
        match = _is_sure(scored) and (not query.is_dated or bool(query.days))
        return [
            self._data(one, match=match and place == 0)
            for place, one in enumerate(scored[: query.limit])
        ]

    def described(self, iri: str, places: Iterable[str], ends: str, also: str = "") -> str:
        """Say in a line what tells a thing from others: owner, other name, end, what it became."""
        translate = catalogue(self.language).gettext
        parts = [*places, *([also] if also else [])]
        if ends and ends < self.today:
            parts.append(translate("ended {day}").format(day=day_in(self.language, ends)))
            parts += [
                translate("now {name}").format(name=one.text(self.language))
                for one in values(PROPERTIES["successor-on-day"], self._asking(iri))
            ]
        return " · ".join(parts)

    def _scored(self, query: Query) -> Iterator[Scored]:
        types = query.types or DEFAULT_TYPES
        for days in dict.fromkeys((query.days, ())):
            wider = (DEFAULT_TYPES,) if query.types and query.strict == SHOULD else ()
            for looked_in in (types, *wider):
                found = self._candidates(query, looked_in, days)
                yield from (self._told_apart(one, query, days) for one in found)
                if found:
                    return

    def _told_apart(self, candidate: Candidate, query: Query, days: tuple[date, ...]) -> Scored:
        """Lower the score of a candidate for whatever of the query it is not."""
        features: list[tuple[str, bool | float]] = [("name", candidate.score)]
        lost = 0
        if query.types:
            is_of_type = candidate.kind in query.types
            features.append(("type", is_of_type))
            lost += 0 if is_of_type else OTHER_TYPE
        if query.is_dated:
            features.append(("at", bool(days)))
            lost += OTHER_TIME if query.days and not days else 0
        for wanted in query.wanted:
            misfit = self._misfit(candidate, wanted, query.days)
            features.append((wanted.property.id, misfit == 0))
            lost += misfit
        return Scored(candidate, round(max(candidate.score - lost, 0), 1), tuple(features))

    def _candidates(
        self, query: Query, types: tuple[str, ...], days: tuple[date, ...]
    ) -> list[Candidate]:
        texts = [
            query.text,
            *(v for one in query.wanted if one.property is CODE for v in one.values),
        ]
        best: dict[str, Candidate] = {}
        for text in dict.fromkeys(text for text in texts if text.strip()):
            for one in (*self._by_id(text, types), *self._by_name(text, types, days)):
                known = best.get(one.iri)
                if known is None or known.score < one.score:
                    best[one.iri] = one
        return list(best.values())

    def _by_name(
        self, text: str, types: tuple[str, ...], days: tuple[date, ...]
    ) -> tuple[Candidate, ...]:
        for day in days or (None,):
            found = self.index.candidates(text, types, self.language, day, CONSIDERED)
            if found:
                return found
        return ()

    def _by_id(self, text: str, types: tuple[str, ...]) -> Iterator[Candidate]:
        if "/" not in text:
            return
        thing = thing_of(text.strip())
        type_ = type_of(thing.value) if thing else None
        if thing is None or type_ is None or type_.id not in types:
            return
        for name in names_of(self.serving.graph, thing)[:1]:
            found = self.index.candidates(name.value, (type_.id,), self.language)
            yield from (replace(one, score=BY_ID) for one in found if one.iri == thing.value)

    def _misfit(self, candidate: Candidate, wanted: Wanted, days: tuple[date, ...]) -> int:
        at = days[0].isoformat() if days else ""
        found = values(wanted.property, self._asking(candidate.iri, at))
        if not found:
            return UNKNOWN
        given = [value for value in wanted.values if value]
        return 0 if any(one.fits(value) for one in found for value in given) else MISFIT

    def _asking(self, iri: str, at: str = "") -> Asking:
        graph = self.serving.graph
        return Asking(graph, NamedNode(iri), self.language, self.today, at)

    def _data(self, one: Scored, *, match: bool) -> dict[str, Any]:
        candidate = one.candidate
        type_ = TYPES[candidate.kind]
        also = candidate.matched.value
        description = self.described(
            candidate.iri,
            (place.value for place in candidate.places),
            candidate.ends,
            also if also != candidate.name.value else "",
        )
        name = type_.name(self.serving.names, self.language)
        return {
            "id": id_of(candidate.iri),
            "name": candidate.name.value,
            **({"description": description} if description else {}),
            "type": [{"id": type_.id, "name": name}],
            "score": one.score,
            "match": match,
            "features": [{"id": id_, "value": value} for id_, value in one.features],
        }


def _order(one: Scored) -> tuple[float, int, bool, str]:
    candidate = one.candidate
    return -one.score, RANKS[candidate.kind], bool(candidate.ends), candidate.iri


def _is_sure(scored: list[Scored]) -> bool:
    """Say whether the first is nearly what was asked for, and no other is about as near."""
    if not scored or scored[0].score < SURE:
        return False
    return len(scored) == 1 or scored[1].score <= scored[0].score - APART
