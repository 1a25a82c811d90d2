"""How fast search is as the labels grow: building the index, changing it, finding and suggesting.

Times are of processing, not by the clock: what others do on the machine counts little. The files
are in the page cache.
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


def words(text: str) -> tuple[str, ...]:
    """Give the words of a text, for the lists below."""
    return tuple(text.split())


FIRSTS: Final = words(
    "hyvinvointi terveys liikunta kulttuuri nuoriso vanhus lapsi perhe koulu kirjasto palvelu "
    "sosiaali sivistys kunta kaupunki maakunta alue kehittämis johto ohjaus yhteistyö järjestö "
    "osallisuus turvallisuus päihde mielenterveys ravitsemus asumis työllisyys ikääntymis"
)
HEADS: Final = words(
    "ryhmä suunnitelma kertomus verkosto työryhmä johtaja koordinaattori lautakunta neuvosto "
    "toimikunta ohjelma hanke strategia palvelu tapahtuma kokous seminaari tiimi yksikkö vastaava"
)
SWEDISH_FIRSTS: Final = words("välfärds hälso idrotts kultur ungdoms äldre familje skol service")
SWEDISH_HEADS: Final = words("grupp plan berättelse nätverk arbetsgrupp chef nämnd råd program")
ENDINGS: Final = ("", "n", "ssa", "sta", "lle", "t")
SYLLABLES: Final = words(
    "ka ko ki la li lo ma mä ni no pa pe po ra ri sa se si su ta te ti to va ve vi yl"
)
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
    for node, place in zip(towns, places, strict=True):
        yield Quad(node, name, Literal(place, language="fi"), DefaultGraph())
    made, kinds = len(towns), list(KINDS)
    while made < count:
        kind = draw.choices(kinds, list(KINDS.values()))[0]
        thing = NamedNode(f"{ID}{kind}/made/{made}")
        town = int(len(towns) * draw.random() ** 2)
        yield Quad(thing, owner, towns[town], DefaultGraph())
        yield Quad(
            thing, name, Literal(_finnish(draw, places[town]), language="fi"), DefaultGraph()
        )
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
    """Run once; give the seconds of processing, which others on the machine hardly change."""
    start = time.process_time()
    run()
    return time.process_time() - start


def times(run: Callable[[str, str], object], text: str) -> str:
    """Ask often; give the median and the 99th percentile in milliseconds, the first time too."""
    taken = sorted(timed(lambda: run(text, "fi")) for _ in range(ROUNDS))
    slow = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    return f"p50 {statistics.median(taken) * 1000:7.2f}  p99 {slow * 1000:7.2f} ms"


def measure(count: int, folder: Path) -> None:
    """Measure one size and print its table."""
    draw = random.Random(SEED)
    store = Store()
    store.bulk_extend(labels(count, draw))
    whole, changed = folder / f"{count}", folder / f"{count}-changed"
    built = timed(lambda: build_index(store, whole))
    size = sum(path.stat().st_size for path in whole.iterdir()) / 1e6
    quads = store.quads_for_pattern(None, None, None, None)
    nodes = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
    things = sorted(node.value for node in nodes if "/made/" in node.value)
    some = [NamedNode(iri) for iri in draw.sample(things, CHANGED)]
    update = timed(lambda: updated_index(whole, changed, some, store))
    print(f"\n{count:,} labels: built in {built:.1f} s of processing, {size:.0f} MB")
    print(f"  {len(some)} things changed in {update:.3f} s")
    index = SearchIndex(changed)
    for what, text in QUESTIONS.items():
        hits = sum(group.count for group in index.find(text, "fi").groups)
        print(f"  find {what:<26}{times(index.find, text)}  {hits:>6} hits")
    for text in STARTS:
        print(f"  suggest {text:<23}{times(index.suggest, text)}")


def main() -> None:
    """Measure each size, or those that are given."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(f"words are analysed by {best_analyser().name}, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        for count in sizes:
            measure(count, Path(folder))


if __name__ == "__main__":
    main()
