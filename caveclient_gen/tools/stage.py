"""Annotations that are collected and checked before they are uploaded."""

from __future__ import annotations

from caveclient_gen.mixins.annotation.staging import (
    ADD_FUNC_DOCSTRING,
    SPATIAL_POINT_CLASSES,
    StagedAnnotations,
)

__all__ = ["ADD_FUNC_DOCSTRING", "SPATIAL_POINT_CLASSES", "StagedAnnotations"]
