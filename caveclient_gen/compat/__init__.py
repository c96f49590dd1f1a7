"""Packages that were written for `caveclient` run on this one.

    import caveclient_gen.compat
    caveclient_gen.compat.install()

    from nglui.statebuilder import ViewerState          # imports caveclient, and gets this package

From then on `caveclient` and every module of it are the modules of this package, the same objects under
a second name: `caveclient.frameworkclient is caveclient_gen.frameworkclient`. So `isinstance()`, `except`
and pickles work across both names. Importing this module changes nothing; `install()` does. Nothing is
written to disk. To run somebody else's script that way: `python -m caveclient_gen.compat script.py`.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from caveclient_gen.compat.aliases import ALIAS, COMPATIBLE_WITH, AliasFinder, Facade

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["COMPATIBLE_WITH", "install", "is_installed", "uninstall"]

_lock = threading.RLock()
_finder = AliasFinder()
_displaced: dict[str, ModuleType] = {}
"""Modules of the real caveclient that `install(force=True)` set aside."""


def install(*, force: bool = False) -> None:
    """Make `caveclient` a second name of this package, in this process.

    Call it before anything imports `caveclient`. A second call changes nothing. If the real caveclient is
    installed, too, it is out of sight until `uninstall()`. `caveclient.__version__` and
    `importlib.metadata.version("caveclient")` give `COMPATIBLE_WITH`, the release whose names are all here.

    Parameters
    ----------
    force : bool
        Also if the real caveclient is imported already: later imports get this package. What was imported
        from the real one before stays what it was, so both are in use at once. `uninstall()` undoes it.

    Raises
    ------
    ImportError
        If the real caveclient is imported already, and `force` is false.

    Examples
    --------
    >>> import caveclient_gen.compat
    >>> caveclient_gen.compat.install()
    >>> from caveclient import CAVEclient
    >>> CAVEclient.__module__
    'caveclient_gen.frameworkclient'
    >>> caveclient_gen.compat.uninstall()
    """
    with _lock:
        if is_installed():
            return
        real = _alias_modules()
        if real and not force:
            raise ImportError(
                "Call caveclient_gen.compat.install() before anything imports caveclient, for example in the "
                f"first lines of the script: the real one is imported already, from {_place(real)}. "
                "install(force=True) goes on all the same; what was imported before stays as it is.",
                name=ALIAS,
            )
        _displaced.update(real)
        for name in real:
            del sys.modules[name]
        # In front: any other finder would load the files a second time, under the other name.
        sys.meta_path.insert(0, _finder)
        _finder.announce()


def uninstall() -> None:
    """Undo `install()`; what was imported as `caveclient` meanwhile stays usable."""
    with _lock:
        if not is_installed():
            return
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not _finder]
        _finder.withdraw()
        for name in _alias_modules():
            del sys.modules[name]
        sys.modules.update(_displaced)
        _displaced.clear()


def is_installed() -> bool:
    """Whether `import caveclient` gives this package now.

    Returns
    -------
    bool
        True between `install()` and `uninstall()`.
    """
    return any(finder is _finder for finder in sys.meta_path)


def _alias_modules() -> dict[str, ModuleType]:
    # A copy: other threads may be importing.
    loaded = sys.modules.copy()
    return {name: module for name, module in loaded.items() if name == ALIAS or name.startswith(f"{ALIAS}.")}


def _place(modules: dict[str, ModuleType]) -> str:
    module = modules.get(ALIAS) or next(iter(modules.values()))
    return "an earlier install" if isinstance(module, Facade) else str(getattr(module, "__file__", None))
