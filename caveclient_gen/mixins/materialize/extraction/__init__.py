"""Whole tables to Parquet: planned in partitions, each checked against the server's count, resumable."""
