"""What the auth service answers: tokens, people, groups, permission sets, terms of service."""

from __future__ import annotations

from importlib import import_module

from caveclient_gen.offline.services.auth.service import served

__all__ = ["served"]

for _name in ("tokens", "people", "groups", "permission_sets", "pages"):
    import_module(f"{__name__}.{_name}")  # each says what it answers
