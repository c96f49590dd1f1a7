"""Hand-written parts of the materialize client, one job each; `mixin` joins them."""
