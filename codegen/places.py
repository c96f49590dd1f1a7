"""Where generated things stand, from the project's root."""

from __future__ import annotations

PACKAGE = "caveclient_gen/_generated"
"""Folder of the modules."""

LOCK = f"{PACKAGE}/LOCK.json"
SCHEMA = "spec/descriptor.schema.json"
