"""The name under which older scripts import `MyTimeIt`; `caveclient_gen.timeit` explains it."""

from __future__ import annotations

from caveclient_gen.timeit import MyTimeIt

__all__ = ["MyTimeIt", "indent"]

indent = 0
"""Kept for scripts that import it. Nothing reads it: each thread counts the depth of its own blocks."""
