"""Compiled shapes: what is kept of the shapes to validate any store with them."""

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
from hyteverkko.ingest.shacl.graph import TYPE
from hyteverkko.ingest.shacl.questions import AFFECTED, Aimed, Question
from hyteverkko.ingest.shacl.reach import Reach
from hyteverkko.store.queries import query_text

GRAPH: Final = Variable("affected")
CLASSES: Final = query_text("affected_classes")
"""Read with the module, as a sandbox reads no files."""


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
        if affected is None:
            yield from _run(store, self.aimed)
        else:
            yield from _run_affected(store, self.aimed, affected)
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


def _run(store: Store, every: Iterable[Aimed]) -> Iterator[Finding]:
    for aimed in every:
        if _is_row(_rows(store, aimed.any_whole)):
            for question in aimed.questions:
                yield from _found(question, _rows(store, question.whole))


def _run_affected(store: Store, every: Iterable[Aimed], affected: NamedNode) -> Iterator[Finding]:
    # One question spares most of those that ask whether there is a node: they cost more together
    # than what follows.
    classes = {row["class"] for row in _rows(store, CLASSES, affected)}
    for aimed in every:
        if aimed.classes:
            is_any = not classes.isdisjoint(aimed.classes)
        else:
            is_any = _is_row(_rows(store, aimed.any_affected, affected))
        if is_any:
            for question in aimed.questions:
                yield from _found(question, _rows(store, question.affected, affected))


def _is_row(rows: Iterator[QuerySolution]) -> bool:
    return next(rows, None) is not None


def _found(question: Question, rows: Iterable[QuerySolution]) -> Iterator[Finding]:
    for row in rows:
        number = row["_check"]
        if not isinstance(number, Literal):
            raise TypeError("a row does not say which constraint is broken")
        yield question.checks[int(number.value)].found(row)


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
