"""The tables of skeletons that are kept, and of tokens that open them as files."""

SCHEMA = """
CREATE TABLE skeleton (
    root INTEGER NOT NULL,
    version INTEGER NOT NULL,
    made INTEGER NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (root, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE skeleton_ticket (
    hash TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
"""`document` is a skeleton as JSON in gzip; `hash` the SHA-256 of a token. Moments are microseconds."""
