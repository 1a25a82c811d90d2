"""Where things are: the map projection, boundaries of municipalities, and how they are obtained."""
