"""CAVE on this machine: the same API, with no server, no token and no network.

>>> from caveclient_gen.offline import new_dataset, serve
>>> with serve(new_dataset("fly.cave", small=True, progress=False)) as server:
...     client = server.client()
...     nuclei = client.materialize.tables.nuclei().query()
>>> len(nuclei)
20

Needs the extra `offline`: `pip install caveclient-gen[offline]`.
"""

from __future__ import annotations

from caveclient_gen.offline.dataset import Dataset
from caveclient_gen.offline.facts import Facts
from caveclient_gen.offline.generator import new_dataset, starter_dataset
from caveclient_gen.offline.importing import Imported, import_table
from caveclient_gen.offline.serving import Server, serve

__all__ = [
    "Dataset",
    "Facts",
    "Imported",
    "Server",
    "import_table",
    "new_dataset",
    "serve",
    "starter_dataset",
]
