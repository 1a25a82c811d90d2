"""The graph of one release and the two ways to ask it; nothing outside knows the engine."""

from collections.abc import Iterator, Mapping
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import (
    BlankNode,
    NamedNode,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
)
from pyoxigraph import Literal as RdfLiteral

from hyteverkko.namespaces import GRAPHS
from hyteverkko.store.objects import object_path
from hyteverkko.store.queries import query_text
from hyteverkko.store.releases import (
    DESCRIPTION,
    SNAPSHOT,
    Release,
    graph_iri,
    home_of,
    read_release,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

RELEASE_GRAPH: Final = GRAPHS + "release"
"""The graph in which a release describes itself."""

MEMORY: Final = "memory"
DISK: Final = "disk"

PIECE: Final = 1024 * 1024
"""Bytes that are read at once."""

Term: TypeAlias = NamedNode | BlankNode | RdfLiteral | Triple
Row: TypeAlias = dict[str, Term]


def iri_of(term: object) -> str:
    """Give the IRI of a term; empty for what is none."""
    return term.value if isinstance(term, NamedNode) else ""


def text_of(term: object) -> str:
    """Give the text of a literal; empty for what is none."""
    return term.value if isinstance(term, RdfLiteral) else ""


def lexical_of(term: object) -> str:
    """Give the IRI or the text of a term; empty for what has neither."""
    return iri_of(term) or text_of(term)


class Asked:
    """A store that can be asked: ``rows`` for a SELECT, ``triples`` for a CONSTRUCT.

    The default graph is the union of the named graphs, as a set: a triple that two graphs hold
    is in it once. Terms go in as terms; a SELECT projects the variables it takes.
    """

    def __init__(self, store: Store) -> None:
        """Ask ``store``."""
        self._store = store

    def rows(self, name: str, **terms: Term) -> list[Row]:
        """Run the SELECT ``queries/{name}.rq``; give its solutions, unbound variables left out."""
        return list(self.each_row(name, **terms))

    def each_row(self, name: str, **terms: Term) -> Iterator[Row]:
        """Run a SELECT as ``rows`` does, and give its solutions one by one: for whole tables."""
        solutions = self._run(name, terms)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError(f"{name}.rq is not a SELECT")
        names = [variable.value for variable in solutions.variables]
        for row in solutions:
            yield {name: term for name, term in zip(names, row, strict=True) if term is not None}

    def triples(self, name: str, **terms: Term) -> list[Triple]:
        """Run the CONSTRUCT ``queries/{name}.rq``; give its triples."""
        triples = self._run(name, terms)
        if not isinstance(triples, QueryTriples):
            raise TypeError(f"{name}.rq is not a CONSTRUCT")
        return list(triples)

    def _run(self, name: str, terms: dict[str, Term]) -> object:
        return self._store.query(
            query_text(name),
            substitutions={Variable(key): term for key, term in terms.items()},
        )


class ReleaseGraph(Asked):
    """A release that can be asked."""

    def __init__(self, store: Store, release: Release) -> None:
        """Ask ``store``, which holds ``release``."""
        super().__init__(store)
        self.release = release


def load(store: Store, folder: Path) -> None:
    """Load the release in ``folder`` into an empty store: each graph, and the union of all.

    All of it goes in at once: the engine sorts it as a whole, so that a store on disk has a dozen
    tables, where each graph alone would add some.
    """
    release, home = read_release(folder), home_of(folder)
    contents = {graph_iri(name): object_path(home, sum_) for name, sum_ in release.objects.items()}
    pieces = _quads({**contents, RELEASE_GRAPH: folder / DESCRIPTION})
    store.bulk_load(input=BufferedReader(_Stream(pieces), PIECE), format=RdfFormat.N_QUADS)


def _quads(contents: Mapping[str, Path]) -> Iterator[bytes]:
    """Give the lines of canonical N-Triples twice, as N-Quads: without a graph, and with it."""
    for iri, path in contents.items():
        with path.open("rb") as file:
            while lines := file.read(PIECE) + file.readline():
                yield lines
                yield lines.replace(b" .\n", f" <{iri}> .\n".encode())


class _Stream(RawIOBase):
    """A file to read, of pieces that are made meanwhile."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        room = memoryview(buffer)
        size = min(len(room), len(self._left))
        room[:size], self._left = self._left[:size], self._left[size:]
        return size


def open_store(folder: Path, engine: str) -> Store:
    """Open the release in ``folder``, in memory or as its read-only snapshot on disk."""
    if engine == DISK:
        return Store.read_only(str(folder / SNAPSHOT))
    if engine != MEMORY:
        raise ValueError(f"not an engine: {engine!r}")
    store = Store()
    load(store, folder)
    return store


def open_graph(folder: Path, engine: str) -> ReleaseGraph:
    """Open the release in ``folder`` to be asked."""
    return ReleaseGraph(open_store(folder, engine), read_release(folder))
