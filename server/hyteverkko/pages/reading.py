"""How one reader sees a release: language, day, and how a term is shown to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from hyteverkko.addresses import path_of
from hyteverkko.labels import Text, best_text
from hyteverkko.namespaces import PREFIXES
from hyteverkko.pages.periods import Period, periods_of
from hyteverkko.pages.terms import Shown, literal_text, period_text, shown
from hyteverkko.store.current import Serving
from hyteverkko.store.graph import Term

DAY: Final = NamedNode(PREFIXES["xsd"] + "date")


@dataclass(frozen=True, slots=True)
class Reader:
    """A release, the reader's language, the day asked for (or none) and today."""

    serving: Serving
    language: str
    at: str
    today: str

    @property
    def day(self) -> str:
        """Give the day on which things are looked at: the one asked for, else today."""
        return self.at or self.today

    @property
    def terms(self) -> dict[str, Term]:
        """Give what every question of a page may take: the language and the day."""
        language: dict[str, Term] = {"language": Literal(self.language)}
        return language | ({"at": Literal(self.at, datatype=DAY)} if self.at else {})

    def rows(self, name: str, **terms: Term) -> list[dict[str, Term]]:
        """Run a stored SELECT of the release."""
        return self.serving.graph.rows(name, **terms)

    def shown(self, term: Term, names: Iterable[Literal] = ()) -> Shown:
        """Show a term by the names given, else by those of the ontology, a period in words."""
        if not isinstance(term, NamedNode):
            return shown(term, (), self.language)
        period = self.period(term)
        if period is not None:
            return Shown(self._in_words(period), path_of(term.value), term.value)
        known = tuple(names) or self.serving.names.get(term.value, ())
        if not known and path_of(term.value) is None:
            return _outside(shown(term, (), self.language))
        return shown(term, known, self.language)

    def period(self, term: Term | None) -> Period | None:
        """Give the period an IRI stands for, or None."""
        if not isinstance(term, NamedNode):
            return None
        return periods_of(self.serving.graph).get(term.value)

    def in_words(self, day: str) -> str:
        """Write a day in the reader's language; no day is the empty text."""
        return literal_text(Literal(day, datatype=DAY), self.language).value if day else ""

    def _in_words(self, period: Period) -> Text:
        names = {
            iri: text.value
            for iri in period.stated.values()
            if (text := best_text(self.serving.names.get(iri, ()), self.language))
        }
        return Text(period_text(period.stated, names, self.language))


def _outside(one: Shown) -> Shown:
    """Name a thing of somebody else's by its last part and the host that has it."""
    host = urlsplit(one.iri).hostname
    if not host:
        return one
    return Shown(Text(f"{one.text.value} ({host.removeprefix('www.')})"), one.href, one.iri)
