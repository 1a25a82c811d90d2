"""The columns of the kinds of table are those of the shapes."""

from collections.abc import Callable
from pathlib import Path

from hyteverkko.ingest.tables.columns import KEY, TYPE, Holds
from hyteverkko.ingest.tables.kinds import Sheet, TableKind, kinds
from hyteverkko.namespaces import expanded
from rdflib import SH, Graph, URIRef

Kind = Callable[[str], TableKind]
NETWORKS = "bodies", "members", "described", "organisations"


def sheet(kind: TableKind, name: str) -> Sheet:
    return next(sheet for sheet in kind.sheets if sheet.name == name)


def test_what_a_municipality_keeps_has_its_kind(root: Path) -> None:
    found = kinds(root)
    assert {kind.name for kind in found} == {
        *("networks", "members", "plans", "meetings", "projects", "contacts")
    }
    for kind in found:
        titles = [kind.title(language) for language in ("fi", "sv", "en")]
        assert all(titles) and len(set(titles)) == 3


def test_columns_are_the_properties_of_the_shapes(root: Path, kind: Kind) -> None:
    shapes = Graph()
    for path in (root / "shapes").glob("*.ttl"):
        shapes.parse(path)
    hsh = "https://w3id.org/hyteverkko/shapes#"
    properties = shapes.objects(URIRef(hsh + "Document"), SH.property)
    expected = {str(p) for one in properties if isinstance(p := shapes.value(one, SH.path), URIRef)}
    columns = sheet(kind("plans"), "documents").columns
    assert {column.path for column in columns} - {KEY.path, TYPE} == expected


def test_headings_are_the_names_of_the_shapes_and_there_once(root: Path) -> None:
    for kind in kinds(root):
        for one in kind.sheets:
            for language in ("fi", "sv", "en"):
                headings = [column.heading(language).casefold() for column in one.columns]
                assert len(set(headings)) == len(headings), (kind.name, one.name)


def test_a_column_says_what_its_shape_says(kind: Kind) -> None:
    columns = {c.heading("en"): c for c in sheet(kind("networks"), "bodies").columns}
    assert list(columns)[:4] == ["key", "name (fi)", "name (sv)", "name (en)"]
    kind_of_body = columns["kind"]
    assert kind_of_body.path == expanded("org:classification")
    assert kind_of_body.holds is Holds.THING
    assert kind_of_body.scheme == "https://w3id.org/hyteverkko/def/body-kind"
    assert kind_of_body.least == 1
    assert kind_of_body.many
    period = next(c for c in columns.values() if c.path == expanded("dct:temporal"))
    assert (period.holds, period.many) == (Holds.PERIOD, False)
    for language in ("fi", "sv", "en"):
        assert kind_of_body.help[language] in kind_of_body.guidance(language)


def test_no_column_is_for_contact_details(root: Path) -> None:
    paths = {column.path for kind in kinds(root) for s in kind.sheets for column in s.columns}
    wrong = {expanded(t) for t in ("cv:email", "cv:telephone", "foaf:mbox", "foaf:phone")}
    assert paths.isdisjoint(wrong)
