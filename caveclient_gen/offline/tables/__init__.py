"""Queries: SQL by DuckDB over frozen tables and over the annotations as of a moment."""
