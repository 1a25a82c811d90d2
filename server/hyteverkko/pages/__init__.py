"""The pages: one module per kind of page; each gives a frozen value, and a template shows it."""
