"""What the skeleton service answers."""

from caveclient_gen.offline.services.skeleton import bulk, documents, files, single
from caveclient_gen.offline.services.skeleton.registry import served

__all__ = ["bulk", "documents", "files", "served", "single"]
