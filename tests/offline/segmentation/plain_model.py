"""A segmentation in plain Python, written from the rules alone: sets, union-find, and no code of the engine.

It says what every id, root, leaf, lineage and log entry must be, up to the numbers that the engine gives to
nodes: a node is known here by the edit that made it, its layer and its supervoxels.
"""

from __future__ import annotations

import math

import networkx as nx

INGEST = 0


class Refused(Exception):
    """The rules do not allow this edit."""


def united(members, pairs):
    """Return the groups that pairs join members into, as frozensets."""
    above = {member: member for member in members}

    def top(member):
        while above[member] != member:
            member = above[member]
        return member

    for a, b in pairs:
        above[top(a)] = top(b)
    groups = {}
    for member in members:
        groups.setdefault(top(member), set()).add(member)
    return {member: frozenset(groups[top(member)]) for member in members}


class Model:
    """The segmentation, its whole past included.

    `chunks`: supervoxel to its chunk. `edges`: (a, b, affinity). Layers go from 2 to `layers`.
    """

    def __init__(self, chunks, layers, edges, moment):
        self.chunks, self.layers = chunks, layers
        self.edges = [{"ends": (a, b), "affinity": w, "active": True} for a, b, w in edges]
        self.log = []
        self.moments = [moment]
        self.graphs = [self.active_edges()]
        """What was joined after each edit."""
        self.states = [
            {
                layer: {sv: (INGEST, layer, piece) for sv, piece in self.pieces(layer).items()}
                for layer in range(2, layers + 1)
            }
        ]

    # ---- looking

    def pieces(self, layer):
        """Group supervoxels by active edges within chunks of a layer."""
        shift = layer - 2
        chunk = {sv: tuple(part >> shift for part in self.chunks[sv]) for sv in self.chunks}
        if layer == self.layers:
            assert len(set(chunk.values())) == 1
        pairs = [e["ends"] for e in self.edges if e["active"]]
        return united(self.chunks, [(a, b) for a, b in pairs if chunk[a] == chunk[b]])

    def active_edges(self):
        return [(*edge["ends"], edge["affinity"]) for edge in self.edges if edge["active"]]

    def root(self, sv):
        return self.states[-1][self.layers][sv]

    def object_edges(self, root):
        return [e for e in self.edges if e["active"] and e["ends"][0] in root[2]]

    def parents(self):
        """Map each root ever to those it came from, and each to the operation that ended it."""
        came_from, ended_by = {}, {}
        for operation in self.log:
            before = self.states[operation["id"] - 1][self.layers]
            after = self.states[operation["id"]][self.layers]
            for sv in self.chunks:
                if before[sv] != after[sv]:
                    came_from.setdefault(after[sv], set()).add(before[sv])
                    ended_by[before[sv]] = operation["id"]
        return came_from, ended_by

    def least_cut(self, root, sources, sinks):
        """Return the weight of the least cut of an object."""
        graph = nx.Graph()
        graph.add_nodes_from(["source", "sink"])
        for edge in self.object_edges(root):
            a, b = edge["ends"]
            if math.isinf(edge["affinity"]) or "capacity" not in graph.get_edge_data(a, b, {"capacity": 0}):
                graph.add_edge(a, b)
                graph[a][b].pop("capacity", None)
            else:
                known = graph.get_edge_data(a, b, {"capacity": 0})["capacity"]
                graph.add_edge(a, b, capacity=known + round(edge["affinity"] * 2**30))
        graph.add_edges_from(("source", sv) for sv in sources)
        graph.add_edges_from(("sink", sv) for sv in sinks)
        try:
            return nx.minimum_cut_value(graph, "source", "sink") / 2**30
        except nx.NetworkXUnbounded:
            raise Refused("no cut") from None

    # ---- changing

    def merge(self, a, b, **entry):
        if self.root(a) == self.root(b):
            raise Refused("same object")
        edge = {"ends": (a, b), "affinity": math.inf, "active": False}
        return self.change([edge], [], kind="merge", target=None, **entry)

    def split(self, removed, **entry):
        return self.change([], removed, kind="split", target=None, **entry)

    def again(self, operation_id, *, is_undo, **entry):
        """Undo or redo."""
        if not 1 <= operation_id <= len(self.log):
            raise Refused("unknown")
        named = self.log[operation_id - 1]
        while named["target"]:
            is_undo = is_undo != (named["kind"] == "undo")
            named = self.log[named["target"] - 1]
        kinds = [o["kind"] for o in self.log if o["target"] == named["id"]]
        is_undone = bool(kinds) and kinds[-1] == "undo"
        if is_undone == is_undo:
            raise Refused("already so")
        added, removed = (named["added"], named["removed"])[:: -1 if is_undo else 1]
        if any(e["active"] for e in added) or not all(e["active"] for e in removed):
            raise Refused("changed by another operation")
        kind = "undo" if is_undo else "redo"
        return self.change(added, removed, kind=kind, target=named["id"], **entry)

    def change(self, added, removed, *, kind, target, moment, user_id):
        number = len(self.log) + 1
        self.edges += [edge for edge in added if all(edge is not known for known in self.edges)]
        for edge in added:
            edge["active"] = True
        for edge in removed:
            edge["active"] = False
        if self.pieces(self.layers) == {sv: node[2] for sv, node in self.states[-1][self.layers].items()}:
            for edge in added:
                edge["active"] = False
            for edge in removed:
                edge["active"] = True
            raise Refused("nothing changes")
        self.states.append(self.next_state(number, {sv for e in (*added, *removed) for sv in e["ends"]}))
        before, after = self.states[-2][self.layers], self.states[-1][self.layers]
        self.moments.append(moment)
        self.graphs.append(self.active_edges())
        self.log.append(
            {
                "id": number,
                "kind": kind,
                "target": target,
                "moment": moment,
                "user_id": user_id,
                "added": list(added),
                "removed": list(removed),
                "old": {before[sv] for sv in before if before[sv] != after[sv]},
                "new": {after[sv] for sv in before if before[sv] != after[sv]},
            }
        )
        return self.log[-1]

    def next_state(self, number, touched):
        state = {}
        for layer in range(2, self.layers + 1):
            old, pieces = self.states[-1][layer], self.pieces(layer)
            replaced = {old[sv] for sv in touched}
            touched = {sv for sv in old if old[sv] in replaced}
            state[layer] = {
                sv: (number, layer, pieces[sv]) if sv in touched else old[sv] for sv in self.chunks
            }
            assert all(state[layer][sv][2] == pieces[sv] for sv in self.chunks)
        return state
