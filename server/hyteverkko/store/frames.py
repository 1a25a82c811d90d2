"""What the web process and a cell say to each other: frames of bytes, and nothing that runs.

A question is one frame of JSON. An answer is any number of ``DATA`` frames and one that ends it:
``END`` with the kind of answer and how it is compressed, or a failure with its detail. A frame is a
letter, the length in four bytes, and the content.
"""

import json
import struct
from dataclasses import dataclass, fields
from typing import Final

HEADER: Final = struct.Struct("!cI")
DATA: Final = b"d"
END: Final = b"e"
FAILURES: Final = {
    b"s": "syntax",
    b"u": "unacceptable",
    b"r": "rows",
    b"l": "large",
    b"m": "memory",
    b"o": "offered",
    b"c": "characters",
}
LETTERS: Final = {name: letter for letter, name in FAILURES.items()}


@dataclass(frozen=True, slots=True)
class Question:
    """A stranger's query: its text, its dataset, and the formats its answer may have.

    ``encoding`` is how the answer is compressed where that is worth it: ``gzip``, or not at all.

    Both formats are given, by media type, because only the engine knows which kind of answer a
    query has; an empty one means that the client accepts no format of that kind.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    results: str = "application/sparql-results+json"
    graph: str = "text/turtle"
    encoding: str = ""


FIELDS: Final = tuple(field.name for field in fields(Question))


def frame(letter: bytes, content: bytes) -> bytes:
    """Give one frame."""
    return HEADER.pack(letter, len(content)) + content


def question_frame(question: Question) -> bytes:
    """Give the frame of a question."""
    return frame(DATA, json.dumps([getattr(question, name) for name in FIELDS]).encode())


def question_from(content: bytes) -> Question:
    """Read a question."""
    text, default_graphs, named_graphs, *formats = json.loads(content)
    return Question(text, tuple(default_graphs), tuple(named_graphs), *formats)
