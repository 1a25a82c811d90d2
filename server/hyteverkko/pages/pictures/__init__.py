"""The pictures: drawn as SVG, each with an equal in words."""
