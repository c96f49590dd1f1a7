"""Query classes of tables and views: `client.materialize.tables` and `.views`."""
