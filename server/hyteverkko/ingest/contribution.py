"""A contribution: what somebody sends for a graph of theirs, and what would come of it.

Nothing is written here. What was sent is read, kept to what its sender may describe, put into the
place of what the graph held, and everything it can affect is derived, checked and validated anew.
What comes of it is the change to the release and what was found wrong.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final, Self

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize

from hyteverkko.ingest.checks import Check, check_files, check_findings, read_check
from hyteverkko.ingest.contributors import PERSONS, Contributor
from hyteverkko.ingest.findings import Finding, conform, finding_from, in_order
from hyteverkko.ingest.neighbourhood import (
    Things,
    affected_things,
    derived_change,
    neighbourhood,
    ontology_store,
)
from hyteverkko.ingest.persons import WITHHELD_PERSON
from hyteverkko.ingest.rdf import MOST_FINDINGS, line_of, read_content
from hyteverkko.ingest.records import (
    CONTRIBUTIONS,
    EVIDENCE,
    Sender,
    evidence,
    recorded_things,
    records,
)
from hyteverkko.ingest.report import findings_json
from hyteverkko.ingest.rules import Rules, read_rules
from hyteverkko.ingest.scope import scope_findings, withdrawn_findings
from hyteverkko.ingest.shacl.questions import AFFECTED
from hyteverkko.ingest.shacl.run import CompiledShapes
from hyteverkko.ingest.shacl.shapes import compiled, shape_files
from hyteverkko.ingest.tables.kinds import kind_named, prepare
from hyteverkko.ingest.tables.problems import Place
from hyteverkko.ingest.tables.reading import ReadContext, located, read_table
from hyteverkko.namespaces import GRAPHS, PREFIXES
from hyteverkko.store.changes import Change, apply_change, difference
from hyteverkko.store.graph import Asked

AFFECTED_GRAPH: Final = NamedNode("urn:hyteverkko:affected")
PUT, POST, DELETE = "put", "post", "delete"
TABLES: Final = (".csv", ".xlsx", ".zip")
"""The endings of tables."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every contribution is held against: rules, checks and shapes, read once."""

    root: Path
    rules: Rules
    checks: tuple[Check, ...]
    shapes: CompiledShapes

    @classmethod
    def read(cls, root: Path) -> Self:
        """Read them from the files of a repository."""
        # The ontology is the project's own: no contribution changes it.
        checks = tuple(one for one in map(read_check, check_files(root)) if one.is_about_data)
        prepare(root)
        return cls(root, read_rules(root), checks, compiled(shape_files(root)))


@dataclass(frozen=True, slots=True)
class Contribution:
    """What was sent: by whom, for which graph, to do what, on which day.

    ``ending`` names the format as the ending of a file does; ``table`` the kind of table, where it
    is one.
    """

    contributor: Contributor
    graph: str
    action: str
    today: date
    name: str = ""
    ending: str = ".ttl"
    table: str = ""
    content: bytes = b""

    @property
    def is_table(self) -> bool:
        """Say whether it is a table rather than RDF."""
        return self.ending in TABLES


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would come of a contribution: the change to the release, and the findings.

    ``stated`` counts the statements that come and go beside what is derived and recorded;
    ``affected`` are the things whose older findings the new ones replace.
    """

    base: str
    change: Change
    findings: Sequence[Finding]
    affected: Sequence[str]
    stated: tuple[int, int] = (0, 0)

    @property
    def conforms(self) -> bool:
        """Say whether nothing stands in the way of publishing."""
        return conform(self.findings)


def outcome_of(
    store: Store, base: str, ground: Ground, sent: Contribution, ontology: Store | None = None
) -> Outcome:
    """Work out what would come of a contribution; the stores are changed and of no other use then.

    ``ontology`` is that of the store, where somebody has cut it out already.
    """
    held = set(_held(store, sent))
    read = _read(store, ground, sent, held)
    new, findings = set(read.quads), read.findings
    gone = {
        quad.subject for quad in held if quad.predicate == _TYPE and quad.object == WITHHELD_PERSON
    }
    # A tombstone stays, also when what is sent does not know of it.
    new |= {quad for quad in held if quad.subject in gone}
    come = new - held
    findings = [
        *findings,
        *scope_findings(come, sent.contributor, sent.graph, sent.today),
        *withdrawn_findings(come, gone),
    ]
    if not conform(findings):
        return Outcome(base, Change(), _located(findings, sent, read), ())
    stated = difference(held, new)
    change = _with_records(store, sent, stated, new)
    outcome = validated_change(store, base, ground, change, ontology)
    return replace(
        outcome,
        findings=_located([*findings, *outcome.findings], sent, read),
        stated=(len(stated.removed), len(stated.added)),
    )


def validated_change(
    store: Store, base: str, ground: Ground, change: Change, ontology: Store | None = None
) -> Outcome:
    """Apply a change to a store, and derive, check and validate what it can affect."""
    apply_change(store, change)
    affected = affected_things(store, change)
    around = neighbourhood(store, ontology or ontology_store(store), affected)
    derived = derived_change(store, around, affected, ground.rules)
    apply_change(store, derived)
    focus = affected | _reached(store, ground, change, derived)
    findings = in_order(_findings(store, around, ground, affected, focus))
    whole = Change((*change.removed, *derived.removed), (*change.added, *derived.added))
    return Outcome(base, whole, findings, tuple(sorted(str(thing) for thing in focus)))


def _held(store: Store, sent: Contribution) -> Iterator[Quad]:
    for name in (sent.graph, sent.graph + PERSONS):
        yield from store.quads_for_pattern(None, None, None, NamedNode(GRAPHS + name))


@dataclass(frozen=True, slots=True)
class _Read:
    """What the graphs would hold, what was wrong with what was sent, and where it stood."""

    quads: Set[Quad]
    findings: Sequence[Finding] = ()
    origin: Mapping[tuple[str, str], Place] = field(default_factory=dict)


def _read(store: Store, ground: Ground, sent: Contribution, held: set[Quad]) -> _Read:
    if sent.action == DELETE:
        return _Read(set())
    read = (_read_table if sent.is_table else _read_rdf)(store, ground, sent, held)
    return replace(read, quads=held | read.quads) if sent.action == POST else read


def _read_rdf(_: Store, __: Ground, sent: Contribution, ___: set[Quad]) -> _Read:
    format_ = RdfFormat.from_extension(sent.ending.removeprefix("."))
    if format_ is None:
        raise ValueError(f"not a format: {sent.ending}")
    file = read_content(sent.content, format_, sent.graph, sent.name or sent.graph)
    return _Read(_as_stored(file.quads), file.findings)


def _read_table(store: Store, ground: Ground, sent: Contribution, held: set[Quad]) -> _Read:
    context = ReadContext(ground.root, Asked(store), sent.graph, sent.contributor.scope, sent.today)
    kind = kind_named(ground.root, sent.table) if sent.table else None
    table = read_table(sent.content, kind, sent.name or sent.graph, context)
    names = (sent.graph, sent.graph + PERSONS)
    touched = {NamedNode(GRAPHS + name) for name in names if name in table.quads}
    untouched = {quad for quad in held if quad.graph_name not in touched}
    new = (quad for name in names for quad in table.quads.get(name, ()))
    return _Read(untouched | _as_stored(new), table.findings, table.origin)


def _as_stored(quads: Iterable[Quad]) -> set[Quad]:
    """Give quads as a store gives them back: it writes some literals in one way only."""
    store = Store()
    store.extend(quads)
    return set(store)


def _with_records(store: Store, sent: Contribution, stated: Change, new: set[Quad]) -> Change:
    """Give the change with what is recorded of it."""
    if not stated.removed and not stated.added:
        return stated
    sender = Sender.of(sent.contributor, store)
    things = {quad.subject for quad in (*stated.removed, *stated.added)}
    changed = {thing for thing in things if isinstance(thing, NamedNode)}
    own = NamedNode(GRAPHS + sent.graph + EVIDENCE)
    before = set(store.quads_for_pattern(None, None, None, own))
    after = evidence(sender, sent.graph, new, changed, store, sent.today)
    dataset, *graphs = recorded_things(sent.graph)
    before |= {
        quad
        for thing in (dataset, *graphs)
        for quad in store.quads_for_pattern(thing, None, None, CONTRIBUTIONS)
    }
    listed = store.quads_for_pattern(None, _CATALOGUED, dataset, CONTRIBUTIONS)
    before.update(listed)
    after |= records(sender, sent.graph, new, store, sent.today)
    recorded = difference(before, after)
    return Change((*stated.removed, *recorded.removed), (*stated.added, *recorded.added))


_CATALOGUED: Final = NamedNode(PREFIXES["dcat"] + "dataset")
_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")


def _reached(store: Store, ground: Ground, *changes: Change) -> Things:
    triples = [quad.triple for change in changes for quad in (*change.removed, *change.added)]
    return set(ground.shapes.affected_by(triples, store))


def _findings(
    store: Store, around: Store, ground: Ground, affected: Things, focus: Things
) -> Iterator[Finding]:
    about = {str(thing) for thing in affected}
    for check in ground.checks:
        yield from (one for one in check_findings(around, check) if one.focus in about)
    store.extend(Quad(thing, _TYPE, AFFECTED, AFFECTED_GRAPH) for thing in focus)
    yield from ground.shapes.findings(store, AFFECTED_GRAPH)


def _located(findings: Iterable[Finding], sent: Contribution, read: _Read) -> Sequence[Finding]:
    """Lead the findings about what was sent back to its lines, or to its rows and columns."""
    ordered = in_order(findings)[:MOST_FINDINGS]
    if sent.is_table:
        return [one if one.line else located(one, read.origin) for one in ordered]
    text = sent.content.decode("utf-8", errors="replace")
    return [
        replace(one, file=sent.name or sent.graph, line=line_of(text, one.focus[1:-1]))
        if not one.line and number < LOCATED and one.focus.startswith("<")
        else one
        for number, one in enumerate(ordered)
    ]


LOCATED: Final = 100
"""How many findings are led back to a line: looking for it reads the whole text."""


def to_bytes(outcome: Outcome) -> bytes:
    """Write an outcome to be handed to another process."""
    removed, added = (
        serialize(quads, format=RdfFormat.N_QUADS) or b""
        for quads in (outcome.change.removed, outcome.change.added)
    )
    head = {
        "base": outcome.base,
        "findings": json.loads(findings_json(outcome.findings)),
        "affected": list(outcome.affected),
        "stated": list(outcome.stated),
        "removed": len(removed),
    }
    text = json.dumps(head, ensure_ascii=False).encode()
    return len(text).to_bytes(8, "big") + text + removed + added


def from_bytes(content: bytes) -> Outcome:
    """Read an outcome from another process."""
    end = 8 + int.from_bytes(content[:8], "big")
    head = json.loads(content[8:end])
    middle = end + head["removed"]
    removed, added = (
        tuple(parse(part, format=RdfFormat.N_QUADS))
        for part in (content[end:middle], content[middle:])
    )
    return Outcome(
        head["base"],
        Change(removed, added),
        [finding_from(fields) for fields in head["findings"]],
        head["affected"],
        tuple(head["stated"]),
    )
