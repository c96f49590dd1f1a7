"""Hand-written parts of the info client, one job each; `mixin` joins them."""
