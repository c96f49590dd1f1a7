"""The only place that talks HTTP."""
