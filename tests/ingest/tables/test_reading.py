"""A table re-sent changes only what changed; new rows get readable addresses."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.ingest.periods import period_statements
from hyteverkko.ingest.tables.datasets import read_statements
from hyteverkko.ingest.tables.holdings import held_in
from hyteverkko.ingest.tables.kinds import TableKind
from hyteverkko.ingest.tables.reading import ReadContext, TableRead, located, read_table
from hyteverkko.ingest.tables.writing import write_statements, write_table
from hyteverkko.namespaces import expanded
from hyteverkko.store.graph import ReleaseGraph
from pyoxigraph import Literal, NamedNode, Quad

from tests.ingest.tables.conftest import Reader, rules, saved, workbook

Kind = Callable[[str], TableKind]
ID = "https://w3id.org/hyteverkko/id/"
BODIES = "nimi (fi);nimi (sv);nimi (en);laji;kuuluu organisaatioon tai hankkeeseen;toiminta-aika\n"
MEMBERS = (
    "toimielin tai organisaatio;rooli;jäsenenä nimikkeen haltija;Henkilö: etunimi;"
    "Henkilö: sukunimi;jäsenyyden aika\n"
)
BOARD = "body/varkaus/kaupunginhallitus"


def everything(read: TableRead) -> set[Quad]:
    return {quad for quads in read.quads.values() for quad in quads}


def current(held: ReleaseGraph, graph: str) -> set[Quad]:
    return set(held_in(held, (graph, graph + "-persons")).all())


def values(read: TableRead, thing: str, path: str) -> set[str]:
    return {
        q.object.value
        for q in everything(read)
        if q.subject == NamedNode(ID + thing)
        and q.predicate.value == expanded(path)
        and isinstance(q.object, NamedNode | Literal)
    }


def of(context: ReadContext, graph: str) -> ReadContext:
    return replace(context, graph=graph, scope=graph)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "name", ["networks", "members", "plans", "meetings", "projects", "contacts"]
)
@pytest.mark.parametrize(
    "graph", ["varkaus", "koski-tl", "kangasala", "satakunta", "lapin-seniorityo"]
)
def test_unchanged(
    held: ReleaseGraph, context: ReadContext, kind: Kind, graph: str, name: str, format_: str
) -> None:
    content = write_table(kind(name), held, graph, format_, "fi", filled=True)
    read = read_table(content, None, "table", of(context, graph))
    assert [f for f in read.findings if f.severity is Severity.VIOLATION] == []
    assert everything(read) == current(held, graph)
    assert (read.added, read.changed, read.removed) == ((), (), ())


@pytest.mark.parametrize("language", ["sv", "en"])
def test_unchanged_in_another_language(
    held: ReleaseGraph, context: ReadContext, kind: Kind, language: str
) -> None:
    content = write_table(kind("networks"), held, "varkaus", "xlsx", language, filled=True)
    read = read_table(content, None, "table", of(context, "varkaus"))
    assert everything(read) == current(held, "varkaus")


def test_saved_by_openpyxl(held: ReleaseGraph, context: ReadContext, kind: Kind) -> None:
    content = write_table(kind("meetings"), held, "varkaus", "xlsx", "fi", filled=True)
    read = read_table(saved(workbook(content)), None, "table", of(context, "varkaus"))
    assert everything(read) == current(held, "varkaus")


def edited(content: bytes, key: str, heading: str, value: str | None) -> bytes:
    """Change one cell of a workbook, or delete the row when no heading is given."""
    book = workbook(content)
    page = book.worksheets[0]
    row = next(row[0].row for row in page.iter_rows(min_row=2) if row[0].value == key)
    if not heading:
        page.delete_rows(row)
    else:
        at = [cell.value for cell in page[1]].index(heading) + 1
        page.cell(row, at).value = value
    return saved(book)


def test_one_cell_changes_one_statement(
    held: ReleaseGraph, context: ReadContext, kind: Kind
) -> None:
    content = write_table(kind("networks"), held, "varkaus", "xlsx", "fi", filled=True)
    content = edited(content, BOARD, "nimi (sv)", "stadsstyrelsen")
    read = read_table(content, None, "table", of(context, "varkaus"))
    new = everything(read) - current(held, "varkaus")
    assert current(held, "varkaus") - everything(read) == set()
    assert {str(quad.object) for quad in new} == {'"stadsstyrelsen"@sv'}
    assert read.changed == (ID + BOARD,)


def test_a_row_that_is_missing_is_removed(
    held: ReleaseGraph, context: ReadContext, kind: Kind
) -> None:
    content = write_table(kind("networks"), held, "varkaus", "xlsx", "fi", filled=True)
    read = read_table(edited(content, BOARD, "", None), None, "table", of(context, "varkaus"))
    assert read.removed == (ID + BOARD,)
    gone = current(held, "varkaus") - everything(read)
    assert {q.subject for q in gone} == {NamedNode(ID + BOARD)}
    finding = next(f for f in read.findings if f.rule == "removed")
    assert finding.severity is Severity.WARNING
    assert BOARD in finding.message("fi")


def test_headings_without_rows_empty_nothing(
    held: ReleaseGraph, context: ReadContext, kind: Kind
) -> None:
    content = write_table(kind("networks"), held, "varkaus", "xlsx", "fi", filled=False)
    read = read_table(content, None, "table", of(context, "varkaus"))
    assert everything(read) == current(held, "varkaus")
    assert set(rules(read)) == {"no-rows"}


def test_columns_that_are_not_there_stay_as_they_are(read: Reader, held: ReleaseGraph) -> None:
    keys = sorted({
        q.subject.value.removeprefix(ID)
        for q in current(held, "varkaus")
        if isinstance(q.subject, NamedNode) and "/id/matter/" in q.subject.value
    })  # fmt: skip
    table = "key;theme\n" + "".join(f"{key};theme:safety\n" for key in keys)
    result = read(table, "varkaus")
    assert values(result, keys[0], "hyte:theme") == {expanded("theme:") + "safety"}
    gone = current(held, "varkaus") - everything(result)
    assert {q.predicate.value for q in gone} == {expanded("hyte:theme")}


def test_new_rows(read: Reader) -> None:
    table = BODIES + "Hyvinvoinnin työryhmä Åsa;Gruppen;The group;työryhmä;Kuopion;1.1.2024–\n"
    result = read(table)
    assert [f for f in result.findings if f.severity is Severity.VIOLATION] == []
    body = "body/kuopio/hyvinvoinnin-tyoryhma-asa"
    assert result.added == (ID + body,)
    assert values(result, body, "hyte:bodyOf") == {ID + "municipality/297"}
    assert values(result, body, "skos:prefLabel") == {
        *("Hyvinvoinnin työryhmä Åsa", "Gruppen", "The group")
    }
    assert values(result, body, "rdf:type") == {expanded("hyte:Body")}
    assert values(result, body, "dct:temporal") == {ID + "period/2024-01-01--ongoing"}
    periods = {q for q in everything(result) if "/id/period/" in str(q.subject)}
    assert {q.triple for q in periods} == period_statements("2024-01-01--ongoing")


def test_names_of_new_rows_can_be_used_in_other_sheets(
    held: ReleaseGraph, kind: Kind, read: Reader
) -> None:
    book = workbook(write_table(kind("networks"), held, "kuopio", "xlsx", "fi", filled=False))
    bodies, members = book.worksheets[:2]
    for page, row in (
        (bodies, {"nimi (fi)": "Kallan ryhmä", "laji": "työryhmä",
                  "kuuluu organisaatioon tai hankkeeseen": "Kuopio"}),
        (members, {"toimielin tai organisaatio": "Kallan ryhmän", "rooli": "puheenjohtaja",
                   "jäsenenä nimikkeen haltija": "varhaiskasvatuksen johtaja"}),
    ):  # fmt: skip
        headings = [cell.value for cell in page[1]]
        for heading, value in row.items():
            page.cell(2, headings.index(heading) + 1).value = value
    result = read(saved(book))
    assert [f for f in result.findings if f.severity is Severity.VIOLATION] == []
    membership = "membership/kuopio/kallan-ryhma/varhaiskasvatusjohtaja"
    assert values(result, membership, "org:organization") == {ID + "body/kuopio/kallan-ryhma"}
    office = "https://w3id.org/hyteverkko/def/office/varhaiskasvatusjohtaja"
    assert values(result, membership, "hyte:memberOffice") == {office}


def test_a_row_without_a_key_is_the_thing_of_its_name(read: Reader) -> None:
    table = BODIES + "kaupunginhallitus;stadsstyrelsen;;bodykind:municipal-executive;Varkaus;\n"
    result = read(table, "varkaus")
    assert ID + BOARD in result.changed
    assert result.added == ()


def test_two_members_in_the_same_role_are_two(read: Reader) -> None:
    row = "municipality/297;jäsen;perheohjaaja;;;\n"
    result = read(MEMBERS + row + row)
    stem = ID + "membership/kuopio/297/perheohjaaja"
    assert result.added == (stem, stem + "-2")


def test_persons_stand_in_a_graph_of_their_own(read: Reader) -> None:
    result = read(
        MEMBERS + "municipality/297;jäsen;;Aino;Malli;1.1.2020–31.12.2021\n"
        "municipality/297;puheenjohtaja;;Eino;Malli;2024–\n"
    )
    assert [f for f in result.findings if f.severity is Severity.VIOLATION] == []
    persons = {str(quad) for quad in result.quads["kuopio-persons"]}
    main = {str(quad) for quad in result.quads["kuopio"]}
    assert any("Malli" in quad for quad in persons)
    assert not any("Malli" in quad or "/person/" in quad for quad in main)
    assert not any("malli" in thing.casefold() for thing in result.added)
    assert values(result, "person/kuopio/1", "foaf:name") == {"Aino Malli"}
    # Ten years after the last day of the membership, and after the day of recording if it goes on.
    assert values(result, "person/kuopio/1", "hyte:withheldAfter") == {"2031-12-31"}
    assert values(result, "person/kuopio/2", "hyte:withheldAfter") == {"2036-11-25"}


def test_a_new_holder_is_a_new_person(held: ReleaseGraph, context: ReadContext, kind: Kind) -> None:
    content = write_table(kind("members"), held, "varkaus", "xlsx", "fi", filled=True)
    key = "membership/varkaus/tukipalvelut/puheenjohtaja"
    for heading, value in (("Henkilö: nimi", "Aino Malli"), ("Henkilö: etunimi", "Aino"),
                           ("Henkilö: sukunimi", "Malli")):  # fmt: skip
        content = edited(content, key, heading, value)
    refused = read_table(content, None, "table", of(context, "varkaus"))
    assert "person-changed" in rules(refused)
    for heading in ("Henkilö: avain", "Henkilö: nimi näkyvissä saakka"):
        content = edited(content, key, heading, None)
    result = read_table(content, None, "table", of(context, "varkaus"))
    assert values(result, key, "org:member") == {ID + "person/varkaus/5"}
    assert values(result, "person/varkaus/4", "foaf:name") == set()


def test_an_ended_municipality_is_matched_with_a_remark(read: Reader) -> None:
    result = read(BODIES + "Ryhmä;;;työryhmä;Nilsiän;2010\n")
    remark = next(f for f in result.findings if f.rule == "municipality-ended")
    assert remark.severity is Severity.INFO
    assert "2012-12-31" in remark.message("fi")
    assert "Kuopio (municipality/297)" in remark.message("fi")
    assert values(result, "body/kuopio/ryhma", "hyte:bodyOf") == {ID + "municipality/534"}


def test_findings_of_shapes_are_led_back_to_cells(read: Reader) -> None:
    result = read("\n" + BODIES + "Ryhmä;;;työryhmä;Kuopio;2010\n")
    finding = Finding(
        Severity.VIOLATION, "hsh:Body-body-of", {"en": "Wrong."},
        focus=f"<{ID}body/kuopio/ryhma>", path=f"<{expanded('hyte:bodyOf')}>",
    )  # fmt: skip
    found = located(finding, result.origin)
    assert (found.file, found.line) == ("table", 3)
    assert found.column == "kuuluu organisaatioon tai hankkeeseen"
    other = located(replace(finding, path="<urn:other>"), result.origin)
    assert (other.line, other.column) == (3, "")


@pytest.mark.parametrize("text", ["=1+1", "+358", "-x", "@a", "'=x", "'a", "\u0027\u0027"])
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_what_a_spreadsheet_would_run_is_guarded(
    context: ReadContext, text: str, format_: str
) -> None:
    subject = NamedNode(ID + "body/kuopio/x")
    graph = NamedNode("https://w3id.org/hyteverkko/graphs/kuopio")
    quads = {
        Quad(subject, NamedNode(expanded("rdf:type")), NamedNode(expanded("hyte:Body")), graph),
        Quad(subject, NamedNode(expanded("skos:prefLabel")), Literal(text, language="fi"), graph),
    }
    content = write_statements(context.root, quads, format_, "fi")
    assert read_statements(context.root, content, "x")[0] == quads
    if format_ == "xlsx":
        cells = [c for row in workbook(content).worksheets[0].iter_rows() for c in row]
        assert all(cell.data_type != "f" for cell in cells)
    else:
        archive = zipfile.ZipFile(io.BytesIO(content))
        texts = archive.read("Body.csv").decode("utf-8-sig")
        cells_ = [c for row in csv.reader(io.StringIO(texts), delimiter=";") for c in row]
        assert not any(cell[:1] in "=+-@" for cell in cells_ if cell)
