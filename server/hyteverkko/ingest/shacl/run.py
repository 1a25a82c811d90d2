"""Compiled shapes: what is kept of the shapes to validate any store with them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QuerySolution,
    QuerySolutions,
    Store,
    Triple,
    Variable,
)

from hyteverkko.ingest.findings import Finding
from hyteverkko.ingest.shacl.graph import TYPE, Term
from hyteverkko.ingest.shacl.questions import AFFECTED, Question
from hyteverkko.ingest.shacl.reach import Reach

PLACE: Final = re.compile(r"\{[?$](\w+)\}")
GRAPH: Final = Variable("affected")


@dataclass(frozen=True, slots=True)
class Check:
    """A question with what a finding says of everything that it finds."""

    question: Question
    finding: Finding

    def found(self, row: QuerySolution) -> Finding:
        """Give the finding of a row."""
        asked = self.question
        focus = row[asked.node]
        value = row[asked.value] if asked.value else None
        path = row[asked.path] if asked.path else None
        text = row[asked.message] if asked.message else None
        messages: Mapping[str, str] = self.finding.messages
        if isinstance(text, Literal):
            messages = {text.language or "": text.value}
        if any("{" in message for message in messages.values()):
            values = {name: row[name] for name in asked.fill}
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
class Aimed:
    """Checks of the same nodes; ``any_whole`` and ``any_affected`` ask whether there is one."""

    any_whole: str
    any_affected: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CompiledShapes:
    """Shapes ready to run. They are plain values: cheap to keep, to pickle and to fork with.

    ``uncompiled`` are the shapes that pySHACL runs, each with the reason; it has them as ``rest``.
    """

    aimed: tuple[Aimed, ...]
    reach: Reach
    uncompiled: Mapping[str, str]
    rest: str

    def findings(self, store: Store, affected: NamedNode | None = None) -> Iterator[Finding]:
        """Validate the default graph of a store, which holds the union of all graphs.

        With ``affected``, only the nodes that a graph of this name types ``hyte:Affected``.
        """
        for aimed in self.aimed:
            if affected is None:
                yield from _run(store, aimed)
            else:
                yield from _run_affected(store, aimed, affected)
        if self.rest:
            yield from _left(self.rest, store, affected)

    def affected_by(self, changed: Iterable[Triple], store: Store) -> set[NamedNode]:
        """Give the nodes whose findings may differ after triples were added and removed.

        The store is as it is after the change.
        """
        return self.reach.affected_by(changed, store)


def union(quads: Iterable[Quad]) -> Store:
    """Give a store whose default graph holds the triples of all graphs, each once."""
    store = Store()
    store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return store


def filled(messages: Mapping[str, str], values: Mapping[str, Term | None]) -> dict[str, str]:
    """Fill the places of messages, ``{?name}`` or ``{$name}``, with the values of that name."""

    def value(place: re.Match[str]) -> str:
        term = values.get(place[1])
        if term is None:
            return place[0]
        return term.value if isinstance(term, Literal | NamedNode) else str(term)

    return {language: PLACE.sub(value, text) for language, text in messages.items()}


def _run(store: Store, aimed: Aimed) -> Iterator[Finding]:
    if next(_rows(store, aimed.any_whole), None) is None:
        return
    for check in aimed.checks:
        for row in _rows(store, check.question.whole):
            yield check.found(row)


def _run_affected(store: Store, aimed: Aimed, affected: NamedNode) -> Iterator[Finding]:
    if next(_rows(store, aimed.any_affected, affected), None) is None:
        return
    for check in aimed.checks:
        for row in _rows(store, check.question.affected, affected):
            yield check.found(row)


def _rows(store: Store, query: str, affected: NamedNode | None = None) -> Iterator[QuerySolution]:
    rows = store.query(query, substitutions={GRAPH: affected} if affected else None)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("shapes ask with a SELECT")
    return rows


def _left(rest: str, store: Store, affected: NamedNode | None) -> Iterator[Finding]:
    from hyteverkko.ingest.shacl.oracle import rest_findings

    for finding in rest_findings(rest, store):
        if affected is None or _is_affected(finding.focus, store, affected):
            yield finding


def _is_affected(focus: str, store: Store, affected: NamedNode) -> bool:
    quad = Quad(NamedNode(focus[1:-1]), TYPE, AFFECTED, affected) if focus[:1] == "<" else None
    return quad is not None and quad in store
