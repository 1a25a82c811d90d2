"""What a map of the municipalities can show: a table of indicators, and the topics searched."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.errors import BadRequest
from hyteverkko.namespaces import DEF
from hyteverkko.pages.lists import compact
from hyteverkko.pages.reading import Reader
from hyteverkko.translations import catalogue, marked

COVERAGE: Final = "map_coverage"
TOPIC: Final = f"{DEF}/coverage-topic/"
SYSTEM: Final = f"{DEF}/area-system/"

KNOWN: Final = marked("What is known of wellbeing work")
SEARCHES: Final = marked("What has been searched")
DIVISION: Final = marked("Areas and languages")


@dataclass(frozen=True, slots=True)
class Indicator:
    """A title, the query that gives each municipality its value, and the scale of the values.

    The scale is of numbers or of classes. ``thing`` is what the query asks about, ``topic`` the
    topic of coverage that says whether the value has been searched where there is none, and
    ``zero`` says that a municipality without a row has none.
    """

    key: str
    title: str
    group: str
    query: str
    number: bool = False
    thing: NamedNode | None = None
    topic: NamedNode | None = None
    zero: bool = False
    note: str = ""


def _topic(name: str) -> NamedNode:
    return NamedNode(TOPIC + name)


def _areas(key: str, title: str, system: str, note: str = "") -> Indicator:
    return Indicator(key, title, DIVISION, "map_areas", thing=NamedNode(SYSTEM + system), note=note)


INDICATORS: Final = (
    Indicator(
        "topics",
        marked("Topics found"),
        KNOWN,
        "map_topics",
        number=True,
        note=marked("Of the topics that are followed, how many have been found in a source."),
    ),
    Indicator(
        "bodies",
        marked("Bodies, networks and working groups"),
        KNOWN,
        "map_bodies",
        number=True,
        topic=_topic("networks-and-groups"),
    ),
    Indicator(
        "documents",
        marked("Plans and documents"),
        KNOWN,
        "map_documents",
        number=True,
        topic=_topic("plans"),
    ),
    Indicator(
        "projects",
        marked("Projects and operating models"),
        KNOWN,
        "map_projects",
        number=True,
        topic=_topic("projects"),
    ),
    Indicator(
        "offices",
        marked("Offices that take part"),
        KNOWN,
        "map_offices",
        number=True,
        topic=_topic("members"),
    ),
    Indicator(
        "meetings",
        marked("Meetings and events"),
        KNOWN,
        "map_meetings",
        number=True,
        topic=_topic("meetings"),
    ),
    _areas("region", marked("Region"), "region"),
    _areas(
        "county",
        marked("Wellbeing services county"),
        "wellbeing-services-county-area",
        marked("Wellbeing services counties have been responsible since 1 January 2023."),
    ),
    _areas(
        "province",
        marked("Province"),
        "province",
        marked("The provinces ended on 31 December 2009: choose a day before that."),
    ),
    Indicator("languages", marked("Languages"), DIVISION, "map_languages"),
    Indicator("population", marked("Population"), DIVISION, "map_population", number=True),
    Indicator(
        "merged",
        marked("Former municipalities joined to it"),
        DIVISION,
        "map_merged",
        number=True,
        zero=True,
        note=marked("Since 2005, wholly or in part, by the day looked at."),
    ),
)
"""What is counted or told of each municipality, in the order of the choice; the first is shown."""


def indicators(reader: Reader) -> tuple[Indicator, ...]:
    """Give the indicators of a release, their titles in the reader's language."""
    translate = catalogue(reader.language).gettext
    fixed = (replace(one, title=translate(one.title)) for one in INDICATORS)
    return (*fixed, *_of_topics(reader))


def indicator_named(known: Iterable[Indicator], key: str) -> Indicator:
    """Give the indicator an address names, else the first; raise BadRequest for an unknown one."""
    held = {one.key: one for one in known}
    if not key:
        return next(iter(held.values()))
    if key not in held:
        raise BadRequest(
            "There is no indicator '{key}'. There are: {keys}.", key=key[:60], keys=", ".join(held)
        )
    return held[key]


def _of_topics(reader: Reader) -> Iterable[Indicator]:
    title = catalogue(reader.language).gettext(marked("Coverage: {topic}"))
    names = {
        row["topic"]: row["topicName"]
        for row in reader.rows("coverage_topics", language=Literal(reader.language))
    }
    for topic, name in names.items():
        if isinstance(topic, NamedNode) and isinstance(name, Literal):
            yield Indicator(
                compact(topic.value),
                title.format(topic=name.value),
                SEARCHES,
                COVERAGE,
                thing=topic,
                topic=topic,
            )
