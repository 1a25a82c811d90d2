# Puts into the default graph all that the named graphs hold, without the ontology, which is there.
INSERT { ?thing ?property ?value }
WHERE { GRAPH ?graph { ?thing ?property ?value } FILTER(?graph != graphs:ontology) }
