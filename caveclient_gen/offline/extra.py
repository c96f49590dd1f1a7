"""Whether the extra `offline` is installed, said in one sentence before anything is begun."""

from __future__ import annotations

from importlib.util import find_spec

from caveclient_gen.errors import CAVEError

__all__ = ["EXTRA", "require_extra"]

EXTRA = ("duckdb", "scipy", "starlette", "uvicorn")
"""What the extra `offline` installs."""


def require_extra() -> None:
    """Refuse to begin without the packages that offline CAVE needs.

    Raises
    ------
    CAVEError
        Some are missing. The message has the command that installs them.
    """
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise CAVEError(
            f"Run `pip install 'caveclient-gen[offline]'`: offline CAVE needs {', '.join(missing)}."
        )
