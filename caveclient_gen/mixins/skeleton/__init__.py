"""Hand-written parts of the skeleton client, one job each; `mixin` joins them."""
