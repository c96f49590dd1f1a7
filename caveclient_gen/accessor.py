"""Importing this gives every pandas frame `df.cave`: positions as arrays, and what the frame is an answer to.

Frames that come from queries have it without this import, which is for frames from files and other packages.
"""

from __future__ import annotations

from caveclient_gen.mixins.materialize.accessor import CaveAccessor, register_accessor

__all__ = ["CaveAccessor"]

register_accessor(replace=True)
