"""Typed client for the Connectome Annotation Versioning Engine (CAVE)."""
