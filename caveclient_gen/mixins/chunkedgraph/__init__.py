"""Hand-written parts of the chunkedgraph client, one job each; `mixin` joins them."""
