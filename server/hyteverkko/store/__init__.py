"""How the graph is asked: releases, and the two verbs ``rows`` and ``triples``. Knows no HTTP."""
