"""The W3C's manifests read into cases: what is asked, over which graphs, with what answer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest
from _pytest.mark import ParameterSet
from pyoxigraph import NamedNode, Quad, QuerySolution, QuerySolutions, RdfFormat, Store, parse

FOLDER: Final = Path(__file__).parent
SUITES: Final = FOLDER.parents[2] / "shared" / "judges" / "w3c" / "sparql11"
BASE: Final = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
PREFIXES: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "mf": "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#",
    "qt": "http://www.w3.org/2001/sw/DataAccess/tests/test-query#",
    "ut": "http://www.w3.org/2009/sparql/tests/test-update#",
}
NOTHING: Final = NamedNode("urn:test:nothing")
"""A graph that no test is about: a dataset of it alone has an empty default graph."""

ABSENT: Final = "the W3C's suites are not part of the repository and not at hand"


@dataclass(frozen=True, slots=True)
class Case:
    """One test: its query, the files of its default graph and named graphs, its result."""

    suite: str
    name: str
    kind: str
    query: Path
    default: tuple[Path, ...]
    named: tuple[Path, ...]
    result: Path | None

    @property
    def id(self) -> str:
        """Give the name that a report shows."""
        return f"{self.suite}/{self.name}"

    @property
    def text(self) -> str:
        """Give the text of the query or update."""
        return self.query.read_text(encoding="utf-8")

    @property
    def is_update(self) -> bool:
        """Say whether it is about SPARQL Update."""
        return "Update" in self.kind or self.query.suffix == ".ru"


def iri(file: Path) -> str:
    """Give the IRI of a file of the suites: its base, and the name of its graph."""
    return BASE + file.relative_to(SUITES).as_posix()


def cases() -> list[Case]:
    """Give every test of every suite at hand."""
    return [case for path in sorted(SUITES.glob("*/manifest.ttl")) for case in _cases(path)]


@cache
def graph_of(file: Path) -> tuple[Quad, ...]:
    """Give the statements of a file of data as the graph named by the file.

    Every file has blank nodes of its own, so that no label means two of them in one release.
    """
    name = NamedNode(iri(file))
    format_ = RdfFormat.from_extension(file.suffix.removeprefix("."))
    quads = parse(path=str(file), format=format_, base_iri=name.value, rename_blank_nodes=True)
    return tuple(Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads)


def parameters(
    wanted: Callable[[Case], bool],
    *,
    skipped: Mapping[str, str] = MappingProxyType({}),
    defects: Mapping[str, str] = MappingProxyType({}),
) -> list[ParameterSet]:
    """Give the cases wanted as parameters of a test.

    Those of a suite in ``skipped`` are skipped for its reason, those in ``defects`` must fail.
    """
    if not SUITES.is_dir():
        return [pytest.param(None, id="suites", marks=pytest.mark.skip(reason=ABSENT))]
    return [
        pytest.param(case, id=case.id, marks=_marks(case, skipped, defects))
        for case in cases()
        if wanted(case)
    ]


def _marks(
    case: Case, skipped: Mapping[str, str], defects: Mapping[str, str]
) -> tuple[pytest.MarkDecorator, ...]:
    if case.suite in skipped:
        return (pytest.mark.skip(reason=skipped[case.suite]),)
    if case.id in defects:
        return (pytest.mark.xfail(reason=defects[case.id], raises=AssertionError, strict=True),)
    return ()


def _cases(manifest: Path) -> Iterator[Case]:
    store = Store()
    store.load(path=str(manifest), format=RdfFormat.TURTLE, base_iri=iri(manifest))
    files = [
        (row["test"], str(row["role"].value).partition("#")[2], _path(row["file"]))
        for row in _rows(store, "data")
    ]
    for row in _rows(store, "entries"):
        test = row["test"]
        yield Case(
            suite=manifest.parent.name,
            name=test.value.partition("#")[2],
            kind=row["kind"].value.partition("#")[2],
            query=_path(row["query"]),
            default=tuple(path for of, role, path in files if of == test and role == "data"),
            named=tuple(path for of, role, path in files if of == test and role == "graphData"),
            # The result of an update is a description of a store, not a file.
            result=_path(row["result"]) if isinstance(row["result"], NamedNode) else None,
        )


def _rows(store: Store, name: str) -> Iterator[QuerySolution]:
    query = (FOLDER / f"{name}.rq").read_text(encoding="utf-8")
    rows = store.query(query, prefixes=PREFIXES)
    assert isinstance(rows, QuerySolutions)
    return rows


def _path(node: object) -> Path:
    assert isinstance(node, NamedNode), f"not a file: {node}"
    return SUITES / node.value.removeprefix(BASE)
