"""One module per service: which operations are answered, and how."""
