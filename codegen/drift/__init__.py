"""Where descriptors and servers have drifted apart: what a server says of itself, held against the spec."""
