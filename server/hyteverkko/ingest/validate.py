"""Everything that is asked of data before it is published, in the order it is asked.

Files are read, rules derive what follows, checks and shapes look at the whole. Each finding is
led back to the file and line that can be mended.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import NamedNode, Quad, Store

from hyteverkko.ingest.checks import check_files, check_findings, read_check
from hyteverkko.ingest.findings import Finding, conform, in_order
from hyteverkko.ingest.persons import texts_of, without_withheld
from hyteverkko.ingest.rdf import SourceFile, files_in, line_of, read_file, repository_files
from hyteverkko.ingest.rules import derive
from hyteverkko.ingest.shacl.shapes import compiled, shape_files

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Validated:
    """Files as read, the store with what follows from them, and all findings, the worst first."""

    files: Sequence[SourceFile]
    store: Store
    findings: Sequence[Finding]

    @property
    def conforms(self) -> bool:
        """Say whether nothing stands in the way of publishing."""
        return conform(self.findings)


def quiet(_text: str, _done: int, _total: int) -> None:
    """Show no progress."""


def validate_repository(
    root: Path,
    progress: Progress = quiet,
    accepted: Sequence[SourceFile] = (),
    withheld: Callable[[Iterable[Quad]], Collection[NamedNode]] = lambda _: (),
) -> Validated:
    """Validate everything the repository ships, together with what was accepted beside it.

    What names the persons that ``withheld`` gives is left out before anything is derived.
    """
    files = [*_read(root, repository_files(root), progress), *accepted]
    return _validated(root, _without(files, withheld), progress)


def validate_paths(root: Path, paths: Iterable[Path], progress: Progress = quiet) -> Validated:
    """Validate RDF files or folders, seen together with what the repository ships.

    Only findings about the given files are kept: those whose focus node they describe.
    """
    given = [path.resolve() for folder in paths for path in files_in(folder)]
    shipped = [(path, graph) for path, graph in repository_files(root) if path not in given]
    known = dict(repository_files(root))
    files = _read(root, [(path, known.get(path, path.stem)) for path in given], progress)
    broken = [finding for file in files for finding in file.findings if not file.quads]
    if broken:
        return Validated(files, Store(), in_order(broken))
    everything = _validated(root, [*files, *_read(root, shipped, quiet)], progress)
    described = {str(quad.subject) for file in files for quad in file.quads}
    names = {file.name for file in files}
    own = [f for f in everything.findings if f.focus in described or f.file in names]
    return Validated(files, everything.store, own)


def _read(root: Path, files: Sequence[tuple[Path, str]], progress: Progress) -> list[SourceFile]:
    read = []
    for number, (path, graph) in enumerate(files):
        name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
        progress(name, number, len(files))
        read.append(read_file(path, graph, name))
    return read


def _without(
    files: Sequence[SourceFile], withheld: Callable[[Iterable[Quad]], Collection[NamedNode]]
) -> list[SourceFile]:
    quads = [quad for file in files for quad in file.quads]
    persons = set(withheld(quads))
    texts = texts_of(quads, persons)
    return [
        replace(file, quads=tuple(without_withheld(file.quads, persons, texts))) for file in files
    ]


def _validated(root: Path, files: Sequence[SourceFile], progress: Progress) -> Validated:
    findings = [finding for file in files for finding in file.findings]
    store = Store()
    for file in files:
        store.bulk_extend(file.quads)
    if any(not file.quads and file.findings for file in files):
        return Validated(files, store, in_order(findings))
    progress("rules", 0, 1)
    derive(store, root)
    origins = Origins(files)
    findings.extend(origins.located(finding) for finding in _asked(store, root, progress))
    return Validated(files, store, in_order(findings))


def _asked(store: Store, root: Path, progress: Progress) -> Iterator[Finding]:
    checks = check_files(root)
    total = len(checks) + 1
    for number, path in enumerate(checks):
        progress(f"checks/{path.name}", number, total)
        yield from check_findings(store, read_check(path))
    progress("shapes", len(checks), total)
    yield from compiled(shape_files(root)).findings(store)
    progress("", total, total)


@dataclass(frozen=True)
class Origins:
    """Where each thing is described: leads a finding back to a file and line."""

    files: Sequence[SourceFile]
    _texts: dict[Path, str] = field(default_factory=dict)

    @cached_property
    def _by_subject(self) -> dict[str, SourceFile]:
        found: dict[str, SourceFile] = {}
        for file in self.files:
            for quad in file.quads:
                found.setdefault(str(quad.subject), file)
        return found

    def located(self, finding: Finding) -> Finding:
        """Give the finding with the file and line of its focus node, where it has one."""
        file = self._by_subject.get(finding.focus)
        if file is None:
            return finding
        if file.path not in self._texts:
            self._texts[file.path] = file.path.read_text(encoding="utf-8")
        line = line_of(self._texts[file.path], NamedNode(finding.focus[1:-1]).value)
        return replace(finding, file=file.name, line=line)
