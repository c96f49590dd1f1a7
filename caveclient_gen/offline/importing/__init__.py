"""Published tables of real datastacks, imported so that they can be queried through the same client."""
