"""Hand-written parts of the state client, one job each; `mixin` joins them."""
