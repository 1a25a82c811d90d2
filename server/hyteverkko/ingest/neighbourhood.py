"""What a change to the data can affect, cut out of the whole, so that only that is asked again.

The rules and checks look at a thing together with what it points to and with what points to it. So
they give the same for a thing in its neighbourhood as in the whole: the ontology, the things that
may be affected, what these lead to in some steps, and what leads to them. A test compares both on
changes to the real data.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final, TypeAlias

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from hyteverkko.ingest.rules import DERIVED_GRAPH, Rules, apply_rules
from hyteverkko.namespaces import DEF, GRAPHS, ID
from hyteverkko.store.changes import Change, in_union
from hyteverkko.store.graph import RELEASE_GRAPH, iri_of
from hyteverkko.store.queries import update_text

ONTOLOGY: Final = NamedNode(GRAPHS + "ontology")
LEFT_OUT: Final = (DefaultGraph(), ONTOLOGY, NamedNode(RELEASE_GRAPH))
"""The union, what a neighbourhood stands on, and what the release before says of itself."""

UNITE: Final = update_text("unite")
"""Read with the module, as a sandbox reads no files."""

STEPS_BACK: Final = 2
"""How far back from a changed thing its description is part of another's label or check."""

STEPS_ON: Final = 3
"""How far on from a thing a rule or check looks."""

HUB: Final = 200
"""What more than so many things point to, a municipality or a concept, does not depend on each."""

TOO_MANY: Final = 50_000
"""More affected things than this are as good as everything."""

OURS: Final = (ID, GRAPHS)
"""What the data describes, beside the ontology."""

Things: TypeAlias = set[NamedNode]


def ontology_store(store: Store) -> Store:
    """Give the ontology of a store alone: the ground that every neighbourhood stands on.

    Its default graph is the union, as a set.
    """
    ontology = Store()
    ontology.extend(store.quads_for_pattern(None, None, None, ONTOLOGY))
    derived = store.quads_for_pattern(None, None, None, DERIVED_GRAPH)
    ontology.extend(quad for quad in derived if iri_of(quad.subject).startswith(DEF))
    ontology.extend(in_union(ontology))
    return ontology


def affected_things(store: Store, change: Change) -> Things:
    """Give the things that a change may affect, in a store that has the change."""
    quads = (*change.removed, *change.added)
    changed = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
    graphs = {quad.graph_name for quad in quads if isinstance(quad.graph_name, NamedNode)}
    # What a changed thing points to, such as what a piece of evidence is about, may change with it.
    said = (
        quad
        for thing in changed
        for quad in store.quads_for_pattern(thing, None, None, DefaultGraph())
    )
    objects = {
        quad.object
        for quad in (*quads, *said)
        if isinstance(quad.object, NamedNode) and quad.object.value.startswith(ID)
    }
    found = changed | graphs | {one for one in objects if not _is_hub(store, one)}
    edge, walked = changed, set(changed)
    for _ in range(STEPS_BACK):
        edge = {one for thing in edge for one in _pointing_to(store, thing)} - walked
        walked |= edge
        found |= edge
        if len(found) > TOO_MANY:
            break
    return found


def neighbourhood(store: Store, ground: Store, affected: Things) -> Store:
    """Give the affected things with all around them that rules and checks look at.

    The graphs stay apart, beside their union; what was derived of the affected things themselves
    is left out. The ground is filled and given back: it is of no other use afterwards.
    """
    seen: Things = set()
    edge = set(affected)
    for thing in affected:
        edge.update(_some_pointing_to(store, thing))
    for _ in range(STEPS_ON + 1):
        seen |= edge
        held = [quad for thing in edge for quad in _described(store, thing, affected)]
        ground.extend(held)
        edge = {
            quad.object
            for quad in held
            if isinstance(quad.object, NamedNode) and quad.object.value.startswith(OURS)
        } - seen
    ground.update(UNITE)
    return ground


def derived_change(store: Store, around: Store, affected: Things, rules: Rules) -> Change:
    """Run the rules on a neighbourhood; give what is derived anew of the affected things."""
    before = {
        quad
        for thing in affected
        for quad in store.quads_for_pattern(thing, None, None, DERIVED_GRAPH)
    }
    apply_rules(around, rules)
    held = set(around.quads_for_pattern(None, None, None, DERIVED_GRAPH))
    after = {quad for quad in held if quad.subject in affected}
    return Change(tuple(before - after), tuple(after - before))


def _described(store: Store, thing: NamedNode, affected: Collection[NamedNode]) -> Iterator[Quad]:
    for quad in store.quads_for_pattern(thing, None, None, None):
        is_old = quad.graph_name == DERIVED_GRAPH and thing in affected
        if quad.graph_name not in LEFT_OUT and not is_old:
            yield quad


def _pointing_to(store: Store, thing: NamedNode) -> Iterator[NamedNode]:
    for quad in store.quads_for_pattern(None, None, thing, DefaultGraph()):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


def _some_pointing_to(store: Store, thing: NamedNode) -> Iterable[NamedNode]:
    found = []
    for number, one in enumerate(_pointing_to(store, thing)):
        if number >= HUB:
            return ()
        found.append(one)
    return found


def _is_hub(store: Store, thing: NamedNode) -> bool:
    return any(number >= HUB for number, _ in enumerate(_pointing_to(store, thing)))
