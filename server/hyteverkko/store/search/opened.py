"""The index of the release being served, opened once for each release."""

from pathlib import Path

from hyteverkko.errors import RequestError
from hyteverkko.store.current import Serving
from hyteverkko.store.search.finding import NoIndex, SearchIndex
from hyteverkko.store.search.index import SEARCH


class NoSearch(RequestError):
    """The release being served has no search index."""

    status = 503


class Indexes:
    """Gives the index of the release being served, opened once for each release."""

    def __init__(self) -> None:
        """Hold no index yet."""
        self._opened: tuple[Path, SearchIndex] | None = None

    def of(self, serving: Serving) -> SearchIndex:
        """Give the index of a release; raise NoSearch where it has none."""
        opened = self._opened
        if opened is None or opened[0] != serving.folder:
            opened = serving.folder, _open(serving.folder / SEARCH)
            self._opened = opened
        return opened[1]


def _open(path: Path) -> SearchIndex:
    try:
        return SearchIndex(path)
    except NoIndex:
        raise NoSearch(
            "Search is not available: this release was published without a search index. "
            "The lists on the front page lead to everything there is."
        ) from None
