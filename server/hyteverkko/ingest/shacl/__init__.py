"""SHACL: shapes compiled to SPARQL, run by the engine that holds the data; pySHACL is the oracle."""
