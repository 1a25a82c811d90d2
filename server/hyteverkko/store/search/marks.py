"""Where in a text the words are that it was found by."""

from dataclasses import dataclass
from typing import Final

from hyteverkko.labels import Text
from hyteverkko.store.search.asked import Asked, Grade
from hyteverkko.store.search.words import Analyser, Token, tokens

SNIPPET: Final = 160
"""Characters of a description that are shown around the first word found."""

ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in pieces; every second piece, from the second on, is what was found."""

    pieces: tuple[str, ...]
    language: str = ""

    @property
    def value(self) -> str:
        """Give the text as a whole."""
        return "".join(self.pieces)

    @property
    def found(self) -> int:
        """Count what is marked."""
        return len(self.pieces) // 2


class Marker:
    """Marks what was asked for in texts, by the same forms of words as it is found by."""

    def __init__(self, asked: Asked, analyser: Analyser, beginning: str = "") -> None:
        """Mark the words of this question, and what starts with a folded beginning of a word."""
        self._analyser, self._beginning = analyser, beginning
        words = [word for word in asked.words if not word.phrase]
        phrases = [part for word in asked.words for part in word.phrase.split()]
        self._raw = {word.forms.raw for word in words} | set(phrases)
        self._terms = self._raw.union(*(word.terms(Grade.TEXT) for word in words))

    def mark(self, text: Text) -> Marked:
        """Mark the words of a text that were asked for."""
        pieces, last = [], 0
        for token in tokens(text.value):
            span = self._span(token, text.language)
            if span:
                pieces += [text.value[last : span[0]], text.value[span[0] : span[1]]]
                last = span[1]
        return Marked((*pieces, text.value[last:]), text.language)

    def _span(self, token: Token, language: str) -> tuple[int, int] | None:
        forms = self._analyser.forms(token.surface, language)
        if self._beginning and forms.raw.startswith(self._beginning):
            return token.start, min(token.start + len(self._beginning), token.end)
        if self._terms.isdisjoint({forms.raw, *forms.bases, *forms.stems, *forms.parts}):
            return None
        whole = token.start, token.end
        if forms.raw in self._raw or len(forms.raw) != token.end - token.start:
            return whole
        parts = sorted(
            (at, at + len(term))
            for term in self._terms & set(forms.parts)
            if (at := forms.raw.find(term)) >= 0
        )
        return (token.start + parts[0][0], token.start + parts[0][1]) if parts else whole


def snippet(marked: Marked) -> Marked:
    """Give the part of a long text around the first word that was found."""
    if len(marked.value) <= SNIPPET:
        return marked
    before = marked.pieces[0]
    kept = before if len(before) <= SNIPPET // 3 else _cut_before(before[-SNIPPET // 3 :])
    pieces, left = [kept], SNIPPET - len(kept)
    for piece in marked.pieces[1:]:
        if left <= 0:
            break
        pieces.append(piece if len(piece) <= left else _cut_after(piece[:left]))
        left -= len(piece)
    if len(pieces) % 2 == 0:
        pieces.append("")
    return Marked(tuple(pieces), marked.language)


def _cut_before(text: str) -> str:
    return ELLIPSIS + text.partition(" ")[2]


def _cut_after(text: str) -> str:
    return text.rpartition(" ")[0] + ELLIPSIS
