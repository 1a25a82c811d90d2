"""The small page that a client shows in a frame beside a candidate."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hyteverkko.addresses import link_of
from hyteverkko.errors import NotFound
from hyteverkko.harvest.reconcile.entities import names_of, type_of
from hyteverkko.harvest.reconcile.properties import PROPERTIES, asking_about, values
from hyteverkko.labels import Text, best_text
from hyteverkko.store.current import Serving

FRAMED: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
)
"""The policy of the one page that may stand in a frame of another site: it has nothing to click
into but a link, no script and no form."""

SHOWN: Final = (
    *("code", "other-names", "kind", "municipality", "belongs-to", "start", "end"),
    *("successor-on-day", "region", "county", "theme", "definition"),
)
MOST_VALUES: Final = 3


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What a preview shows: name, type, and a few properties with their values."""

    title: Text
    type: str
    href: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]


def preview_page(serving: Serving, id_: str, language: str, today: str) -> PreviewPage:
    """Put together the preview of what an id names; raise NotFound where nothing has it."""
    asking = asking_about(serving.graph, id_, language, today)
    type_ = type_of(asking.thing.value) if asking else None
    if asking is None or type_ is None:
        raise NotFound("Nothing has this id.")
    title = best_text(names_of(serving.graph, asking.thing), language) or Text(id_)

    def facts() -> Iterator[tuple[str, tuple[str, ...]]]:
        for one in (PROPERTIES[name] for name in SHOWN):
            texts = [value.text(language) for value in values(one, asking)]
            if texts:
                more = ("…",) if len(texts) > MOST_VALUES else ()
                yield one.name, (*texts[:MOST_VALUES], *more)

    href = link_of(asking.thing.value) or ""
    return PreviewPage(title, type_.name(serving.names, language), href, tuple(facts()))
