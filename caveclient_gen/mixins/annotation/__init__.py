"""Hand-written parts of the annotation client, one job each; `mixin` joins them."""
