"""Generated pages of the documentation: what the services can do, and since which server."""

from codegen.pages.outputs import outputs_of

__all__ = ["outputs_of"]
