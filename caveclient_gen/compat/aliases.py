"""A second name for every module of this package.

Rule 1: a module is loaded once, under its own name. The alias is the same object in `sys.modules`.
Rule 2: only the top of the package is an object of its own, because its `__version__` says something else.
Rule 3: a module keeps its own `__name__` and `__spec__`, so reloading and pickling mean the one module.
Rule 4: the distribution is found under the second name, too: packages ask for the version that way.
"""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import CodeType

ALIAS = "caveclient"
PACKAGE = "caveclient_gen"
COMPATIBLE_WITH = "8.2.1"
"""The release of caveclient whose names are all here: what packages that ask for its version are told."""

PKG_RESOURCES = "pkg_resources"


def own_name(alias: str) -> str:
    """Return the name of the module that `alias` stands for."""
    return PACKAGE + alias.removeprefix(ALIAS)


class Facade(ModuleType):
    """The top of the package under its second name: everything but the version comes from the package."""

    def __init__(self) -> None:
        package = importlib.import_module(PACKAGE)
        super().__init__(ALIAS, package.__doc__)
        self.__file__ = package.__file__
        self.__path__ = package.__path__
        self.__version__ = COMPATIBLE_WITH

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(sys.modules[PACKAGE], name)
        except AttributeError as error:
            raise AttributeError(
                f"module {ALIAS!r} has no attribute {name!r}", name=name, obj=self
            ) from error

    def __dir__(self) -> list[str]:
        return dir(sys.modules[PACKAGE])


class AliasLoader(Loader):
    """Answer an import of `caveclient...` with the module that is already there, or is loaded now."""

    def __init__(self, own: ModuleSpec) -> None:
        self.own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module itself, not a new one."""
        if spec.name == ALIAS:
            return Facade()
        module = importlib.import_module(self.own.name)
        self._keep = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Put back the module's own spec: the import system has just replaced it."""
        if not isinstance(module, Facade):
            module.__spec__ = self._keep

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of the module, for `python -m`."""
        loader: Any = self.own.loader
        code: CodeType | None = loader.get_code(own_name(fullname))
        return code

    def get_source(self, fullname: str) -> str | None:
        """Return the text of the module, for tracebacks and debuggers."""
        loader: Any = self.own.loader
        text: str | None = loader.get_source(own_name(fullname))
        return text


class AliasFinder(DistributionFinder):
    """Find modules and the distribution under the second name."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for `caveclient` and what is below it, and for nothing else."""
        if fullname == PKG_RESOURCES:
            return _spec_with_announcement(path)
        if fullname != ALIAS and not fullname.startswith(f"{ALIAS}."):
            return None
        own = find_spec(own_name(fullname))
        if own is None:
            return None
        spec = ModuleSpec(fullname, AliasLoader(own), origin=own.origin)
        spec.submodule_search_locations = own.submodule_search_locations
        spec.has_location = own.has_location
        return spec

    def find_distributions(
        self,
        context: DistributionFinder.Context = DistributionFinder.Context(),  # noqa: B008  as its base
    ) -> Iterable[Distribution]:
        """Yield the distribution, if all or this one are asked for."""
        if context.name is None or context.name.lower() == ALIAS:
            yield AliasDistribution()

    def announce(self) -> None:
        """Tell `pkg_resources`, if it is loaded: it keeps a list of its own."""
        if (loaded := sys.modules.get(PKG_RESOURCES)) is not None:
            _announce(loaded)

    def withdraw(self) -> None:
        """Take the distribution from the list of `pkg_resources` again, if it is ours."""
        loaded = sys.modules.get(PKG_RESOURCES)
        known = {} if loaded is None else loaded.working_set.by_key
        if ALIAS in known and known[ALIAS].location == _folder():
            del known[ALIAS]


class AliasDistribution(Distribution):
    """What is said of the package to those who ask for it under its second name."""

    def read_text(self, filename: str) -> str | None:
        """Return one of the files that describe a distribution."""
        files = {
            "METADATA": (
                f"Metadata-Version: 2.1\nName: {ALIAS}\nVersion: {COMPATIBLE_WITH}\n"
                f"Summary: {ALIAS} as provided by caveclient-gen\nRequires-Dist: caveclient-gen\n"
            ),
            "top_level.txt": f"{ALIAS}\n",
            "INSTALLER": "caveclient_gen.compat\n",
        }
        return files.get(filename)

    def locate_file(self, path: Any) -> Any:
        """Return the path of a file of the distribution."""
        return Path(_folder()) / path


def _folder() -> str:
    return str(Path(__file__).parents[2])


def _spec_with_announcement(path: Sequence[str] | None) -> ModuleSpec | None:
    others = [finder for finder in sys.meta_path if not isinstance(finder, AliasFinder)]
    for finder in others:
        spec = finder.find_spec(PKG_RESOURCES, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _AnnouncingLoader(spec.loader)
            return spec
    return None


class _AnnouncingLoader(Loader):
    """Load `pkg_resources`, which makes its list once, and add to that list."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _announce(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def _announce(pkg_resources: Any) -> None:
    ours = pkg_resources.Distribution(location=_folder(), project_name=ALIAS, version=COMPATIBLE_WITH)
    pkg_resources.working_set.add(ours, replace=True)
