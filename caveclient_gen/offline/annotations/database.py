"""The tables of the annotations."""

SCHEMA = ""
