"""Annotations: tables of a schema, rows that are added, replaced and deleted but never lost."""
