"""How many rows an answer has, read off its text as it is written, exactly.

Values may hold whatever a row begins or ends with. In JSON and CSV that counts only outside quotes;
in the other formats values escape it.
"""

from dataclasses import dataclass
from typing import Final

from hyteverkko.formats import N_QUADS, N_TRIPLES, RESULTS_CSV, RESULTS_JSON, RESULTS_TSV
from hyteverkko.formats import RESULTS_XML as XML


@dataclass(frozen=True, slots=True)
class Marks:
    """What a format writes for every row: the mark, and how many more or fewer than rows.

    ``is_quoted`` says that values stand in quotes and may hold the mark, ``escapes`` that a
    backslash takes the meaning from the quote after it.
    """

    mark: bytes
    surplus: int = 0
    is_quoted: bool = False
    escapes: bool = False


MARKS: Final = {
    RESULTS_JSON.media_type: Marks(b"},{", surplus=-1, is_quoted=True, escapes=True),
    RESULTS_CSV.media_type: Marks(b"\n", surplus=1, is_quoted=True),
    RESULTS_TSV.media_type: Marks(b"\n", surplus=1),
    XML.media_type: Marks(b"<result>"),
    N_TRIPLES.media_type: Marks(b"\n"),
    N_QUADS.media_type: Marks(b"\n"),
}
"""By media type, the formats whose text tells the rows; of others the triples are counted."""


class RowCount:
    """Counts the rows of an answer whose text comes in pieces, cut anywhere."""

    def __init__(self, marks: Marks) -> None:
        """Count by the marks of a format."""
        self._marks = marks
        self._found = -marks.surplus
        self._is_inside = False
        self._unread, self._tail = b"", b""

    def add(self, text: bytes) -> int:
        """Add a piece; give the rows so far. An answer without any may count as one."""
        if self._marks.is_quoted:
            text = self._outside_quotes(text)
        text = self._tail + text
        self._found += text.count(self._marks.mark)
        # Shorter than the mark, so that none is counted twice.
        self._tail = text[max(0, len(text) - len(self._marks.mark) + 1) :]
        return self._found

    def _outside_quotes(self, text: bytes) -> bytes:
        if self._marks.escapes:
            text = self._without_escapes(self._unread + text)
        parts = text.split(b'"')
        outside = b'"'.join(parts[self._is_inside :: 2])
        if len(parts) % 2 == 0:
            self._is_inside = not self._is_inside
        return outside

    def _without_escapes(self, text: bytes) -> bytes:
        text = text.replace(b"\\\\", b"")
        # What the last backslash escapes is in the next piece.
        self._unread = b"\\" if text.endswith(b"\\") else b""
        return text.removesuffix(b"\\").replace(b'\\"', b"")
