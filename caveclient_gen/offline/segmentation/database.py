"""The tables of the segmentation. Rows are only ever added: what was, stays.

Nodes have numbers without gaps, in the order in which they came to be; other tables speak of nodes by number.
`link` says what a node is made of, since the moment at which the node came to be: a child's newest parent
has the highest number. Operation 0 is the ingest; it stands in no log. `mark` is drawn anew for each row of
`operation`: two histories with the same marks are the same.
"""

SCHEMA = """
CREATE TABLE segmentation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    layout TEXT NOT NULL,
    ingested INTEGER NOT NULL,
    reach_nm REAL NOT NULL,
    mark INTEGER NOT NULL
) STRICT;
CREATE TABLE node (
    number INTEGER PRIMARY KEY,
    id INTEGER NOT NULL UNIQUE,
    operation INTEGER NOT NULL
) STRICT;
CREATE TABLE supervoxel (
    number INTEGER PRIMARY KEY REFERENCES node,
    x INTEGER NOT NULL,
    y INTEGER NOT NULL,
    z INTEGER NOT NULL,
    size INTEGER NOT NULL
) STRICT;
CREATE TABLE link (
    parent INTEGER NOT NULL REFERENCES node,
    child INTEGER NOT NULL REFERENCES node,
    PRIMARY KEY (parent, child)
) STRICT, WITHOUT ROWID;
CREATE TABLE edge (
    number INTEGER PRIMARY KEY,
    a INTEGER NOT NULL REFERENCES node,
    b INTEGER NOT NULL REFERENCES node,
    affinity REAL NOT NULL,
    area INTEGER NOT NULL,
    operation INTEGER NOT NULL
) STRICT;
CREATE TABLE operation (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('merge', 'split', 'undo', 'redo')),
    user_id INTEGER NOT NULL,
    moment INTEGER NOT NULL UNIQUE,
    target INTEGER REFERENCES operation,
    points TEXT NOT NULL,
    new_roots TEXT NOT NULL,
    mark INTEGER NOT NULL
) STRICT;
CREATE TABLE edge_change (
    operation INTEGER NOT NULL REFERENCES operation,
    edge INTEGER NOT NULL REFERENCES edge,
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    PRIMARY KEY (operation, edge)
) STRICT, WITHOUT ROWID;
CREATE TABLE descent (
    operation INTEGER NOT NULL REFERENCES operation,
    old INTEGER NOT NULL REFERENCES node,
    new INTEGER NOT NULL REFERENCES node,
    PRIMARY KEY (operation, old, new)
) STRICT, WITHOUT ROWID;
"""
