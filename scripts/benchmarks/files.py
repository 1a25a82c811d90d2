"""A release as the files that peers load: its graphs as N-Quads, and their union as N-Triples."""

from pathlib import Path
from typing import Final

from hyteverkko.store.graph import RELEASE_GRAPH
from hyteverkko.store.releases import DESCRIPTION, dataset_lines, home_of, read_release

DATASET: Final = "dataset.nq"
UNION: Final = "union.nt"


def write_files(folder: Path) -> None:
    """Write the files of a release into its folder, unless they are there."""
    if (folder / UNION).exists():
        return
    quads = list(dataset_lines(home_of(folder), read_release(folder)))
    end = f" <{RELEASE_GRAPH}> .\n".encode()
    said = (folder / DESCRIPTION).read_bytes().splitlines()
    quads += [line.removesuffix(b" .") + end for line in said]
    (folder / DATASET).write_bytes(b"".join(quads))
    union = sorted({line.rpartition(b" <")[0] + b" .\n" for line in quads})
    (folder / UNION).write_bytes(b"".join(union))
