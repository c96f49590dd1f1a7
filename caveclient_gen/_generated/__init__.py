# Generated from spec/. Change the descriptor and run `make generate`.
"""Everything here is generated; nobody edits it."""
