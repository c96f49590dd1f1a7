"""A dataset from a seed: neurons, synapses, nuclei, cell types, and a history of edits."""

from caveclient_gen.offline.generator.building import new_dataset
from caveclient_gen.offline.generator.starter import starter_dataset

__all__ = ["new_dataset", "starter_dataset"]
