"""What is asked of a store: each constraint as a query, and the nodes it is asked of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolution

from hyteverkko.ingest.findings import Finding
from hyteverkko.ingest.shacl.graph import Term, named

PLACE: Final = re.compile(r"\{[?$](\w+)\}")

AFFECTED: Final = named("hyte:Affected")
"""The class of the nodes, in a graph of their own, that a run is limited to."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the nodes come from that a shape is for: all of them, and the affected ones.

    ``node`` is the variable they are bound to, ``keys`` what tells two results apart; ``classes``
    are given where the nodes are the instances of these, and no others.
    """

    whole: str
    affected: str
    node: str
    keys: tuple[str, ...]
    classes: frozenset[Term] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """A constraint: what a finding says of all that breaks it, and which variables say the rest.

    ``fill`` are the variables that a message may name.
    """

    finding: Finding
    node: str
    value: str
    path: str
    message: str
    fill: tuple[str, ...]

    def found(self, row: QuerySolution) -> Finding:
        """Give the finding of a row."""
        focus = row[self.node]
        value = row[self.value] if self.value else None
        path = row[self.path] if self.path else None
        text = row[self.message] if self.message else None
        messages: Mapping[str, str] = self.finding.messages
        if isinstance(text, Literal):
            messages = {text.language or "": text.value}
        if any("{" in message for message in messages.values()):
            values = {name: row[name] for name in self.fill}
            messages = filled(messages, {**values, "this": focus, "value": value})
        return Finding(
            self.finding.severity,
            self.finding.rule,
            messages,
            focus=str(focus),
            path=self.finding.path if path is None else str(path),
            value="" if value is None else str(value),
            component=self.finding.component,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A query, of all nodes and of the affected ones; ``?_check`` is the number of a check."""

    whole: str
    affected: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Aimed:
    """Questions about the same nodes; two others ask whether there is such a node at all.

    ``classes`` are those of the nodes, where that is all there is to tell them by.
    """

    any_whole: str
    any_affected: str
    classes: frozenset[Term]
    questions: tuple[Question, ...]


def filled(messages: Mapping[str, str], values: Mapping[str, Term | None]) -> dict[str, str]:
    """Fill the places of messages, ``{?name}`` or ``{$name}``, with the values of that name."""

    def value(place: re.Match[str]) -> str:
        term = values.get(place[1])
        if term is None:
            return place[0]
        return term.value if isinstance(term, Literal | NamedNode) else str(term)

    return {language: PLACE.sub(value, text) for language, text in messages.items()}
