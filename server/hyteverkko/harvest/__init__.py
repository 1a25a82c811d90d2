"""How registries and researchers take the whole of a release: one module per channel."""
