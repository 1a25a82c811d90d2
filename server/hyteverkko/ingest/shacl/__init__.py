"""SHACL: shapes compiled to SPARQL for the engine that holds the data; pySHACL is the oracle."""
