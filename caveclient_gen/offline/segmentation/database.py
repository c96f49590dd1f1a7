"""The tables of the segmentation."""

SCHEMA = ""
