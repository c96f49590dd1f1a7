"""What a change of the spec asks of the scripts that were written before it: where, and which edit."""
