"""Checks a database file from its rows alone: is it what the rules make of the edits in its log?"""

import json
import sqlite3
from collections import defaultdict
from contextlib import closing

from plain_model import united

LAYER = 2**56


class File:
    """The rows of the segmentation in one file."""

    def __init__(self, path):
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []

            def read(sql):
                return db.execute(sql).fetchall()

            ((layout, self.ingested),) = read("SELECT layout, ingested FROM segmentation")
            self.layout = json.loads(layout)
            self.nodes = read("SELECT number, id, operation FROM node ORDER BY number")
            self.supervoxels = [row[0] for row in read("SELECT number FROM supervoxel ORDER BY number")]
            self.links = read("SELECT parent, child FROM link ORDER BY parent")
            self.edges = read("SELECT number, a, b, operation FROM edge ORDER BY number")
            self.changes = read("SELECT operation, edge, is_active FROM edge_change ORDER BY operation")
            self.log = read("SELECT id, kind, moment, target, new_roots FROM operation ORDER BY id")
            self.descent = read("SELECT operation, old, new FROM descent")
            self.revision = read("SELECT value FROM revision WHERE topic = 'segmentation'")[0][0]
        self.id = {number: node for number, node, _ in self.nodes}
        self.made = {number: operation for number, _, operation in self.nodes}
        self.operations = len(self.log)

    def check(self):
        """Fail at the first thing that is not as the rules say."""
        self.check_numbers()
        self.check_links()
        for operation in range(self.operations + 1):
            self.check_moment(operation)

    def check_numbers(self):
        assert [row[0] for row in self.log] == list(range(1, self.operations + 1))
        moments = [self.ingested, *(row[2] for row in self.log)]
        assert moments == sorted(set(moments))
        assert [number for number, _, _ in self.nodes] == list(range(len(self.nodes)))
        made = [operation for _, _, operation in self.nodes]
        assert made == sorted(made)
        assert set(made) == set(range(self.operations + 1))
        assert len(set(self.id.values())) == len(self.nodes)
        assert [row[0] for row in self.edges] == list(range(len(self.edges)))
        assert {row[0] for row in self.changes} == set(range(1, self.operations + 1))
        assert self.revision == self.operations + 1

    def check_links(self):
        parents = defaultdict(list)
        for parent, child in self.links:
            assert self.made[parent] >= self.made[child]
            assert self.layer(parent) == self.layer(child) + 1
            parents[child].append(self.made[parent])
        for number in self.id:
            if self.layer(number) < self.layout["layers"]:
                assert self.made[number] == parents[number][0] or number in self.supervoxels
                assert parents[number] == sorted(set(parents[number]))
            else:
                assert number not in parents

    def check_moment(self, operation):
        """Check that pieces are joined within their chunk, and that no two of one chunk are."""
        parent = {child: parent for parent, child in self.links if self.made[parent] <= operation}
        active = {row[0] for row in self.edges if row[3] <= operation}
        for when, edge, is_active in self.changes:
            if when <= operation:
                (active.add if is_active else active.discard)(edge)
        pairs = [(a, b) for number, a, b, _ in self.edges if number in active]
        node = {sv: sv for sv in self.supervoxels}
        for layer in range(2, self.layout["layers"] + 1):
            node = {sv: parent[node[sv]] for sv in node}
            chunk = {sv: tuple(part >> (layer - 2) for part in self.chunk(sv)) for sv in node}
            pieces = united(node, [(a, b) for a, b in pairs if chunk[a] == chunk[b]])
            groups = defaultdict(set)
            for sv, number in node.items():
                groups[number].add(sv)
                assert self.layer(number) == layer
                assert self.chunk(number) == chunk[sv]
            assert set(map(frozenset, groups.values())) == set(pieces.values())
        if operation:
            self.check_entry(operation, node)

    def check_entry(self, operation, roots):
        """One entry of the log: its roots, what they descend from, and that objects changed."""
        before = {child: parent for parent, child in self.links if self.made[parent] < operation}
        old = {}
        for sv in roots:
            number = sv
            while number in before:
                number = before[number]
            old[sv] = number
        pairs = {(old[sv], roots[sv]) for sv in roots if old[sv] != roots[sv]}
        assert {(a, b) for when, a, b in self.descent if when == operation} == pairs
        said = json.loads(self.log[operation - 1][4])
        assert sorted(said) == sorted({self.id[new] for _, new in pairs})
        assert not len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)

    def layer(self, number):
        return self.id[number] // LAYER

    def chunk(self, number):
        layers, layer = self.layout["layers"], self.layer(number)
        bits = 10 if layer <= 2 else max(1, layers - layer)
        rest = self.id[number] % LAYER >> (56 - 3 * bits)
        return rest >> 2 * bits, rest >> bits & (2**bits - 1), rest & (2**bits - 1)
