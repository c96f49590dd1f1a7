"""All mixins of the annotation client in one."""

from __future__ import annotations

from caveclient_gen.mixins.annotation.uploads import UploadsMixin


class AnnotationMixin(UploadsMixin):
    """Tables, annotations and uploads; `UploadsMixin` brings the others."""
