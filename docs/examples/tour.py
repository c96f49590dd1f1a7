# %% [markdown]
# # A tour of CAVE, offline
#
# One morning's work on a made-up piece of cortex: the cells of a type, their synapses, who connects to whom,
# the history of a neuron, a correction with preview and undo, annotations of your own, and what changed since
# the last frozen version. Everything runs on this machine: `serve()` starts the nine services of CAVE over HTTP
# on a dataset that was made from a seed. On a real datastack, only the next cell is different:
# `client = CAVEclient("minnie65_public")`.

# %%
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from caveclient_gen.offline import serve

server = serve()
client = server.client("editor")
client.info.get_datastack_info()["description"]

# %% [markdown]
# ## The cells of a type
#
# `cell_types` says what each nucleus belongs to; it refers to the table of nuclei, so the answer has the
# position and the root id of each cell as well.

# %%
cells = client.materialize.query_table("cell_types", desired_resolution=[1000, 1000, 1000])
cells = cells[cells["pt_root_id"] > 0].drop_duplicates("pt_root_id")
cells.groupby("cell_type").size().sort_values(ascending=False)

# %%
basket = cells.loc[cells["cell_type"] == "BC"].sort_values("id")
basket[["id", "cell_type", "pt_root_id", "pt_position"]].head()

# %% [markdown]
# ## Their inputs and outputs

# %%
outputs = client.materialize.synapse_query(pre_ids=basket["pt_root_id"])
inputs = client.materialize.synapse_query(post_ids=basket["pt_root_id"])
print(f"{len(basket)} basket cells make {len(outputs)} synapses and receive {len(inputs)}")

# %% [markdown]
# ## Who connects to whom

# %%
type_of = cells.set_index("pt_root_id")["cell_type"]
synapses = client.materialize.query_table("synapses", split_positions=True)
pairs = pd.DataFrame(
    {
        "pre": synapses["pre_pt_root_id"].map(type_of),
        "post": synapses["post_pt_root_id"].map(type_of),
    }
).dropna()
depth = cells.groupby("cell_type")["pt_position"].agg(lambda places: np.mean([place[1] for place in places]))
order = depth.sort_values().index
matrix = pd.crosstab(pairs["pre"], pairs["post"]).reindex(index=order, columns=order, fill_value=0)
n = cells["cell_type"].value_counts()
per_pair = matrix / np.outer(n[order], n[order])

figure, axes = plt.subplots(figsize=(6, 5), layout="constrained")
image = axes.imshow(per_pair, cmap="viridis")
axes.set_xticks(range(len(order)), order, rotation=90)
axes.set_yticks(range(len(order)), order)
axes.set(xlabel="postsynaptic type", ylabel="presynaptic type", title="Synapses per pair of cells")
figure.colorbar(image)
picture = Path(sys.argv[1] if len(sys.argv) > 1 and sys.argv[1].endswith(".png") else "connectivity.png")
figure.savefig(picture, dpi=120)
print(f"The connectivity matrix is in {picture}")
