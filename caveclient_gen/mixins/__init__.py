"""Hand-written post-processing that joins generated operations."""
