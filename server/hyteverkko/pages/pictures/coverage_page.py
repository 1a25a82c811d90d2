"""The page of coverage: a picture by topic, a matrix by municipality, and both as one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from hyteverkko.errors import BadRequest, NotFound
from hyteverkko.pages.incoming import Paging
from hyteverkko.pages.lists import PER_PAGE, compact, kept_parameters
from hyteverkko.pages.pictures.coverage_values import ANSWERS, Searched, Topic, searched, topics
from hyteverkko.pages.pictures.map_scales import WITHOUT, number_text
from hyteverkko.pages.pictures.map_values import ANSWERS as NAMES
from hyteverkko.pages.pictures.map_values import FOUND, NOT_SEARCHED, SEARCHED
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.tables import Table
from hyteverkko.pages.taken import OF_A_PICTURE
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.ready_code import ReadyCode, ready_code
from hyteverkko.translations import catalogue, marked

PATH: Final = "/coverage"
BY_NAME: Final = "name"
LABEL: Final = 230
LENGTH: Final = 440
HEIGHT: Final = 30
HEAD: Final = 12
COLUMNS: Final = MappingProxyType(
    {
        "municipality": marked("Municipality"),
        "municipality_iri": marked("Municipality"),
        "code": marked("Code"),
        "region": marked("Region"),
        "topic": marked("Topic"),
        "topic_iri": marked("Topic"),
        "answer": marked("Answer"),
        "searched_on": marked("Searched on"),
        "searched_in": marked("Searched in"),
        "searched_in_iri": marked("Searched in"),
        "law": marked("What the law requires"),
        "law_iri": marked("What the law requires"),
    }
)


@dataclass(frozen=True, slots=True)
class CoverageChoice:
    """What a reader chose: topics, an answer, a region, one municipality, the order, the page."""

    topics: frozenset[str]
    answer: str
    region: str
    municipality: str
    sort: str
    page: int

    def address(self, reader: Reader, ending: str = "") -> str:
        """Give the address of what is seen, in another format where an ending is given."""
        alone = [
            (name, value)
            for name, value in (
                ("answer", self.answer),
                ("region", self.region),
                ("municipality", self.municipality),
                ("sort", self.sort),
            )
            if value
        ]
        chosen = [("topic", one) for one in sorted(self.topics)]
        parameters = [*chosen, *alone, *kept_parameters(reader)]
        return f"{PATH}{ending}?{urlencode(parameters, safe='/')}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: how it looks, where it begins, how long it is and what it counts."""

    style: str
    x: str
    width: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A topic in the picture: its name, its place, and a part for each of the three answers."""

    topic: Topic
    y: int
    parts: tuple[Part, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Give how many municipalities have each answer."""
        return tuple(one.count for one in self.parts)


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture: its size, a bar for each topic, and how each answer is named and drawn."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    legend: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Square:
    """A field of the matrix: its answer, the mark of it, when and where it was searched."""

    key: str
    style: str
    mark: str
    said: str
    record: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A municipality as a row of the matrix."""

    shown: Shown
    code: str
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """All that the page of coverage shows."""

    path: str
    day: str
    topics: tuple[tuple[Topic, bool], ...]
    answers: tuple[tuple[str, str, bool], ...]
    regions: tuple[tuple[str, str, bool], ...]
    municipality: Shown | None
    code: str
    sort: str
    by_name: str
    by_found: str
    chart: Chart
    summary: str
    seen: tuple[Topic, ...]
    rows: tuple[MatrixRow, ...]
    paging: Paging
    address: str
    downloads: tuple[tuple[str, str], ...]
    query: str
    codes: tuple[ReadyCode, ...]


@dataclass(frozen=True, slots=True)
class CoverageSeen:
    """What a choice gives: the topics, the municipalities, and all regions there are."""

    followed: tuple[Topic, ...]
    topics: tuple[Topic, ...]
    places: tuple[Searched, ...]
    regions: tuple[Shown, ...]


def coverage_choice(parameters: Sequence[tuple[str, str]]) -> CoverageChoice:
    """Read a choice from the parameters of an address."""
    given = dict(parameters)
    answer, page = given.get("answer", ""), given.get("page", "1")
    if answer and answer not in ANSWERS:
        raise BadRequest(
            "There is no answer '{answer}'. There are: {answers}.",
            answer=answer[:40],
            answers=", ".join(ANSWERS),
        )
    return CoverageChoice(
        frozenset(value for name, value in parameters if name == "topic" and value),
        answer,
        given.get("region", "")[:60],
        given.get("municipality", "")[:10],
        BY_NAME if given.get("sort") == BY_NAME else "",
        int(page) if page.isdecimal() and len(page) < 7 and int(page) > 0 else 1,
    )


def coverage_seen(reader: Reader, choice: CoverageChoice) -> CoverageSeen:
    """Give what a choice shows; raise BadRequest for a topic that is not followed."""
    followed = topics(reader)
    unknown = choice.topics - {one.key for one in followed}
    if unknown:
        raise BadRequest(
            "There is no topic '{topic}'. There are: {topics}.",
            topic=min(unknown)[:60],
            topics=", ".join(one.key for one in followed),
        )
    chosen = tuple(one for one in followed if not choice.topics or one.key in choice.topics)
    places = searched(reader, chosen)
    regions = sorted({one.region for one in places if one.region}, key=by_name)
    kept = [one for one in places if _is_chosen(one, choice)]
    kept.sort(key=lambda one: by_name(one.municipality.shown))
    if choice.sort != BY_NAME:
        kept.sort(key=lambda one: -one.found)
    return CoverageSeen(followed, chosen, tuple(kept), tuple(regions))


def coverage_page(reader: Reader, choice: CoverageChoice, base_url: str) -> CoveragePage:
    """Put together the page of coverage; raise NotFound beyond its last page."""
    seen = coverage_seen(reader, choice)
    pages = max(1, -(-len(seen.places) // PER_PAGE))
    if choice.page > pages:
        raise NotFound("There are only {pages} pages.", pages=pages)
    part = seen.places[(choice.page - 1) * PER_PAGE : choice.page * PER_PAGE]
    files = {ending: choice.address(reader, f".{ending}") for ending in OF_A_PICTURE}
    one = seen.places[0].municipality.shown if choice.municipality and seen.places else None
    return CoveragePage(
        path=PATH,
        day=reader.in_words(reader.at),
        topics=tuple((topic, topic.key in choice.topics) for topic in seen.followed),
        answers=tuple((key, NAMES[key], key == choice.answer) for key in ANSWERS),
        regions=tuple(
            (compact(region.iri), region.text.value, compact(region.iri) == choice.region)
            for region in seen.regions
        ),
        municipality=one,
        code=choice.municipality,
        sort=choice.sort,
        by_name=_sorted(choice, BY_NAME).address(reader),
        by_found=_sorted(choice, "").address(reader),
        chart=chart_of(reader, seen),
        summary=coverage_summary(reader, seen),
        seen=seen.topics,
        rows=tuple(_row(place, reader) for place in part),
        paging=Paging(choice.page, pages, len(seen.places)),
        address=choice.address(reader),
        downloads=tuple((name, files[ending]) for ending, name in OF_A_PICTURE.items()),
        query=f"{choice.address(reader)}&query=1",
        codes=ready_code(base_url + files["csv"], ("code",)),
    )


def coverage_table(reader: Reader, seen: CoverageSeen) -> Table:
    """Give a row for each municipality and topic that is seen."""
    translate = catalogue(reader.language).gettext
    headings = {
        key: f"{translate(text)}{' (IRI)' if key.endswith('_iri') else ''}"
        for key, text in COLUMNS.items()
    }
    rows = [
        [
            place.municipality.shown.text.value,
            place.municipality.shown.iri,
            place.municipality.code,
            place.region.text.value if place.region else None,
            topic.shown.text.value,
            topic.shown.iri,
            answer.key,
            answer.day or None,
            _joined(one.text.value for one in answer.sources),
            _joined(one.iri for one in answer.sources),
            _joined(law.text.value for law in _laws(place, topic)),
            _joined(law.iri for law in _laws(place, topic)),
        ]
        for place in seen.places
        for topic, answer in zip(seen.topics, place.answers, strict=True)
    ]
    return Table(translate(marked("Coverage")), tuple(headings), tuple(headings.values()), rows)


def chart_of(reader: Reader, seen: CoverageSeen) -> Chart:
    """Draw for each topic how many municipalities have each of the three answers."""
    translate = catalogue(reader.language).gettext
    total = max(1, len(seen.places))
    bars = []
    for number, topic in enumerate(seen.topics):
        counts = [sum(place.answers[number].key == key for place in seen.places) for key in ANSWERS]
        x, parts = float(LABEL), []
        for key, count in zip(ANSWERS, counts, strict=True):
            length = LENGTH * count / total
            parts.append(Part(WITHOUT[key][0], f"{x:.1f}", f"{length:.1f}", count))
            x += length
        bars.append(Bar(topic, HEAD + number * HEIGHT, tuple(parts)))
    legend = tuple((WITHOUT[key][0], WITHOUT[key][1], translate(NAMES[key])) for key in ANSWERS)
    return Chart(LABEL + LENGTH + 130, HEAD * 2 + len(bars) * HEIGHT, tuple(bars), legend)


def coverage_summary(reader: Reader, seen: CoverageSeen) -> str:
    """Say in a paragraph what is known and what is not."""
    translate = catalogue(reader.language).gettext
    counts = dict.fromkeys(ANSWERS, 0)
    for place in seen.places:
        for answer in place.answers:
            counts[answer.key] += 1
    some = sum(any(one.key != NOT_SEARCHED for one in place.answers) for place in seen.places)
    said = translate(
        "On {day}: {places} municipalities and {topics} topics. Found: {found}; searched and not "
        "found: {searched}; not searched: {open}. Something has been searched for {some} of the "
        "municipalities."
    )
    return said.format(
        day=reader.in_words(reader.day),
        places=number_text(len(seen.places), reader.language),
        topics=len(seen.topics),
        found=number_text(counts[FOUND], reader.language),
        searched=number_text(counts[SEARCHED], reader.language),
        open=number_text(counts[NOT_SEARCHED], reader.language),
        some=number_text(some, reader.language),
    )


def _is_chosen(place: Searched, choice: CoverageChoice) -> bool:
    if choice.municipality and place.municipality.code != choice.municipality:
        return False
    if choice.region and (place.region is None or compact(place.region.iri) != choice.region):
        return False
    return not choice.answer or any(one.key == choice.answer for one in place.answers)


def _sorted(choice: CoverageChoice, sort: str) -> CoverageChoice:
    return CoverageChoice(choice.topics, choice.answer, choice.region, choice.municipality, sort, 1)


def _row(place: Searched, reader: Reader) -> MatrixRow:
    translate = catalogue(reader.language).gettext
    squares = []
    for answer in place.answers:
        style, mark, _, _ = WITHOUT[answer.key]
        sources = _joined(one.text.value for one in answer.sources)
        said = [translate(NAMES[answer.key]), reader.in_words(answer.day), sources or ""]
        text = ", ".join(one for one in said if one)
        squares.append(Square(answer.key, style, mark, text, answer.record))
    return MatrixRow(place.municipality.shown, place.municipality.code, tuple(squares))


def _laws(place: Searched, topic: Topic) -> tuple[Shown, ...]:
    return topic.laws if place.is_bound else ()


def _joined(texts: Iterable[str]) -> str | None:
    return "; ".join(texts) or None
