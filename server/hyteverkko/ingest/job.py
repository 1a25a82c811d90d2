"""What a confined cell does for ingestion: work out what would come of a contribution.

The cell has the release in memory and no way to files or network; rules, checks and shapes are read
before it is forked.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from pyoxigraph import Store

from hyteverkko.ingest.contribution import Contribution, Ground, outcome_of, to_bytes
from hyteverkko.ingest.contributors import Contributor, Token
from hyteverkko.ingest.neighbourhood import ontology_store

MODULE = __name__


def prepared(root: str, release: Store) -> Callable[[Store, bytes], bytes]:
    """Give the job, with rules, checks and shapes of the repository in a folder.

    The ontology is cut out of the release once: no contribution changes it.
    """
    ground, ontology = Ground.read(Path(root)), ontology_store(release)

    def job(store: Store, content: bytes) -> bytes:
        base, sent = contribution_from(content)
        return to_bytes(outcome_of(store, base, ground, sent, ontology))

    return job


def job_bytes(base: str, sent: Contribution) -> bytes:
    """Write a contribution to be handed to a cell on the release ``base``."""
    fields = asdict(replace(sent, content=b"")) | {"today": sent.today.isoformat()}
    fields.pop("content")
    head = json.dumps({"base": base, **fields}).encode()
    return len(head).to_bytes(4, "big") + head + sent.content


def contribution_from(content: bytes) -> tuple[str, Contribution]:
    """Read the release and the contribution."""
    end = 4 + int.from_bytes(content[:4], "big")
    fields = json.loads(content[4:end])
    base, today, sender = (fields.pop(name) for name in ("base", "today", "contributor"))
    sender["graphs"] = tuple(sender["graphs"])
    sender["tokens"] = tuple(Token(**token) for token in sender["tokens"])
    one = Contributor(**sender)
    sent = Contribution(
        **fields, contributor=one, today=date.fromisoformat(today), content=content[end:]
    )
    return base, sent
