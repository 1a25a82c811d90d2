"""What would come of a contribution, worked out on the real release."""

from datetime import date
from pathlib import Path

import pytest
from hyteverkko.ingest.contribution import DELETE, POST, Outcome, from_bytes, to_bytes
from hyteverkko.ingest.contributors import Contributor
from hyteverkko.ingest.findings import Severity
from hyteverkko.ingest.publisher import Deed, publish
from hyteverkko.namespaces import GRAPHS, ID
from pyoxigraph import NamedNode, Quad

from tests.ingest.conftest import WorkOut
from tests.ingest.senders import GROUP, KUOPIO, STATEMENTS, TURTLE, Sender

DEED = Deed("kuopio", "put", "", "2026-11-22")


def rules(outcome: Outcome) -> set[str]:
    return {f.rule for f in outcome.findings if f.severity is Severity.VIOLATION}


def stated(outcome: Outcome, graph: str) -> set[Quad]:
    node = NamedNode(GRAPHS + graph)
    return {quad for quad in outcome.change.added if quad.graph_name == node}


def test_what_comes_with_a_graph(work_out: WorkOut, kuopio: Sender) -> None:
    outcome = work_out(kuopio.sends(TURTLE))
    assert outcome.findings == []
    assert outcome.stated == (0, STATEMENTS)
    assert outcome.change.removed == ()
    assert len(stated(outcome, "kuopio")) == STATEMENTS
    labels = {str(q.object) for q in stated(outcome, "derived") if "#label" in str(q.predicate)}
    assert '"hyvinvointikoordinaattori – HYTE-ryhmä"@fi' in labels
    records = {str(quad.triple) for quad in stated(outcome, "contributions")}
    dataset = f"<{ID}dataset/kuopio>"
    assert f"{dataset} <http://purl.org/dc/terms/publisher> <{KUOPIO}>" in records
    assert any("Kuopio: omat tiedot hyvinvointityöstä" in text for text in records)
    evidence = {str(quad.triple) for quad in stated(outcome, "kuopio-evidence")}
    day = f"<{ID}evidence/kuopio/2026-11-22>"
    assert f"{day} <http://www.w3.org/ns/oa#hasBody> <{GROUP}>" in evidence


def test_the_same_again_changes_nothing(work_out: WorkOut, kuopio: Sender, own_home: Path) -> None:
    publish(own_home, work_out(kuopio.sends(TURTLE)), DEED)
    again = work_out(kuopio.sends(TURTLE))
    assert (again.change.removed, again.change.added, again.stated) == ((), (), (0, 0))


def test_only_what_changed_changes(work_out: WorkOut, kuopio: Sender, own_home: Path) -> None:
    publish(own_home, work_out(kuopio.sends(TURTLE)), DEED)
    changed = work_out(kuopio.sends(TURTLE.replace("HYTE-ryhmä", "Hyvinvointiryhmä")))
    assert changed.stated == (1, 1)
    assert len(changed.change.removed) == len(changed.change.added) == 4, "a name, three labels"


def test_post_adds_and_delete_takes_all(work_out: WorkOut, kuopio: Sender, own_home: Path) -> None:
    publish(own_home, work_out(kuopio.sends(TURTLE)), DEED)
    more = f'<{GROUP}> <http://www.w3.org/2004/02/skos/core#altLabel> "HR"@fi .'
    assert work_out(kuopio.sends(more, POST)).stated == (0, 1)
    gone = work_out(kuopio.sends("", DELETE))
    assert gone.findings == []
    assert gone.stated == (STATEMENTS, 0)
    assert gone.change.added == ()
    graphs = {quad.graph_name for quad in gone.change.removed}
    names = ("kuopio", "kuopio-evidence", "contributions", "derived")
    assert graphs == {NamedNode(GRAPHS + name) for name in names}


def test_what_others_point_to_cannot_go(work_out: WorkOut, kuopio: Sender, own_home: Path) -> None:
    publish(own_home, work_out(kuopio.sends(TURTLE)), DEED)
    membership = TURTLE.partition("<membership")[2]
    without = TURTLE.partition("<body")[0] + "<membership" + membership
    assert "iri_of_ours_undescribed" in rules(work_out(kuopio.sends(without)))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<urn:a> <urn:b> 1 .", "scope"),
        (f'<{KUOPIO}> <http://www.w3.org/2004/02/skos/core#prefLabel> "X"@fi .', "scope"),
        (f'<{ID}body/espoo/x> <http://www.w3.org/2004/02/skos/core#note> "X"@fi .', "scope"),
        (f'<{ID}evidence/kuopio/x> <http://purl.org/dc/terms/created> "X"@fi .', "scope"),
        (f'<{ID}period/2020> <http://www.w3.org/ns/dcat#startDate> "1999" .', "scope"),
        (f'<{ID}period/nonsense> <http://www.w3.org/ns/dcat#startDate> "1999" .', "scope"),
        (f'<{ID}body/kuopio> <http://www.w3.org/2004/02/skos/core#note> "X"@fi .', ""),
        (f"<{GROUP}> <http://www.w3.org/ns/org#purpose> [] .", "term"),
        (f'<{GROUP}> <http://www.w3.org/ns/org#purpose> "a\\u0001"@fi .', "term"),
        (f'<{GROUP}> <http://www.w3.org/ns/org#purpose> "e\\u0301"@fi .', "term"),
        (f'<{GROUP}> <http://www.w3.org/ns/org#purpose> "{"a" * 1_048_577}"@fi .', "term"),
        (f"<{GROUP}> <http://www.w3.org/ns/org#linkedTo> <{ID}body/kuopio/{'a' * 2100}> .", "term"),
        ("<urn:a> <urn:b> ", "readable"),
        (f"<{GROUP}> a <https://w3id.org/hyteverkko/def#WorkingGruop> .", "undeclared_term_used"),
        (f"<{GROUP}> a <https://w3id.org/hyteverkko/def#WorkingGroup> .", "hsh:Organisation-name"),
        (
            f'<{GROUP}> <http://xmlns.com/foaf/0.1/name> "Anna"@fi .',
            "person_name_outside_person_graph",
        ),
        (
            f'<{GROUP}> <http://www.w3.org/ns/org#purpose> "anna@kuopio.fi"@fi .',
            "personal_contact_data",
        ),
    ],
)
def test_what_is_refused(work_out: WorkOut, kuopio: Sender, text: str, rule: str) -> None:
    outcome = work_out(kuopio.sends(text))
    assert rule in rules(outcome) or (not rule and "scope" not in rules(outcome))
    for finding in outcome.findings:
        assert all(finding.message(language) for language in ("fi", "sv", "en"))


def test_statements_of_another_graph_are_refused(work_out: WorkOut, kuopio: Sender) -> None:
    for graph in ("regions", "kuopio-evidence", "contributions", "espoo"):
        line = f"<{GROUP}> <http://www.w3.org/ns/org#linkedTo> <{KUOPIO}> <{GRAPHS}{graph}> ."
        assert rules(work_out(kuopio.sends(line, ending=".nq"))) == {"scope"}


def test_a_finding_names_the_line(work_out: WorkOut, kuopio: Sender) -> None:
    outcome = work_out(kuopio.sends(TURTLE.replace('    skos:prefLabel "HYTE-ryhmä"@fi ;\n', "")))
    (finding,) = [f for f in outcome.findings if f.rule == "hsh:Organisation-name"]
    assert TURTLE.splitlines()[finding.line - 1] == "<body/kuopio/hyte-ryhma>"


def test_names_go_to_the_persons_graph_with_a_last_day(work_out: WorkOut, kuopio: Sender) -> None:
    def person(day: str) -> str:
        node = f"<{ID}person/kuopio/1>"
        graph = f"<{GRAPHS}kuopio-persons>"
        name, date_ = "http://xmlns.com/foaf/0.1/name", "http://www.w3.org/2001/XMLSchema#date"
        return (
            f"{node} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
            f"<http://xmlns.com/foaf/0.1/Person> {graph} .\n"
            f'{node} <{name}> "Anna Esimerkki" {graph} .\n'
            f'{node} <https://w3id.org/hyteverkko/def#withheldAfter> "{day}"^^<{date_}> {graph} .\n'
        )

    outcome = work_out(kuopio.sends(person("2036-11-22"), ending=".nq"))
    assert rules(outcome) == set()
    assert len(stated(outcome, "kuopio-persons")) == 3
    past = work_out(kuopio.sends(person("2026-11-21"), ending=".nq"))
    assert rules(past) == {"scope"}
    assert "2026-11-21" in past.findings[0].message("en")


def test_literals_count_as_the_store_writes_them(
    work_out: WorkOut, kuopio: Sender, own_home: Path
) -> None:
    number = f"<{GROUP}> <https://w3id.org/hyteverkko/def#bodyNumber> {{}} ."
    first = work_out(kuopio.sends(TURTLE + number.format("1")))
    publish(own_home, first, DEED)
    same = work_out(
        kuopio.sends(TURTLE + number.format('"01"^^<http://www.w3.org/2001/XMLSchema#integer>'))
    )
    assert same.stated == (0, 0)


def test_an_outcome_travels_between_processes(work_out: WorkOut, kuopio: Sender) -> None:
    for text in (TURTLE, "<urn:a> <urn:b> 1 ."):
        outcome = work_out(kuopio.sends(text))
        back = from_bytes(to_bytes(outcome))
        assert set(back.change.added) == set(outcome.change.added)
        assert list(back.findings) == list(outcome.findings)
        assert (back.base, back.stated, back.affected) == (
            outcome.base, outcome.stated, list(outcome.affected)
        )  # fmt: skip


def test_anybody_may_have_anything_validated(work_out: WorkOut, own_home: Path) -> None:
    somebody = Contributor("validation", ("validation",), "", f"{ID}agent/hyteverkko")
    sender = Sender(own_home, somebody, "")
    assert rules(work_out(sender.sends(TURTLE.replace("kuopio", "espoo")))) == set()


def test_the_day_counts(work_out: WorkOut, kuopio: Sender) -> None:
    assert kuopio.sends(TURTLE).today == date(2026, 11, 22)
    outcome = work_out(kuopio.sends(TURTLE))
    assert any("2026-11-22" in str(quad.object) for quad in stated(outcome, "contributions"))
