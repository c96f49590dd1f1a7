"""People, tokens, groups and permissions."""
