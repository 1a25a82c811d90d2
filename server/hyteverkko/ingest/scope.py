"""What a contributor may describe: things under their own part of the addresses, and periods."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final

from pyoxigraph import NamedNode, Quad

from hyteverkko.ingest.contributors import PERSONS, Contributor
from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.ingest.periods import PERIOD, period_statements
from hyteverkko.ingest.persons import last_days
from hyteverkko.ingest.rdf import translated
from hyteverkko.namespaces import GRAPHS, ID, KINDS
from hyteverkko.translations import marked

NOT_THEIRS: Final = frozenset({"agent", "dataset", "evidence", "passage", "release", "source"})
"""The kinds of thing that are recorded here of what was sent, and not described by the sender."""


def scope_findings(
    quads: Iterable[Quad], contributor: Contributor, graph: str, today: date
) -> Iterator[Finding]:
    """Give a violation for each thing and graph that is not the contributor's to describe."""
    held = set(quads)
    theirs = {NamedNode(GRAPHS + name) for name in (graph, graph + PERSONS)}
    own = own_iris(contributor.scope)
    for name in sorted({str(quad.graph_name) for quad in held if quad.graph_name not in theirs}):
        yield _violation(
            marked("Statements of another graph. Send them to that graph, or leave the name out."),
            focus=name,
        )
    subjects = {quad.subject for quad in held if isinstance(quad.subject, NamedNode)}
    for thing in sorted(subjects, key=str):
        if not own.fullmatch(thing.value) and not thing.value.startswith(PERIOD):
            yield _violation(
                marked(
                    "This thing is not yours to describe. The addresses of yours are "
                    "{start}{{kind}}/{scope}/…"
                ),
                focus=str(thing),
                start=ID,
                scope=contributor.scope,
            )
    for quad in sorted((q for q in held if _is_of_a_period(q)), key=str):
        if not _says_its_key(quad):
            yield _violation(
                marked(
                    "A period says only what its address says, for all who use it. Leave this out, "
                    "or name another period."
                ),
                focus=str(quad.subject),
            )
    for person, day in last_days(held).items():
        if day < today:
            yield _violation(
                marked("The name of this person may be shown until {day} only. Leave it out."),
                focus=str(person),
                day=day.isoformat(),
            )


def withdrawn_findings(quads: Iterable[Quad], withdrawn: Collection[object]) -> Iterator[Finding]:
    """Give a violation for each person described whose name has been withdrawn."""
    for person in sorted({str(quad.subject) for quad in quads if quad.subject in withdrawn}):
        yield _violation(
            marked("The name of this person has been withdrawn. Leave the person out."),
            focus=person,
        )


def _is_of_a_period(quad: Quad) -> bool:
    return isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(PERIOD)


def _says_its_key(quad: Quad) -> bool:
    try:
        return quad.triple in period_statements(str(quad.subject)[1:-1].removeprefix(PERIOD))
    except ValueError:
        return False


def own_iris(scope: str) -> re.Pattern[str]:
    """Give what the IRIs look like that a scope may describe; an empty one may describe any."""
    if not scope:
        return re.compile(r"\S*")
    kinds = "|".join(kind for kind in KINDS if kind not in NOT_THEIRS)
    return re.compile(rf"{re.escape(ID)}(?:{kinds})/{re.escape(scope)}(?:/[^\s/][^\s]*)?")


def _violation(text: str, focus: str, **values: object) -> Finding:
    return Finding(Severity.VIOLATION, "scope", translated(text, **values), focus=focus)
