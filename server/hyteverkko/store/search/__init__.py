"""Search over names, spellings, codes and descriptions: an index beside each release, and how it
is asked. Knows no HTTP.

An index is a folder of one or two SQLite files with FTS5. ``whole.sqlite`` is made from a whole
store; ``changes.sqlite`` holds the things that have changed since, which hide those in the whole.
"""

from hyteverkko.store.search.finding import (
    COUNTED,
    Candidate,
    Found,
    Group,
    Hit,
    NoIndex,
    SearchIndex,
)
from hyteverkko.store.search.index import SEARCH, build_index, index_fits, updated_index
from hyteverkko.store.search.marks import Marked

__all__ = [
    "COUNTED",
    "SEARCH",
    "Candidate",
    "Found",
    "Group",
    "Hit",
    "Marked",
    "NoIndex",
    "SearchIndex",
    "build_index",
    "index_fits",
    "updated_index",
]
