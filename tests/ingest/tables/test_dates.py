"""Times as people write them become the keys of periods; what can be read in two ways is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hyteverkko.ingest.periods import read_period
from hyteverkko.ingest.tables.dates import read_day, read_time, time_text
from hyteverkko.ingest.tables.problems import Problem

READ = {
    "1.2.2024": "2024-02-01", "01.02.2024": "2024-02-01", "1. 2. 2024": "2024-02-01",
    "2024-2-1": "2024-02-01", "13/2/2024": "2024-02-13", "2/2/2024": "2024-02-02",
    "8. joulukuuta 2021": "2021-12-08", "8 december 2021": "2021-12-08",
    "December 8, 2021": "2021-12-08", "2/2024": "2024-02", "2.2024": "2024-02",
    "2024-02": "2024-02", "joulukuu 2021": "2021-12", "joulukuussa 2021": "2021-12",
    "kevät 2021": "2021-spring", "Keväällä 2021": "2021-spring", "våren 2021": "2021-spring",
    "autumn 2021": "2021-autumn", "2021": "2021", "v. 2020": "2020", "vuonna 2020": "2020",
    "tammikuun 2022 loppu": "2022-01~end", "alkuvuosi 2018": "2018~beginning",
    "2020-": "2020--ongoing", "2020 –": "2020--ongoing", "1.2.2024 alkaen": "2024-02-01--ongoing",
    "fr.o.m. 1.2.2024": "2024-02-01--ongoing", "since 2020": "2020--ongoing",
    "2021–?": "2021--end-unknown", "–2020": "--2020", "31.12.2024 saakka": "--2024-12-31",
    "2020-2022": "2020--2022", "2020 – 2022": "2020--2022",
    "1.8.2021–31.5.2025": "2021-08-01--2025-05-31", "1.1.–31.12.2022": "2022-01-01--2022-12-31",
    "1.–3.5.2022": "2022-05-01--2022-05-03", "kevät 2021 – ": "2021-spring--ongoing",
    "before-2005--ongoing": "before-2005--ongoing", "2022-01~end": "2022-01~end",
    "\u00a01.2.2024 ": "2024-02-01",
}  # fmt: skip
ASKED = {
    "1/2/2024": "time-day-or-month", "1.2.24": "time-short-year", "helmi.08": "time-short-year",
    "Feb-08": "time-short-year", "2020-21": "time-two-years", "2020/21": "time-two-years",
    "2020/2021": "time-two-years", "44538": "serial-number", "30.2.2024": "calendar",
    "2024-02-30": "calendar", "toistaiseksi": "time", "2022-2020": "time-order", "12": "time",
}  # fmt: skip


@pytest.mark.parametrize(("text", "key"), READ.items())
def test_read(text: str, key: str) -> None:
    assert read_time(text) == key


@pytest.mark.parametrize(("text", "rule"), ASKED.items())
def test_asked(text: str, rule: str) -> None:
    with pytest.raises(Problem) as raised:
        read_time(text)
    assert raised.value.rule == rule


def test_a_serial_number_is_shown_as_its_day() -> None:
    # 44538 is 8 December 2021 in the 1900 date system.
    with pytest.raises(Problem) as raised:
        read_day("44538")
    assert raised.value.values["day"] == "8.12.2021"


def test_a_month_is_not_a_day() -> None:
    with pytest.raises(Problem):
        read_day("2/2024")


POINTS = st.one_of(
    st.dates().filter(lambda day: day.year >= 1000).map(lambda day: day.isoformat()),
    st.dates().filter(lambda day: day.year >= 1000).map(lambda day: day.isoformat()[:7]),
    st.integers(1000, 9999).map(str),
    st.tuples(
        st.integers(1000, 9999), st.sampled_from(["spring", "summer", "autumn", "winter"])
    ).map(lambda pair: f"{pair[0]}-{pair[1]}"),
)


@given(
    st.one_of(
        POINTS,
        st.tuples(POINTS, POINTS).map("--".join),
        POINTS.map(lambda point: f"{point}--ongoing"),
        POINTS.map(lambda point: f"{point}--end-unknown"),
        POINTS.map(lambda point: f"--{point}"),
    ),
    st.sampled_from(["fi", "sv", "en"]),
)
def test_what_is_written_is_read_back(key: str, language: str) -> None:
    if read_period(key):
        assert read_time(time_text(key, language)) == key


@given(st.text(max_size=300))
def test_any_text_is_a_key_or_a_problem(text: str) -> None:
    try:
        key = read_time(text)
    except Problem:
        return
    assert read_period(key)
