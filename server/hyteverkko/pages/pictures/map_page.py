"""The page of the map: the choice, the picture, its legend, and the same in words and a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from hyteverkko.answers import shortened
from hyteverkko.errors import BadRequest
from hyteverkko.pages.lists import kept_parameters
from hyteverkko.pages.pictures.map_indicators import (
    COVERAGE,
    Indicator,
    indicator_named,
    indicators,
)
from hyteverkko.pages.pictures.map_picture import (
    AREAS,
    FORMS,
    POINTS,
    TILES,
    Outlines,
    Picture,
    drawn_areas,
    drawn_points,
    drawn_tiles,
)
from hyteverkko.pages.pictures.map_scales import Band, Scale, number_text, scale_of
from hyteverkko.pages.pictures.map_values import (
    ANSWERS,
    FOUND,
    Finding,
    Municipality,
    findings,
    municipalities,
    territory_changes,
)
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.tables import Table
from hyteverkko.pages.taken import OF_A_PICTURE
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.ready_code import ReadyCode, ready_code
from hyteverkko.translations import catalogue, marked

PATH: Final = "/map"
NAMED: Final = 3
"""Municipalities named in the summary, where several share the highest value."""

LONGEST: Final = 120
"""Characters of a name in the title of a cell; the table has it whole."""

COLUMNS: Final = MappingProxyType(
    {
        "name": marked("Name"),
        "name_iri": marked("Name"),
        "code": marked("Code"),
        "value": marked("Value"),
        "value_iri": marked("Value"),
        "answer": marked("Answer"),
        "longitude": marked("Longitude"),
        "latitude": marked("Latitude"),
    }
)


@dataclass(frozen=True, slots=True)
class MapChoice:
    """What a reader chose to see, of what there is."""

    known: tuple[Indicator, ...]
    indicator: Indicator
    form: str

    def address(self, reader: Reader, ending: str = "") -> str:
        """Give the address of what is seen, in another format where an ending is given."""
        parameters = [
            ("indicator", self.indicator.key),
            ("form", self.form),
            *kept_parameters(reader),
        ]
        return f"{PATH}{ending}?{urlencode(parameters, safe='/')}"


@dataclass(frozen=True, slots=True)
class MapRow:
    """A municipality as a row of the table; without a value its answer stands there."""

    shown: Shown
    code: str
    text: str
    values: tuple[Shown, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class MapPage:
    """All that the page of the map shows."""

    path: str
    title: str
    heading: str
    note: str
    day: str
    groups: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]
    forms: tuple[tuple[str, str, bool], ...]
    picture: Picture
    bands: tuple[Band, ...]
    summary: str
    rows: tuple[MapRow, ...]
    without: tuple[Shown, ...]
    unplaced: tuple[Shown, ...]
    year: int
    attribution: str
    downloads: tuple[tuple[str, str], ...]
    query: str
    codes: tuple[ReadyCode, ...]


@dataclass(frozen=True, slots=True)
class MapSeen:
    """What a choice gives: the findings, how they are drawn, and who has no boundary."""

    found: tuple[Finding, ...]
    scale: Scale
    picture: Picture
    without: frozenset[str]


def map_choice(reader: Reader, indicator: str, form: str, outlines: Outlines | None) -> MapChoice:
    """Read a choice; raise BadRequest for an indicator or a form that is not there."""
    known = indicators(reader)
    forms = [one for one in FORMS if one != AREAS or outlines]
    if form and form not in forms:
        raise BadRequest(
            "The map cannot be drawn as '{form}' here; it can be as: {forms}.",
            form=form[:20],
            forms=", ".join(forms),
        )
    return MapChoice(known, indicator_named(known, indicator), form or TILES)


def map_seen(reader: Reader, choice: MapChoice, outlines: Outlines | None) -> MapSeen:
    """Give what a choice shows."""
    places = municipalities(reader)
    found = findings(reader, choice.indicator, places)
    scale = scale_of(found, choice.indicator, reader.language)
    titles = {
        one.municipality.code: f"{shortened(one.municipality.shown.text.value, LONGEST)}: "
        f"{shortened(_said(one, reader.language), LONGEST)}"
        for one in found
    }
    if choice.form == AREAS and outlines:
        without = _without_boundary(reader, places, outlines)
        picture = drawn_areas(found, scale, titles, outlines, without)
        return MapSeen(found, scale, picture, without)
    draw = drawn_points if choice.form == POINTS else drawn_tiles
    return MapSeen(found, scale, draw(found, scale, titles), frozenset())


def map_page(
    reader: Reader, choice: MapChoice, outlines: Outlines | None, base_url: str
) -> MapPage:
    """Put together the page of the map."""
    seen = map_seen(reader, choice, outlines)
    places = [one.municipality for one in seen.found]
    files = {ending: choice.address(reader, f".{ending}") for ending in OF_A_PICTURE}
    areas = outlines if choice.form == AREAS else None
    return MapPage(
        path=PATH,
        title=choice.indicator.title,
        heading=heading(reader, choice),
        note=choice.indicator.note,
        day=reader.in_words(reader.at),
        groups=tuple(
            (group, tuple((one.key, one.title, one is choice.indicator) for one in held))
            for group, held in groupby(choice.known, key=lambda one: one.group)
        ),
        forms=tuple(
            (form, name, form == choice.form)
            for form, name in FORMS.items()
            if form != AREAS or outlines
        ),
        picture=seen.picture,
        bands=seen.scale.bands,
        summary=summary(reader, choice, seen),
        rows=_rows(seen.found, choice.indicator, reader.language),
        without=_named(one for one in places if one.code in seen.without),
        unplaced=_named(one for one in places if not one.point),
        year=areas.boundaries.year if areas else 0,
        attribution=areas.boundaries.attribution if areas else "",
        downloads=tuple((name, files[ending]) for ending, name in OF_A_PICTURE.items()),
        query=f"{choice.address(reader)}&query=1",
        codes=ready_code(base_url + files["csv"], ("code",)),
    )


def map_table(choice: MapChoice, seen: MapSeen, language: str) -> Table:
    """Give what is seen as a table, by name."""
    translate = catalogue(language).gettext
    headings = {
        key: f"{translate(text)}{' (IRI)' if key.endswith('_iri') else ''}"
        for key, text in COLUMNS.items()
    }
    rows = []
    for one in _by_name(seen.found):
        place, coverage = one.municipality, choice.indicator.query == COVERAGE
        value: str | int | None = "; ".join(shown.text.value for shown in one.values) or None
        if choice.indicator.number:
            value = one.number
        elif coverage:
            value = translate(ANSWERS[one.answer])
        longitude, latitude = place.degrees or (None, None)
        rows.append(
            [
                place.shown.text.value,
                place.shown.iri,
                place.code,
                value,
                "; ".join(shown.iri for shown in one.values) or None,
                one.answer,
                longitude,
                latitude,
            ]
        )
    return Table(translate(marked("Map")), tuple(headings), tuple(headings.values()), rows)


def heading(reader: Reader, choice: MapChoice) -> str:
    """Give what the picture shows, with the day."""
    return f"{choice.indicator.title}, {reader.in_words(reader.day)}"


def summary(reader: Reader, choice: MapChoice, seen: MapSeen) -> str:
    """Say in a paragraph what the picture shows."""
    translate = catalogue(reader.language).gettext
    known = [one for one in seen.found if one.answer == FOUND]
    day, total = reader.in_words(reader.day), len(seen.found)
    if not total:
        return translate("No municipality is known to have been in force on {day}.").format(day=day)
    said = [
        translate("On {day} there are {total} municipalities in force.").format(
            day=day, total=number_text(total, reader.language)
        )
    ]
    if choice.indicator.query != COVERAGE and known:
        told = _numbers_said if choice.indicator.number else _classes_said
        said.append(told(reader, known, seen.scale))
    counted = [
        f"{one.label} {number_text(one.count, reader.language)}"
        for one in _without_value(seen, choice)
    ]
    if counted:
        sentence = (
            marked("Answers: {counts}.")
            if choice.indicator.query == COVERAGE
            else marked("Without a value: {counts}.")
        )
        said.append(translate(sentence).format(counts="; ".join(counted)))
    return " ".join(said)


def _numbers_said(reader: Reader, known: Sequence[Finding], _scale: Scale) -> str:
    numbers = [one.number or 0 for one in known]
    highest = [one for one in _by_name(known) if one.number == max(numbers)]
    names = ", ".join(one.municipality.shown.text.value for one in highest[:NAMED])
    sentence = (
        marked("Of {known} a value is known, from {lowest} to {highest}; the highest: {names}.")
        if len(highest) <= NAMED
        else marked(
            "Of {known} a value is known, from {lowest} to {highest}; "
            "the highest in {count} of them."
        )
    )
    return (
        catalogue(reader.language)
        .gettext(sentence)
        .format(
            known=number_text(len(known), reader.language),
            lowest=number_text(min(numbers), reader.language),
            highest=number_text(max(numbers), reader.language),
            names=names,
            count=number_text(len(highest), reader.language),
        )
    )


def _classes_said(reader: Reader, known: Sequence[Finding], scale: Scale) -> str:
    classes = [band for band in scale.bands if band.style.startswith("k")]
    largest = max(classes, key=lambda band: band.count)
    sentence = marked(
        "Of {known} a value is known, in {classes} classes; the largest is {name} with {count}."
    )
    return (
        catalogue(reader.language)
        .gettext(sentence)
        .format(
            known=number_text(len(known), reader.language),
            classes=len(classes),
            name=shortened(largest.label, LONGEST),
            count=number_text(largest.count, reader.language),
        )
    )


def _without_value(seen: MapSeen, choice: MapChoice) -> list[Band]:
    if choice.indicator.query == COVERAGE:
        return list(seen.scale.bands)
    found = {seen.scale.band[one.municipality.code] for one in seen.found if one.answer == FOUND}
    return [band for band in seen.scale.bands if band not in found]


def _said(one: Finding, language: str) -> str:
    if one.number is not None:
        return number_text(one.number, language)
    if one.values:
        return ", ".join(shown.text.value for shown in one.values)
    return catalogue(language).gettext(ANSWERS[one.answer])


def _rows(found: Sequence[Finding], indicator: Indicator, language: str) -> tuple[MapRow, ...]:
    return tuple(
        MapRow(
            one.municipality.shown,
            one.municipality.code,
            number_text(one.number, language) if one.number is not None else "",
            one.values,
            ANSWERS[one.answer] if one.answer != FOUND or indicator.query == COVERAGE else "",
        )
        for one in _by_name(found)
    )


def _by_name(found: Sequence[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: by_name(one.municipality.shown))


def _named(places: Iterable[Municipality]) -> tuple[Shown, ...]:
    return tuple(sorted((one.shown for one in places), key=by_name))


def _without_boundary(
    reader: Reader, places: Sequence[Municipality], outlines: Outlines
) -> frozenset[str]:
    """Give those that have no boundary, or whose territory was another on the reader's day."""
    changes = territory_changes(reader.serving.graph)
    earlier, later = sorted((reader.day, outlines.boundaries.day))
    return frozenset(
        one.code
        for one in places
        if one.code not in outlines.paths
        or any(earlier < day <= later for day in changes.get(one.shown.iri, ()))
    )
