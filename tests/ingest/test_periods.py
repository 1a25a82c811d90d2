"""A period's node states exactly what its key says."""

from collections import defaultdict
from pathlib import Path

import pytest
from hyteverkko.ingest.periods import PERIOD, period_iri, period_statements, read_period
from hyteverkko.ingest.rdf import read_file, repository_files
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hyte: <https://w3id.org/hyteverkko/def#> . @prefix time: <http://www.w3.org/2006/time#> .
@prefix status: <https://w3id.org/hyteverkko/def/status/> .
@prefix season: <https://w3id.org/hyteverkko/def/season/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def test_every_period_of_the_data_states_what_its_key_says(root: Path) -> None:
    stated: dict[str, set[Triple]] = defaultdict(set)
    for path, graph in repository_files(root):
        for quad in read_file(path, graph, str(path)).quads:
            subject = quad.subject
            if isinstance(subject, NamedNode) and subject.value.startswith(PERIOD):
                triple = Triple(subject, quad.predicate, quad.object)
                stated[subject.value.removeprefix(PERIOD)].add(triple)
    assert len(stated) > 50
    assert {k: v for k, v in stated.items() if period_statements(k) != v} == {}


@pytest.mark.parametrize(
    ("key", "turtle"),
    [
        (
            "2021-spring",
            'dcat:startDate "2021"^^xsd:gYear ; dcat:endDate "2021"^^xsd:gYear ; '
            "hyte:season season:spring ; hyte:endStatus status:ended",
        ),
        (
            "before-2018-10-09--end-unknown",
            'hyte:latestStart "2018-10-08"^^xsd:date ; hyte:endStatus status:end-unknown',
        ),
        (
            "2021-08-01--2025-05-31",
            'dcat:startDate "2021-08-01"^^xsd:date ; dcat:endDate "2025-05-31"^^xsd:date ; '
            "hyte:endStatus status:ended",
        ),
        ("--2022", 'dcat:endDate "2022"^^xsd:gYear ; hyte:endStatus status:ended'),
    ],
)
def test_statements(key: str, turtle: str) -> None:
    text = f"{PREFIXES} <{period_iri(key)}> a dct:PeriodOfTime , time:ProperInterval ; {turtle} ."
    expected = {
        Triple(q.subject, q.predicate, q.object) for q in parse(text, format=RdfFormat.TURTLE)
    }
    assert period_statements(key) == expected


@pytest.mark.parametrize(
    "key",
    [
        *("", "2020--2020", "2020--2019", "2021--planned", "before-2005", "--ongoing", "2020-13"),
        *("2021-02-30", "2020-spring--2020", "2020-01-spring", "by-2005--ongoing", "x", "٢٠٢٠"),
        *("2020--2021-autumn", "0000", "2020~end--2021~end", "2021-12-08/x"),
    ],
)
def test_no_period(key: str) -> None:
    assert read_period(key) is None
    with pytest.raises(ValueError, match="not the key"):
        period_statements(key)
