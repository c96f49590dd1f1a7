"""What the auth service answers: tokens, people, groups, permission sets, terms of service."""

from caveclient_gen.offline.services.auth import groups, pages, people, permission_sets, tokens
from caveclient_gen.offline.services.auth.service import served

__all__ = ["groups", "pages", "people", "permission_sets", "served", "tokens"]
