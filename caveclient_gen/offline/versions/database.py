"""The tables of versions and views."""

__all__ = ["SCHEMA"]

SCHEMA = """
CREATE TABLE version (
    number INTEGER PRIMARY KEY,
    moment INTEGER NOT NULL,
    made INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;

CREATE TABLE frozen_table (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES version (number),
    name TEXT NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (version, name)
) STRICT;

CREATE TABLE view_definition (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    sql TEXT NOT NULL,
    columns TEXT NOT NULL,
    resolution TEXT NOT NULL,
    notice TEXT,
    live_compatible INTEGER NOT NULL
) STRICT;
"""
