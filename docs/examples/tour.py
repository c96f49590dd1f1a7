# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tour of CAVE, offline
#
# A morning's work on a made-up piece of cortex: the cells of a type, their synapses, who connects to whom,
# what became of one cell since the last frozen version and why, a correction with preview and undo, and
# annotations of one's own.
#
# `serve()` starts the services of CAVE over HTTP on this machine, on a dataset that is generated from a
# seed. No account, no token and no network are needed. On a real datastack only the next cell would differ:
# `client = CAVEclient("my_datastack")`.
#
# It needs `pip install "caveclient-gen[offline]" matplotlib`.

# %%
import builtins
import os
from datetime import UTC, datetime
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection

from caveclient_gen.offline import serve

pd.set_option("display.width", 110, "display.max_columns", 12)
show = getattr(builtins, "display", print)  # a notebook shows tables; a script prints them
pictures = Path(os.environ.get("TOUR_PICTURES", "."))

server = serve()
client = server.client("editor")

print(client.info.get_datastack_info()["description"])
print("versions:", client.materialize.get_versions())
show(client.materialize.tables)

# %% [markdown]
# ## The cells of a type
#
# `cell_types` refers to the table of nuclei, so one question brings the type, the position and the root id
# of each cell. Positions come in micrometres, because that is what we ask for: voxels of 1000 nm. Nothing
# is said of a version, so the newest one answers.

# %%
typed = client.materialize.query_table("cell_types", desired_resolution=[1000, 1000, 1000])
doubtful = typed["pt_root_id"].duplicated(
    keep=False
)  # two nuclei in one cell: a merger that nobody has found
cells = typed[~doubtful & (typed["pt_root_id"] > 0)]
basket = cells[cells["cell_type"] == "BC"]

show(basket[["id", "cell_type", "volume", "pt_position", "pt_root_id"]].head())
print(f"{len(typed)} cells have a type; {doubtful.sum()} that share their root with another are left out.")
print(f"{len(basket)} are basket cells (BC).")

# %% [markdown]
# ## Their inputs and outputs

# %%
outputs = client.materialize.synapse_query(pre_ids=basket["pt_root_id"])
inputs = client.materialize.synapse_query(post_ids=basket["pt_root_id"])

type_of = cells.set_index("pt_root_id")["cell_type"]
partners = pd.DataFrame(
    {
        "onto basket cells": inputs["pre_pt_root_id"].map(type_of).value_counts(),
        "from basket cells": outputs["post_pt_root_id"].map(type_of).value_counts(),
    }
)
show(partners.fillna(0).astype(int).sort_values("from basket cells", ascending=False))
per_partner = outputs.groupby(["pre_pt_root_id", "post_pt_root_id"]).size()
print(
    f"The basket cells make {len(outputs):,} synapses and receive {len(inputs):,}. "
    f"Half of the pairs that are connected share {per_partner.median():.0f} synapses or more."
)

# %% [markdown]
# ## Who connects to whom
#
# All synapses between cells of a known type, in one query. Split positions are faster, and here we need
# none; the types are ordered as their cells lie, from the surface down.

# %%
synapses = client.materialize.query_table(
    "synapses", select_columns=["id", "pre_pt_root_id", "post_pt_root_id"], split_positions=True
)
synapses = synapses[synapses["pre_pt_root_id"] != synapses["post_pt_root_id"]]
pairs = pd.DataFrame(
    {"pre": synapses["pre_pt_root_id"].map(type_of), "post": synapses["post_pt_root_id"].map(type_of)}
).dropna()

places = np.stack(cells["pt_position"].to_list())
depth = pd.Series(places[:, 1], index=cells["cell_type"].to_numpy())
order = depth.groupby(level=0).median().sort_values().index
number = cells["cell_type"].value_counts()[order].to_numpy()
inhibitory = set(cells.loc[cells["classification_system"] == "inhibitory_neuron", "cell_type"])

counted = pd.crosstab(pairs["pre"], pairs["post"]).reindex(index=order, columns=order, fill_value=0)
possible = np.outer(number, number) - np.diag(number)  # pairs of two different cells
matrix = counted / possible

strongest = matrix.stack().idxmax()
print(
    f"{len(pairs):,} of {len(synapses):,} synapses are between two cells of a known type. The densest "
    f"connection is {strongest[0]} to {strongest[1]}: {matrix.loc[strongest]:.2f} per pair of cells."
)

# %%
INK, EXCITATORY, INHIBITORY = "#33373d", "#c8553d", "#2a6f97"
color = {name: INHIBITORY if name in inhibitory else EXCITATORY for name in order}

figure, (left, right) = plt.subplots(
    1, 2, figsize=(11, 5.6), width_ratios=[1, 1.55], layout="constrained", facecolor="white"
)
jitter = np.random.default_rng(0).uniform(-0.3, 0.3, len(cells))
row = cells["cell_type"].map({name: at for at, name in enumerate(order)}).to_numpy()
left.scatter(row + jitter, places[:, 1], s=14, c=cells["cell_type"].map(color), alpha=0.75, linewidths=0)
left.set_xticks(range(len(order)), order, rotation=90)
left.set(ylabel="depth (µm)", title="Where the cells lie")
left.invert_yaxis()

image = right.imshow(matrix, cmap="YlGnBu", vmin=0)
right.set_xticks(range(len(order)), order, rotation=90)
right.set_yticks(range(len(order)), [f"{name}  ({n})" for name, n in zip(order, number, strict=True)])
right.set(
    xlabel="onto cells of type", ylabel="from cells of type (how many)", title="Synapses per pair of cells"
)
bright = matrix.to_numpy().max() * 0.55
for (pre, post), value in np.ndenumerate(matrix.to_numpy()):
    right.text(
        post, pre, f"{value:.1f}", ha="center", va="center", size=7, color="white" if value > bright else INK
    )
right.set_xticks(np.arange(1, len(order)) - 0.5, minor=True)
right.set_yticks(np.arange(1, len(order)) - 0.5, minor=True)
right.grid(which="minor", color="white", linewidth=1.2)
right.tick_params(which="both", length=0)
for labels in (left.get_xticklabels(), right.get_xticklabels(), right.get_yticklabels()):
    for label, name in zip(labels, order, strict=True):
        label.set_color(color[name])
for axes in (left, right):
    axes.spines[:].set_visible(False)
    axes.title.set(size=11, color=INK)
bar = figure.colorbar(image, ax=right, shrink=0.75, label="synapses per pair")
bar.outline.set_visible(False)
figure.legend(
    handles=[
        plt.Line2D([], [], marker="o", linestyle="", color=EXCITATORY, label="excitatory"),
        plt.Line2D([], [], marker="o", linestyle="", color=INHIBITORY, label="inhibitory"),
    ],
    loc="outside lower left",
    ncols=2,
    frameon=False,
)
figure.savefig(pictures / "connectivity.png", dpi=130)

# %% [markdown]
# ## A pinned version against now
#
# A version answers the same for as long as it exists. The segmentation goes on: people merge and split, and
# a cell gets another root id with every edit. What stays is the supervoxel under its nucleus. So: which
# root did each basket cell have in version 3, and which one has it now?

# %%
PINNED = 3
now = datetime.now(UTC)
pinned_at = client.materialize.get_timestamp(PINNED)

then = client.chunkedgraph.get_roots(typed["pt_supervoxel_id"], timestamp=pinned_at)
today = client.chunkedgraph.get_roots(typed["pt_supervoxel_id"], timestamp=now)
both = typed[["id_ref", "cell_type", "pt_supervoxel_id"]].assign(then=then, now=today)
both["edited"] = both["then"] != both["now"]
print(
    f"{both['edited'].sum()} of {len(both)} typed cells were edited "
    f"after version {PINNED} ({pinned_at:%d %B %Y})."
)


# %%
def size(root: int) -> int:
    """Count the supervoxels of a root."""
    return len(client.chunkedgraph.get_leaves(root))


edited = both[both["edited"]].drop(columns="edited").drop_duplicates("now")
logs = client.chunkedgraph.get_tabular_change_log(edited["now"])
edited["edits"] = [len(logs[root]) for root in edited["now"]]
edited = edited.sort_values("edits", ascending=False).head(5)
edited["pieces then"] = [size(root) for root in edited["then"]]
edited["pieces now"] = [size(root) for root in edited["now"]]
show(edited)
cell = edited.iloc[0]

# %% [markdown]
# The first one has the longest history. The same questions about it, at the version and now:

# %%
nuclei_then = client.materialize.query_table("nuclei", materialization_version=PINNED)
nuclei_now = client.materialize.live_query("nuclei", timestamp=now)
outputs_then = client.materialize.synapse_query(pre_ids=cell["then"], materialization_version=PINNED)
outputs_now = client.materialize.synapse_query(pre_ids=cell["now"], timestamp=now)
inputs_then = client.materialize.synapse_query(post_ids=cell["then"], materialization_version=PINNED)
inputs_now = client.materialize.synapse_query(post_ids=cell["now"], timestamp=now)

compared = pd.DataFrame(
    {
        f"version {PINNED}": {
            "root id": cell["then"],
            "nuclei in it": (nuclei_then["pt_root_id"] == cell["then"]).sum(),
            "output synapses": len(outputs_then),
            "cells they reach": outputs_then["post_pt_root_id"].nunique(),
            "input synapses": len(inputs_then),
        },
        "now": {
            "root id": cell["now"],
            "nuclei in it": (nuclei_now["pt_root_id"] == cell["now"]).sum(),
            "output synapses": len(outputs_now),
            "cells they reach": outputs_now["post_pt_root_id"].nunique(),
            "input synapses": len(inputs_now),
        },
    }
)
show(compared)
print(
    f"In version {PINNED} the cell had {compared.iloc[1, 0]} nuclei: it was two neurons, joined by mistake."
)

# %% [markdown]
# ## The history of that cell
#
# The change log says who did what; edits that were undone are left out of it. The lineage graph has them
# all.

# %%
log = logs[cell["now"]]
show(log[["operation_id", "timestamp", "user_name", "is_merge", "before_root_ids"]])
lineage = client.chunkedgraph.get_lineage_graph(cell["now"], as_nx_graph=True)
merges = log["is_merge"].sum()
print(f"{len(lineage) - 1} roots led to this one. {merges} of the {len(log)} edits that count are merges.")
late = log[log["timestamp"] > pinned_at]
for edit in late.itertuples():
    kind = "merge" if edit.is_merge else "split"
    print(f"After version {PINNED}: a {kind} by {edit.user_name} on {edit.timestamp:%d %B %Y}.")

# %% [markdown]
# Time runs to the right in the lineage graph. Below it is the cell at four moments: skeletons of the roots
# that its nucleus had then. They are made of level-2 ids, which stay where an edit happens elsewhere in the
# cell, so it can be seen what came and what went.

# %%
nucleus = int(cell["pt_supervoxel_id"])
moments = {
    "at first": client.chunkedgraph.get_oldest_timestamp(),
    "version 2": client.materialize.get_timestamp(2),
    f"version {PINNED}": pinned_at,
    "now": now,
}
roots = {name: client.chunkedgraph.get_root_id(nucleus, timestamp=at) for name, at in moments.items()}
skeletons = [client.skeleton.get_skeleton(root) for root in roots.values()]
parts = [set(skeleton["lvl2_ids"].tolist()) for skeleton in skeletons]

births = {root: pd.to_datetime(at, unit="s", utc=True) for root, at in lineage.nodes(data="timestamp")}
own = {
    client.chunkedgraph.get_root_id(nucleus, timestamp=at + pd.Timedelta("1ms")) for at in births.values()
}  # of all roots in the graph, those that the nucleus has had
ends = {root: max(births[after] for after in lineage.successors(root)) for root in births if root not in own}
order_of_joining = sorted(ends, key=lambda root: (ends[root], root))
height = dict.fromkeys(own, 0) | {root: at for at, root in enumerate(order_of_joining, 1)}

LOST, WON, STAYED = "#e07a1f", "#2f9e6e", "#9aa5b1"
figure = plt.figure(figsize=(10, 7.3), layout="constrained", facecolor="white")
above, below = figure.subfigures(2, 1, height_ratios=[1, 1.7])

axes = above.subplots()
for old, new in lineage.edges:
    axes.plot([births[old], births[new]], [height[old], height[new]], color=STAYED, linewidth=1, zorder=1)
for root, birth in births.items():
    axes.scatter(birth, height[root], s=34, color=INK if root in own else STAYED, zorder=2)
for name in ("version 2", f"version {PINNED}"):
    axes.axvline(moments[name], color=INHIBITORY, linestyle="--", linewidth=1)
    axes.text(
        moments[name], 1, name, color=INHIBITORY, size=9, ha="center", transform=axes.get_xaxis_transform()
    )
title = "Its lineage: a dot is a root id, lines lead from what an edit took to what it made"
axes.set_title(title, size=11, color=INK, pad=16)
axes.set_yticks([])
axes.margins(y=0.12)
axes.spines[["left", "right", "top"]].set_visible(False)

panels = below.subplots(1, len(roots), sharex=True, sharey=True)
for place, (name, axes) in enumerate(zip(roots, panels, strict=True)):
    skeleton, before, after = (
        skeletons[place],
        parts[max(place - 1, 0)],
        parts[min(place + 1, len(parts) - 1)],
    )
    colors = [
        LOST if part not in after else WON if part not in before else STAYED
        for part in skeleton["lvl2_ids"].tolist()
    ]
    where = skeleton["vertices"][:, :2] / 1000
    lines = LineCollection(
        where[skeleton["edges"]], colors=np.array(colors)[skeleton["edges"][:, 0]], linewidths=1.6
    )
    axes.add_collection(lines)
    leaves = client.chunkedgraph.get_leaves(roots[name])
    inside = nuclei_now.loc[nuclei_now["pt_supervoxel_id"].isin(leaves), "pt_position"]
    center = np.stack(inside.to_list()) * [0.004, 0.004, 0.04]
    axes.scatter(center[:, 0], center[:, 1], s=70, color=INK, zorder=3)
    axes.set_title(f"{name}\n{moments[name]:%B %Y}" if name != "now" else name, size=10, color=INK)
    axes.set_aspect("equal")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=8)
panels[0].autoscale_view()
panels[0].invert_yaxis()
panels[0].set_ylabel("depth (µm)")
below.legend(
    handles=[
        plt.Line2D([], [], color=WON, linewidth=3, label="has come"),
        plt.Line2D([], [], color=LOST, linewidth=3, label="will go"),
        plt.Line2D([], [], marker="o", linestyle="", color=INK, label="nucleus"),
    ],
    loc="outside lower center",
    ncols=3,
    frameon=False,
)
figure.savefig(pictures / "history.png", dpi=110)

# %% [markdown]
# ## A correction: preview, split, undo
#
# Two nuclei in one root are the sign of such a mistake. Some are still there. Here is one that involves a
# basket cell; its nuclei are the points that must end up apart, and the servers look for the best cut
# between them.

# %%
typed_now = client.materialize.live_query("cell_types", timestamp=now, desired_resolution=[1, 1, 1])
shared = typed_now[typed_now["pt_root_id"].duplicated(keep=False)]
merged_root = shared.loc[shared["cell_type"] == "BC", "pt_root_id"].min()
one, other = (row for _, row in shared[shared["pt_root_id"] == merged_root].iterrows())
split = {
    "root_id": merged_root,
    "source_points": [one["pt_position"]],
    "source_supervoxels": [one["pt_supervoxel_id"]],
    "sink_points": [other["pt_position"]],
    "sink_supervoxels": [other["pt_supervoxel_id"]],
}

here, there, is_possible = client.chunkedgraph.preview_split(**split)
is_latest = client.chunkedgraph.is_latest_roots([merged_root])[0]
print(f"{shared['pt_root_id'].nunique()} roots have two typed nuclei.")
print(f"Root {merged_root} holds a {one['cell_type']} and a {other['cell_type']}.")
print(f"Can it be cut? {is_possible}: {len(here)} supervoxels to one side, {len(there)} to the other.")
print(f"A preview changes nothing. Is the root still the latest? {is_latest}")

# %%
pieces_before = client.chunkedgraph.get_leaves(merged_root)
operation, halves = client.chunkedgraph.execute_split(**split)
found = client.chunkedgraph.get_operation_details([operation])[str(operation)]
print(
    f"Operation {operation} removed {len(found['removed_edges'])} edge and made {len(halves)} roots of one."
)
for nucleus in (one, other):
    root = client.chunkedgraph.get_root_id(nucleus["pt_supervoxel_id"])
    print(f"  {nucleus['cell_type']}: root {root} with {size(root)} supervoxels")

# %% [markdown]
# Should it have been a mistake, undo takes it back. The root id is a new one, for ids are never used twice;
# what belongs to it is what belonged to the old one. Redo makes the split again, and so we leave it.

# %%
undone = client.chunkedgraph.undo_operation(operation)
(restored,) = undone["new_root_ids"]
pieces_after = client.chunkedgraph.get_leaves(restored)
assert set(pieces_after) == set(pieces_before)
print(f"Undone: root {restored} has the same {len(pieces_after)} supervoxels as root {merged_root} had.")

again = client.chunkedgraph.redo_operation(operation)
print(f"Made again: {' and '.join(str(root) for root in sorted(again['new_root_ids']))}.")

# %% [markdown]
# ## Annotations of one's own
#
# Where do basket cells touch their targets? For the cell that we corrected: is each output synapse near the
# soma of the cell that it reaches, or farther out? The answer becomes a table of its own, uploaded from a
# DataFrame. Points are enough: the services look up whose they are.

# %%
basket_half = one if one["cell_type"] == "BC" else other
basket_root = client.chunkedgraph.get_root_id(basket_half["pt_supervoxel_id"])
moment = datetime.now(UTC)
made = client.materialize.synapse_query(pre_ids=basket_root, timestamp=moment, desired_resolution=[1, 1, 1])
somata = client.materialize.live_query("nuclei", timestamp=moment, desired_resolution=[1, 1, 1])
somata = somata.drop_duplicates("pt_root_id").set_index("pt_root_id")["pt_position"]

made = made[made["post_pt_root_id"].isin(somata.index)]
far = np.stack(made["ctr_pt_position"].to_list()) - np.stack(somata[made["post_pt_root_id"]].to_list())
distance = np.linalg.norm(far, axis=1) / 1000
notes = pd.DataFrame(
    {
        "pt_position": list(np.stack(made["post_pt_position"].to_list()) / [4, 4, 40]),
        "tag": np.where(distance < 15, "perisomatic", "distal"),
    }
)
notes["pt_position"] = notes["pt_position"].map(lambda at: np.round(at).astype(int).tolist())

table = client.annotation.create_table(
    "basket_targets",
    "bound_tag",
    "Where one basket cell touches its targets: within 15 µm of the nucleus or not",
    [4, 4, 40],
)
ids = client.annotation.post_annotation_df(table, notes, position_columns=["pt_position"])
print(f"{len(ids)} annotations are in {table!r}.")

# %% [markdown]
# They are there at once, with the supervoxel and the root under each point, for whoever asks about this
# moment:

# %%
live = client.materialize.live_live_query(table, timestamp=datetime.now(UTC))
show(live.head())
share = live["tag"].value_counts(normalize=True)
agrees = live.sort_values("id")["pt_root_id"].to_numpy() == made["post_pt_root_id"].to_numpy()
reached = live["pt_root_id"].nunique()
print(f"{share['perisomatic']:.0%} of the {len(live)} synapses are perisomatic; they reach {reached} cells.")
print(f"The root under the point is the one that the synapse names for {agrees.mean():.0%} of them.")

# %% [markdown]
# ## The next version
#
# Who runs a datastack freezes it from time to time. Here that is us. In version 4 the corrected cell and
# the new table stay as they are now, and version 3 answers what it always did.

# %%
version = server.cave.versions.materialize().number
client = server.client("editor")  # clients keep the list of versions for a minute; a new one asks
print("versions:", client.materialize.get_versions())
rows = client.materialize.query_table(table, materialization_version=version)
print(f"Version {version} has {len(rows)} rows of {table!r}.")
again = client.materialize.synapse_query(pre_ids=cell["then"], materialization_version=PINNED)
print(
    f"Version {PINNED} still has {len(again)} output synapses of root {cell['then']}, which is gone by now."
)

# %%
server.stop()
