"""The commands of `python -m codegen`: each module says what its command can be given, and carries it out."""
