"""The tables of people and permissions.

A token is stored as its SHA-256 only: who reads the database cannot ask with it. Moments are microseconds
since 1970.
"""

__all__ = ["SCHEMA"]

SCHEMA = """
CREATE TABLE terms (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, text TEXT NOT NULL
) STRICT;
CREATE TABLE permission_set (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, terms_id INTEGER REFERENCES terms
) STRICT;
CREATE TABLE guarded (
    namespace TEXT NOT NULL, name TEXT NOT NULL, permission_set_id INTEGER NOT NULL REFERENCES permission_set,
    PRIMARY KEY (namespace, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE permission (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE person (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, pi TEXT NOT NULL,
    is_admin INTEGER NOT NULL, is_service_account INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL
) STRICT;
CREATE TABLE people_group (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE membership (
    group_id INTEGER NOT NULL REFERENCES people_group, person_id INTEGER NOT NULL REFERENCES person,
    is_admin INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (group_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE granted (
    permission_set_id INTEGER NOT NULL REFERENCES permission_set,
    group_id INTEGER NOT NULL REFERENCES people_group,
    permission_id INTEGER NOT NULL REFERENCES permission,
    PRIMARY KEY (permission_set_id, group_id, permission_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE permission_set_admin (
    permission_set_id INTEGER NOT NULL REFERENCES permission_set,
    person_id INTEGER NOT NULL REFERENCES person,
    PRIMARY KEY (permission_set_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE acceptance (
    terms_id INTEGER NOT NULL REFERENCES terms, person_id INTEGER NOT NULL REFERENCES person,
    at INTEGER NOT NULL, PRIMARY KEY (terms_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT, person_id INTEGER NOT NULL REFERENCES person,
    hash BLOB NOT NULL UNIQUE, description TEXT,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, last_used INTEGER, expires INTEGER
) STRICT;
"""
