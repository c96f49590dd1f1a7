"""All mixins of the skeleton client in one."""

from __future__ import annotations

from caveclient_gen.mixins.skeleton.bulk import BulkMixin
from caveclient_gen.mixins.skeleton.compression import CompressionMixin
from caveclient_gen.mixins.skeleton.single import SingleMixin


class SkeletonMixin(SingleMixin, BulkMixin, CompressionMixin):
    """Single skeletons, many at once, and compression; `ChecksMixin` is what both rest on."""
