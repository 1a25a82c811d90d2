"""A change is validated where it can matter: what was found elsewhere stays as it was."""

from pathlib import Path
from random import Random

import pytest
from hyteverkko.ingest.shacl.graph import SUBCLASS, TYPE
from hyteverkko.ingest.shacl.questions import AFFECTED
from hyteverkko.ingest.shacl.run import CompiledShapes
from hyteverkko.ingest.shacl.shapes import compiled
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse

from .compared import Compared, compared
from .made_up import made_up_data, made_up_shapes

GRAPH = NamedNode("urn:x:affected")


def triples(text: str) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))


def stored(data: frozenset[Triple]) -> Store:
    store = Store()
    store.extend(Quad(*triple) for triple in data)
    return store


def of_things(found: Compared) -> Compared:
    """Leave out the literals among the focus nodes: a graph cannot say that one is affected."""
    return type(found)({key: count for key, count in found.items() if key[0].startswith("<")})


def carried_over(
    shapes: CompiledShapes, before: Compared, changed: frozenset[Triple], store: Store
) -> Compared:
    """Give what was found before, with only the affected nodes validated again."""
    affected = shapes.affected_by(changed, store)
    store.extend(Quad(node, TYPE, AFFECTED, GRAPH) for node in affected)
    found = compared(shapes.findings(store, GRAPH))
    store.remove_graph(GRAPH)
    names = {str(node) for node in affected}
    assert {key[0] for key in found} <= names
    return type(found)({key: n for key, n in before.items() if key[0] not in names}) + found


@pytest.mark.parametrize("seed", range(60))
def test_made_up_shapes(seed: int, tmp_path: Path) -> None:
    random, numbers = Random(seed), seed % 2 == 1
    path = tmp_path / "shapes.ttl"
    path.write_text(made_up_shapes(random, numbers=numbers), encoding="utf-8")
    shapes = compiled([path])
    data = triples(made_up_data(random, numbers=numbers))
    before = of_things(compared(shapes.findings(stored(data))))
    for _ in range(6):
        pool = triples(made_up_data(random, numbers=numbers))
        removed = frozenset(random.sample(sorted(data, key=str), 2))
        after = data - removed | frozenset(random.sample(sorted(pool, key=str), 2))
        store = stored(after)
        found = of_things(compared(shapes.findings(store)))
        assert of_things(carried_over(shapes, before, data ^ after, store)) == found
        data, before = after, found


def changes(data: list[Triple], random: Random, count: int) -> tuple[set[Triple], set[Triple]]:
    """Draw what is removed and added: statements that move to other things, and lost ones."""
    removed, added = set[Triple](), set[Triple]()
    kinds = [triple for triple in data if triple.predicate in {TYPE, SUBCLASS}]
    for triple in (*random.sample(data, count), *random.sample(kinds, count // 4)):
        other = random.choice(data)
        match random.randrange(4):
            case 0:
                removed.add(triple)
            case 1:
                added.add(Triple(other.subject, triple.predicate, triple.object))
            case 2:
                removed.add(triple)
                added.add(Triple(triple.subject, triple.predicate, other.object))
            case _:
                added.add(Triple(triple.subject, other.predicate, other.object))
    return removed, added - removed


@pytest.mark.parametrize("count", [1, 20, 200])
def test_real_data(count: int, shipped: CompiledShapes, real: frozenset[Triple]) -> None:
    random, data = Random(count), set(real)
    store = stored(real)
    before = compared(shipped.findings(store))
    for _ in range(2):
        removed, added = changes(sorted(data, key=str), random, count)
        changed = frozenset((removed & data) | (added - data))
        for triple in removed:
            store.remove(Quad(*triple))
        store.extend(Quad(*triple) for triple in added)
        data = data - removed | added
        found = compared(shipped.findings(store))
        assert carried_over(shipped, before, changed, store) == found
        before = found
