"""The commands of `python -m codegen`: each module adds its own to the parser and carries them out."""
