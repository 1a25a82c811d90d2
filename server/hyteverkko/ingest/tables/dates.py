"""Times as people write them in cells, in Finnish, Swedish and English, and as periods' keys.

What can be read in one way only is read; what can be read in two is asked.
"""

import re
from datetime import date
from typing import Final

from hyteverkko.ingest.periods import (
    END_UNKNOWN,
    ONGOING,
    SEASONS,
    Period,
    Point,
    read_period,
    read_point,
)
from hyteverkko.ingest.tables.problems import Problem, shown
from hyteverkko.translations import marked

MONTHS: Final = {
    "fi": (
        *("tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kesäkuu"),
        *("heinäkuu", "elokuu", "syyskuu", "lokakuu", "marraskuu", "joulukuu"),
    ),
    "sv": (
        *("januari", "februari", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
SEASON_NAMES: Final = {
    "fi": ("kevät", "kesä", "syksy", "talvi"),
    "sv": ("våren", "sommaren", "hösten", "vintern"),
    "en": ("spring", "summer", "autumn", "winter"),
}

_DASH: Final = "–"
_MONTH_WORDS: Final = {
    name.casefold().removesuffix("kuu"): number
    for names in MONTHS.values()
    for number, name in enumerate(names, start=1)
}
_SEASON_WORDS: Final = {
    "kevät": "spring", "kevään": "spring", "keväällä": "spring", "keväästä": "spring",
    "kesä": "summer", "kesän": "summer", "kesällä": "summer", "kesästä": "summer",
    "syksy": "autumn", "syksyn": "autumn", "syksyllä": "autumn", "syksystä": "autumn",
    "talvi": "winter", "talven": "winter", "talvella": "winter", "talvesta": "winter",
    "vår": "spring", "våren": "spring", "sommar": "summer", "sommaren": "summer",
    "höst": "autumn", "hösten": "autumn", "vinter": "winter", "vintern": "winter",
    "spring": "spring", "summer": "summer", "autumn": "autumn", "fall": "autumn",
    "winter": "winter",
}  # fmt: skip
_PART_WORDS: Final = {
    "alku": "beginning", "alussa": "beginning", "alusta": "beginning",
    "puoliväli": "middle", "keskivaihe": "middle", "puolivälissä": "middle",
    "loppu": "end", "lopussa": "end", "lopusta": "end", "loppuun": "end",
    "alkuvuosi": "beginning", "alkuvuodesta": "beginning", "alkuvuonna": "beginning",
    "loppuvuosi": "end", "loppuvuodesta": "end", "loppuvuonna": "end",
    "början": "beginning", "mitten": "middle", "slutet": "end",
    "beginning": "beginning", "middle": "middle", "end": "end",
}  # fmt: skip
_FILLERS: Final = frozenset(
    {"v", "v.", "vuosi", "vuonna", "vuoden", "år", "av", "of", "in", "the", "den"}
)
_SINCE: Final = re.compile(
    r"(?:(?:alkaen|lähtien|fr\.?o\.?m\.?|från och med|från|since|from) +(.+)"
    r"|(.+?) +(?:alkaen|lähtien|onwards))"
)
_UNTIL: Final = re.compile(
    r"(?:(?:t\.?o\.?m\.?|till och med|until) +(.+)|(.+?) +(?:asti|saakka|mennessä))"
)
_DAY: Final = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})")
_SHORT_DAY: Final = re.compile(r"\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2}")
_SLASHED: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_ISO: Final = re.compile(r"(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?")
_MONTH: Final = re.compile(r"(\d{1,2}) ?[/.-] ?(\d{4})")
_SPLIT_YEARS: Final = re.compile(r"(\d{4}) ?[-–/] ?(\d{2}|\d{4})")
_SHORT_MONTH: Final = re.compile(r"[^\W\d]{3,5}[.\- ]\d\d")
_DAYS_OF_MONTH: Final = re.compile(r"(\d{1,2})\.(?: ?(\d{1,2})\.)?")
_RANGE: Final = re.compile(r" *[–—] *| +-+ +|(?<=\d{4})-(?=\d{4}$)|(?<=\.\d{4})-|(?<=\d\.)-(?=\d)")
_SERIALS: Final = range(20_000, 80_000)
"""Numbers that a spreadsheet shows for the days of 1954 to 2119 when it forgets they are days."""


def read_time(text: str) -> str:
    """Give the key of the period that a text says; raise Problem for what says none, or two."""
    text = _plain(text)
    known = read_period(text)
    if known:
        return known.key
    period = _open_period(text) or _range(text)
    if period is None:
        point = _point(text)
        period = Period(point, point)
    if read_period(period.key) is None:
        raise Problem(
            "time-order",
            marked("“{value}” is no period: its end comes before its start, or the two are one."),
            value=shown(text),
        )
    return period.key


def read_day(text: str) -> str:
    """Give the day that a text says, as ``2021-12-08``; raise Problem for what says none."""
    point = read_partial(text)
    if len(point) != 10:
        raise Problem(
            "day",
            marked("“{value}” is not one day. Write the day, for example 8.12.2021."),
            value=shown(text),
        )
    return point


def read_partial(text: str) -> str:
    """Give the day, month or year that a text says; raise Problem for what says none."""
    point = _point(_plain(text))
    if point.season or point.part:
        raise Problem(
            "day",
            marked("“{value}” is not a day, month or year. Write for example 8.12.2021 or 2021."),
            value=shown(text),
        )
    return point.time


def time_text(key: str, language: str) -> str:
    """Write the key of a period as people write the time; what has no such form stays a key."""
    period = read_period(key)
    if period is None:
        return key
    points = [point for point in (period.start, period.end) if point]
    if period.begun or any(point.part for point in points):
        return key
    if period.start and period.start == period.end:
        return _point_text(period.start, language)
    start = _point_text(period.start, language) if period.start else ""
    rest = {ONGOING: "", END_UNKNOWN: "?"}
    end = _point_text(period.end, language) if period.end else rest[period.status]
    return f"{start} {_DASH} {end}".strip()


def day_text(day: str, language: str) -> str:
    """Write a day, month or year as people write it."""
    point = read_point(day)
    return _point_text(point, language) if point else day


def _point_text(point: Point, language: str) -> str:
    year, _, rest = point.time.partition("-")
    if point.season:
        return f"{SEASON_NAMES[language][SEASONS.index(point.season)]} {year}"
    if not rest:
        return year
    month, _, day = rest.partition("-")
    if not day:
        return f"{MONTHS[language][int(month) - 1]} {year}"
    return point.time if language == "en" else f"{int(day)}.{int(month)}.{year}"


def _plain(text: str) -> str:
    return " ".join(text[:200].split()).rstrip(",;").casefold()


def _open_period(text: str) -> Period | None:
    since = _SINCE.fullmatch(text)
    if since:
        return Period(start=_point(since[1] or since[2]), status=ONGOING)
    until = _UNTIL.fullmatch(text)
    if until:
        return Period(end=_point(until[1] or until[2]))
    bare = text.rstrip("–—- ")
    if bare != text and bare:
        return Period(start=_point(bare), status=ONGOING)
    if text.endswith("?") and text[:-1].rstrip("–—- ") != text[:-1].rstrip():
        return Period(start=_point(text[:-1].rstrip("–—- ")), status=END_UNKNOWN)
    bare = text.lstrip("–—- ")
    return Period(end=_point(bare)) if bare != text and bare else None


def _range(text: str) -> Period | None:
    years = _SPLIT_YEARS.fullmatch(text)
    if years and ("/" in text if len(years[2]) == 4 else not 1 <= int(years[2]) <= 12):
        raise Problem(
            "time-two-years",
            marked(
                "“{value}” can be read in more than one way. Write both years in full with a "
                "dash between them, as 2020–2021, or the days."
            ),
            value=shown(text),
        )
    ends = _RANGE.split(text)
    if len(ends) != 2:
        return None
    last = _point(ends[1])
    return Period(_first_of_range(ends[0].strip(), last), last)


def _first_of_range(text: str, last: Point) -> Point:
    """Read the start of a range, which may leave out what its end says: ``1.–3.5.2022``."""
    short = _DAYS_OF_MONTH.fullmatch(text)
    if short and len(last.time) == 10:
        year, month, _ = last.time.split("-")
        return _calendar(text, int(year), int(short[2] or month), int(short[1]))
    return _point(text)


def _point(text: str) -> Point:
    found = read_point(text) or _numbers(text) or _words(text)
    if found:
        return found
    if text.isascii() and text.isdigit() and int(text) in _SERIALS:
        day = date.fromordinal(date(1899, 12, 30).toordinal() + int(text))
        raise Problem(
            "serial-number",
            marked(
                "“{value}” looks like the number a spreadsheet keeps for a day. "
                "If {day} is meant, write it so, or format the cell as a date."
            ),
            value=text,
            day=_point_text(Point(day.isoformat()), "fi"),
        )
    if _SHORT_DAY.fullmatch(text) or _SHORT_MONTH.fullmatch(text):
        raise Problem(
            "time-short-year",
            marked("“{value}” leaves the century open. Write the year with four digits."),
            value=shown(text),
        )
    raise Problem(
        "time",
        marked(
            "“{value}” is not read as a time. Write for example 8.12.2021, joulukuu 2021, 2021, "
            "kevät 2021, 1.8.2021–31.5.2025, 2021– (goes on) or 2021–? (end not known)."
        ),
        value=shown(text),
    )


def _numbers(text: str) -> Point | None:
    if match := _DAY.fullmatch(text):
        return _calendar(text, int(match[3]), int(match[2]), int(match[1]))
    if match := _ISO.fullmatch(text):
        return _calendar(text, int(match[1]), int(match[2]), int(match[3] or 0))
    if match := _MONTH.fullmatch(text):
        return _calendar(text, int(match[2]), int(match[1]), 0)
    if match := _SLASHED.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        if first != second and max(first, second) <= 12:
            raise Problem(
                "time-day-or-month",
                marked(
                    "“{value}” can be {one} or {other}. Write the day with full stops, day first."
                ),
                value=text,
                one=f"{first}.{second}.{year}",
                other=f"{second}.{first}.{year}",
            )
        month, day = (second, first) if second <= 12 else (first, second)
        return _calendar(text, year, month, day)
    return None


def _words(text: str) -> Point | None:
    season, part, month, day, year = "", "", 0, 0, ""
    for word in text.replace(",", " ").split():
        stem = re.sub(r"kuu(n|ta|ssa|sta|lla|hun)?$", "", word)
        if re.fullmatch(r"\d{4}", word) and not year:
            year = word
        elif re.fullmatch(r"\d{1,2}\.?", word) and not day:
            day = int(word.rstrip("."))
        elif word in _SEASON_WORDS and not season:
            season = _SEASON_WORDS[word]
        elif word in _PART_WORDS and not part:
            part = _PART_WORDS[word]
        elif _MONTH_WORDS.get(stem) and not month:
            month = _MONTH_WORDS[stem]
        elif word not in _FILLERS:
            return None
    if not year or (day and not month) or (season and (month or part)) or (part and day):
        return None
    time = _calendar(text, int(year), month, day) if month else read_point(year)
    return Point(time.time, season, part) if time else None


def _calendar(text: str, year: int, month: int, day: int) -> Point:
    time = f"{year:04}-{month:02}" + (f"-{day:02}" if day else "")
    point = read_point(time)
    if point is None:
        raise Problem(
            "calendar",
            marked("“{value}” is not in the calendar. Correct the day or the month."),
            value=shown(text),
        )
    return point
