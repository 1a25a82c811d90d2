"""What the editor completes: our prefixes, and classes, properties and concepts by their names."""

import json
from itertools import groupby
from typing import Final

from pyoxigraph import Literal, NamedNode

from hyteverkko.labels import best_text
from hyteverkko.namespaces import PREFIXES
from hyteverkko.sparql.table import code_of
from hyteverkko.store.current import Serving

KINDS: Final = {
    PREFIXES["owl"] + "Class": "class",
    PREFIXES["owl"] + "ObjectProperty": "property",
    PREFIXES["owl"] + "DatatypeProperty": "property",
    PREFIXES["owl"] + "AnnotationProperty": "property",
    PREFIXES["rdf"] + "Property": "property",
    PREFIXES["skos"] + "Concept": "concept",
}


def terms_json(serving: Serving, language: str) -> bytes:
    """Write the prefixes and the terms, with names for a reader of ``language``, as JSON."""
    terms = []
    for term, rows in groupby(serving.graph.rows("terms"), key=lambda row: row["term"]):
        held = list(rows)
        kinds = [row["kind"].value for row in held if isinstance(row["kind"], NamedNode)]
        names = [row["name"] for row in held if isinstance(row["name"], Literal)]
        name = best_text(names, language)
        code = code_of(term.value) if isinstance(term, NamedNode) else ""
        if name and kinds and not code.startswith("<"):
            terms.append({"term": code, "kind": KINDS[kinds[0]], "name": name.value})
    body = {"prefixes": dict(PREFIXES), "terms": terms}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
