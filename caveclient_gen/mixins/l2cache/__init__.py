"""Hand-written parts of the L2 cache client, one job each; `mixin` joins them."""
