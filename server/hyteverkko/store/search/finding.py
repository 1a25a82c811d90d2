"""How an index is asked: finding by words, suggesting while typing, candidates for a name."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from heapq import merge
from itertools import chain, islice
from pathlib import Path
from typing import Final

from hyteverkko.errors import HyteError
from hyteverkko.labels import FALLBACK, Text
from hyteverkko.namespaces import BASE
from hyteverkko.store.search.asked import Asked, Grade, Word, ask
from hyteverkko.store.search.closest import closest, errors_allowed
from hyteverkko.store.search.index import CHANGES, WHOLE, is_index
from hyteverkko.store.search.layer import Layer
from hyteverkko.store.search.marks import Marked, Marker, snippet
from hyteverkko.store.search.scores import best_match
from hyteverkko.store.search.tables import kind_of
from hyteverkko.store.search.things import CALLED, INDEXED, RANKS, Name, Role
from hyteverkko.store.search.words import PLAIN, Analyser, best_analyser

COUNTED: Final = 2_000
"""Things of a kind that are counted and can be paged to; of more it is said that there are more."""

LENGTHENED: Final = 40
"""Words of the index that the beginning or the end of a word may stand for."""

SHORTEST_BEGINNING: Final = 3
SHORTEST_END: Final = 5
OTHERS: Final = 3
"""Other words that are offered for one that was not found."""

SHOWN_PLACES: Final = 3
CONSIDERED: Final = 50
"""Things of a kind that are compared with a name before the best candidates are chosen."""
SURE: Final = 90
LIKELY: Final = 30
"""What a candidate scores at least to be the one, and to be named at all."""

CALLED_AS_WELL: Final = 1
"""What a name loses that was asked for together with what its kind is called."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: its name in the reader's language and what it was found by.

    ``also`` is another name that fits better, ``text`` the part of a description that fits,
    ``places`` the names of what the thing belongs to.
    """

    iri: str
    kind: str
    grade: Grade
    name: Marked
    also: Marked | None
    text: Marked | None
    places: tuple[Marked, ...]
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Group:
    """The things of one kind that were found; ``count`` is COUNTED where there are ``more``."""

    kind: str
    count: int
    more: bool
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, by kind, and how the question was changed where it found nothing.

    ``instead`` pairs a word that was asked for with the closest that was searched for, ``without``
    names the words that were left out, ``others`` are texts that may have been meant.
    """

    asked: Asked
    groups: tuple[Group, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing a name may be of: how well, from 0 to 100, by which name, and whether surely.

    ``places`` are the names of what the thing belongs to.
    """

    iri: str
    kind: str
    name: Text
    matched: Name
    score: float
    match: bool
    starts: str
    ends: str
    places: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scored:
    layer: Layer
    number: int
    names: tuple[Name, ...]
    matched: Name
    score: float
    ends: str


class NoIndex(HyteError):
    """A folder holds no index that can be asked."""


class SearchIndex:
    """The index in a folder, asked by any number of threads; it never changes."""

    def __init__(self, path: Path, analyser: Analyser | None = None) -> None:
        """Open the index, or raise NoIndex; ``analyser`` reads the questions."""
        self._analyser = analyser or best_analyser()
        if not is_index(path):
            raise NoIndex("There is no search index in {path}.", path=path)
        changes = [Layer(path / CHANGES)] if (path / CHANGES).is_file() else []
        replaced = [number for layer in changes for number in layer.replaced]
        self._layers = (*changes, Layer(path / WHOLE, replaced))
        self.built_with = self._layers[-1].about["analyser"]

    def find(
        self,
        text: str,
        language: str,
        kinds: Collection[str] = (),
        limit: int = 5,
        offset: int = 0,
    ) -> Found:
        """Find the things with all words of a text, kind by kind; ``limit`` of each are given.

        Where there is none, the closest words are tried, and then fewer words. With ``kinds`` the
        other kinds are counted only; ``offset`` leaves out the first hits of each.
        """
        asked = self._read(text)
        found = next(self._attempts(asked), None)
        if found is None:
            return Found(asked)
        return replace(found, groups=self._groups(found.asked, language, kinds, limit, offset))

    def suggest(
        self, text: str, language: str, limit: int = 10, kinds: Collection[str] = ()
    ) -> tuple[Hit, ...]:
        """Give things whose name the text begins; where there are few, also any it fits.

        They are of some kinds, or of any where none is named.
        """
        asked = ask(text, self._analyser)
        if not asked.words:
            return ()
        ranks = _ranks(kinds)
        hits = self._started(asked.whole, limit, ranks)
        known = {number for _, number, _ in hits}
        within = (hit for hit in self._within(asked, limit, ranks) if hit[1] not in known)
        marker = Marker(asked, self._analyser, asked.words[-1].forms.raw)
        shown = [
            self._hit(layer, number, grade, marker, language)
            for layer, number, grade in islice(chain(hits, within), limit)
        ]
        if shown:
            return tuple(shown)
        groups = self.find(text, language, kinds, limit).groups
        return tuple(hit for group in groups for hit in group.hits)[:limit]

    def candidates(
        self,
        text: str,
        kinds: Collection[str],
        language: str,
        at: date | None = None,
        limit: int = 10,
    ) -> tuple[Candidate, ...]:
        """Give the things a name may be of, the best first; with a day, those there were then.

        They are of some kinds, or of any where none is named.
        """
        asked = self._read(text)
        ranks = _ranks(kinds)
        day = at.isoformat() if at else ""
        scored: dict[int, _Scored] = {}
        for attempt in self._attempts(asked):
            for rank in ranks:
                for layer, number, _ in self._ranked(attempt.asked, rank, CONSIDERED):
                    _keep_best(scored, self._scored(layer, number, asked, day))
            if scored:
                break
        if not any(one.score >= SURE for one in scored.values()):
            for rank in ranks:
                _keep_best(scored, self._led_back(asked, rank, day))
        best = sorted(scored.values(), key=_order)[:limit]
        return tuple(_sure([self._candidate(one, language) for one in best]))

    def _read(self, text: str) -> Asked:
        asked = ask(text, self._analyser)
        return replace(asked, words=tuple(self._lengthened(word) for word in asked.words))

    def _lengthened(self, word: Word) -> Word:
        """Let a word stand for longer ones where the index could not take compounds apart, or
        knows no name with it.
        """
        raw = word.forms.raw
        if word.phrase or (self.built_with != PLAIN and self._knows(word, Grade.PLACE)):
            return word
        longer = self._longer(raw) if len(raw) >= SHORTEST_BEGINNING else []
        if len(raw) >= SHORTEST_END:
            ending = (layer.words_ending(raw, LENGTHENED) for layer in self._layers)
            longer += [one for found in ending for _, one in found]
        return replace(word, longer=tuple(one for one in longer if one != raw))

    def _longer(self, start: str) -> list[str]:
        found: Counter[str] = Counter()
        for layer in self._layers:
            found.update({word: uses for uses, word in layer.words_starting(start, LENGTHENED)})
        return sorted(found, key=lambda word: (-found[word], word))[:LENGTHENED]

    def _knows(self, word: Word, grade: Grade = Grade.TEXT) -> bool:
        return self._fits(Asked("", (word,)), grade)

    def _fits(self, asked: Asked, grade: Grade) -> bool:
        expression = asked.expression(grade)
        return any(layer.any(expression) for layer in self._layers)

    def _attempts(self, asked: Asked) -> Iterator[Found]:
        """Give what something fits: the question and, while nothing is found, what it may mean."""
        if not asked.words:
            return
        begun = self._begun(asked)
        if not self._fits(asked, Grade.PLACE) and self._fits(begun, Grade.PLACE):
            yield Found(begun)
        for found in self._meanings(asked):
            if self._fits(found.asked, Grade.TEXT):
                yield found

    def _meanings(self, asked: Asked) -> Iterator[Found]:
        yield Found(asked)
        unknown = [word for word in asked.words if not self._knows(word)]
        meant = {word: found for word in unknown if (found := self._closest(word))}
        corrected = self._corrected(asked, meant)
        if meant:
            yield corrected
        lost = {word.surface for word in unknown if word not in meant}
        if lost:
            yield from _without(corrected, lost)
            return
        sought = sorted(corrected.asked.sought, key=self._uses)
        if len(sought) > 1:
            # The most used words say least: without one, without two, then the rarest alone.
            yield from _without(corrected, {sought[-1].surface})
            yield from _without(corrected, {word.surface for word in sought[-2:]})
            yield from _without(corrected, {word.surface for word in sought[1:]})

    def _uses(self, word: Word) -> int:
        return sum(layer.uses(word.forms.raw) for layer in self._layers)

    def _corrected(self, asked: Asked, meant: dict[Word, list[str]]) -> Found:
        words = tuple(
            Word(meant[word][0], self._analyser.asked_forms(meant[word][0]))
            if word in meant
            else word
            for word in asked.words
        )
        others = tuple(
            asked.text.replace(word.surface, other)
            for word, found in meant.items()
            for other in found[1 : 1 + OTHERS]
        )
        instead = tuple((word.surface, found[0]) for word, found in meant.items())
        return Found(replace(asked, words=words), instead=instead, others=others)

    def _closest(self, word: Word) -> list[str]:
        """Give the words of the index that are closest to one, as they are spelled."""
        raw = word.forms.raw
        for errors in errors_allowed(raw):
            near = {one for layer in self._layers for one in layer.near(raw, errors)}
            found = closest(raw, dict(sorted(near, key=lambda one: one[1])).items(), errors)
            if found:
                return [self._spelled(one) for one in found if one != raw]
        return []

    def _spelled(self, word: str) -> str:
        spellings = (layer.spelling(word) for layer in self._layers)
        return next((spelling for spelling in spellings if spelling), word)

    def _groups(
        self, asked: Asked, language: str, kinds: Collection[str], limit: int, offset: int
    ) -> tuple[Group, ...]:
        marker = Marker(asked, self._analyser)
        ranked = []
        for rank in self._kinds(asked):
            kind, count = INDEXED[rank], self._count(asked, rank)
            is_shown = kind in kinds or not kinds
            hits = self._ranked(asked, rank, offset + limit if is_shown else 1)
            shown = tuple(
                self._hit(layer, number, grade, marker, language)
                for layer, number, grade in (hits[offset:] if is_shown else ())
            )
            group = Group(kind, min(count, COUNTED), count > COUNTED, shown)
            ranked.append((_class(hits[0][2], asked), rank, group))
        return tuple(group for *_, group in sorted(ranked, key=lambda one: one[:2]))

    def _kinds(self, asked: Asked) -> list[int]:
        expression = asked.expression(Grade.TEXT)
        return sorted({kind for layer in self._layers for kind in layer.kinds(expression)})

    def _count(self, asked: Asked, kind: int) -> int:
        expression = asked.expression(Grade.TEXT)
        return sum(layer.count(expression, kind, COUNTED + 1) for layer in self._layers)

    def _ranked(self, asked: Asked, kind: int, most: int) -> list[tuple[Layer, int, Grade]]:
        """Give the best things of a kind, grade by grade, each once."""
        found: dict[int, tuple[Layer, int, Grade]] = {}
        for grade in Grade:
            left = most + len(found)
            for _, number, layer in _merged(
                (layer, layer.hits(asked, grade, kind, left)) for layer in self._layers
            ):
                found.setdefault(number, (layer, number, grade))
            if len(found) >= most:
                break
        return list(found.values())[:most]

    def _started(
        self, start: str, limit: int, ranks: Collection[int]
    ) -> list[tuple[Layer, int, Grade]]:
        """Give things with a name that starts so: the same name first, then kind by kind."""
        found = []
        for kind in ranks:
            hits = _merged((one, one.starting(start, kind, limit)) for one in self._layers)
            once = {number: (name, layer) for name, number, layer in reversed(list(hits))}
            for place, (number, (name, layer)) in enumerate(reversed(once.items())):
                grade = Grade.WHOLE if name == start else Grade.START
                # A kind with many fills at most half of the list before the others have a turn.
                found.append(((grade, place >= limit // 2, kind, place), (layer, number, grade)))
        return [hit for _, hit in sorted(found, key=lambda one: one[0])[:limit]]

    def _within(
        self, asked: Asked, limit: int, ranks: Collection[int]
    ) -> Iterator[tuple[Layer, int, Grade]]:
        """Give things with all words in a name, the last of which may be unfinished."""
        expression = self._begun(asked).expression(Grade.PART)
        for kind in ranks:
            hits = ((one, one.matching(expression, kind, limit)) for one in self._layers)
            for _, number, layer in _merged(hits):
                yield layer, number, Grade.PART

    def _begun(self, asked: Asked) -> Asked:
        """Let the last word stand for those it is the beginning of."""
        last = asked.words[-1]
        if last.phrase:
            return asked
        longer = tuple(self._longer(last.forms.raw))
        return replace(asked, words=(*asked.words[:-1], replace(last, longer=longer)))

    def _hit(self, layer: Layer, number: int, grade: Grade, marker: Marker, language: str) -> Hit:
        ((_, key, starts, ends),) = layer.things([number])
        names = [Name(Role(role), *rest) for role, *rest in layer.names(number)]
        name = marker.mark(
            best_of((Text(n.value, n.language) for n in names if n.role is Role.NAME), language)
        )
        others = [marker.mark(Text(one.value, one.language)) for one in names]
        also = max(others, key=lambda one: (one.found, one.language == language))
        text = None
        if grade is Grade.TEXT:
            text = _best_text(layer.texts(number), marker, language)
        iri = BASE + key
        return Hit(
            iri,
            kind_of(number),
            grade,
            name,
            also if also.found > name.found else None,
            text,
            tuple(_places(layer.places(number), marker, language)),
            starts,
            ends,
        )

    def _scored(self, layer: Layer, number: int, asked: Asked, day: str) -> Iterator[_Scored]:
        ((_, _, starts, ends),) = layer.things([number])
        if day and not (starts or day) <= day <= (ends or day):
            return
        names = tuple(Name(Role(role), *rest) for role, *rest in layer.names(number))
        matched, score = best_match(asked, names, day)
        bare = asked.without(CALLED.get(kind_of(number), ""))
        if bare != asked:
            matched, score = max(
                (matched, score), _lowered(best_match(bare, names, day)), key=lambda one: one[1]
            )
        if ends and not day:
            score -= 1
        if score >= LIKELY:
            yield _Scored(layer, number, names, matched, score, ends)

    def _led_back(self, asked: Asked, rank: int, day: str) -> Iterator[_Scored]:
        """Give the things of a kind whose whole name an inflected one may be, by rules alone."""
        bare = asked.without(CALLED.get(INDEXED[rank], ""))
        led_back = bare.led_back()
        for layer in self._layers:
            for number in layer.named(led_back, rank):
                yield from self._scored(layer, number, replace(bare, bases=led_back), day)

    def _candidate(self, one: _Scored, language: str) -> Candidate:
        ((_, key, starts, ends),) = one.layer.things([one.number])
        texts = (Text(name.value, name.language) for name in one.names if name.role is Role.NAME)
        return Candidate(
            BASE + key,
            kind_of(one.number),
            best_of(texts, language),
            one.matched,
            one.score,
            False,
            starts,
            ends,
            tuple(best_of(names, language) for names in _by_place(one.layer.places(one.number))),
        )


def _keep_best(scored: dict[int, _Scored], found: Iterable[_Scored]) -> None:
    for one in found:
        known = scored.get(one.number)
        if known is None or known.score < one.score:
            scored[one.number] = one


def _order(one: _Scored) -> tuple[float, int, bool, int]:
    return -one.score, RANKS[kind_of(one.number)], bool(one.ends), one.number


def _lowered(found: tuple[Name, float]) -> tuple[Name, float]:
    name, score = found
    return name, max(score - CALLED_AS_WELL, 0)


def _ranks(kinds: Collection[str]) -> list[int]:
    """Give the ranks of kinds, or all of them where none is named."""
    if not kinds:
        return list(range(len(INDEXED)))
    return sorted(RANKS[kind] for kind in set(kinds) & RANKS.keys())


def _class(best: Grade, asked: Asked) -> int:
    """Tell which groups come first before the kinds decide: whole names, words of names, the rest.

    Beside another word the name of the place is as good as a word of the name.
    """
    if best <= Grade.WHOLE_BASE:
        return 0
    return 1 if best <= (Grade.PLACE if len(asked.sought) > 1 else Grade.PART) else 2


def _without(found: Found, surfaces: Collection[str]) -> Iterator[Found]:
    """Give the question without some words, unless these are all."""
    words = tuple(word for word in found.asked.words if word.surface not in surfaces)
    if words:
        left_out = tuple(word.surface for word in found.asked.words if word.surface in surfaces)
        yield replace(found, asked=replace(found.asked, words=words), without=left_out)


def best_of(texts: Iterable[Text], language: str) -> Text:
    """Choose the text for a reader of ``language``, else the first that FALLBACK finds."""
    by_language = {text.language: text for text in sorted(texts, reverse=True)}
    order = (language, *FALLBACK, *by_language)
    return next(by_language[one] for one in order if one in by_language)


def _best_text(texts: Iterable[tuple[str, str]], marker: Marker, language: str) -> Marked | None:
    marked = [marker.mark(Text(*text)) for text in texts]
    best = max(marked, key=lambda one: (one.found, one.language == language), default=None)
    return snippet(best) if best and best.found else None


def _places(
    places: Iterable[tuple[int, str, str]], marker: Marker, language: str
) -> Iterator[Marked]:
    for names in _by_place(places):
        yield marker.mark(best_of(names, language))


def _by_place(places: Iterable[tuple[int, str, str]]) -> Iterator[list[Text]]:
    """Give the names of the first things that something belongs to."""
    by_place: dict[int, list[Text]] = {}
    for place, value, language in places:
        by_place.setdefault(place, []).append(Text(value, language))
    yield from islice(by_place.values(), SHOWN_PLACES)


def _merged(
    hits: Iterable[tuple[Layer, list[tuple[str, int]]]],
) -> Iterator[tuple[str, int, Layer]]:
    """Bring the hits of the layers together in their order."""
    lists = [[(order, number, layer) for order, number in found] for layer, found in hits]
    return merge(*lists, key=lambda hit: hit[:2]) if len(lists) > 1 else iter(lists[0])


def _sure(candidates: list[Candidate]) -> Iterator[Candidate]:
    """Mark the first as sure when it is nearly the name and no other is as good."""
    for place, one in enumerate(candidates):
        is_alone = len(candidates) == 1 or candidates[1].score < one.score
        yield replace(one, match=place == 0 and one.score >= SURE and is_alone)
