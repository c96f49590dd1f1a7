"""A dataset from a seed: neurons, synapses, nuclei, cell types, and a history of edits."""
