"""All mixins of the state client in one."""

from __future__ import annotations

from caveclient_gen.mixins.state.documents import DocumentsMixin


class StateMixin(DocumentsMixin):
    """States and segment properties; `DocumentsMixin` brings the links to viewers."""
