"""Where a statement comes from: the document, the passage in it, how certain, recorded when."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.labels import Text
from hyteverkko.namespaces import DEF
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.terms import Shown
from hyteverkko.store.current import names_by_iri
from hyteverkko.store.graph import ReleaseGraph, Row, Term, text_of
from hyteverkko.translations import catalogue, marked

INFERRED: Final = f"{DEF}/certainty/inferred"
TABLE_ROW: Final = re.compile(r"row=(\d+)")
CHARACTERS: Final = marked("characters {start}–{end}")
ROW: Final = marked("row {number}")
PASSAGE: Final = marked("passage")


@dataclass(frozen=True, slots=True)
class Source:
    """A passage of a document that states something, as a reader is told of it."""

    document: Shown
    passage: Shown
    certainty: Shown
    inferred: bool
    reason: Text | None
    recorded: Shown
    day: str


@dataclass(frozen=True, slots=True)
class Cited:
    """The sources of a thing's statements, and which property and value each is for."""

    entries: tuple[tuple[Source, frozenset[Term], frozenset[Term]], ...]

    def sources(self, property_: Term, value: Term) -> tuple[Source, ...]:
        """Give the sources of one value, each passage once."""
        return tuple(
            dict.fromkeys(
                source
                for source, properties, values in self.entries
                if (not properties or property_ in properties) and (not values or value in values)
            )
        )

    @property
    def all(self) -> tuple[Source, ...]:
        """Give every source once."""
        return tuple(dict.fromkeys(source for source, _, _ in self.entries))


def cited(reader: Reader, thing: NamedNode) -> Cited:
    """Read the evidence for what is stated of a thing."""
    rows = reader.rows("evidence", thing=thing, language=Literal(reader.language))
    return Cited(
        tuple(
            (
                _source(group[0], reader),
                frozenset(row["property"] for row in group if "property" in row),
                frozenset(row["value"] for row in group if "value" in row),
            )
            for group in _grouped(rows)
        )
    )


def sources_by_thing(
    reader: Reader, thing: NamedNode, names: Iterable[str]
) -> Mapping[str, tuple[Source, ...]]:
    """Read the evidence of the things around a thing, by their IRI."""
    found: dict[str, dict[Source, None]] = {}
    for name in names:
        rows = reader.rows(name, thing=thing, language=Literal(reader.language))
        for row in sorted(rows, key=_place):
            subject = row["subject"]
            if isinstance(subject, NamedNode):
                found.setdefault(subject.value, {})[_source(row, reader)] = None
    return {iri: tuple(sources) for iri, sources in found.items()}


@lru_cache(maxsize=2)
def document_titles(graph: ReleaseGraph) -> Mapping[str, tuple[Literal, ...]]:
    """Read the titles of a release's source documents: they are few, and every page names some."""
    return MappingProxyType(names_by_iri(graph.rows("source_titles"), "source"))


def _grouped(rows: Iterable[Row]) -> list[list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in sorted(rows, key=_place):
        groups.setdefault(str(row["evidence"]), []).append(row)
    return list(groups.values())


def _place(row: Row) -> tuple[str, int, str]:
    start = row.get("start")
    position = int(start.value) if isinstance(start, Literal) else 0
    return str(row["source"]), position, str(row["evidence"])


def _source(row: Row, reader: Reader) -> Source:
    document, certainty, recorded = row["source"], row["certainty"], row["recorded"]
    titles = document_titles(reader.serving.graph)
    names = titles.get(document.value, ()) if isinstance(document, NamedNode) else ()
    reason = row.get("reason")
    return Source(
        document=reader.shown(document, names),
        passage=passage_shown(row["passage"], row, reader),
        certainty=reader.shown(certainty),
        inferred=isinstance(certainty, NamedNode) and certainty.value == INFERRED,
        reason=Text(reason.value, reason.language or "") if isinstance(reason, Literal) else None,
        recorded=reader.shown(recorded),
        day=text_of(recorded),
    )


def passage_shown(passage: Term, row: Row, reader: Reader) -> Shown:
    """Show a passage by its place in the document: characters, or the row of a table."""
    plain = reader.shown(passage)
    return Shown(Text(_position(row, catalogue(reader.language).gettext)), plain.href, plain.iri)


def _position(row: Row, translate: Callable[[str], str]) -> str:
    start, end, fragment = (text_of(row.get(name)) for name in ("start", "end", "fragment"))
    if start:
        return translate(CHARACTERS).format(start=start, end=end)
    number = TABLE_ROW.fullmatch(fragment)
    if number:
        return translate(ROW).format(number=number[1])
    return fragment or translate(PASSAGE)
