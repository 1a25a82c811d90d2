"""The periods of a release: read once, because they are few and every page shows some."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode

from hyteverkko.store.graph import ReleaseGraph


@dataclass(frozen=True, slots=True)
class Period:
    """A period as it is stated, and the first and the last day on which it may hold.

    The days are written YYYY-MM-DD, so that they compare as text; none is the empty text.
    """

    stated: Mapping[str, str]
    since: str
    until: str

    def has_ended(self, day: str) -> bool:
        """Say whether the period was certainly over on a day."""
        return bool(self.until) and self.until < day

    def may_hold(self, day: str) -> bool:
        """Say whether the period may hold on a day."""
        return self.since <= day and not self.has_ended(day)


@lru_cache(maxsize=2)
def periods_of(graph: ReleaseGraph) -> Mapping[str, Period]:
    """Read the periods of a release, by IRI."""
    found: dict[str, Period] = {}
    for row in graph.rows("periods"):
        node = row["period"]
        stated = {
            name: term.value for name, term in row.items() if isinstance(term, NamedNode | Literal)
        }
        if isinstance(node, NamedNode) and node.value not in found:
            since = stated.get("earliest") or stated.get("latest", "")
            found[node.value] = Period(MappingProxyType(stated), since, stated.get("until", ""))
    return MappingProxyType(found)
