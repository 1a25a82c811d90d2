"""Spreadsheets in and out: bytes to quads and findings, a store to bytes."""
