"""The SPARQL 1.1 Protocol: what a client may ask, and how it is answered."""
