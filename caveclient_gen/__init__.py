"""Typed client of CAVE, the Connectome Annotation Versioning Engine.

>>> from caveclient_gen import CAVEclient

Names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caveclient_gen.frameworkclient import CAVEclient, CAVEclientFull, CAVEclientGlobal
    from caveclient_gen.session_config import get_session_defaults, set_session_defaults

    __version__: str

__all__ = [
    "CAVEclient",
    "CAVEclientFull",
    "CAVEclientGlobal",
    "__version__",
    "get_session_defaults",
    "set_session_defaults",
]

_HOMES = {
    "CAVEclient": "frameworkclient",
    "CAVEclientFull": "frameworkclient",
    "CAVEclientGlobal": "frameworkclient",
    "get_session_defaults": "session_config",
    "set_session_defaults": "session_config",
}
_MODULES = frozenset(
    {
        "auth",
        "base",
        "chunkedgraph",
        "datastack_lookup",
        "emannotationschemas",
        "endpoints",
        "errors",
        "format_utils",
        "frameworkclient",
        "infoservice",
        "materializationengine",
        "positions",
        "session_config",
        "timeit",
    }
)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in _MODULES:
        value = import_module(f"{__name__}.{name}")
    elif name == "__version__":
        from importlib.metadata import version

        value = version("caveclient-gen")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    # What this module imports for itself would only be in the way of somebody who presses Tab.
    return sorted({*__all__, *_MODULES, *(name for name in globals() if name.startswith("__"))})
