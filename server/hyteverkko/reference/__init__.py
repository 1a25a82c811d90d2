"""The reference data: tables of municipalities and their regions, turned into linked data."""
