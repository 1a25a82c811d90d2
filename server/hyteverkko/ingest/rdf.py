"""RDF files into quads: which files there are, which graph each fills, and what cannot be read."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from hyteverkko.ingest.findings import Finding, Severity
from hyteverkko.namespaces import GRAPHS
from hyteverkko.negotiation import LANGUAGES
from hyteverkko.store.graph import iri_of
from hyteverkko.translations import catalogue, marked

CATALOGUE_GRAPH: Final = "catalogue"
ONTOLOGY_GRAPH: Final = "ontology"
RECORD: Final = "dataset.ttl"
FORMATS: Final = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".rdf": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
"""The formats a file may have, by its ending."""

QUADS: Final = 1_000_000
"""How many statements one file may hold."""

LITERAL: Final = 1024 * 1024
"""How many characters one text may have."""

IRI: Final = 2048
"""How many characters one IRI may have."""

DEPTH: Final = 64
"""How deep JSON-LD and RDF/XML may nest."""

DEEP: Final = {
    RdfFormat.JSON_LD: re.compile(
        rb'"(?:[^"\\]|\\.)*"|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL
    ),
    RdfFormat.RDF_XML: re.compile(
        rb"<!--.*?-->|<[?!][^>]*>|<[^>]*/>|(?P<close></[^>]*>)|(?P<open><[^>]*>)", re.DOTALL
    ),
}
"""The formats that nest, and what opens and closes a level in them."""

MOST_FINDINGS: Final = 1000
"""More findings of one file than this nobody reads."""

CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What XML cannot carry, and so no literal may hold (XML 1.0, section 2.2)."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One RDF file as read: its place, its quads, and what was wrong with it."""

    path: Path
    name: str
    quads: tuple[Quad, ...]
    findings: tuple[Finding, ...] = ()


def repository_files(root: Path) -> list[tuple[Path, str]]:
    """Give each RDF file of the repository with the name of the graph it fills."""
    ontology = [(path, ONTOLOGY_GRAPH) for path in _rdf_files(root / "ontology")]
    data = [(path, graph_name(path)) for path in _rdf_files(root / "data")]
    return ontology + data


def graph_name(path: Path) -> str:
    """Name the graph of a file under ``data/``: records share one, a dataset's own file has
    the dataset's name, and another file adds its own to it."""
    if path.name == RECORD:
        return CATALOGUE_GRAPH
    dataset = path.parent.name
    return dataset if path.stem == dataset else f"{dataset}-{path.stem}"


def files_in(path: Path) -> list[Path]:
    """Give the RDF files a path stands for: itself, or those in the folder."""
    return _rdf_files(path) if path.is_dir() else [path]


def read_file(path: Path, graph: str, name: str) -> SourceFile:
    """Read one file into quads of the graph; ``name`` is how messages call the file."""
    if path.suffix not in FORMATS:
        return _refused(
            path,
            name,
            0,
            "The ending {ending} is not one of an RDF format. Use one of: {endings}.",
            ending=path.suffix or path.name,
            endings=" ".join(FORMATS),
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        return _refused(path, name, 0, "The file cannot be read: {reason}.", reason=error.strerror)
    return read_content(content, FORMATS[path.suffix], graph, name, path)


def read_content(
    content: bytes, format_: RdfFormat, graph: str, name: str, path: Path | None = None
) -> SourceFile:
    """Read bytes into quads of the graph, as far as the limits go."""
    place = path or Path(name)
    if format_ == RdfFormat.RDF_XML and _declares_document_type(content):
        return _refused(
            place, name, 1, "The file declares a DOCTYPE. Leave it out and write entities in full."
        )
    if format_ in DEEP and _depth(content, DEEP[format_]) > DEPTH:
        return _refused(
            place,
            name,
            0,
            "The file nests more than {depth} deep. Write it flatter.",
            depth=DEPTH,
        )
    try:
        parsed = parse(content, format=format_, base_iri=None)
        quads = tuple(_in_graph(quad, graph) for quad in islice(parsed, QUADS + 1))
    except SyntaxError as error:
        return _refused(
            place,
            name,
            error.lineno or 0,
            "The file cannot be read as {format}: {reason}.",
            format=format_.name,
            reason=str(error.msg).rstrip("."),
        )
    if len(quads) > QUADS:
        return _refused(
            place,
            name,
            0,
            "The file has more than {most} statements. Send it in parts.",
            most=QUADS,
        )
    findings = islice(_term_findings(quads, content, name), MOST_FINDINGS)
    return SourceFile(place, name, quads, tuple(findings))


def line_of(content: str, iri: str) -> int:
    """Give the line of a text where an IRI is described, else where it stands at all, else 0.

    The IRI may be written whole, relative to a base, or with a prefix.
    """
    key = re.escape(iri.rpartition("/")[2].rpartition("#")[2])
    patterns = (
        re.compile(rf"^\s*<{re.escape(iri)}>"),
        re.compile(rf"<{re.escape(iri)}>"),
        re.compile(rf"^\s*<[^>]*\b{key}>"),
        re.compile(rf"^\s*[\w-]*:{key}\b"),
        re.compile(rf"[</:]{key}\b"),
    )
    lines = content.splitlines()
    for pattern in patterns:
        for number, line in enumerate(lines, start=1):
            if pattern.search(line):
                return number
    return 0


def translated(text: str, **values: object) -> dict[str, str]:
    """Give a text of the catalogues in every language, its places filled."""
    return {language: catalogue(language).gettext(text).format(**values) for language in LANGUAGES}


def _rdf_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in FORMATS)


def _refused(path: Path, name: str, line: int, text: str, **values: object) -> SourceFile:
    finding = Finding(
        Severity.VIOLATION, "readable", translated(text, **values), file=name, line=line
    )
    return SourceFile(path, name, (), (finding,))


def _depth(content: bytes, mark: re.Pattern[bytes]) -> int:
    """Give how deep a text nests; stop counting where it is too deep."""
    depth = deepest = 0
    for token in mark.finditer(content):
        if token.lastgroup == "open":
            depth += 1
            deepest = max(deepest, depth)
            if depth > DEPTH:
                break
        elif token.lastgroup == "close":
            depth -= 1
    return deepest


def _declares_document_type(content: bytes) -> bool:
    # The byte order decides how "<!DOCTYPE" is spelled: look without the zero bytes of UTF-16/32.
    return b"<!doctype" in content.replace(b"\x00", b"").lower()


def _in_graph(quad: Quad, graph: str) -> Quad:
    if quad.graph_name != DefaultGraph():
        return quad
    return Quad(quad.subject, quad.predicate, quad.object, NamedNode(GRAPHS + graph))


def _term_findings(quads: Iterable[Quad], content: bytes, name: str) -> Iterator[Finding]:
    text = content.decode("utf-8", errors="replace")
    for quad in quads:
        problem = _problem(quad)
        if problem:
            yield Finding(
                Severity.VIOLATION,
                "term",
                translated(problem),
                focus=str(quad.subject),
                path=str(quad.predicate),
                value=str(quad.object),
                file=name,
                line=line_of(text, iri_of(quad.subject)) if iri_of(quad.subject) else 0,
            )


def _problem(quad: Quad) -> str:
    if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
        return marked(
            "A blank node. Give the thing an IRI of its own, so that it can be referred to."
        )
    iris = (quad.subject, quad.predicate, quad.object)
    if any(len(iri.value) > IRI for iri in iris if isinstance(iri, NamedNode)):
        return marked("An IRI has more than 2,048 characters. Use a shorter one.")
    value = quad.object.value if isinstance(quad.object, Literal) else ""
    if len(value) > LITERAL:
        return marked("A text has more than 1,048,576 characters. Shorten it or split it.")
    if CONTROL.search(value):
        return marked("The text holds a control character. Remove it.")
    if not unicodedata.is_normalized("NFC", value):
        return marked(
            "The text is not in Unicode form NFC. Save the file with composed characters."
        )
    return ""
