"""What stands beside the clients: staging, tables, caching, testing."""
