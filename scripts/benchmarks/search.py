"""How fast search is as the labels grow: building the index, changing it, finding and suggesting.

Ratios are what to remember: the same code varies with the load of the machine.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from hyteverkko.namespaces import ID, PREFIXES
from hyteverkko.store.search import SearchIndex, build_index, updated_index
from hyteverkko.store.search.words import best_analyser
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

SEED: Final = 20261122
SIZES: Final = (10_000, 100_000, 1_000_000)
CHANGED: Final = 200
ROUNDS: Final = 40

FIRSTS: Final = (
    "hyvinvointi terveys liikunta kulttuuri nuoriso vanhus lapsi perhe koulu kirjasto palvelu "
    "sosiaali sivistys kunta kaupunki maakunta alue kehittämis johto ohjaus yhteistyö järjestö "
    "osallisuus turvallisuus päihde mielenterveys ravitsemus asumis työllisyys ikääntymis"
).split()
HEADS: Final = (
    "ryhmä suunnitelma kertomus verkosto työryhmä johtaja koordinaattori lautakunta neuvosto "
    "toimikunta ohjelma hanke strategia palvelu tapahtuma kokous seminaari tiimi yksikkö vastaava"
).split()
SWEDISH_FIRSTS: Final = "välfärds hälso idrotts kultur ungdoms äldre familje skol service".split()
SWEDISH_HEADS: Final = "grupp plan berättelse nätverk arbetsgrupp chef nämnd råd program".split()
ENDINGS: Final = ("", "n", "ssa", "sta", "lle", "t")
SYLLABLES: Final = "ka ko ki la li lo ma mä ni no pa pe po ra ri sa se si su ta te ti to va ve vi yl".split()
KINDS: Final = {"body": 20, "document": 15, "event": 20, "goal": 15, "measure": 15, "post": 15}

QUESTIONS: Final = {
    "a name": "Vikola",
    "one very frequent word": "suunnitelma",
    "one word, inflected": "hyvinvointisuunnitelmissa",
    "two frequent words": "lasten suunnitelma",
    "two words, one rare": "Vikola hyvinvointiryhmä",
    "beginning of a word": "hyvinvointikoo",
    "misspelt": "hyvinvoitikoordinattori",
    "nothing alike": "xqzwxqzw",
    "eight frequent words": "lasten ja nuorten hyvinvointi suunnitelma kunnan palvelu ryhmä",
}
STARTS: Final = ("k", "hy", "hyvinvointi", "lasten ja nu", "xqz", "suunnitelma")


def place_names(count: int, draw: random.Random) -> list[str]:
    """Make names of places that look Finnish; the first one is asked for."""
    names = {"Vikola": None}
    while len(names) < count:
        word = "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4)))
        names[(word + draw.choice(("", "la", "nen", "järvi", "koski"))).capitalize()] = None
    return list(names)


def labels(count: int, draw: random.Random) -> Iterator[Quad]:
    """Make things with names in Finnish and Swedish, their places, and some descriptions."""
    places = place_names(max(50, min(5_000, count // 200)), draw)
    skos, org = PREFIXES["skos"], PREFIXES["org"]
    name, owner = NamedNode(skos + "prefLabel"), NamedNode(PREFIXES["hyte"] + "bodyOf")
    purpose = NamedNode(org + "purpose")
    towns = [NamedNode(f"{ID}municipality/{number:04}") for number in range(len(places))]
    for town, place in zip(towns, places, strict=True):
        yield Quad(town, name, Literal(place, language="fi"), DefaultGraph())
    made, kinds = len(towns), list(KINDS)
    while made < count:
        kind = draw.choices(kinds, KINDS.values())[0]
        thing = NamedNode(f"{ID}{kind}/made/{made}")
        town = int(len(towns) * draw.random() ** 2)
        yield Quad(thing, owner, towns[town], DefaultGraph())
        yield Quad(thing, name, Literal(_finnish(draw, places[town]), language="fi"), DefaultGraph())
        made += 1
        if draw.random() < 0.7:
            swedish = draw.choice(SWEDISH_FIRSTS) + draw.choice(SWEDISH_HEADS)
            yield Quad(thing, name, Literal(f"{swedish} {made}", language="sv"), DefaultGraph())
            made += 1
        if draw.random() < 0.1:
            text = ". ".join(_finnish(draw, places[town]) for _ in range(4))
            yield Quad(thing, purpose, Literal(text, language="fi"), DefaultGraph())


def _finnish(draw: random.Random, place: str) -> str:
    ending = draw.choice(ENDINGS)
    compound = draw.choice(FIRSTS) + draw.choice(HEADS) + ending
    match draw.randrange(4):
        case 0:
            return f"Lasten ja nuorten {compound}"
        case 1:
            return f"{place}n {compound} {draw.randint(2005, 2030)}"
        case 2:
            return f"{draw.choice(FIRSTS)} ja {compound} – {draw.choice(HEADS)}"
        case _:
            made = "".join(draw.choices(SYLLABLES, k=4))
            return f"{compound.capitalize()} {made}"


def timed(run: Callable[[], object]) -> float:
    """Run once; give the seconds."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def times(run: Callable[[], object]) -> str:
    """Run often; give the median and the 99th percentile in milliseconds, the first run too."""
    first = timed(run)
    taken = sorted([first, *(timed(run) for _ in range(ROUNDS - 1))])
    slow = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    return f"p50 {statistics.median(taken) * 1000:7.2f}  p99 {slow * 1000:7.2f}"


def measure(count: int, folder: Path) -> None:
    """Measure one size and print its table."""
    draw = random.Random(SEED)
    store = Store()
    store.bulk_extend(labels(count, draw))
    whole, changed = folder / f"{count}", folder / f"{count}-changed"
    built = timed(lambda: build_index(store, whole))
    size = sum(path.stat().st_size for path in whole.iterdir()) / 1e6
    nodes = [quad.subject for quad in store.quads_for_pattern(None, None, None, None)]
    some = [one for one in draw.sample(nodes, CHANGED) if isinstance(one, NamedNode)]
    some = [one for one in some if "municipality" not in one.value]
    update = timed(lambda: updated_index(whole, changed, some, store))
    print(f"\n{count:,} labels: built in {built:.1f} s, {size:.0f} MB; {len(some)} things changed in {update:.3f} s")
    index = SearchIndex(changed)
    for what, text in QUESTIONS.items():
        found = index.find(text, "fi")
        hits = sum(group.count for group in found.groups)
        print(f"  find {what:<26}{times(lambda text=text: index.find(text, 'fi'))} ms  {hits:>6} hits")
    for text in STARTS:
        print(f"  suggest {text:<23}{times(lambda text=text: index.suggest(text, 'fi'))} ms")


def main() -> None:
    """Measure each size, or those that are given."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(f"words are analysed by {best_analyser().name}, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        for count in sizes:
            measure(count, Path(folder))


if __name__ == "__main__":
    main()
