"""The tables of people and permissions."""

SCHEMA = ""
