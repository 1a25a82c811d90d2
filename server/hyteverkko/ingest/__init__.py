"""How data comes in: read, derived from, checked, validated, and published as a release."""
